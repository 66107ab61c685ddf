/*
 * vector.c - the types of pgvector, as text.
 *
 * A value is kept as the text that pgvector would print: [1,2.5] or {1:1,3:2.5}/5.  So input checks and normalizes, output is textout, and whatever computes
 * reads the text again, which is fast enough for what migrations do.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server.h"

enum kind { VECTOR, HALFVEC, SPARSEVEC };

static const struct {
	const char *name;
	int most;
} kinds[] = {
	[VECTOR] = { "vector", 16000 },
	[HALFVEC] = { "halfvec", 16000 },
	[SPARSEVEC] = { "sparsevec", 1000000000 },
};

/* dims: all; the n elements that are told, with their places (from 0), in order. */
struct vec {
	int dims, n;
	int *at;
	double *value;
};

/* ---- text ---- */

static float to_half(float value)
{
	/* Ten bits of fraction, the ties to even: what lies below is cut off by adding and taking away a large number. */
	if (value == 0 || !isfinite(value))
		return value;
	int exponent;
	frexpf(value, &exponent);
	if (exponent > 16)
		return copysignf(INFINITY, value);
	float unit = ldexpf(1, (exponent < -13 ? -13 : exponent) - 11);
	float rounded = rintf(value / unit) * unit;
	return fabsf(rounded) > 65504 ? copysignf(INFINITY, value) : rounded;
}

static _Noreturn void bad_input(enum kind kind, const char *text)
{
	complain("22P02", psprintf("invalid input syntax for type %s: \"%s\"", kinds[kind].name, text));
}

static const char *skip(const char *at)
{
	while (*at == ' ' || (*at >= '\t' && *at <= '\r'))
		at++;
	return at;
}

static double read_number(enum kind kind, const char *text, const char **at)
{
	char *end;
	double value = strtod(*at, &end);
	if (end == *at)
		bad_input(kind, text);
	if (isnan(value))
		complain("22000", psprintf("NaN not allowed in %s", kinds[kind].name));
	float stored = kind == HALFVEC ? to_half((float)value) : (float)value;
	if (isinf(value))
		complain("22000", psprintf("infinite value not allowed in %s", kinds[kind].name));
	if (isinf(stored))
		complain("22003",
			 psprintf("\"%.*s\" is out of range for type %s", (int)(end - *at), *at, kinds[kind].name));
	*at = end;
	return stored;
}

static struct vec room_for(const char *text)
{
	size_t most = 1;
	for (const char *c = text; *c; c++)
		most += *c == ',';
	return (struct vec){ .at = palloc(most * sizeof(int)), .value = palloc(most * sizeof(double)) };
}

/* Between open and close: "[]", and "{}" of an array. */
static struct vec read_dense(enum kind kind, const char *text, char open, char close)
{
	struct vec vec = room_for(text);
	const char *at = skip(text);
	if (*at++ != open)
		bad_input(kind, text);
	at = skip(at);
	if (*at == close)
		complain("22000", psprintf("%s must have at least 1 dimension", kinds[kind].name));
	for (;; at++) {
		at = skip(at);
		vec.at[vec.n] = vec.n;
		vec.value[vec.n++] = read_number(kind, text, &at);
		at = skip(at);
		if (*at != ',')
			break;
	}
	if (*at != close || *skip(at + 1))
		bad_input(kind, text);
	vec.dims = vec.n;
	if (vec.dims > kinds[kind].most)
		complain("54000",
			 psprintf("%s cannot have more than %d dimensions", kinds[kind].name, kinds[kind].most));
	return vec;
}

static void sort_places(struct vec *vec)
{
	for (int i = 1; i < vec->n; i++)
		for (int j = i; j > 0 && vec->at[j - 1] > vec->at[j]; j--) {
			int at = vec->at[j];
			double value = vec->value[j];
			vec->at[j] = vec->at[j - 1];
			vec->value[j] = vec->value[j - 1];
			vec->at[j - 1] = at;
			vec->value[j - 1] = value;
		}
}

