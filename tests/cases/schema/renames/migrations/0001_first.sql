CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL UNIQUE, born date, phone varchar(20));
CREATE TABLE orders (id serial PRIMARY KEY, user_id bigint NOT NULL REFERENCES users, amount numeric CHECK (amount > 0));
CREATE INDEX orders_user_id_idx ON orders (user_id);
INSERT INTO users VALUES (1, 'ann');
INSERT INTO orders (user_id, amount) VALUES (1, 10), (1, 20);
