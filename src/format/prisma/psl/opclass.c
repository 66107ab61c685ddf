#include "format/prisma/psl/opclass.h"

#include "format/prisma/psl/check.h"
#include "format/prisma/psl/native.h"

enum { GIST = 1 << PSL_GIST, GIN = 1 << PSL_GIN, SPGIST = 1 << PSL_SPGIST, BRIN = 1 << PSL_BRIN };

/* Three of most families of BRIN. */
#define BLOOM(name, sql, natives, scalar)                                \
	{                                                                \
		name "BloomOps", sql "_bloom_ops", BRIN, natives, scalar \
	}
#define MINMAX(name, sql, natives, scalar)                                 \
	{                                                                  \
		name "MinMaxOps", sql "_minmax_ops", BRIN, natives, scalar \
	}
#define MULTI(name, sql, natives, scalar)                                             \
	{                                                                             \
		name "MinMaxMultiOps", sql "_minmax_multi_ops", BRIN, natives, scalar \
	}
#define FAMILY(name, sql, natives, scalar) \
	BLOOM(name, sql, natives, scalar), MINMAX(name, sql, natives, scalar), MULTI(name, sql, natives, scalar)

static const struct psl_opclass opclasses[] = {
	{ "InetOps", "inet_ops", GIST | SPGIST, " Inet ", -1 },
	{ "JsonbOps", "jsonb_ops", GIN, " JsonB ", PSL_JSON },
	{ "JsonbPathOps", "jsonb_path_ops", GIN, " JsonB ", PSL_JSON },
	{ "ArrayOps", "array_ops", GIN, "", -1 },
	{ "TextOps", "text_ops", SPGIST, " Text VarChar Char ", PSL_TEXT },
	MINMAX("Bit", "bit", " Bit ", -1),
	MINMAX("VarBit", "varbit", " VarBit ", -1),
	BLOOM("Bpchar", "bpchar", " Char ", -1),
	MINMAX("Bpchar", "bpchar", " Char ", -1),
	BLOOM("Bytea", "bytea", " ByteA ", PSL_BYTES),
	MINMAX("Bytea", "bytea", " ByteA ", PSL_BYTES),
	FAMILY("Date", "date", " Date ", -1),
	FAMILY("Float4", "float4", " Real ", -1),
	FAMILY("Float8", "float8", " DoublePrecision ", PSL_FLOAT),
	{ "InetInclusionOps", "inet_inclusion_ops", BRIN, " Inet ", -1 },
	FAMILY("Inet", "inet", " Inet ", -1),
	FAMILY("Int2", "int2", " SmallInt ", -1),
	FAMILY("Int4", "int4", " Integer ", PSL_INT),
	FAMILY("Int8", "int8", " BigInt ", PSL_BIGINT),
	FAMILY("Numeric", "numeric", " Decimal ", PSL_DECIMAL),
	FAMILY("Oid", "oid", " Oid ", -1),
	BLOOM("Text", "text", " Text VarChar ", PSL_TEXT),
	MINMAX("Text", "text", " Text VarChar ", PSL_TEXT),
	FAMILY("Timestamp", "timestamp", " Timestamp ", PSL_DATETIME),
	FAMILY("TimestampTz", "timestamptz", " Timestamptz ", -1),
	FAMILY("Time", "time", " Time ", -1),
	FAMILY("TimeTz", "timetz", " Timetz ", -1),
	FAMILY("Uuid", "uuid", " Uuid ", -1),
};

const struct psl_opclass *opclass_find(struct str name)
{
	for (size_t i = 0; i < LEN(opclasses); i++)
		if (str_eq(name, str_of(opclasses[i].name)))
			return &opclasses[i];
	return NULL;
}

struct words opclass_words(struct arena *arena)
{
	struct words words = { 0 };
	for (size_t i = 0; i < LEN(opclasses); i++)
		vec_push(arena, &words, opclasses[i].name);
	return words;
}

/* ---- what goes with what ---- */

static const char *algorithm_name(enum psl_algorithm algorithm)
{
	static const char *const names[] = { "BTree", "BTree", "Hash", "Gist", "Gin", "SpGist", "Brin" };
	return names[algorithm];
}

/* Between spaces: VarChar has a Char in it. */
static bool is_for_native(const struct psl_opclass *opclass, const char *native)
{
	size_t len = strlen(native);
	for (const char *at = strstr(opclass->natives, native); at; at = strstr(at + 1, native))
		if (at[-1] == ' ' && at[len] == ' ')
			return true;
	return false;
}

static bool named_fits(const struct psl_opclass *opclass, const struct psl_field *field)
{
	if (strcmp(opclass->name, "ArrayOps") == 0)
		return field->arity == PSL_LIST;
	if (field->native)
		return is_for_native(opclass, field->native->name);
	return field->kind == PSL_FIELD_SCALAR && opclass->scalar == (int)field->scalar;
}

/* Without a class: is there a default one, as Prisma knows it? */
static bool default_fits(enum psl_algorithm algorithm, const struct psl_field *field)
{
	if (algorithm <= PSL_HASH || (algorithm == PSL_GIN && field->arity == PSL_LIST))
		return true;
	if (!field->native && field->kind == PSL_FIELD_UNSUPPORTED)
		return true;
	/* An index of GiST on inet has no default class at all. */
	if (algorithm == PSL_GIST)
		return !field->native && field->kind == PSL_FIELD_SCALAR && field->scalar == PSL_TEXT;
	for (size_t i = 0; i < LEN(opclasses); i++)
		if (opclasses[i].algorithms & 1u << algorithm && named_fits(&opclasses[i], field))
			return true;
	return false;
}

static void check_opclass(struct psl *psl, const struct psl_index *index, const struct psl_index_field *each)
{
	const struct psl_opclass *opclass = each->opclass;
	const char *algorithm = algorithm_name(index->algorithm);
	if (each->raw_opclass)
		return;
	if (opclass && !(opclass->algorithms & 1u << index->algorithm))
		psl_problem(psl, index->attribute->at, "the operator class \"%s\" is not for indexes of type %s",
			    opclass->name, algorithm);
	else if (opclass && !named_fits(opclass, each->field))
		psl_problem(psl, index->attribute->at,
			    "the operator class \"%s\" is not for the type of the field \"" STR_FMT "\"", opclass->name,
			    STR_ARG(each->field->name));
	else if (!opclass && !default_fits(index->algorithm, each->field))
		psl_problem(psl, index->attribute->at,
			    "an index of type %s has no operator class for the type of the field \"" STR_FMT "\"",
			    algorithm, STR_ARG(each->field->name));
	else
		return;
	psl_hint(psl, "A class of your own is written ops: raw(\"class\").");
}

void check_opclasses(struct psl *psl, const struct psl_index *index)
{
	for (size_t i = 0; i < index->fields.len; i++)
		check_opclass(psl, index, &index->fields.ptr[i]);
	if (index->algorithm == PSL_SPGIST && index->fields.len > 1)
		psl_problem(psl, index->attribute->at, "an index of type SpGist has one field");
}
