/*
 * move_add.c - step 1 and step 2: the new column with its trigger, and the data.
 */
#include "schema/move_internal.h"
#include "sql/quote.h"

/*
 * What the old column's value is in the new one.  A value that cannot be converted is no business of the application's yet: the new column stays
 * NULL, step 2 stops at such a row with the server's message, and step 3 does so as well.
 */
static const char *put_conversion(struct moved *m, struct buf *buf)
{
	static const char variable[] = "brant_moved";
	if (!m->may_fail) {
		buf_text(buf, "BEGIN\n");
		return m->new_forward;
	}
	buf_printf(buf,
		   "DECLARE\n"
		   "  %s %s;\n"
		   "BEGIN\n"
		   "  BEGIN\n"
		   "    %s := %s;\n"
		   "  EXCEPTION WHEN data_exception OR integrity_constraint_violation THEN\n"
		   "    NULL; -- it stays NULL, and step 2 tells of it\n"
		   "  END;\n",
		   variable, m->type, variable, m->new_forward);
	return variable;
}

/*
 * Who wins?  Where both agree, nothing is to be done.  An INSERT that leaves the new column at its default came from code that does not know
 * it.  An UPDATE that changes the new column came from code that does.  What was written by the other is carried over, NULL included; a row
 * that no one has moved yet is moved by any UPDATE of it.  The trigger changes only its own row before it is stored, so that nothing loops.
 */
static void put_trigger(struct moved *m, struct buf *buf)
{
	const char *value = !m->value_is_plain ? "NULL"
		: m->request->type             ? arena_printf(m->arena, "(%s)::%s", m->new_value, m->type)
					       : m->new_value;
	buf_printf(buf, "CREATE FUNCTION %s() RETURNS trigger LANGUAGE plpgsql%s%s AS $brant$\n", m->sync,
		   m->trigger_path ? " SET search_path = " : "", m->trigger_path ? m->trigger_path : "");
	buf_printf(buf, "-- made by brant: keeps %s and %s equal, whichever is written\n", m->o, m->w);
	const char *moved = put_conversion(m, buf);
	buf_printf(buf,
		   "  IF NEW.%s IS NOT DISTINCT FROM %s THEN\n"
		   "    RETURN NEW;\n"
		   "  END IF;\n"
		   "  IF TG_OP = 'INSERT' THEN\n"
		   "    IF NEW.%s IS NOT DISTINCT FROM (%s) THEN\n"
		   "      NEW.%s := %s;\n"
		   "    ELSE\n"
		   "      NEW.%s := %s;\n"
		   "    END IF;\n"
		   "  ELSIF NEW.%s IS DISTINCT FROM OLD.%s THEN\n"
		   "    NEW.%s := %s;\n"
		   "  ELSIF NEW.%s IS DISTINCT FROM OLD.%s OR NEW.%s IS NULL THEN\n"
		   "    NEW.%s := %s;\n"
		   "  END IF;\n"
		   "  RETURN NEW;\n"
		   "END\n"
		   "$brant$;\n",
		   m->w, moved, m->w, value, m->w, moved, m->o, m->new_back, m->w, m->w, m->o, m->new_back, m->o, m->o,
		   m->w, m->w, moved);
	/* Triggers run in the order of their names: this one sees what the others have made of the row. */
	buf_printf(buf, "CREATE TRIGGER %s BEFORE INSERT OR UPDATE ON %s FOR EACH ROW EXECUTE FUNCTION %s();\n",
		   m->trigger, m->table, m->sync);
}

static void put_column(struct moved *m, struct buf *buf)
{
	buf_printf(buf, "ALTER TABLE %s ADD COLUMN %s %s", m->table, m->w, m->type);
	if (m->collation)
		buf_printf(buf, " COLLATE %s", m->collation);
	buf_text(buf, ";\n");
	/* Said apart from ADD COLUMN, which would fill the rows that are there. */
	if (m->value_is_plain)
		buf_printf(buf, "ALTER TABLE %s ALTER COLUMN %s SET DEFAULT %s;\n", m->table, m->w, m->new_value);
	if (m->comment)
		buf_printf(buf, "COMMENT ON COLUMN %s.%s IS %s;\n", m->table, m->w,
			   sql_literal(m->arena, str_of(m->comment)));
	for (size_t i = 0; i < m->column_grants.len; i++) {
		struct str grant = m->column_grants.ptr[i], before, after;
		ptrdiff_t at = str_find(grant, STR("%s"));
		before = str_slice(grant, 0, (size_t)at);
		after = str_slice(grant, (size_t)at + 2, grant.len);
		buf_printf(buf, STR_FMT "%s" STR_FMT ";\n", STR_ARG(before), m->w, STR_ARG(after));
	}
}

