CREATE SEQUENCE tickets MINVALUE 10 START 10 NO CYCLE;
CREATE SEQUENCE orders_no AS bigint START 500;
CREATE SEQUENCE fresh INCREMENT BY -1;
COMMENT ON SEQUENCE tickets IS 'tickets have numbers';
CREATE TABLE orders (id serial PRIMARY KEY, no integer DEFAULT nextval('orders_no'));
ALTER TABLE orders ALTER COLUMN id TYPE bigint;
ALTER SEQUENCE orders_id_seq OWNED BY NONE;
ALTER SEQUENCE orders_no OWNED BY orders.id;
INSERT INTO orders DEFAULT VALUES;
