CREATE ROLE corpus_owner;
