/*
 * move_drop.c - step 3: looks whether the old column may go, and drops it.
 */
#include "schema/move_internal.h"
#include "sql/quote.h"

/* Names of the indexes that have been copied: others on the old column would be lost. */
static char *known_indexes(struct moved *m)
{
	struct strs names = { 0 };
	for (size_t i = 0; i < m->parts.len; i++)
		if (m->parts.ptr[i].index_tail && m->parts.ptr[i].kind != PART_INBOUND)
			vec_push(m->arena, &names, str_of(m->parts.ptr[i].name));
	return sql_literal(m->arena, str_of(sql_array(m->arena, &names)));
}

/* What else the catalog knows by the old column.  A function's text tells only where both names stand in it. */
static void put_uses(struct moved *m, struct buf *buf)
{
	struct arena *arena = m->arena;
	const char *table = sql_literal(arena, str_of(m->table)),
		   *column = sql_literal(arena, str_of(m->request->column));
	buf_printf(
		buf,
		"  SELECT string_agg(DISTINCT pg_describe_object(d.classid, d.objid, 0), ', ') INTO uses\n"
		"  FROM pg_depend d JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid\n"
		"  WHERE d.refobjid IN (SELECT %s::regclass UNION SELECT relid FROM pg_partition_tree(%s)) AND a.attname = %s AND (\n"
		"    d.classid IN ('pg_rewrite'::regclass, 'pg_policy'::regclass, 'pg_trigger'::regclass, 'pg_publication_rel'::regclass)\n"
		"    OR d.classid = 'pg_class'::regclass AND EXISTS (SELECT FROM pg_class i WHERE i.oid = d.objid AND i.relkind IN ('i', 'I')\n"
		"                                                    AND quote_ident(i.relname) <> ALL (%s::text[])\n"
		"                                                    AND NOT EXISTS (SELECT FROM pg_inherits WHERE inhrelid = i.oid)));\n"
		"  IF uses IS NOT NULL THEN\n"
		"    RAISE EXCEPTION '%s.%s is still in use: %%', uses USING HINT = 'Change what uses it first.';\n"
		"  END IF;\n",
		table, table, column, known_indexes(m), m->table, m->o);
	if (m->request->type)
		return;
	buf_printf(
		buf,
		"  SELECT string_agg(p.oid::regprocedure::text, ', ') INTO uses\n"
		"  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace AND n.nspname !~ '^(pg_|information_schema$|brant$)'\n"
		"  WHERE p.prosrc ~* '\\m%s\\M' AND p.prosrc ~* '\\m%s\\M' AND p.prosrc !~ 'made by brant';\n"
		"  IF uses IS NOT NULL THEN\n"
		"    RAISE EXCEPTION '%s.%s may still be in use: functions name it: %%', uses\n"
		"      USING HINT = 'Change them first, or take this look out where they mean something else.';\n"
		"  END IF;\n",
		m->bare, m->request->column, m->table, m->o);
}

/* A word for the reader only: statistics do not tell when.  What names both columns is brant's own. */
static void put_statements(struct moved *m, struct buf *buf)
{
	if (m->request->type)
		return;
	buf_printf(
		buf,
		"  BEGIN\n"
		"    SELECT extnamespace::regnamespace::text INTO uses FROM pg_extension WHERE extname = 'pg_stat_statements';\n"
		"    IF uses IS NOT NULL THEN\n"
		"      EXECUTE format('SELECT count(*) FROM %%s.pg_stat_statements WHERE query ~* %%L AND query ~* %%L AND query !~* %%L', uses,\n"
		"                     '\\m%s\\M', '\\m%s\\M', 'brant|\\m%s\\M|^ *(alter|create|comment)') INTO differ;\n"
		"      IF differ > 0 THEN\n"
		"        RAISE WARNING 'pg_stat_statements knows %% that name %s.%s', differ || CASE differ WHEN 1 THEN ' statement' ELSE ' statements' END;\n"
		"      END IF;\n"
		"    END IF;\n"
		"  EXCEPTION WHEN OTHERS THEN\n"
		"    NULL; -- it may not be read\n"
		"  END;\n",
		m->bare, m->request->column, m->w_bare, m->table, m->o);
}

static bool has_key(const struct moved *m)
{
	for (size_t i = 0; i < m->parts.len; i++)
		if (m->parts.ptr[i].kind == PART_PRIMARY || m->parts.ptr[i].kind == PART_UNIQUE)
			return true;
	return false;
}

