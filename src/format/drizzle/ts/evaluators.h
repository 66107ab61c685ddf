/*
 * evaluators.h - the functions of evaluation, one for each kind of expression.
 *
 * evaluate.c picks them by the kind of a node; nobody else calls them but for what the files of expressions need of each other.
 */
#ifndef BRANT_FORMAT_DRIZZLE_TS_EVALUATORS_H
#define BRANT_FORMAT_DRIZZLE_TS_EVALUATORS_H

#include "format/drizzle/ts/evaluate.h"

typedef bool evaluator_fn(struct interp *interp, struct scope *scope, const struct node *node, struct value *ret_value);

/* ---- literal.c ---- */

evaluator_fn eval_constant, eval_string, eval_number, eval_regex, eval_template, eval_array, eval_object, eval_function,
	eval_enum, eval_namespace;

struct value closure_value(struct interp *interp, struct scope *scope, const struct node *node);

/* The texts between a template's substitutions, and these. */
void split_template(struct interp *interp, const struct node *node, struct strs *pieces, struct scope *scope,
		    struct slots *values);

/* ---- operator.c ---- */

evaluator_fn eval_ternary, eval_unary, eval_binary;

/* left === right */
bool js_same(struct interp *interp, const struct node *at, const struct value *left, const struct value *right,
	     bool *ret_same);

/* left operator right, for the operators that compute. */
bool calculate(struct interp *interp, const struct node *node, struct str operator, const struct value * left,
	       const struct value *right, struct value *ret_value);

/* && || ??: does the left side decide? */
bool left_decides(struct interp *interp, const struct node *at, struct str operator, const struct value * left,
		  bool *ret_decides);

/* ---- assign.c ---- */

evaluator_fn eval_assignment, eval_augmented, eval_update, eval_delete;

/* ---- chain.c ---- */

evaluator_fn eval_chain_start, eval_new;

/* ---- class.c ---- */

evaluator_fn eval_class;

#endif
