SELECT id, amount FROM orders ORDER BY id;
SELECT relname FROM pg_class WHERE relname LIKE 'orders%' ORDER BY 1;
