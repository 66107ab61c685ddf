#include "format/prisma/psl/ddl.h"

#include "format/prisma/psl/literal.h"
#include "format/prisma/psl/names.h"

void ddl_comment(struct ddl *ddl, const char *what)
{
	buf_printf(&ddl->buf, "%s-- %s\n", ddl->buf.len ? "\n" : "", what);
}

struct str ddl_table(struct arena *arena, const struct psl_model *model)
{
	return quoted_in(arena, model->schema, model->table);
}

bool psl_is_of_postgis(struct str table)
{
	static const char *const tables[] = { "spatial_ref_sys", "geometry_columns", "geography_columns",
					      "raster_columns", "raster_overviews" };
	for (size_t i = 0; i < LEN(tables); i++)
		if (str_eq_nocase(table, str_of(tables[i])))
			return true;
	return false;
}

/* ---- schemas: those that something is in, sorted ---- */

static bool is_used(const struct ddl *ddl, struct str schema)
{
	const struct psl *psl = ddl->psl;
	for (size_t i = 0; i < psl->models.len; i++)
		if (ddl_makes(ddl, psl->models.ptr[i]) && str_eq(psl->models.ptr[i]->schema, schema))
			return true;
	for (size_t i = 0; i < psl->enums.len; i++)
		if (psl->enums.ptr[i]->external == ddl->external && str_eq(psl->enums.ptr[i]->schema, schema))
			return true;
	return false;
}

static void add_schema(struct ddl *ddl, struct str schema)
{
	ddl_comment(ddl, "CreateSchema");
	buf_printf(&ddl->buf, "CREATE SCHEMA IF NOT EXISTS " STR_FMT ";\n", STR_ARG(quoted(ddl->arena, schema)));
}

void ddl_schemas(struct ddl *ddl)
{
	const struct strs *schemas = &ddl->psl->datasource.schemas;
	if (is_used(ddl, STR("")))
		add_schema(ddl, STR("public"));
	for (size_t i = 0; i < schemas->len; i++)
		if (is_used(ddl, schemas->ptr[i]))
			add_schema(ddl, schemas->ptr[i]);
}

/* ---- extensions ---- */

void ddl_extensions(struct ddl *ddl)
{
	for (size_t i = 0; i < ddl->psl->datasource.extensions.len; i++) {
		const struct psl_extension *extension = &ddl->psl->datasource.extensions.ptr[i];
		struct str name = extension->map.len ? extension->map : extension->name;
		ddl_comment(ddl, "CreateExtension");
		buf_printf(&ddl->buf, "CREATE EXTENSION IF NOT EXISTS " STR_FMT, STR_ARG(quoted(ddl->arena, name)));
		if (extension->schema.len || extension->version.len)
			buf_text(&ddl->buf, " WITH");
		if (extension->schema.len)
			buf_printf(&ddl->buf, " SCHEMA " STR_FMT, STR_ARG(quoted(ddl->arena, extension->schema)));
		if (extension->version.len)
			buf_printf(&ddl->buf, " VERSION " STR_FMT, STR_ARG(quoted(ddl->arena, extension->version)));
		buf_text(&ddl->buf, ";\n");
	}
}

/* ---- enums ---- */

void ddl_enums(struct ddl *ddl)
{
	for (size_t i = 0; i < ddl->psl->enums.len; i++) {
		const struct psl_enum *enumeration = ddl->psl->enums.ptr[i];
		if (enumeration->external != ddl->external)
			continue;
		struct str type = quoted_in(ddl->arena, enumeration->schema, enumeration->type);
		ddl_comment(ddl, "CreateEnum");
		buf_printf(&ddl->buf, "CREATE TYPE " STR_FMT " AS ENUM (", STR_ARG(type));
		for (size_t k = 0; k < enumeration->values.len; k++) {
			buf_text(&ddl->buf, k ? ", " : "");
			string_sql(&ddl->buf, enumeration->values.ptr[k].stored);
		}
		buf_text(&ddl->buf, ");\n");
	}
}

static struct str write_all(struct ddl ddl)
{
	ddl.buf = buf_init(ddl.arena);
	ddl_schemas(&ddl);
	if (!ddl.external)
		ddl_extensions(&ddl);
	ddl_enums(&ddl);
	ddl_tables(&ddl);
	if (ddl.to_run)
		ddl_defaults(&ddl);
	ddl_indexes(&ddl);
	ddl_foreign_keys(&ddl);
	return buf_as_str(&ddl.buf);
}

struct str psl_ddl(struct arena *arena, const struct psl *psl)
{
	return write_all((struct ddl){ .arena = arena, .psl = psl });
}

struct str psl_ddl_to_run(struct arena *arena, const struct psl *psl)
{
	return write_all((struct ddl){ .arena = arena, .psl = psl, .to_run = true });
}

struct str psl_ddl_external(struct arena *arena, const struct psl *psl)
{
	return write_all((struct ddl){ .arena = arena, .psl = psl, .to_run = true, .external = true });
}
