-- Backfills and how far they are: $1 one of them, NULL: all.
SELECT b.id, b.name, b.state, b.pass, b.estimated, b.left_over,
       extract(epoch FROM COALESCE(b.finished_at, pg_catalog.clock_timestamp()) - b.created_at),
       COALESCE(r.scanned, 0), COALESCE(r.changed, 0), COALESCE(r.ranges, 0), COALESCE(r.done, 0), COALESCE(r.workers, 0), r.waits_for
FROM brant.backfill b
LEFT JOIN LATERAL (
  SELECT pg_catalog.sum(scanned)::bigint AS scanned, pg_catalog.sum(changed)::bigint AS changed, pg_catalog.count(*) AS ranges,
         pg_catalog.count(finished_at) AS done,
         pg_catalog.count(DISTINCT owner) FILTER (WHERE finished_at IS NULL AND expires_at > pg_catalog.clock_timestamp()) AS workers,
         pg_catalog.max(waits_for) FILTER (WHERE expires_at > pg_catalog.clock_timestamp()) AS waits_for
  FROM brant.backfill_range WHERE backfill = b.id) r ON true
WHERE $1::bigint IS NULL OR b.id = $1::bigint
ORDER BY b.id DESC
