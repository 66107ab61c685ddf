#include "format/prisma/psl/native.h"

#include "format/prisma/psl/check.h"
#include "format/prisma/psl/names.h"

static const struct psl_native natives[] = {
	{ "SmallInt", "SMALLINT", PSL_INT, 0 },
	{ "Integer", "INTEGER", PSL_INT, 0 },
	{ "BigInt", "BIGINT", PSL_BIGINT, 0 },
	{ "Decimal", "DECIMAL", PSL_DECIMAL, 2 },
	{ "Money", "MONEY", PSL_DECIMAL, 0 },
	{ "Inet", "INET", PSL_TEXT, 0 },
	{ "Oid", "OID", PSL_INT, 0 },
	{ "Citext", "CITEXT", PSL_TEXT, 0 },
	{ "Real", "REAL", PSL_FLOAT, 0 },
	{ "DoublePrecision", "DOUBLE PRECISION", PSL_FLOAT, 0 },
	{ "VarChar", "VARCHAR", PSL_TEXT, 1 },
	{ "Char", "CHAR", PSL_TEXT, 1 },
	{ "Text", "TEXT", PSL_TEXT, 0 },
	{ "ByteA", "BYTEA", PSL_BYTES, 0 },
	{ "Timestamp", "TIMESTAMP", PSL_DATETIME, 1 },
	{ "Timestamptz", "TIMESTAMPTZ", PSL_DATETIME, 1 },
	{ "Date", "DATE", PSL_DATETIME, 0 },
	{ "Time", "TIME", PSL_DATETIME, 1 },
	{ "Timetz", "TIMETZ", PSL_DATETIME, 1 },
	{ "Boolean", "BOOLEAN", PSL_BOOLEAN, 0 },
	{ "Bit", "BIT", PSL_TEXT, 1 },
	{ "VarBit", "VARBIT", PSL_TEXT, 1 },
	{ "Uuid", "UUID", PSL_TEXT, 0 },
	{ "Xml", "XML", PSL_TEXT, 0 },
	{ "Json", "JSON", PSL_JSON, 0 },
	{ "JsonB", "JSONB", PSL_JSON, 0 },
};

/* What fields are without a native type. */
static const char *const plain_sql[PSL_SCALARS] = {
	"INTEGER", "BIGINT", "DOUBLE PRECISION", "DECIMAL(65,30)", "BOOLEAN", "TEXT", "TIMESTAMP(3)", "JSONB", "BYTEA",
};

const struct psl_native *native_find(struct str name)
{
	for (size_t i = 0; i < LEN(natives); i++)
		if (str_eq(name, str_of(natives[i].name)))
			return &natives[i];
	return NULL;
}

/* ---- as SQL ---- */

static struct str native_sql(struct arena *arena, const struct psl_field *field)
{
	const char *sql = field->native->sql;
	if (field->nnative_args == 2)
		return str_of(arena_printf(arena, "%s(%u,%u)", sql, field->native_args[0], field->native_args[1]));
	if (field->nnative_args == 1)
		return str_of(arena_printf(arena, "%s(%u)", sql, field->native_args[0]));
	return str_of(sql);
}

struct str type_sql(struct arena *arena, const struct psl_field *field)
{
	if (field->kind == PSL_FIELD_UNSUPPORTED)
		return field->unsupported->text;
	if (field->kind == PSL_FIELD_ENUM)
		return quoted_in(arena, field->enumeration->schema, field->enumeration->type);
	return field->native ? native_sql(arena, field) : str_of(plain_sql[field->scalar]);
}

/* ---- @db.... ---- */

/* The types of the other providers, so that they can be told from slips. */
static const char *const others[] = {
	"TinyInt",
	"MediumInt",
	"UnsignedInt",
	"UnsignedSmallInt",
	"UnsignedTinyInt",
	"UnsignedBigInt",
	"UnsignedMediumInt",
	"Year",
	"DateTime",
	"TinyText",
	"MediumText",
	"LongText",
	"Binary",
	"VarBinary",
	"TinyBlob",
	"Blob",
	"MediumBlob",
	"LongBlob",
	"Double",
	"Float",
	"NVarChar",
	"NChar",
	"NText",
	"UniqueIdentifier",
	"DateTime2",
	"SmallDateTime",
	"DateTimeOffset",
	"SmallMoney",
	"Image",
	"ObjectId",
	"BinData",
	"Int2",
	"Int4",
	"Int8",
	"Float4",
	"Float8",
	"String",
	"Bytes",
	"Int",
	"CatalogSingleChar",
	"Bool",
};

static void tell_unknown(struct psl *psl, const struct psl_attribute *attribute, struct str name)
{
	struct words words = { 0 };
	for (size_t i = 0; i < LEN(others); i++)
		if (str_eq(name, str_of(others[i]))) {
			psl_foreign(psl, attribute->at,
				    "PostgreSQL has no type \"" STR_FMT "\": it belongs to another provider",
				    STR_ARG(name));
			return;
		}
	for (size_t i = 0; i < LEN(natives); i++)
		vec_push(psl->arena, &words, natives[i].name);
	psl_problem(psl, attribute->at, "there is no native type \"" STR_FMT "\"", STR_ARG(name));
	psl_hint_nearest(psl, name, &words);
}

