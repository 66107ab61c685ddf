/*
 * server.h - what the module of the stand-ins needs of the PostgreSQL that loads it.
 *
 * The module is not compiled against one server's headers: one of it serves every major version that brant knows.  So only what has been the same since
 * version 12 stands here (how a function is called, text, a few functions that the server exports), and what differs (the magic block, the places in
 * IndexAmRoutine, the number of ERROR) is asked of the server when it runs.
 */
#ifndef BRANT_STAND_IN_SERVER_H
#define BRANT_STAND_IN_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uintptr_t Datum;

struct nullable {
	Datum value;
	bool isnull;
};

/* FunctionCallInfoBaseData */
struct call {
	void *flinfo, *context, *resultinfo;
	unsigned collation;
	bool isnull;
	short nargs;
	struct nullable args[];
};

struct finfo {
	int api_version;
};

#define EXPORT __attribute__((visibility("default")))

/* PG_FUNCTION_INFO_V1 and the head of the function. */
#define FUNCTION(name)                                    \
	EXPORT const struct finfo *pg_finfo_##name(void); \
	EXPORT Datum name(struct call *call);             \
	const struct finfo *pg_finfo_##name(void)         \
	{                                                 \
		static const struct finfo info = { 1 };   \
		return &info;                             \
	}                                                 \
	Datum name(struct call *call)

#define ARG(n) (call->args[n].value)
#define POINTER(datum) ((void *)(datum))
#define DATUM(pointer) ((Datum)(uintptr_t)(pointer))

enum {
	OID_OF_TEXT = 25,
	OID_OF_FLOAT4 = 700,
	OID_OF_ARRAY_IN = 750,
	OID_OF_ARRAY_OUT = 751,
	OID_OF_BIT_IN = 1564,
	OID_OF_BIT_OUT = 1565
};

extern char pkglib_path[];
void *palloc(size_t size);
char *pstrdup(const char *text);
char *psprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void *cstring_to_text(const char *text);
char *text_to_cstring(const void *text);
int float_to_shortest_decimal_buf(float value, char *room);
int double_to_shortest_decimal_buf(double value, char *room);
char *OidOutputFunctionCall(unsigned function, Datum value);
Datum OidInputFunctionCall(unsigned function, char *text, unsigned type, int32_t typmod);
int32_t *ArrayGetIntegerTypmods(void *array, int *ret_n);
void deconstruct_array(void *array, unsigned type, int len, bool by_value, char align, Datum **ret_values,
		       bool **ret_nulls, int *ret_n);
const char *GetConfigOption(const char *name, bool missing_ok, bool restricted);
bool errstart(int level, const char *domain);
int errcode(int sqlstate);
int errmsg(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void errfinish(const char *file, int line, const char *function);
Datum hashhandler(struct call *call);
void *hashoptions(Datum options, bool validate);
Datum hashvarlena(struct call *call);

/* Five characters. */
_Noreturn void complain(const char *sqlstate, const char *message);

#endif
