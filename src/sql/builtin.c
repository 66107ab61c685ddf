#include "sql/facts.h"

#include <stdlib.h>

/*
 * Functions of pg_catalog that do nothing but compute, or whose effect is told otherwise (nextval and setval touch their sequence,
 * pg_notify reaches nobody before COMMIT).  Not among them: what runs a query in a string (query_to_xml, ts_stat, ts_rewrite), what
 * takes locks, writes files or ends sessions.  Sorted for bsearch().
 */
static const char *const harmless[] = {
	"abs", "acos", "age", "any_value", "array_agg", "array_append", "array_cat", "array_dims", "array_fill",
	"array_length", "array_lower", "array_ndims", "array_position", "array_positions", "array_prepend",
	"array_remove", "array_replace", "array_to_json", "array_to_string", "array_upper", "ascii", "asin", "atan",
	"atan2", "avg", "bit_and", "bit_length", "bit_or", "bit_xor", "bool_and", "bool_or", "bpchar", "btrim",
	"cardinality", "cbrt", "ceil", "ceiling", "char_length", "character_length", "chr", "clock_timestamp",
	"col_description", "concat", "concat_ws", "convert", "convert_from", "convert_to", "corr", "cos", "cot",
	"count", "covar_pop", "covar_samp", "cume_dist", "current_database", "current_query", "current_schema",
	"current_schemas", "current_setting", "currval", "date", "date_add", "date_bin", "date_part", "date_trunc",
	"decode", "degrees", "dense_rank", "div", "encode", "enum_first", "enum_last", "enum_range", "every", "exp",
	"extract", "factorial", "family", "first_value", "float4", "float8", "floor", "format", "format_type", "gcd",
	"gen_random_uuid", "generate_series", "generate_subscripts", "get_bit", "get_byte", "getdatabaseencoding",
	"has_any_column_privilege", "has_column_privilege", "has_database_privilege", "has_function_privilege",
	"has_schema_privilege", "has_sequence_privilege", "has_table_privilege", "has_type_privilege", "host",
	"hostmask", "initcap", "int2", "int4", "int8", "interval", "isempty", "isfinite", "json_agg",
	"json_array_elements", "json_array_elements_text", "json_array_length", "json_build_array",
	"json_build_object", "json_each", "json_each_text", "json_extract_path", "json_extract_path_text",
	"json_object", "json_object_agg", "json_object_keys", "json_strip_nulls", "json_typeof", "jsonb_agg",
	"jsonb_array_elements", "jsonb_array_elements_text", "jsonb_array_length", "jsonb_build_array",
	"jsonb_build_object", "jsonb_each", "jsonb_each_text", "jsonb_extract_path", "jsonb_extract_path_text",
	"jsonb_insert", "jsonb_object", "jsonb_object_agg", "jsonb_object_keys", "jsonb_path_exists",
	"jsonb_path_match", "jsonb_path_query", "jsonb_path_query_array", "jsonb_path_query_first", "jsonb_pretty",
	"jsonb_set", "jsonb_set_lax", "jsonb_strip_nulls", "jsonb_typeof", "justify_days", "justify_hours",
	"justify_interval", "lag", "last_value", "lastval", "lcm", "lead", "left", "length", "like_escape", "ln",
	"log", "log10", "lower", "lower_inc", "lower_inf", "lpad", "ltrim", "make_date", "make_interval",
	"make_time", "make_timestamp", "make_timestamptz", "masklen", "max", "md5", "min", "min_scale", "mod",
	"mode", "netmask", "network", "nextval", "normalize", "now", "nth_value", "ntile", "num_nonnulls",
	"num_nulls", "numeric", "numnode", "obj_description", "octet_length", "overlay", "parse_ident",
	"percent_rank", "percentile_cont", "percentile_disc", "pg_backend_pid", "pg_client_encoding",
	"pg_column_size", "pg_function_is_visible", "pg_get_constraintdef", "pg_get_expr", "pg_get_functiondef",
	"pg_get_indexdef", "pg_get_serial_sequence", "pg_get_triggerdef", "pg_get_userbyid", "pg_get_viewdef",
	"pg_is_in_recovery", "pg_notify", "pg_relation_size", "pg_size_pretty", "pg_sleep", "pg_table_is_visible",
	"pg_table_size", "pg_total_relation_size", "pg_type_is_visible", "pg_typeof", "phraseto_tsquery", "pi",
	"plainto_tsquery", "position", "power", "querytree", "quote_ident", "quote_literal", "quote_nullable",
	"radians", "random", "range_agg", "range_merge", "rank", "regexp_count", "regexp_instr", "regexp_like",
	"regexp_match", "regexp_matches", "regexp_replace", "regexp_split_to_array", "regexp_split_to_table",
	"regexp_substr", "regr_slope", "repeat", "replace", "reverse", "right", "round", "row_number", "row_to_json",
	"rpad", "rtrim", "scale", "set_bit", "set_byte", "setseed", "setval", "setweight", "sha224", "sha256",
	"sha384", "sha512", "shobj_description", "sign", "similar_escape", "similar_to_escape", "sin", "split_part",
	"sqrt", "starts_with", "statement_timestamp", "stddev", "stddev_pop", "stddev_samp", "string_agg",
	"string_to_array", "string_to_table", "strip", "strpos", "substr", "substring", "sum", "tan", "text",
	"timeofday", "timestamp", "timestamptz", "timezone", "to_ascii", "to_char", "to_date", "to_hex", "to_json",
	"to_jsonb", "to_number", "to_regclass", "to_regnamespace", "to_regproc", "to_regprocedure", "to_regrole",
	"to_regtype", "to_timestamp", "to_tsquery", "to_tsvector", "transaction_timestamp", "translate",
	"trim_array", "trim_scale", "trunc", "ts_headline", "ts_rank", "ts_rank_cd", "tsvector_to_array", "unistr",
	"unnest", "upper", "upper_inc", "upper_inf", "var_pop", "var_samp", "varchar", "variance", "version",
	"websearch_to_tsquery", "width_bucket", "xpath", "xpath_exists",
};

