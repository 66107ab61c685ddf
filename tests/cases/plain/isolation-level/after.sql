SELECT level FROM level ORDER BY ctid;
