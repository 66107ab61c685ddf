CREATE SCHEMA app AUTHORIZATION corpus_owner;
COMMENT ON SCHEMA app IS 'what users see';
CREATE TABLE app.notes (id integer PRIMARY KEY, body text);
INSERT INTO app.notes VALUES (3, 'third');
CREATE SCHEMA come;
CREATE TABLE come.t (id integer);
CREATE TABLE come.u (id integer);
ALTER TABLE app.notes OWNER TO CURRENT_USER;
ALTER SCHEMA public OWNER TO corpus_owner;
