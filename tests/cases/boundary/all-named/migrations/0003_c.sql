CREATE TABLE ai.mine ();
GRANT SELECT ON auth.users TO anon;
