/*
 * guard.c - the boundary inside of each batch.
 *
 * A statement that was read may still reach the platform through a trigger or a function it calls.  So every batch looks, just before it ends, at
 * what it has locked for writing, and whether it wrote to the catalog (brant.backfill_guarded): a fraction of a millisecond.  Only a batch
 * that did write to the catalog is rolled back and done again with the thorough look that a migration's transaction has.
 */
#include "check/boundary.h"
#include "run/backfill/internal.h"
#include "run/recover.h"
#include "sql/quote.h"

bool guard_load(struct worker *w, struct err *err)
{
	const struct boundary *boundary = w->job->boundary;
	struct arena *arena = w->home;
	struct strs platform = { 0 };
	struct rows rows;
	w->platform = w->allow = NULL;
	if (!boundary || boundary->off)
		return true;
	if (!db_query(
		    w->db, arena,
		    "SELECT nspname FROM pg_catalog.pg_namespace WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'",
		    0, NULL, &rows, err))
		return false;
	for (size_t i = 0; i < rows.rows; i++)
		if (boundary_has_schema(boundary, rows_cell(&rows, i, 0)))
			vec_push(arena, &platform, rows_cell(&rows, i, 0));
	if (!platform.len)
		return true;
	w->platform = sql_array(arena, &platform);
	w->allow = boundary_allow_array(arena, boundary);
	return true;
}

/* Of the batch only: those before it are committed, and were looked at, too. */
bool guard_explain(struct worker *w, struct err *err)
{
	recover_boundary(w->home, w->db, err);
	return err_detail(
		err,
		"It was found inside of a batch, just before its end, and that batch was rolled back. Batches before it "
		"are committed; they had changed nothing of the platform's.");
}