static long read_whole(const char *text, const char **at)
{
	char *end;
	long number = strtol(*at, &end, 10);
	if (end == *at)
		bad_input(SPARSEVEC, text);
	*at = skip(end);
	return number;
}

static struct vec read_sparse(const char *text)
{
	struct vec vec = room_for(text);
	const char *at = skip(text);
	if (*at++ != '{')
		bad_input(SPARSEVEC, text);
	for (at = skip(at); *at != '}'; at = skip(at)) {
		long place = read_whole(text, &at);
		if (*at++ != ':')
			bad_input(SPARSEVEC, text);
		vec.at[vec.n] = (int)place - 1;
		vec.value[vec.n] = read_number(SPARSEVEC, text, &at);
		vec.n += vec.value[vec.n] != 0;
		at = skip(at);
		if (*at == ',')
			at++;
		else if (*at != '}')
			bad_input(SPARSEVEC, text);
	}
	at = skip(at + 1);
	if (*at++ != '/')
		bad_input(SPARSEVEC, text);
	long dims = read_whole(text, &at);
	if (*at)
		bad_input(SPARSEVEC, text);
	if (dims < 1)
		complain("22000", "sparsevec must have at least 1 dimension");
	if (dims > kinds[SPARSEVEC].most)
		complain("54000", "sparsevec cannot have more than 1000000000 dimensions");
	vec.dims = (int)dims;
	sort_places(&vec);
	for (int i = 0; i < vec.n; i++)
		if (vec.at[i] < 0 || vec.at[i] >= vec.dims || (i > 0 && vec.at[i] == vec.at[i - 1]))
			complain("22000", "sparsevec index out of bounds or not unique");
	return vec;
}

static struct vec read_vec(enum kind kind, const char *text)
{
	return kind == SPARSEVEC ? read_sparse(text) : read_dense(kind, text, '[', ']');
}

static Datum write_vec(enum kind kind, const struct vec *vec)
{
	enum { ELEMENT = 40 };
	char *text = palloc((size_t)(vec->n + 2) * ELEMENT), *at = text;
	int n = 0;
	*at++ = kind == SPARSEVEC ? '{' : '[';
	for (int i = 0; i < vec->n; i++) {
		float value = kind == HALFVEC ? to_half((float)vec->value[i]) : (float)vec->value[i];
		if (kind == SPARSEVEC && value == 0)
			continue;
		if (n++)
			*at++ = ',';
		if (kind == SPARSEVEC)
			at += snprintf(at, ELEMENT / 2, "%d:", vec->at[i] + 1);
		at += float_to_shortest_decimal_buf(value, at);
	}
	*at++ = kind == SPARSEVEC ? '}' : ']';
	*at = '\0';
	if (kind == SPARSEVEC)
		snprintf(at, ELEMENT / 2, "/%d", vec->dims);
	return DATUM(cstring_to_text(text));
}

static Datum checked(enum kind kind, const struct vec *vec, int32_t typmod)
{
	if (typmod != -1 && typmod != vec->dims)
		complain("22000", psprintf("expected %d dimensions, not %d", typmod, vec->dims));
	return write_vec(kind, vec);
}

static struct vec arg_of(struct call *call, int n, enum kind kind)
{
	return read_vec(kind, text_to_cstring(POINTER(ARG(n))));
}

static Datum typmod_in(struct call *call, enum kind kind)
{
	int n;
	int32_t *numbers = ArrayGetIntegerTypmods(POINTER(ARG(0)), &n);
	if (n != 1)
		complain("22023", "invalid type modifier");
	if (*numbers < 1)
		complain("22023", psprintf("dimensions for type %s must be at least 1", kinds[kind].name));
	if (*numbers > kinds[kind].most)
		complain("22023",
			 psprintf("dimensions for type %s cannot exceed %d", kinds[kind].name, kinds[kind].most));
	return (Datum)*numbers;
}