static void put_not_null_check(struct moved *m, struct buf *buf)
{
	buf_printf(buf, "ALTER TABLE %s ADD CONSTRAINT %s CHECK (%s IS NOT NULL) NOT VALID;\n", m->table,
		   m->not_null_check, m->w);
}

static void put_constraints(struct moved *m, struct buf *buf)
{
	/* Where a value cannot be converted, the application is not told so by an error. */
	if (m->not_null && !m->may_fail)
		put_not_null_check(m, buf);
	for (size_t i = 0; i < m->parts.len; i++) {
		const struct move_part *part = &m->parts.ptr[i];
		if (part->kind == PART_FOREIGN)
			move_foreign_add(part, buf);
		else if (part->kind == PART_CHECK)
			buf_printf(buf, "ALTER TABLE %s ADD CONSTRAINT %s %s%s;\n", m->table, part->temporary,
				   part->definition, strstr(part->definition, " NOT VALID") ? "" : " NOT VALID");
	}
}

/* The step that is being written; what stands apart has one of its own. */
struct adding {
	struct moved *m;
	struct move *move;
	struct buf up, down;
	const char *name;
};

static void end_step(struct adding *a)
{
	if (a->up.len)
		vec_push(a->m->arena, &a->move->steps,
			 (struct move_step){ .name = a->name, .up = a->up.ptr, .down = a->down.ptr });
	a->up = buf_init(a->m->arena);
	a->down = buf_init(a->m->arena);
}

/* Undone it is by dropping the column, but where it is a migration of its own. */
static void add_index(struct adding *a, bool unique, const char *schema, const char *name, const char *tail)
{
	const struct moved *m = a->m;
	if (m->request->apart) {
		end_step(a);
		a->name = arena_printf(m->arena, "add %s %s index %s", m->bare, m->w_bare, name);
		buf_printf(&a->down, "DROP INDEX IF EXISTS %s.%s;\n", schema, name);
	}
	buf_printf(&a->up, "CREATE %sINDEX CONCURRENTLY %s ON %s;\n", unique ? "UNIQUE " : "", name, tail);
	if (m->request->apart) {
		end_step(a);
		a->name = arena_printf(m->arena, "add %s %s index %s to the whole", m->bare, m->w_bare, name);
	}
}

/*
 * The index of a partitioned table cannot be built concurrently, but those of its partitions can: they are taken in one by one, and with the
 * last one it is valid.  A key takes them in when its constraint is made, in step 3.
 */
static void add_partitioned_index(struct adding *a, const struct move_part *part)
{
	const struct moved *m = a->m;
	const char *schema = sql_ident(m->arena, str_of(m->schema));
	if (part->kind == PART_INDEX)
		buf_printf(&a->up, "CREATE %sINDEX %s ON %s;\n", part->is_unique ? "UNIQUE " : "", part->temporary,
			   part->index_tail);
	for (size_t i = 0; i < m->children.len; i++) {
		const struct move_child *child = &m->children.ptr[i];
		if (strcmp(child->of, part->index) != 0)
			continue;
		add_index(a, part->is_unique, child->schema, child->temporary, child->index_tail);
		if (part->kind == PART_INDEX)
			buf_printf(&a->up, "ALTER INDEX %s.%s ATTACH PARTITION %s.%s;\n", schema, part->temporary,
				   child->schema, child->temporary);
		if (part->kind == PART_INDEX && m->request->apart)
			buf_printf(&a->down, "DROP INDEX IF EXISTS %s.%s;\n", schema, part->temporary);
	}
}

static void add_indexes(struct adding *a)
{
	const struct moved *m = a->m;
	for (size_t i = 0; i < m->parts.len; i++) {
		const struct move_part *part = &m->parts.ptr[i];
		if (!part->index_tail || part->kind == PART_INBOUND)
			continue;
		if (m->kind == 'p')
			add_partitioned_index(a, part);
		else
			add_index(a, part->is_unique, sql_ident(m->arena, str_of(m->schema)), part->temporary,
				  part->index_tail);
	}
}

