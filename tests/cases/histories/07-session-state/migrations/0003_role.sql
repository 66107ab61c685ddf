SET ROLE authenticated;
SELECT current_user;