/* ---- computing ---- */

static void same_dims(const struct vec *a, const struct vec *b, enum kind kind)
{
	if (a->dims != b->dims)
		complain("22000", psprintf("different %s dimensions %d and %d", kinds[kind].name, a->dims, b->dims));
}

/* What all distances are made of. */
struct sums {
	double squares, product, difference, a, b;
};

static struct sums sums_of(struct call *call, enum kind kind)
{
	struct vec a = arg_of(call, 0, kind), b = arg_of(call, 1, kind);
	struct sums sums = { 0 };
	same_dims(&a, &b, kind);
	for (int i = 0, j = 0; i < a.n || j < b.n;) {
		bool left = i < a.n && (j == b.n || a.at[i] <= b.at[j]),
		     right = j < b.n && (i == a.n || b.at[j] <= a.at[i]);
		double x = left ? a.value[i++] : 0, y = right ? b.value[j++] : 0;
		sums.squares += (x - y) * (x - y);
		sums.difference += fabs(x - y);
		sums.product += x * y;
		sums.a += x * x;
		sums.b += y * y;
	}
	return sums;
}

static Datum float8(double value)
{
	Datum datum;
	memcpy(&datum, &value, sizeof(datum));
	return datum;
}

static double cosine(const struct sums *sums)
{
	double similarity = sums->product / sqrt(sums->a * sums->b);
	return similarity > 1 ? 1 : similarity < -1 ? -1 : similarity;
}

static double spherical(const struct sums *sums)
{
	double product = sums->product > 1 ? 1 : sums->product < -1 ? -1 : sums->product;
	return acos(product) / 3.14159265358979323846;
}

static double norm(const struct vec *vec)
{
	double sum = 0;
	for (int i = 0; i < vec->n; i++)
		sum += vec->value[i] * vec->value[i];
	return sqrt(sum);
}

static int compare(struct call *call, enum kind kind)
{
	struct vec a = arg_of(call, 0, kind), b = arg_of(call, 1, kind);
	for (int i = 0, j = 0; i < a.n || j < b.n;) {
		bool left = i < a.n && (j == b.n || a.at[i] <= b.at[j]),
		     right = j < b.n && (i == a.n || b.at[j] <= a.at[i]);
		double x = left ? a.value[i++] : 0, y = right ? b.value[j++] : 0;
		if (kind != SPARSEVEC && left != right)
			break; /* the shorter one is over */
		if (x != y)
			return x < y ? -1 : 1;
	}
	return a.dims < b.dims ? -1 : a.dims > b.dims;
}

static Datum normalized(struct call *call, enum kind kind)
{
	struct vec vec = arg_of(call, 0, kind);
	double length = norm(&vec);
	for (int i = 0; i < vec.n && length > 0; i++)
		vec.value[i] /= length;
	return write_vec(kind, &vec);
}

static Datum combined(struct call *call, enum kind kind, char operator)
{
	struct vec a = arg_of(call, 0, kind), b = arg_of(call, 1, kind);
	same_dims(&a, &b, kind);
	for (int i = 0; i < a.n; i++)
		a.value[i] = operator== '+' ? a.value[i] + b.value[i] :
			operator== '-'      ? a.value[i] - b.value[i]
					    : a.value[i] * b.value[i];
	return write_vec(kind, &a);
}

static Datum joined(struct call *call, enum kind kind)
{
	struct vec a = arg_of(call, 0, kind), b = arg_of(call, 1, kind);
	struct vec both = { a.n + b.n, a.n + b.n, NULL, palloc((size_t)(a.n + b.n) * sizeof(double)) };
	memcpy(both.value, a.value, (size_t)a.n * sizeof(double));
	memcpy(both.value + a.n, b.value, (size_t)b.n * sizeof(double));
	if (both.dims > kinds[kind].most)
		complain("54000",
			 psprintf("%s cannot have more than %d dimensions", kinds[kind].name, kinds[kind].most));
	return write_vec(kind, &both);
}

