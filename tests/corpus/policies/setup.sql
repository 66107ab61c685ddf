CREATE ROLE corpus_reader;
CREATE ROLE corpus_owner;
