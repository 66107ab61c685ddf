#include "schema/move_internal.h"
#include "sql/quote.h"

static const char whole[] =
	"SELECT c.relowner, g.grantee, g.privilege_type AS may FROM pg_class c CROSS JOIN aclexplode(c.relacl) g WHERE c.oid = ";
static const char columns[] =
	"    UNION ALL SELECT c.relowner, g.grantee, g.privilege_type || format(' (%I)', a.attname) FROM pg_class c JOIN pg_attribute a\n"
	"      ON a.attrelid = c.oid AND NOT a.attisdropped CROSS JOIN aclexplode(a.attacl) g WHERE c.oid = ";

void move_grants(const struct moved *m, struct buf *buf, const char *from, const char *to, bool is_table)
{
	const char *old = sql_literal(m->arena, str_of(from)), *new = sql_literal(m->arena, str_of(to));
	buf_printf(
		buf,
		"DO $brant$\n"
		"DECLARE\n"
		"  privilege text;\n"
		"BEGIN\n"
		"  FOR privilege IN SELECT format('GRANT %%s ON %%s TO %%s', may, %s, CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END) FROM (\n"
		"    %s%s::regclass\n",
		is_table ? new : sql_literal(m->arena, str_of(arena_printf(m->arena, "SEQUENCE %s", to))), whole, old);
	if (is_table)
		buf_printf(buf, "%s%s::regclass\n", columns, old);
	buf_printf(buf,
		   "  ) p (owner, grantee, may) WHERE grantee <> owner%s LOOP\n"
		   "    EXECUTE privilege;\n"
		   "  END LOOP;\n"
		   "END\n"
		   "$brant$;\n",
		   is_table ? " AND may ~ '^(SELECT|INSERT|UPDATE|DELETE)'" : "");
}