/* A partition that was made since step 1 has indexes like the others, but not the one that a key of the whole table will want. */
static void put_partitions(struct moved *m, struct buf *buf)
{
	const char *table = sql_literal(m->arena, str_of(m->table));
	if (m->kind != 'p' || !has_key(m))
		return;
	buf_printf(
		buf,
		"  SELECT string_agg(relid::text, ', ') INTO uses FROM pg_partition_tree(%s)\n"
		"  WHERE level > 0 AND relid <> ALL (%s::regclass[]);\n"
		"  IF uses IS NOT NULL THEN\n"
		"    RAISE EXCEPTION 'partitions were made after step 1: %%', uses\n"
		"      USING HINT = 'Build their unique indexes concurrently, and add them below as those of the others are.';\n"
		"  END IF;\n",
		table, sql_literal(m->arena, str_of(sql_array(m->arena, &m->partitions))));
}

static void put_look(struct moved *m, struct buf *buf)
{
	buf_printf(
		buf,
		"DO $brant$\n"
		"DECLARE\n"
		"  differ bigint;\n"
		"  uses text;\n"
		"BEGIN\n"
		"  SELECT count(*) INTO differ FROM %s WHERE %s IS DISTINCT FROM %s%s%s%s%s;\n"
		"  IF differ > 0 THEN\n"
		"    RAISE EXCEPTION '%% rows differ in %s and %s', differ USING HINT = 'Move them: brant backfill.';\n"
		"  END IF;\n",
		m->table, m->w, m->forward, m->request->type ? " AND " : "", m->request->type ? m->o : "",
		m->request->type ? " IS DISTINCT FROM " : "", m->request->type ? m->back : "", m->o, m->w);
	put_uses(m, buf);
	put_partitions(m, buf);
	put_statements(m, buf);
	buf_text(buf, "END\n$brant$;\n");
}

/* "users_name_seq" of a serial or an identity column follows its column; unquoted. */
static const char *final_sequence(const struct moved *m)
{
	struct strs column = { 0 };
	vec_push(m->arena, &column, str_of(m->w_bare));
	return moved_final_name(m, m->sequence_name, &column);
}

static const char *temporary_sequence(const struct moved *m)
{
	const char *name = moved_temporary_name(m->arena, m->sequence_name);
	return sql_qualified(m->arena, str_of(m->sequence_schema), str_of(name));
}

/* That of an identity column belongs to it: a new one goes on where the old one is, and takes its name when that has gone. */
static void put_identity(struct moved *m, struct buf *buf)
{
	const char *sequence = temporary_sequence(m);
	buf_printf(buf,
		   "ALTER TABLE %s ALTER COLUMN %s ADD GENERATED %s AS IDENTITY (SEQUENCE NAME %s %s);\n"
		   "SELECT setval(%s, last_value, is_called) FROM %s;\n",
		   m->table, m->w, m->identity == 'a' ? "ALWAYS" : "BY DEFAULT", sequence, m->sequence_options,
		   sql_literal(m->arena, str_of(sequence)), m->sequence);
	move_grants(m, buf, m->sequence, sequence, false);
}

static bool counts(const char *type)
{
	return strcmp(type, "smallint") == 0 || strcmp(type, "integer") == 0 || strcmp(type, "bigint") == 0;
}

static void put_sequence(struct moved *m, struct buf *buf)
{
	if (m->identity) {
		put_identity(m, buf);
	} else if (m->sequence) {
		buf_printf(buf, "ALTER SEQUENCE %s OWNED BY %s.%s;\n", m->sequence, m->table, m->w);
		if (m->request->type && counts(m->type))
			buf_printf(buf, "ALTER SEQUENCE %s AS %s;\n", m->sequence, m->type);
	}
	if (m->value && !m->value_is_plain)
		buf_printf(buf, "ALTER TABLE %s ALTER COLUMN %s SET DEFAULT %s;\n", m->table, m->w, m->new_value);
}

static const char *key_words(const struct move_part *part)
{
	return part->kind == PART_PRIMARY ? "PRIMARY KEY" : "UNIQUE";
}

/* The key of the whole table begins without an index, takes in those of the partitions, and is valid with the last one. */
static void put_partitioned_key(struct moved *m, const struct move_part *part, struct buf *buf)
{
	const char *schema = sql_ident(m->arena, str_of(m->schema));
	buf_printf(buf,
		   "ALTER TABLE %s DROP CONSTRAINT %s;\n"
		   "ALTER TABLE ONLY %s ADD CONSTRAINT %s %s;\n",
		   m->table, part->name, m->table, part->final, part->definition);
	for (size_t i = 0; i < m->children.len; i++) {
		const struct move_child *child = &m->children.ptr[i];
		if (strcmp(child->of, part->index) != 0)
			continue;
		buf_printf(buf,
			   "ALTER TABLE %s ADD CONSTRAINT %s %s USING INDEX %s%s;\n"
			   "ALTER INDEX %s.%s ATTACH PARTITION %s.%s;\n",
			   child->table, child->name, key_words(part), child->temporary, part->deferrable, schema,
			   part->final, child->schema, child->name);
	}
}

