/*
 * read.h - from things to the model: what the files of this step share.
 */
#ifndef BRANT_FORMAT_DRIZZLE_DSL_READ_H
#define BRANT_FORMAT_DRIZZLE_DSL_READ_H

#include "format/drizzle/dsl/dsl.h"

struct reader {
	struct interp *interp;
	struct drizzle_model *model;
	struct strs index_names; /* "schema.name", to find those that are there twice */
};

bool dsl_read_column(struct reader *reader, const struct column_thing *column, const char *table, const char *schema,
		     struct drizzle_column *ret_column);
bool dsl_read_table(struct reader *reader, const struct table_thing *table, struct drizzle_table *ret_table);
bool dsl_read_policy(struct reader *reader, const struct policy_thing *policy, struct drizzle_policy *ret_policy);
bool dsl_read_sequence(struct reader *reader, const struct node *at, const struct value *options, const char *min,
		       const char *max, struct drizzle_sequence *sequence);
bool dsl_read_options(struct reader *reader, const struct node *at, const struct value *value,
		      struct drizzle_options *ret_options);

/* A member of an options object as text or truth; NULL and false where it is not there. */
bool dsl_read_text(struct reader *reader, const struct node *at, const struct value *object, const char *key,
		   const char **ret_text);
bool dsl_read_true(struct reader *reader, const struct node *at, const struct value *object, const char *key,
		   bool *ret_true);

bool dsl_refuse_duplicate(struct reader *reader, const struct node *at, const char *what, const char *name);

#endif
