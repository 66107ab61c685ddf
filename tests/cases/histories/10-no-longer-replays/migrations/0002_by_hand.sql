UPDATE public.made_by_hand SET x = 1;
