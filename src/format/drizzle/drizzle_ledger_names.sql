-- What drizzle-orm 1.0 does with a table of the 0.x line (up-migrations/pg.js): a row gets the name of the folder whose second it was made in,
-- the hash decides where several share one or none has it.  A row that belongs to no folder stays without a name.
UPDATE %T AS l SET name = f.name, applied_at = NULL
FROM (
  SELECT r.id, coalesce(
           (SELECT m.name FROM folders m WHERE m.at = r.second AND (r.candidates = 1 OR m.hash = r.hash) LIMIT 1),
           (SELECT m.name FROM folders m WHERE r.candidates = 0 AND m.hash = r.hash LIMIT 1)) AS name
  FROM (SELECT x.id, x.hash, x.created_at / 1000 * 1000 AS second,
               (SELECT count(*) FROM folders m WHERE m.at = x.created_at / 1000 * 1000) AS candidates
        FROM %T x WHERE x.name IS NULL) r
) f
WHERE f.id = l.id AND f.name IS NOT NULL