static void put_key(struct moved *m, const struct move_part *part, struct buf *buf)
{
	if (m->kind == 'p')
		put_partitioned_key(m, part, buf);
	else
		buf_printf(buf,
			   "ALTER TABLE %s DROP CONSTRAINT %s;\n"
			   "ALTER TABLE %s ADD CONSTRAINT %s %s USING INDEX %s%s;\n",
			   m->table, part->name, m->table, part->final, key_words(part), part->temporary,
			   part->deferrable);
}

/* Foreign keys that point at the old key go first, then the key itself makes room for its successor. */
static void put_keys(struct moved *m, struct buf *buf)
{
	for (size_t i = 0; i < m->parts.len; i++)
		if (m->parts.ptr[i].kind == PART_INBOUND)
			buf_printf(buf, "ALTER TABLE %s DROP CONSTRAINT %s;\n", m->parts.ptr[i].table,
				   m->parts.ptr[i].name);
	for (size_t i = 0; i < m->parts.len; i++) {
		const struct move_part *part = &m->parts.ptr[i];
		if (part->kind == PART_PRIMARY || part->kind == PART_UNIQUE)
			put_key(m, part, buf);
	}
}

/* Those of the partitions that stand under an index, not under a key. */
static void put_child_names(struct moved *m, const struct move_part *part, struct buf *buf)
{
	for (size_t i = 0; i < m->children.len; i++) {
		const struct move_child *child = &m->children.ptr[i];
		if (strcmp(child->of, part->index) == 0)
			buf_printf(buf, "ALTER INDEX %s.%s RENAME TO %s;\n", child->schema, child->temporary,
				   child->name);
	}
}

static void put_names(struct moved *m, struct buf *buf)
{
	if (!m->request->name)
		buf_printf(buf, "ALTER TABLE %s RENAME COLUMN %s TO %s;\n", m->table, m->w, m->o);
	for (size_t i = 0; i < m->parts.len; i++) {
		const struct move_part *part = &m->parts.ptr[i];
		if (part->kind == PART_INDEX)
			buf_printf(buf, "ALTER INDEX %s.%s RENAME TO %s;\n", sql_ident(m->arena, str_of(m->schema)),
				   part->temporary, part->final);
		if (part->kind == PART_INDEX)
			put_child_names(m, part, buf);
		else if (part->kind == PART_FOREIGN || part->kind == PART_INBOUND)
			move_foreign_rename(part, buf);
		else if (part->kind == PART_CHECK)
			buf_printf(buf, "ALTER TABLE %s RENAME CONSTRAINT %s TO %s;\n", part->table, part->temporary,
				   part->final);
	}
}

static void put_drop(struct moved *m, const char *behaviour, struct buf *buf)
{
	buf_printf(buf, "DROP TRIGGER %s ON %s;\nDROP FUNCTION %s();\n", m->trigger, m->table, m->sync);
	put_sequence(m, buf);
	put_keys(m, buf);
	buf_printf(buf, "ALTER TABLE %s DROP COLUMN %s%s;\n", m->table, m->o, behaviour);
	put_names(m, buf);
	move_switch_names(m, buf);
	if (m->identity)
		buf_printf(buf, "ALTER SEQUENCE %s RENAME TO %s;\n", temporary_sequence(m),
			   sql_ident(m->arena, str_of(final_sequence(m))));
	else if (m->sequence && strcmp(final_sequence(m), m->sequence_name) != 0)
		buf_printf(buf, "ALTER SEQUENCE %s RENAME TO %s;\n", m->sequence,
			   sql_ident(m->arena, str_of(final_sequence(m))));
}

/* In words that are read again: by diff and by rename, as long as it is held back. */
static void put_contract(struct moved *m, struct buf *buf)
{
	if (m->request->type)
		buf_printf(buf, "-- brant: contract retype %s.%s %s from %s\n", m->table, m->o, m->type, m->old_type);
	else
		buf_printf(buf, "-- brant: contract rename %s.%s %s\n", m->table, m->o, m->w);
}

void move_drop_step(struct moved *m, struct move *move)
{
	struct buf up = buf_init(m->arena), forced = buf_init(m->arena);
	put_contract(m, &up);
	buf_printf(
		&up,
		"-- Step 3 of 3: %s.%s goes. Held back by \"brant up\" until it says --contract: when no running code knows it any more.\n",
		m->table, m->o);
	put_look(m, &up);
	put_drop(m, "", &up);
	put_drop(m, " CASCADE", &forced);
	struct move_step step = {
		.name = arena_printf(m->arena, "drop %s %s%s", m->bare, m->request->name ? "" : "old ",
				     m->request->column),
		.up = up.ptr,
		.forced = forced.ptr,
	};
	vec_push(m->arena, &move->steps, step);
}