static bool take_number(struct psl *psl, const struct psl_argument *argument, unsigned *ret_number)
{
	long long number;
	bool ok = argument->value && argument->value->kind == PSL_NUMBER &&
		text_integer(argument->value->text, &number) && number >= 0 && number <= 4294967295LL;
	if (!ok) {
		psl_problem(psl, argument->at, "expected a whole number that is not negative, found " STR_FMT,
			    STR_ARG(argument->at));
		return false;
	}
	*ret_number = (unsigned)number;
	return true;
}

static const char *out_of_range(const struct psl_field *field)
{
	unsigned first = field->native_args[0];
	if (!field->nnative_args)
		return NULL;
	if (field->scalar == PSL_DECIMAL && field->native_args[1] > first)
		return "the scale must not be larger than the precision";
	if (field->scalar == PSL_DECIMAL && (first == 0 || first > 1000))
		return "the precision can be 1 to 1000";
	if (field->scalar == PSL_DATETIME && first > 6)
		return "the precision can be 0 to 6";
	bool is_bits = strstr(field->native->name, "Bit") != NULL;
	return is_bits && first == 0 ? "the length must be positive" : NULL;
}

static void take_arguments(struct psl *psl, struct psl_field *field, const struct psl_attribute *attribute)
{
	size_t nargs = attribute->args.len;
	if (nargs && nargs != field->native->nargs) {
		psl_problem(psl, attribute->at, "the native type \"%s\" takes %zu argument%s, found %zu",
			    field->native->name, field->native->nargs, field->native->nargs == 1 ? "" : "s", nargs);
		return;
	}
	for (size_t i = 0; i < nargs; i++)
		if (!take_number(psl, &attribute->args.ptr[i], &field->native_args[i]))
			return;
	field->nnative_args = nargs;
	const char *wrong = out_of_range(field);
	if (wrong)
		psl_problem(psl, attribute->at, "%s", wrong);
}

static void take_native(struct psl *psl, struct psl_field *field, struct psl_attribute *attribute)
{
	struct str scope, name;
	attribute->seen = true;
	str_cut(attribute->name, '.', &scope, &name);
	if (!str_eq(scope, psl->datasource.name)) {
		psl_problem(psl, attribute->at,
			    "a native type begins with the name of the datasource, found \"" STR_FMT "\"",
			    STR_ARG(scope));
		psl_hint(psl, "Write @" STR_FMT "." STR_FMT ".", STR_ARG(psl->datasource.name), STR_ARG(name));
		return;
	}
	field->native = native_find(name);
	if (!field->native) {
		tell_unknown(psl, attribute, name);
	} else if (field->native->scalar != field->scalar) {
		psl_problem(psl, attribute->at, "the native type \"%s\" is for fields of type %s, not %s",
			    field->native->name, scalar_name(field->native->scalar), scalar_name(field->scalar));
		field->native = NULL;
	} else {
		take_arguments(psl, field, attribute);
	}
}

void check_native(struct psl *psl, struct psl_field *field)
{
	bool found = false;
	for (size_t i = 0; i < field->attributes.len; i++) {
		struct psl_attribute *attribute = &field->attributes.ptr[i];
		if (!memchr(attribute->name.ptr, '.', attribute->name.len))
			continue;
		if (found)
			psl_problem(psl, attribute->at, "a field has one native type at most");
		else if (field->kind == PSL_FIELD_SCALAR)
			take_native(psl, field, attribute);
		else
			psl_problem(psl, attribute->at, "only fields of a built-in type have a native type");
		attribute->seen = found = true;
	}
}

/* ---- Unsupported("...") ---- */

/* As many whole numbers as there are wanted, with commas between them. */
static bool are_numbers(struct str text, size_t wanted)
{
	struct str each, rest = text;
	long long number;
	for (size_t i = 0; i < wanted; i++) {
		bool more = str_cut(rest, ',', &each, &rest);
		if (more != (i + 1 < wanted) || !text_integer(str_trim(each), &number) || number < 0 ||
		    number > 4294967295LL)
			return false;
	}
	return true;
}

/* "VarChar(5)" is a type that Prisma has a word for, "varchar(5)" is not: it goes by its own names, and reads over what follows the parentheses. */
void check_unsupported(struct psl *psl, struct psl_field *field)
{
	struct str text = field->unsupported->text, rest = { 0 }, prefix, params;
	const char *open = text.len ? memchr(text.ptr, '(', text.len) : NULL;
	size_t at = open ? (size_t)(open - text.ptr) : text.len;
	if (open)
		rest = str_slice(text, at + 1, text.len);
	prefix = str_trim(str_slice(text, 0, at));
	const struct psl_native *native = native_find(prefix);
	if (!native || (rest.len && memchr(rest.ptr, '\n', rest.len)))
		return;
	bool closed = open && str_cut(rest, ')', &params, &rest);
	if (closed && native->nargs && !are_numbers(params, native->nargs))
		return;
	psl_problem(psl, field->type, "Prisma has a type for \"" STR_FMT "\"", STR_ARG(text));
	psl_hint(psl, "Write %s @" STR_FMT "." STR_FMT ".", scalar_name(native->scalar), STR_ARG(psl->datasource.name),
		 STR_ARG(closed && !native->nargs ? prefix : text));
}
