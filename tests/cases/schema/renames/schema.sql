CREATE TABLE users (id bigint PRIMARY KEY, full_name text NOT NULL UNIQUE, birthday date, telephone text);
CREATE TABLE purchases (id serial PRIMARY KEY, user_id bigint NOT NULL REFERENCES users, amount numeric CHECK (amount > 0));
CREATE INDEX purchases_by_user ON purchases (user_id);
