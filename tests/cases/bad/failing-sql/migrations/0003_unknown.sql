SELECT 'größer',
       nobody.nothing FROM public.nowhere;
