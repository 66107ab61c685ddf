/*
 * check.h - what the files that check share, in the order in which psl_check() runs them.
 *
 * Each stage relies on those before it: where one found problems, the next ones are left out, so that nobody is told what follows from
 * something else.
 */
#ifndef BRANT_FORMAT_PRISMA_PSL_CHECK_H
#define BRANT_FORMAT_PRISMA_PSL_CHECK_H

#include "format/prisma/psl/coerce.h"

/* check_names.c: every name is one, and once. */
void check_names(struct psl *psl);

/* check_types.c: the types of fields. */
void check_types(struct psl *psl);
const char *scalar_name(enum psl_scalar scalar);
bool is_scalar_name(struct str name);

/* check_fields.c: attributes of fields that are no relations. */
void check_field(struct psl *psl, struct psl_field *field);
/* check_default.c: @default. */
void check_default(struct psl *psl, struct psl_field *field);
/* native.c: @db.VarChar(5), and Unsupported("...") of what is none. */
void check_native(struct psl *psl, struct psl_field *field);
void check_unsupported(struct psl *psl, struct psl_field *field);

/* check_models.c: attributes of models and enums. */
void check_models(struct psl *psl);

/* What @map and @@map name; told where they name nothing. */
struct str name_argument(struct psl *psl, struct psl_attribute *attribute);

/* check_index.c: keys and indexes. */
void take_field_key(struct psl *psl, struct psl_field *field, struct psl_attribute *attribute, int kind);
void take_model_keys(struct psl *psl, struct psl_model *model);
/* check_index_fields.c: which fields, and how each of them is sorted and compared. */
void take_index_fields(struct psl *psl, struct psl_index *index);
void take_sort(struct psl *psl, const struct psl_value *value, struct psl_index_field *each);
void tell_length(struct psl *psl, const struct psl_value *value);
void tell_no_field(struct psl *psl, const struct psl_model *model, struct str name);
/* check_where.c: where of an index. */
void check_where(struct psl *psl, struct psl_index *index);
/* opclass.c: which operator class goes with which index and type. */
const struct psl_opclass *opclass_find(struct str name);
struct words opclass_words(struct arena *arena);
void check_opclasses(struct psl *psl, const struct psl_index *index);

/* check_relations.c: @relation, field by field; relation.c: which fields make one. */
void check_relation_fields(struct psl *psl);
void pair_relations(struct psl *psl);
/* check_pairs.c: whether they fit. */
void check_relations(struct psl *psl);

/* check_constraints.c: names of tables, types, keys, indexes and foreign keys in the database. */
void check_constraints(struct psl *psl);

/* The field of that name, or NULL. */
static inline struct psl_field *model_field(const struct psl_model *model, struct str name)
{
	return map_get(&model->by_name, name);
}

/* Has exactly these fields, in any order? */
bool index_has_fields(const struct psl_index *index, const struct psl_fields *fields);

#endif
