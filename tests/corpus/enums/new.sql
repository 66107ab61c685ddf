CREATE TYPE mood AS ENUM ('awful', 'sad', 'so-so', 'ok', 'happy', 'glad');
CREATE TYPE size AS ENUM ('l', 'm', 's');
CREATE TYPE colour AS ENUM ('red', 'green');
COMMENT ON TYPE mood IS 'how somebody feels';
CREATE TABLE people (id integer PRIMARY KEY, mood mood NOT NULL DEFAULT 'so-so', sizes size[], shirt size DEFAULT 'l', favourite colour DEFAULT 'red');
CREATE INDEX people_mood ON people (mood) WHERE mood <> 'sad';
CREATE VIEW happy AS SELECT id, mood FROM people WHERE mood = 'happy';
INSERT INTO people VALUES (1, 'ok', '{s,l}', 'm', 'green'), (2, 'happy', NULL, NULL, 'red');
