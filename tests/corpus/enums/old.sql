CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TYPE size AS ENUM ('s', 'm', 'l');
CREATE TYPE colour AS ENUM ('red', 'green');
COMMENT ON TYPE mood IS 'how one feels';
CREATE TABLE people (id integer PRIMARY KEY, mood mood NOT NULL DEFAULT 'ok', sizes size[], shirt size DEFAULT 's', favourite text DEFAULT 'red');
CREATE INDEX people_mood ON people (mood) WHERE mood <> 'sad';
CREATE VIEW happy AS SELECT id, mood FROM people WHERE mood = 'happy';
INSERT INTO people VALUES (1, 'ok', '{s,l}', 'm', 'green'), (2, 'happy', NULL, NULL, 'red');
CREATE FUNCTION seen() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE POLICY mine ON people USING (mood IS NOT NULL);
CREATE TRIGGER seen BEFORE UPDATE OF mood ON people FOR EACH ROW WHEN (new.mood IS NOT NULL) EXECUTE FUNCTION seen();
CREATE VIEW known AS SELECT id FROM people WHERE mood IS NOT NULL;
GRANT USAGE ON TYPE size TO corpus_reader;
REVOKE USAGE ON TYPE size FROM PUBLIC;

-- A foreign key between columns of a type that is made again.
CREATE TYPE public.grade AS ENUM ('low', 'medium', 'high');
CREATE TABLE public.course (id integer NOT NULL, grade public.grade NOT NULL DEFAULT 'low', PRIMARY KEY (id), UNIQUE (id, grade));
CREATE TABLE public.visit (course_id integer, course_grade public.grade, FOREIGN KEY (course_id, course_grade) REFERENCES public.course (id, grade));
CREATE TYPE nothing_yet AS ENUM ();
