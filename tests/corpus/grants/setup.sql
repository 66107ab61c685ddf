CREATE ROLE corpus_owner;
CREATE ROLE corpus_reader;
CREATE ROLE corpus_first;
CREATE ROLE corpus_second;
