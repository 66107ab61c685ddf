SET TRANSACTION ISOLATION LEVEL SERIALIZABLE;
INSERT INTO level SELECT current_setting('transaction_isolation');
