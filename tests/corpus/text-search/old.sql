CREATE TEXT SEARCH DICTIONARY plain (TEMPLATE = pg_catalog.simple, STOPWORDS = english);
CREATE TEXT SEARCH CONFIGURATION docs (PARSER = pg_catalog."default");
ALTER TEXT SEARCH CONFIGURATION docs ADD MAPPING FOR asciiword, word WITH plain;
CREATE TEXT SEARCH TEMPLATE own (INIT = dsimple_init, LEXIZE = dsimple_lexize);
CREATE TEXT SEARCH PARSER words (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype);
COMMENT ON TEXT SEARCH CONFIGURATION docs IS 'of documents';
CREATE TABLE t (id integer PRIMARY KEY, body text);
CREATE INDEX t_body ON t USING gin (to_tsvector('public.docs', body));
INSERT INTO t VALUES (1, 'some words');