static Datum part(struct call *call, enum kind kind)
{
	struct vec vec = arg_of(call, 0, kind);
	long start = (int32_t)ARG(1), count = (int32_t)ARG(2), end = start + count;
	if (start < 1)
		start = 1;
	if (end > vec.n + 1)
		end = vec.n + 1;
	if (count < 1 || end <= start)
		complain("22000", psprintf("%s must have at least 1 dimension", kinds[kind].name));
	struct vec some = { (int)(end - start), (int)(end - start), NULL, vec.value + start - 1 };
	return write_vec(kind, &some);
}

static Datum quantized(struct call *call, enum kind kind)
{
	struct vec vec = arg_of(call, 0, kind);
	char *bits = palloc((size_t)vec.n + 1);
	for (int i = 0; i < vec.n; i++)
		bits[i] = vec.value[i] > 0 ? '1' : '0';
	bits[vec.n] = '\0';
	return OidInputFunctionCall(OID_OF_BIT_IN, bits, 0, -1);
}

/* ---- arrays ---- */

/* From the text of an array of any kind of numbers. */
static Datum from_array(struct call *call, enum kind kind)
{
	char *text = OidOutputFunctionCall(OID_OF_ARRAY_OUT, ARG(0));
	if (strstr(text, "NULL"))
		complain("22004", "array must not contain nulls");
	struct vec vec = read_dense(kind, text, '{', '}');
	return checked(kind, &vec, (int32_t)ARG(1));
}

static Datum to_real_array(struct call *call)
{
	char *text = text_to_cstring(POINTER(ARG(0)));
	text[0] = '{';
	text[strlen(text) - 1] = '}';
	return OidInputFunctionCall(OID_OF_ARRAY_IN, text, OID_OF_FLOAT4, -1);
}

static Datum converted(struct call *call, enum kind from, enum kind to)
{
	struct vec vec = arg_of(call, 0, from), dense = vec;
	if (from == SPARSEVEC) {
		if (vec.dims > kinds[to].most)
			complain("54000",
				 psprintf("%s cannot have more than %d dimensions", kinds[to].name, kinds[to].most));
		dense = (struct vec){ vec.dims, vec.dims, NULL, palloc((size_t)vec.dims * sizeof(double)) };
		for (int i = 0; i < dense.n; i++)
			dense.value[i] = 0;
		for (int i = 0; i < vec.n; i++)
			dense.value[vec.at[i]] = vec.value[i];
	}
	return checked(to, &dense, (int32_t)ARG(1));
}

/* ---- by name ---- */

