#include "run/record.h"

#include "base/file.h"

char *record_tokens(struct arena *arena, const struct format *format, struct str text)
{
	return format->digest_tokens ? format->digest_tokens(arena, text) : script_digest_tokens(arena, text);
}

static struct call checksum_call(const struct state *state, const struct migration *migration)
{
	return (struct call){
		.sql = "INSERT INTO brant.checksum (ledger, version, file, bytes, tokens) VALUES ($1, $2, $3, $4, $5) "
		       "ON CONFLICT (ledger, version) DO UPDATE "
		       "SET file = EXCLUDED.file, bytes = EXCLUDED.bytes, tokens = EXCLUDED.tokens, recorded_at = now()",
		.params = { state->ledger.shown, migration->version, migration->path, migration->digest_bytes,
			    migration->digest_tokens },
		.nparams = 5,
	};
}

void record_calls(struct arena *arena, const struct run_options *options, const struct state *state,
		  const struct migration *migration, const struct script *script, bool undo,
		  struct call ret_calls[RECORD_CALLS])
{
	const struct format *format = options->format;
	const char *ledger = state->ledger.shown, *version = migration->version;
	if (undo) {
		ret_calls[RECORD_LEDGER] = format->unrecord(arena, &state->ledger, migration);
		ret_calls[RECORD_CHECKSUM] = (struct call){
			.sql = "DELETE FROM brant.checksum WHERE ledger = $1 AND version = $2",
			.params = { ledger, version },
			.nparams = 2,
		};
	} else {
		ret_calls[RECORD_LEDGER] = format->record(arena, &options->settings, &state->ledger, migration, script);
		ret_calls[RECORD_CHECKSUM] = checksum_call(state, migration);
	}
	ret_calls[RECORD_JOURNAL] = (struct call){
		.sql = "DELETE FROM brant.step WHERE ledger = $1 AND version = $2",
		.params = { ledger, version },
		.nparams = 2,
	};
}

void record_settled(struct arena *arena, const struct run_options *options, const struct state *state,
		    const struct migration *migration, const struct script *script, bool applied,
		    struct call ret_calls[RECORD_CALLS])
{
	record_calls(arena, options, state, migration, script, !applied, ret_calls);
	if (options->format->settle)
		ret_calls[RECORD_LEDGER] =
			options->format->settle(arena, &options->settings, &state->ledger, migration, script, applied);
}

static bool send_checksum(struct arena *arena, const struct format *format, struct db *db, const struct state *state,
			  struct migration *migration, struct err *err)
{
	struct arena *scratch = arena_new(arena);
	struct str now;
	bool ok = file_read(scratch, migration->path, &now, err);
	if (ok) {
		migration->digest_bytes = arena_strdup(arena, script_digest_bytes(scratch, now));
		migration->digest_tokens = arena_strdup(arena, record_tokens(scratch, format, now));
		struct call call = checksum_call(state, migration);
		db_send(db, str_of(call.sql), call.nparams, call.params, NULL, NULL);
	}
	arena_free(scratch);
	return ok;
}

bool record_edited(struct arena *arena, const struct format *format, struct db *db, struct state *state,
		   size_t *ret_accepted, struct err *err)
{
	size_t n = 0;
	for (size_t i = 0; i < state->history.len; i++) {
		if (state->standings[i] != STANDING_EDITED)
			continue;
		if (!n++)
			db_send(db, STR("BEGIN"), 0, NULL, NULL, NULL);
		if (!send_checksum(arena, format, db, state, &state->history.ptr[i], err))
			return false;
		state->standings[i] = STANDING_APPLIED;
	}
	*ret_accepted = n;
	if (!n)
		return true;
	return db_commit(db, err) || err_prefix(err, "could not record the edited files");
}
