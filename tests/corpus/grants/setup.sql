CREATE ROLE corpus_owner;
CREATE ROLE corpus_reader;
