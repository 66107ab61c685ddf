CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TYPE size AS ENUM ('s', 'm', 'l');
CREATE TYPE colour AS ENUM ('red', 'green');
COMMENT ON TYPE mood IS 'how one feels';
CREATE TABLE people (id integer PRIMARY KEY, mood mood NOT NULL DEFAULT 'ok', sizes size[], shirt size DEFAULT 's', favourite text DEFAULT 'red');
CREATE INDEX people_mood ON people (mood) WHERE mood <> 'sad';
CREATE VIEW happy AS SELECT id, mood FROM people WHERE mood = 'happy';
INSERT INTO people VALUES (1, 'ok', '{s,l}', 'm', 'green'), (2, 'happy', NULL, NULL, 'red');
