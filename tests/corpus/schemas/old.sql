CREATE SCHEMA app;
COMMENT ON SCHEMA app IS 'the application';
CREATE TABLE app.notes (id integer PRIMARY KEY, body text);
INSERT INTO app.notes VALUES (1, 'first'), (2, 'second');
CREATE SCHEMA gone;
COMMENT ON SCHEMA public IS 'where all is';
CREATE TABLE handed_over (id serial);
