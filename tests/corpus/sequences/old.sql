CREATE SEQUENCE tickets INCREMENT BY 5 MAXVALUE 1000 CACHE 3 CYCLE;
CREATE SEQUENCE orders_no AS integer START 100;
CREATE SEQUENCE plain;
COMMENT ON SEQUENCE tickets IS 'numbers of tickets';
CREATE TABLE orders (id serial PRIMARY KEY, no integer DEFAULT nextval('orders_no'));
ALTER SEQUENCE orders_no OWNED BY orders.no;
INSERT INTO orders DEFAULT VALUES;
INSERT INTO orders DEFAULT VALUES;
SELECT nextval('tickets');
