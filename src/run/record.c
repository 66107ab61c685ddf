#include "run/record.h"

void record_calls(struct arena *arena, const struct run_options *options, const struct state *state, const struct migration *migration,
		  const struct script *script, bool undo, struct call ret_calls[RECORD_CALLS])
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
		ret_calls[RECORD_CHECKSUM] = (struct call){
			.sql = "INSERT INTO brant.checksum (ledger, version, file, bytes, tokens) VALUES ($1, $2, $3, $4, $5) "
			       "ON CONFLICT (ledger, version) DO UPDATE "
			       "SET file = EXCLUDED.file, bytes = EXCLUDED.bytes, tokens = EXCLUDED.tokens, recorded_at = now()",
			.params = { ledger, version, migration->path, migration->digest_bytes, migration->digest_tokens },
			.nparams = 5,
		};
	}
	ret_calls[RECORD_JOURNAL] = (struct call){
		.sql = "DELETE FROM brant.step WHERE ledger = $1 AND version = $2",
		.params = { ledger, version },
		.nparams = 2,
	};
}
