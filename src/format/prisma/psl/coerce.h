/*
 * coerce.h - values and arguments as what somebody expects of them; otherwise a problem is told.
 */
#ifndef BRANT_FORMAT_PRISMA_PSL_COERCE_H
#define BRANT_FORMAT_PRISMA_PSL_COERCE_H

#include "format/prisma/psl/reader.h"

bool value_string(struct psl *psl, const struct psl_value *value, struct str *ret_string);
bool value_word(struct psl *psl, const struct psl_value *value, struct str *ret_word);
bool value_integer(struct psl *psl, const struct psl_value *value, long long *ret_integer);
bool value_boolean(struct psl *psl, const struct psl_value *value, bool *ret_boolean);

/* The elements of an array; anything else counts as an array of one, as Prisma has it. */
struct psl_arguments value_items(struct arena *arena, struct psl_value *value);

bool value_is_call(const struct psl_value *value, const char *name);

/* A whole number without a fraction that fits 64 bits. */
bool text_integer(struct str text, long long *ret_integer);

/*
 * The argument of that name, or the first one without a name where unnamed is set; NULL where there is none.  A name alone ("fields:") is a
 * problem and counts as none.
 */
struct psl_value *argument(struct psl *psl, struct psl_attribute *attribute, const char *name, bool unnamed);

/* Arguments of an attribute that are strings and must not be empty; an empty str where it has none. */
struct str argument_name(struct psl *psl, struct psl_attribute *attribute, const char *name);

/* All arguments have been asked for; the names that there are stand in known, ended by NULL. */
void arguments_done(struct psl *psl, struct psl_attribute *attribute, const char *const *known);

/* The attribute of that name: the first one; others of it are a problem.  NULL: none. */
struct psl_attribute *attribute_once(struct psl *psl, struct psl_attributes *attributes, const char *name);

/* Those that nobody asked for, with what there is for the hint. */
void attributes_done(struct psl *psl, struct psl_attributes *attributes, const char *sign, const char *const *known);

struct words words_of(struct arena *arena, const char *const *names);

#endif
