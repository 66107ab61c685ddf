#include "format/drizzle/wanted.h"

#include "base/file.h"
#include "format/drizzle/schema.h"
#include "format/drizzle/snapshot.h"

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
static bool fall_back(struct arena *arena, const struct format_settings *settings, const struct strs *paths,
		      struct drizzle_wanted *wanted, struct err *err)
{
	struct err second = { .arena = arena };
	struct json *snapshot = arena_alloc(arena, sizeof(*snapshot));
	if (drizzle_kit_snapshot(arena, settings, paths, snapshot, &second) &&
	    snapshot_read(arena, "drizzle-kit's snapshot", snapshot, &wanted->model, &second)) {
		err_clear(err);
		wanted->by_kit = snapshot;
		return true;
	}
	err_detail(err, "The project's own drizzle-kit could not be asked instead: %s.", second.message);
	return err_hint(err, "%s", second.hint ? second.hint : "Run \"npx drizzle-kit export\" to see why.");
}

static struct drizzle_wanted *wanted_new(struct arena *arena, const struct format_settings *settings)
{
	struct drizzle_wanted *wanted = arena_alloc(arena, sizeof(*wanted));
	wanted->ledger_schema = drizzle_ledger_schema(arena, settings);
	wanted->arena = arena;
	wanted->notes = arena_alloc(arena, sizeof(*wanted->notes));
	wanted->scope = drizzle_scope;
	wanted->scope.extra = wanted;
	return wanted;
}

static struct wanted wanted_as(struct arena *arena, struct drizzle_wanted *wanted, const char *said)
{
	/* Places in the DDL are none in the file. */
	return (struct wanted){ .said = arena_printf(arena, "the DDL of %s", said),
				.ddl = drizzle_ddl(arena, &wanted->model),
				.scope = &wanted->scope,
				.extra = wanted,
				.notes = wanted->notes };
}

static bool is_same_in(const struct map *a, const struct map *b)
{
	for (size_t i = 0; i < a->len; i++) {
		const char *other = map_get(b, a->ptr[i].key);
		if (!other || strcmp(other, a->ptr[i].value) != 0)
			return false;
	}
	return true;
}

/* Somebody wrote a migration without a snapshot, or has lost it: what it did, drizzle-kit does not know. */
static void note_ahead(struct drizzle_wanted *wanted)
{
	const struct drizzle_known *known = &wanted->known;
	if (!known->ahead || (is_same_in(&known->names, &wanted->now) && is_same_in(&wanted->now, &known->names)))
		return;
	vec_push(wanted->arena, wanted->notes,
		 str_of(arena_printf(
			 wanted->arena,
			 "\"%s\" has no snapshot: \"drizzle-kit generate\" compares with an older one, and may write "
			 "again what that migration did",
			 known->ahead)));
}

bool drizzle_wanted(struct arena *arena, const struct format_settings *settings, struct wanted *ret_wanted,
		    struct err *err)
{
	const struct drizzle_config *config = settings->extra;
	const char *folder = drizzle_folder(arena, settings);
	struct drizzle_wanted *wanted = wanted_new(arena, settings);
	struct strs paths = { 0 };
	if (settings->wanted)
		vec_push(arena, &paths, str_of(settings->wanted));
	for (size_t i = 0; !settings->wanted && config && i < config->schemas.len; i++)
		vec_push(arena, &paths, config->schemas.ptr[i]);
	struct drizzle_schema schema = { .root = settings->root,
					 .paths = &paths,
					 .casing = casing_of(config),
					 .line = drizzle_line_of(arena, settings->root, folder) };
	if (!drizzle_schema_read(arena, &schema, &wanted->model, err) &&
	    (!is_beyond_us(err) || !fall_back(arena, settings, &paths, wanted, err)))
		return false;
	if (!drizzle_known(arena, schema.line, folder, &wanted->known, err))
		return false;
	if (wanted->by_kit)
		drizzle_know_snapshot(arena, wanted->by_kit, &wanted->now);
	else
		drizzle_know_model(arena, &wanted->model, &wanted->now);
	drizzle_mark_done(wanted);
	note_ahead(wanted);
	const char *said = paths.len ? str_dup(arena, paths.ptr[0]) : "schema.ts";
	*ret_wanted =
		wanted_as(arena, wanted, wanted->by_kit ? arena_printf(arena, "%s (by drizzle-kit)", said) : said);
	return true;
}

/* Compared by itself: nothing of the project's last snapshot counts but its roles, which no catalog has. */
bool drizzle_schema_in(struct arena *arena, const struct format_settings *settings, const char *path,
		       struct wanted *ret_wanted, struct err *err)
{
	const char *folder = drizzle_folder(arena, settings);
	struct drizzle_wanted *wanted = wanted_new(arena, settings);
	if (!snapshot_load(arena, path, &wanted->model, err) ||
	    !drizzle_known(arena, drizzle_line_of(arena, settings->root, folder), folder, &wanted->known, err))
		return false;
	wanted->known.sure = false;
	wanted->known.names = (struct map){ 0 };
	*ret_wanted = wanted_as(arena, wanted, path);
	return true;
}
