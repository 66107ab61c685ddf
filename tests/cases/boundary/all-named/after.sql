SELECT to_regclass('public.mine'), to_regclass('public.others'), to_regnamespace('brant');
