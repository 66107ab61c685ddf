CREATE TYPE mood AS ENUM ('awful', 'sad', 'so-so', 'ok', 'happy', 'glad');
CREATE TYPE size AS ENUM ('l', 'm', 's');
CREATE TYPE colour AS ENUM ('red', 'green');
COMMENT ON TYPE mood IS 'how somebody feels';
CREATE TABLE people (id integer PRIMARY KEY, mood mood NOT NULL DEFAULT 'so-so', sizes size[], shirt size DEFAULT 'l', favourite colour DEFAULT 'red');
CREATE INDEX people_mood ON people (mood) WHERE mood <> 'sad';
CREATE VIEW happy AS SELECT id, mood FROM people WHERE mood = 'happy';
INSERT INTO people VALUES (1, 'ok', '{s,l}', 'm', 'green'), (2, 'happy', NULL, NULL, 'red');
CREATE FUNCTION seen() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE POLICY mine ON people USING (mood IS NOT NULL);
CREATE TRIGGER seen BEFORE UPDATE OF mood ON people FOR EACH ROW WHEN (new.mood IS NOT NULL) EXECUTE FUNCTION seen();
CREATE VIEW known AS SELECT id FROM people WHERE mood IS NOT NULL;
GRANT USAGE ON TYPE size TO corpus_reader;
REVOKE USAGE ON TYPE size FROM PUBLIC;

CREATE TYPE public.grade AS ENUM ('low', 'high');
CREATE TABLE public.course (id integer NOT NULL, grade public.grade NOT NULL DEFAULT 'low', PRIMARY KEY (id), UNIQUE (id, grade));
CREATE TABLE public.visit (course_id integer, course_grade public.grade, FOREIGN KEY (course_id, course_grade) REFERENCES public.course (id, grade));
CREATE TYPE nothing_yet AS ENUM ('first', 'second');
