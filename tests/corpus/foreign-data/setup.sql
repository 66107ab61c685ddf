CREATE ROLE corpus_super SUPERUSER;
CREATE ROLE corpus_reader;