#define OF_EACH(type, kind)                                       \
	FUNCTION(type##_in)                                       \
	{                                                         \
		struct vec vec = read_vec(kind, POINTER(ARG(0))); \
		return checked(kind, &vec, (int32_t)ARG(2));      \
	}                                                         \
	FUNCTION(type##_out)                                      \
	{                                                         \
		return DATUM(text_to_cstring(POINTER(ARG(0))));   \
	}                                                         \
	FUNCTION(type##_typmod_in)                                \
	{                                                         \
		return typmod_in(call, kind);                     \
	}                                                         \
	FUNCTION(type)                                            \
	{                                                         \
		struct vec vec = arg_of(call, 0, kind);           \
		return checked(kind, &vec, (int32_t)ARG(1));      \
	}                                                         \
	FUNCTION(array_to_##type)                                 \
	{                                                         \
		return from_array(call, kind);                    \
	}                                                         \
	FUNCTION(type##_l2_distance)                              \
	{                                                         \
		return float8(sqrt(sums_of(call, kind).squares)); \
	}                                                         \
	FUNCTION(type##_l2_squared_distance)                      \
	{                                                         \
		return float8(sums_of(call, kind).squares);       \
	}                                                         \
	FUNCTION(type##_inner_product)                            \
	{                                                         \
		return float8(sums_of(call, kind).product);       \
	}                                                         \
	FUNCTION(type##_negative_inner_product)                   \
	{                                                         \
		return float8(-sums_of(call, kind).product);      \
	}                                                         \
	FUNCTION(type##_cosine_distance)                          \
	{                                                         \
		struct sums sums = sums_of(call, kind);           \
		return float8(1 - cosine(&sums));                 \
	}                                                         \
	FUNCTION(type##_spherical_distance)                       \
	{                                                         \
		struct sums sums = sums_of(call, kind);           \
		return float8(spherical(&sums));                  \
	}                                                         \
	FUNCTION(type##_l1_distance)                              \
	{                                                         \
		return float8(sums_of(call, kind).difference);    \
	}                                                         \
	FUNCTION(type##_norm)                                     \
	{                                                         \
		struct vec vec = arg_of(call, 0, kind);           \
		return float8(norm(&vec));                        \
	}                                                         \
	FUNCTION(type##_l2_normalize)                             \
	{                                                         \
		return normalized(call, kind);                    \
	}                                                         \
	FUNCTION(type##_cmp)                                      \
	{                                                         \
		return (Datum)(int32_t)compare(call, kind);       \
	}                                                         \
	FUNCTION(type##_lt)                                       \
	{                                                         \
		return compare(call, kind) < 0;                   \
	}                                                         \
	FUNCTION(type##_le)                                       \
	{                                                         \
		return compare(call, kind) <= 0;                  \
	}                                                         \
	FUNCTION(type##_eq)                                       \
	{                                                         \
		return compare(call, kind) == 0;                  \
	}                                                         \
	FUNCTION(type##_ne)                                       \
	{                                                         \
		return compare(call, kind) != 0;                  \
	}                                                         \
	FUNCTION(type##_ge)                                       \
	{                                                         \
		return compare(call, kind) >= 0;                  \
	}                                                         \
	FUNCTION(type##_gt)                                       \
	{                                                         \
		return compare(call, kind) > 0;                   \
	}

OF_EACH(vector, VECTOR)
OF_EACH(halfvec, HALFVEC)
OF_EACH(sparsevec, SPARSEVEC)

#define OF_DENSE(type, kind)                              \
	FUNCTION(type##_dims)                             \
	{                                                 \
		return (Datum)arg_of(call, 0, kind).dims; \
	}                                                 \
	FUNCTION(type##_add)                              \
	{                                                 \
		return combined(call, kind, '+');         \
	}                                                 \
	FUNCTION(type##_sub)                              \
	{                                                 \
		return combined(call, kind, '-');         \
	}                                                 \
	FUNCTION(type##_mul)                              \
	{                                                 \
		return combined(call, kind, '*');         \
	}                                                 \
	FUNCTION(type##_concat)                           \
	{                                                 \
		return joined(call, kind);                \
	}                                                 \
	FUNCTION(type##_subvector)                        \
	{                                                 \
		return part(call, kind);                  \
	}                                                 \
	FUNCTION(type##_binary_quantize)                  \
	{                                                 \
		return quantized(call, kind);             \
	}                                                 \
	FUNCTION(type##_to_float4)                        \
	{                                                 \
		return to_real_array(call);               \
	}

OF_DENSE(vector, VECTOR)
OF_DENSE(halfvec, HALFVEC)

#define CONVERSION(from, from_kind, to, to_kind)            \
	FUNCTION(from##_to_##to)                            \
	{                                                   \
		return converted(call, from_kind, to_kind); \
	}

CONVERSION(vector, VECTOR, halfvec, HALFVEC)
CONVERSION(vector, VECTOR, sparsevec, SPARSEVEC)
CONVERSION(halfvec, HALFVEC, vector, VECTOR)
CONVERSION(halfvec, HALFVEC, sparsevec, SPARSEVEC)
CONVERSION(sparsevec, SPARSEVEC, vector, VECTOR)
CONVERSION(sparsevec, SPARSEVEC, halfvec, HALFVEC)

/* ---- bits ---- */

static Datum bits_distance(struct call *call, bool jaccard)
{
	const char *a = OidOutputFunctionCall(OID_OF_BIT_OUT, ARG(0)),
		   *b = OidOutputFunctionCall(OID_OF_BIT_OUT, ARG(1));
	double differ = 0, both = 0, any = 0;
	if (strlen(a) != strlen(b))
		complain("22000", psprintf("different bit lengths %zu and %zu", strlen(a), strlen(b)));
	for (; *a; a++, b++) {
		differ += *a != *b;
		both += *a == '1' && *b == '1';
		any += *a == '1' || *b == '1';
	}
	if (!jaccard)
		return float8(differ);
	return float8(both == 0 ? 1 : 1 - both / any);
}

FUNCTION(hamming_distance)
{
	return bits_distance(call, false);
}

FUNCTION(jaccard_distance)
{
	return bits_distance(call, true);
}

/* ---- aggregates ---- */

/* The state is an array: how many, and the sums. */
static struct vec state_of(struct call *call, int n)
{
	return read_dense(VECTOR, OidOutputFunctionCall(OID_OF_ARRAY_OUT, ARG(n)), '{', '}');
}

static Datum to_state(const struct vec *state)
{
	enum { OID_OF_FLOAT8 = 701, ELEMENT = 40 };
	char *text = palloc((size_t)(state->n + 1) * ELEMENT), *at = text;
	for (int i = 0; i < state->n; i++) {
		*at++ = i ? ',' : '{';
		at += double_to_shortest_decimal_buf(state->value[i], at);
	}
	*at++ = '}';
	*at = '\0';
	return OidInputFunctionCall(OID_OF_ARRAY_IN, text, OID_OF_FLOAT8, -1);
}

static struct vec added_to(struct vec state, const double *values, int n, double count)
{
	struct vec sum = { n + 1, n + 1, NULL, palloc((size_t)(n + 1) * sizeof(double)) };
	if (state.n > 1 && state.n != n + 1)
		complain("22000", psprintf("expected %d dimensions, not %d", state.n - 1, n));
	sum.value[0] = state.value[0] + count;
	for (int i = 0; i < n; i++)
		sum.value[i + 1] = (state.n > 1 ? state.value[i + 1] : 0) + values[i];
	return sum;
}

static Datum accumulated(struct call *call, enum kind kind)
{
	struct vec vec = arg_of(call, 1, kind), sum = added_to(state_of(call, 0), vec.value, vec.n, 1);
	return to_state(&sum);
}

static Datum averaged(struct call *call, enum kind kind)
{
	struct vec state = state_of(call, 0);
	if (state.value[0] == 0) {
		call->isnull = true;
		return 0;
	}
	for (int i = 1; i < state.n; i++)
		state.value[i] /= state.value[0];
	struct vec vec = { state.n - 1, state.n - 1, NULL, state.value + 1 };
	return write_vec(kind, &vec);
}

FUNCTION(vector_accum)
{
	return accumulated(call, VECTOR);
}

FUNCTION(halfvec_accum)
{
	return accumulated(call, HALFVEC);
}

FUNCTION(vector_avg)
{
	return averaged(call, VECTOR);
}

FUNCTION(halfvec_avg)
{
	return averaged(call, HALFVEC);
}

FUNCTION(vector_combine)
{
	struct vec a = state_of(call, 0), b = state_of(call, 1);
	if (b.n == 1)
		return ARG(0);
	struct vec sum = added_to(a, b.value + 1, b.n - 1, b.value[0]);
	return to_state(&sum);
}