/* Operators of pg_catalog.  (One of these names may be an extension's for its own types; nobody can tell from the text.) */
static const char *const operators[] = {
	"!!", "!=", "!~", "!~*", "!~~", "!~~*", "#", "##", "#-", "#>", "#>>", "%", "&", "&&", "&<", "&<|", "&>", "*",
	"*<", "*<=", "*<>", "*=", "*>", "*>=", "+", "-", "->", "->>", "-|-", "/", "<", "<->", "<<", "<<=", "<<|",
	"<=", "<>", "<@", "<^", "=", ">", ">=", ">>", ">>=", ">^", "?", "?#", "?&", "?-", "?-|", "?|", "?||", "@",
	"@-@", "@>", "@?", "@@", "@@@", "^", "^@", "|", "|&>", "|/", "|>>", "||", "||/", "~", "~*", "~<=~", "~<~",
	"~=", "~>=~", "~>~", "~~", "~~*",
};

/* Types of pg_catalog and the short forms of the grammar: reading a value of one runs nothing of the user's. */
static const char *const types[] = {
	"aclitem", "bigserial", "bit", "bool", "box", "bpchar", "bytea", "char", "cid", "cidr", "circle", "cstring",
	"date", "datemultirange", "daterange", "float4", "float8", "inet", "int2", "int2vector", "int4",
	"int4multirange", "int4range", "int8", "int8multirange", "int8range", "interval", "json", "jsonb",
	"jsonpath", "line", "lseg", "macaddr", "macaddr8", "money", "name", "numeric", "nummultirange", "numrange",
	"oid", "oidvector", "path", "pg_lsn", "pg_snapshot", "point", "polygon", "record", "refcursor", "regclass",
	"regcollation", "regconfig", "regdictionary", "regnamespace", "regoper", "regoperator", "regproc",
	"regprocedure", "regrole", "regtype", "serial", "serial2", "serial4", "serial8", "smallserial", "text",
	"tid", "time", "timestamp", "timestamptz", "timetz", "trigger", "tsmultirange", "tsquery", "tsrange",
	"tstzmultirange", "tstzrange", "tsvector", "uuid", "varbit", "varchar", "void", "xid", "xid8", "xml",
};

static int compare(const void *key, const void *element)
{
	return strcmp(key, *(const char *const *)element);
}

bool function_is_harmless(const char *name)
{
	return bsearch(name, harmless, LEN(harmless), sizeof(harmless[0]), compare) != NULL;
}

bool operator_is_builtin(const char *name)
{
	return bsearch(name, operators, LEN(operators), sizeof(operators[0]), compare) != NULL;
}

bool type_is_builtin(const char *name)
{
	return bsearch(name, types, LEN(types), sizeof(types[0]), compare) != NULL;
}
