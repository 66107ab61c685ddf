#include "format/drizzle/wanted.h"

#include "base/file.h"
#include "format/drizzle/schema.h"

static enum drizzle_casing casing_of(const struct drizzle_config *config)
{
	const char *said = config && config->casing ? config->casing : "";
	return strcmp(said, "snake_case") == 0   ? CASING_SNAKE
		: strcmp(said, "camelCase") == 0 ? CASING_CAMEL
						 : CASING_NONE;
}

/* What the evaluator does not know, drizzle-kit does: a missing file or a duplicate would be refused by it as well. */
static bool is_beyond_us(const struct err *err)
{
	return err->name &&
		(strcmp(err->name, "typescript-unsupported") == 0 || strcmp(err->name, "typescript-unavailable") == 0 ||
		 strcmp(err->name, "typescript-circular") == 0 || strcmp(err->name, "typescript-invalid") == 0 ||
		 strcmp(err->name, "typescript-module-missing") == 0);
}

/* The place in schema.ts stays the error; that there was nobody else to ask is its hint. */
static bool fall_back(struct arena *arena, const struct format_settings *settings, struct drizzle_wanted *wanted,
		      struct str *ret_ddl, struct err *err)
{
	struct err second = { .arena = arena };
	wanted->has_model = false;
	if (drizzle_export(arena, settings, ret_ddl, &second)) {
		err_clear(err);
		return true;
	}
	err_detail(err, "The project's own drizzle-kit could not be asked instead: %s.", second.message);
	return err_hint(err, "%s", second.hint ? second.hint : "Run \"npx drizzle-kit export\" to see why.");
}

bool drizzle_wanted(struct arena *arena, const struct format_settings *settings, struct wanted *ret_wanted,
		    struct err *err)
{
	const struct drizzle_config *config = settings->extra;
	struct drizzle_wanted *wanted = arena_alloc(arena, sizeof(*wanted));
	struct strs paths = { 0 };
	struct str ddl;
	if (settings->wanted)
		vec_push(arena, &paths, str_of(settings->wanted));
	for (size_t i = 0; !settings->wanted && config && i < config->schemas.len; i++)
		vec_push(arena, &paths, config->schemas.ptr[i]);
	struct drizzle_schema schema = { .root = settings->root,
					 .paths = &paths,
					 .casing = casing_of(config),
					 .line = drizzle_line_of(arena, settings->root,
								 drizzle_folder(arena, settings)) };
	wanted->has_model = drizzle_schema_read(arena, &schema, &wanted->model, err);
	if (wanted->has_model)
		ddl = drizzle_ddl(arena, &wanted->model);
	else if (!is_beyond_us(err) || !fall_back(arena, settings, wanted, &ddl, err))
		return false;
	wanted->ledger_schema = drizzle_ledger_schema(arena, settings);
	wanted->known = drizzle_known(arena, schema.line, drizzle_folder(arena, settings));
	wanted->arena = arena;
	wanted->notes = arena_alloc(arena, sizeof(*wanted->notes));
	if (wanted->has_model)
		drizzle_know_model(arena, &wanted->model, &wanted->now);
	wanted->scope = drizzle_scope;
	wanted->scope.extra = wanted;
	const char *said = paths.len ? str_dup(arena, paths.ptr[0]) : "schema.ts";
	*ret_wanted = (struct wanted){
		.said = wanted->has_model ? said : arena_printf(arena, "%s (drizzle-kit export)", said),
		.ddl = ddl,
		.scope = &wanted->scope,
		.extra = wanted,
		.notes = wanted->notes,
	};
	return true;
}