void move_add_steps(struct moved *m, struct move *move)
{
	struct arena *arena = m->arena;
	struct adding a = { .m = m, .move = move, .up = buf_init(arena), .down = buf_init(arena) };
	a.name = arena_printf(arena, "add %s %s", m->bare, m->w_bare);
	buf_printf(&a.up, "-- Step 1 of 3: %s.%s beside %s, kept equal by a trigger whoever writes which.\n", m->table,
		   m->w, m->o);
	put_column(m, &a.up);
	put_trigger(m, &a.up);
	put_constraints(m, &a.up);
	buf_printf(&a.down,
		   "DROP TRIGGER %s ON %s;\n"
		   "DROP FUNCTION %s();\n"
		   "ALTER TABLE %s DROP COLUMN %s;\n",
		   m->trigger, m->table, m->sync, m->table, m->w);
	add_indexes(&a);
	end_step(&a);
}

static void put_backfill(struct moved *m, struct buf *buf, const char *table)
{
	buf_text(buf, "-- brant: backfill");
	if (!m->key)
		buf_text(buf, " key=ctid");
	else if (*m->key)
		buf_printf(buf, " key=\"%s\"", m->key);
	buf_printf(buf, "\nUPDATE %s SET %s = %s WHERE %s IS NULL AND %s IS NOT NULL;\n\n", table, m->w, m->forward,
		   m->w, m->forward);
}

static void put_data(struct moved *m, struct buf *buf)
{
	buf_text(buf, "-- brant: no-transaction\n");
	buf_printf(buf, "-- Step 2 of 3: the rows that were there before %s.%s.\n", m->table, m->w);
	/* Pages are counted in each partition by itself. */
	for (size_t i = 0; m->kind == 'p' && !m->key && i < m->partitions.len; i++)
		put_backfill(m, buf, str_dup(m->arena, m->partitions.ptr[i]));
	if (m->kind != 'p' || m->key)
		put_backfill(m, buf, m->table);
}

/* Statement by statement: validating takes long and blocks nobody, what blocks is over in an instant. */
static void put_validation(struct moved *m, struct buf *buf)
{
	for (size_t i = 0; i < m->parts.len; i++) {
		const struct move_part *part = &m->parts.ptr[i];
		if (part->kind == PART_FOREIGN)
			move_foreign_validate(part, buf);
		else if (part->kind == PART_CHECK && !strstr(part->definition, " NOT VALID"))
			buf_printf(buf, "ALTER TABLE %s VALIDATE CONSTRAINT %s;\n", m->table, part->temporary);
	}
	if (m->not_null && m->may_fail)
		put_not_null_check(m, buf);
	if (m->not_null)
		buf_printf(buf,
			   "ALTER TABLE %s VALIDATE CONSTRAINT %s;\n"
			   "ALTER TABLE %s ALTER COLUMN %s SET NOT NULL;\n"
			   "ALTER TABLE %s DROP CONSTRAINT %s;\n",
			   m->table, m->not_null_check, m->table, m->w, m->table, m->not_null_check);
	for (size_t i = 0; i < m->parts.len; i++) {
		const struct move_part *part = &m->parts.ptr[i];
		if (part->kind != PART_INBOUND)
			continue;
		move_foreign_add(part, buf);
		move_foreign_validate(part, buf);
	}
}

static char *data_down(struct moved *m)
{
	struct buf buf = buf_init(m->arena);
	buf_text(&buf, "-- The data may stay.\n");
	for (size_t i = 0; i < m->parts.len; i++) {
		const struct move_part *part = &m->parts.ptr[i];
		if (part->kind == PART_INBOUND || part->kind == PART_FOREIGN)
			move_foreign_undo(part, part->kind == PART_INBOUND, &buf);
	}
	if (m->not_null && !m->may_fail)
		put_not_null_check(m, &buf);
	if (m->not_null)
		buf_printf(&buf, "ALTER TABLE %s ALTER COLUMN %s DROP NOT NULL;\n", m->table, m->w);
	return buf.ptr;
}

void move_data_step(struct moved *m, struct move *move)
{
	struct buf up = buf_init(m->arena);
	put_data(m, &up);
	put_validation(m, &up);
	struct move_step step = {
		.name = arena_printf(m->arena, "move %s %s", m->bare, m->w_bare),
		.up = up.ptr,
		.down = data_down(m),
	};
	vec_push(m->arena, &move->steps, step);
}
