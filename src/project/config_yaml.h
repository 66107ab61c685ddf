/*
 * config_yaml.h - the YAML below brant.yaml: a document's nodes as values, and errors with their line and column.
 *
 * libyaml reads; what is allowed is decided here (one document, no key twice, no nesting without end), and what the keys mean in config.c.  All
 * errors are ERR_USAGE, named "config-...".
 */
#ifndef BRANT_PROJECT_CONFIG_YAML_H
#define BRANT_PROJECT_CONFIG_YAML_H

#include <yaml.h>

#include "base/err.h"
#include "base/map.h"
#include "base/str.h"
#include "base/vec.h"

struct config;

struct config_reader {
	struct arena *arena;
	const char *path; /* as shown in errors */
	yaml_document_t *document;
	struct config *config; /* what the keys are read into */
	struct err *err;
};

/* One pair of a mapping. */
typedef bool yml_pair_fn(struct config_reader *r, const yaml_node_t *key, struct str name, const yaml_node_t *value);

/* Reads the file's text and hands each pair of its mapping to fn.  A file that is empty, or has comments only, has none. */
bool yml_read(struct config_reader *r, struct str text, yml_pair_fn *fn);

/* The same for a mapping below; a key that comes twice is an error. */
bool yml_each_pair(struct config_reader *r, const yaml_node_t *mapping, yml_pair_fn *fn);

/* An error at the node; returns false. */
bool yml_fail(struct config_reader *r, const yaml_node_t *node, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* "unknown key ...", with the nearest of the known ones (NULL behind the last), or all of them. */
bool yml_unknown_key(struct config_reader *r, const yaml_node_t *key, struct str name, const char *where,
		     const char *const *known);

const yaml_node_t *yml_node(const struct config_reader *r, int index);

/* "a list", "a mapping", "a single value". */
const char *yml_kind(enum yaml_node_type_e type);

/* A text of the file's for a message: short, on one line, cut between characters. */
const char *yml_shown(const struct config_reader *r, struct str text);

/* false for anything that is no scalar. */
bool yml_scalar(const yaml_node_t *node, struct str *ret_text);

/* "key:" with nothing behind it, "~" or "null": as if the key were not there, so that all its lines can be comments. */
bool yml_is_null(const yaml_node_t *node);

/* false, without an error, for what is neither true nor false. */
bool yml_bool(const yaml_node_t *node, bool *ret_value);

/* A text that is not empty. */
bool yml_text(struct config_reader *r, const char *key, const yaml_node_t *node, struct str *ret_text);

/* A list of texts, copied; a single one needs no brackets. */
bool yml_list(struct config_reader *r, const char *key, const yaml_node_t *node, struct strs *ret_list);

#endif
