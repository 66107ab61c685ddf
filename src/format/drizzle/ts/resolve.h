/*
 * resolve.h - which file an import means.
 *
 * Relative paths, tsconfig's paths and baseUrl (with extends), package.json's and deno.json's imports, and packages of the same workspace (linked in
 * node_modules, or found through the workspace's own list where nothing is installed).  What is installed from elsewhere is no source of ours: NULL.
 */
#ifndef BRANT_FORMAT_DRIZZLE_TS_RESOLVE_H
#define BRANT_FORMAT_DRIZZLE_TS_RESOLVE_H

#include "format/drizzle/ts/interp.h"

/*
 * The file that specifier means in a file of the folder; NULL: a package from elsewhere.  False, without an error, where it is a relative path and
 * there is no such file; with one where a configuration on the way cannot be read.
 */
bool resolve_import(struct interp *interp, const char *folder, struct str specifier, const char **ret_path);

/* path, or path with one of TypeScript's endings, or the index of a folder; NULL where there is nothing. */
const char *resolve_file(struct arena *arena, const char *path);

/* package.c: where a package of this workspace is (NULL: it is none), and the file in a package that "name/sub/path" means. */
const char *workspace_package(struct interp *interp, const char *folder, struct str name);
const char *package_file(struct interp *interp, const char *package, struct str subpath);

/* The source of a file that a build would make; NULL: nothing like that is there. */
const char *unbuilt_file(struct interp *interp, const char *path);

const char *package_import(struct interp *interp, const char *folder, struct str specifier);

/*
 * deno.c: what the import maps above a folder make of a specifier.  *ret_path is the file (with an ending or without) that it stands for, or NULL; else
 * *ret_package is the package, without the registry and the version ("npm:drizzle-orm@0.45/pg-core").  False where no map knows the name.
 */
bool deno_import(struct interp *interp, const char *folder, struct str specifier, struct str *ret_package,
		 const char **ret_path);
struct str deno_plain(struct arena *arena, struct str specifier);
const struct json *deno_configuration(struct interp *interp, const char *folder); /* deno.json of a folder, or NULL */

/* tsconfig.c: what the configurations above a folder make of an import; NULL: nothing. */
const char *tsconfig_file(struct interp *interp, const char *folder, struct str specifier);

/* JSON of a configuration file, read once; NULL where it is not there or cannot be read. */
const struct json *js_configuration(struct interp *interp, const char *path);

/* What stands for the star in pattern ("./src/x*.ts") when it matches text; false where it does not.  Without a star they must be equal. */
bool js_match_star(struct str pattern, struct str text, struct str *ret_star);
const char *js_replace_star(struct arena *arena, struct str pattern, struct str star);

#endif
