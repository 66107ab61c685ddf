CREATE ROLE corpus_owner;
CREATE ROLE corpus_reader;
CREATE ROLE corpus_maker;
CREATE ROLE corpus_keeper;
CREATE ROLE corpus_guest;
