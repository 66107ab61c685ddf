#include <stdlib.h>

#include "base/clock.h"
#include "base/duration.h"
#include "cmd/commands.h"
#include "run/endpoint.h"
#include "session/session.h"
#include "sql/quote.h"

enum level { LEVEL_GOOD, LEVEL_NOTE, LEVEL_WARNING, LEVEL_BAD };

static const struct {
	const char *name;
	enum colour colour;
} levels[] = {
	[LEVEL_GOOD] = { "good", C_GOOD },
	[LEVEL_NOTE] = { "note", C_DIM },
	[LEVEL_WARNING] = { "warning", C_WARN },
	[LEVEL_BAD] = { "bad", C_BAD },
};

struct finding {
	enum level level;
	const char *name, *text;
};

struct doctor {
	struct arena *arena;
	struct ctx *ctx;
	const struct run_options *run;
	const struct endpoint *e;
	VEC(struct finding) findings;
};

static void find(struct doctor *d, enum level level, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
static void find(struct doctor *d, enum level level, const char *name, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	char *text = arena_vprintf(d->arena, fmt, args);
	va_end(args);
	vec_push(d->arena, &d->findings, (struct finding){ level, name, text });
}

static const char *off_or(struct arena *arena, double seconds)
{
	return seconds > 0 ? clock_text(arena, seconds) : "off";
}

/* ---- what the server is ---- */

static void judge_server(struct doctor *d, struct db *db)
{
	const struct endpoint *e = d->e;
	int major = db_server_version(db) / 10000;
	if (major < 13)
		find(d, LEVEL_BAD, "version", "PostgreSQL %s is older than 13, the oldest that brant works with",
		     e->version);
	else if (major > 18)
		find(d, LEVEL_NOTE, "version",
		     "PostgreSQL %s is newer than 18, the newest that this brant was tried with", e->version);
	if (e->standby)
		find(d, LEVEL_BAD, "standby",
		     "this is a standby: nothing can be changed here; connect to the primary "
		     "(target_session_attrs=read-write in a URL with several hosts)");
	else if (e->read_only)
		find(d, LEVEL_BAD, "read-only",
		     "transactions are read-only here (default_transaction_read_only): nothing can be changed");
	if (strcmp(e->isolation, "read committed") != 0)
		find(d, LEVEL_NOTE, "isolation",
		     "transactions are \"%s\" by default: brant retries those that the server gives up", e->isolation);
}

/* ---- the way there ---- */

static bool is_local(const struct target *target)
{
	const char *host = target->host ? target->host : getenv("PGHOST");
	return !host || host[0] == '/' || strcmp(host, "localhost") == 0 || strcmp(host, "127.0.0.1") == 0 ||
		strcmp(host, "::1") == 0;
}

static void judge_connection(struct doctor *d)
{
	const struct endpoint *e = d->e;
	const struct target *target = &d->run->target;
	const char *sslmode = target_setting(target, "sslmode");
	if (e->pooled)
		find(d, LEVEL_GOOD, "pooler",
		     "a pooler is in between: brant uses nothing that belongs to a session, and two connections at "
		     "most; how large the pool is cannot be seen through it");
	else
		find(d, LEVEL_GOOD, "pooler", "the connection goes straight to the server%s",
		     target->says_pgbouncer ? ", although the URL says pgbouncer=true" : "");
	if (!e->encrypted && !is_local(target))
		find(d, LEVEL_WARNING, "tls", "the connection is not encrypted: add sslmode=require to the URL");
	else if (e->encrypted && (!sslmode || strncmp(sslmode, "verify-", 7) != 0) && !is_local(target))
		find(d, LEVEL_NOTE, "tls",
		     "the connection is encrypted, but nobody checks whose server it is: sslmode=verify-full does");
	if (target->database && strcmp(target->database, e->database) != 0)
		find(d, LEVEL_NOTE, "database", "the URL says \"%s\", the pooler leads to \"%s\"", target->database,
		     e->database);
	if (e->max_connections && e->connections * 10 >= e->max_connections * 9)
		find(d, LEVEL_WARNING, "connections", "%lld of the server's %lld connections are in use",
		     e->connections, e->max_connections);
	for (size_t i = 0; i < target->notes.len; i++)
		find(d, LEVEL_NOTE, "url", STR_FMT, STR_ARG(target->notes.ptr[i]));
}

/* ---- rights ---- */

static void judge_role(struct doctor *d)
{
	const struct endpoint *e = d->e;
	if (e->has_public && !e->create_public)
		find(d, e->create_schema ? LEVEL_WARNING : LEVEL_BAD, "create-public",
		     "role \"%s\" may not create in public: GRANT CREATE ON SCHEMA public TO it", e->user);
	if (!e->create_schema)
		find(d, LEVEL_WARNING, "create-schema",
		     "role \"%s\" may not create schemas, and brant keeps its lease and journal in one: GRANT CREATE ON DATABASE, or let "
		     "the owner run brant once",
		     e->user);
	if (!e->monitor)
		find(d, LEVEL_NOTE, "monitor",
		     "role \"%s\" sees other roles' activity only in part, so whoever blocks a migration may be named "
		     "by number only (GRANT pg_read_all_stats)",
		     e->user);
}

/* Names without a schema lead elsewhere than to public, where they do on a server that nobody has configured. */
static bool is_path_of_its_own(struct arena *arena, const char *path)
{
	struct strs names = { 0 };
	if (!sql_path_names(arena, str_of(path), &names))
		return false;
	size_t first = str_eq(names.ptr[0], STR("$user")) ? 1 : 0;
	return first < names.len && !str_eq(names.ptr[first], STR("public"));
}

static void judge_path(struct doctor *d)
{
	for (size_t i = 0; i < d->e->schemas.len; i++) {
		const struct schema_seen *schema = &d->e->schemas.ptr[i];
		if (schema->on_path && boundary_has_schema(&d->run->boundary, str_of(schema->name)))
			find(d, LEVEL_WARNING, "search-path",
			     "\"%s\" is on the search path: an unqualified name can mean a table of the platform; brant refuses to change those, "
			     "qualify the names of your own (public.users)",
			     schema->name);
	}
	if (d->ctx->project->format->takes_path && !d->run->settings.search_path &&
	    is_path_of_its_own(d->arena, d->e->search_path))
		find(d, LEVEL_WARNING, "search-path-unsaid",
		     "names without a schema lead along %s here, by a setting of this role or database; where the database is not asked (diff, check), a history is replayed without it: "
		     "say it in brant.yaml, search_path: %s",
		     d->e->search_path,
		     strchr(d->e->search_path, '"') ? arena_printf(d->arena, "'%s'", d->e->search_path)
						    : d->e->search_path);
}

/* ---- timeouts ---- */

/* The shortest lock_timeout or statement_timeout among the API's roles: requests behind a waiting migration die after that long. */
static double shortest_of_api(const struct endpoint *e, const char **ret_role)
{
	double shortest = 0;
	for (size_t i = 0; i < e->settings.len; i++) {
		const struct role_setting *s = &e->settings.ptr[i];
		double seconds;
		unsigned long long milliseconds;
		bool mine =
			s->mine || (strcmp(s->name, "lock_timeout") != 0 && strcmp(s->name, "statement_timeout") != 0);
		if (mine || !s->role)
			continue;
		if (str_to_u64(str_of(s->value), &milliseconds)) /* a plain number is milliseconds to the server */
			seconds = (double)milliseconds / 1000;
		else if (!duration_parse(str_of(s->value), &seconds))
			continue;
		if (seconds > 0 && (shortest <= 0 || seconds < shortest)) {
			shortest = seconds;
			*ret_role = s->role;
		}
	}
	return shortest;
}

static void judge_timeouts(struct doctor *d)
{
	const struct endpoint *e = d->e;
	const char *role = NULL;
	double api = shortest_of_api(e, &role);
	const char *ours = off_or(d->arena, d->run->lock_timeout);
	if (api > 0 && (d->run->lock_timeout <= 0 || d->run->lock_timeout >= api))
		find(d, LEVEL_WARNING, "lock-timeout",
		     "requests of %s give up after %s, and brant's lock_timeout is %s: a migration that waits would make them fail; set a shorter one",
		     role, clock_text(d->arena, api), ours);
	else if (api > 0)
		find(d, LEVEL_GOOD, "lock-timeout",
		     "brant waits %s for a lock and then lets others pass; requests of %s give up after %s", ours, role,
		     clock_text(d->arena, api));
	if (e->statement_timeout > 0)
		find(d, LEVEL_NOTE, "statement-timeout",
		     "statements end after %s here; brant sets its own limit in each transaction (%s)",
		     clock_text(d->arena, e->statement_timeout), off_or(d->arena, d->run->statement_timeout));
	if (e->idle_timeout > 0 && e->idle_timeout < 10)
		find(d, LEVEL_NOTE, "idle-timeout",
		     "the server ends transactions that idle for %s, and with them brant's sign of life: after a crash the next run waits for the "
		     "lease to expire",
		     clock_text(d->arena, e->idle_timeout));
	if (e->transaction_timeout > 0)
		find(d, LEVEL_WARNING, "transaction-timeout",
		     "the server ends every transaction after %s, long migrations too",
		     clock_text(d->arena, e->transaction_timeout));
}

/* ---- who is in the way ---- */

static void judge_transactions(struct doctor *d)
{
	size_t prepared = 0, old = 0;
	for (size_t i = 0; i < d->e->transactions.len; i++) {
		prepared += d->e->transactions.ptr[i].prepared;
		old += !d->e->transactions.ptr[i].prepared;
	}
	if (prepared)
		find(d, LEVEL_WARNING, "prepared-transactions",
		     "%zu prepared transaction%s, which keep%s their locks until COMMIT PREPARED or ROLLBACK PREPARED, also over a restart",
		     prepared, prepared == 1 ? "" : "s", prepared == 1 ? "s" : "");
	if (old)
		find(d, LEVEL_WARNING, "old-transactions",
		     "%zu transaction%s open for more than a minute: what they have touched cannot be altered, and CREATE INDEX CONCURRENTLY waits "
		     "for them",
		     old, old == 1 ? " is" : "s are");
}

/* ---- the project ---- */

/* Of what keeps the project from being read: no folder yet is how projects begin, missing rights are the end of every `up`. */
static enum level level_of(const struct err *err)
{
	static const char *const denied[] = { "ledger-denied", "state-denied", "ledger-foreign" };
	const char *name = err->name ? err->name : "";
	for (size_t i = 0; i < LEN(denied); i++)
		if (strcmp(name, denied[i]) == 0)
			return LEVEL_BAD;
	return strcmp(name, "no-migrations-folder") == 0 ? LEVEL_NOTE : LEVEL_WARNING;
}

static void judge_project(struct doctor *d, struct db *db)
{
	struct state state;
	struct err err = { .arena = d->arena };
	struct report *report = d->ctx->report;
	if (d->e->postgrest)
		find(d, LEVEL_GOOD, "postgrest", "PostgREST is here: %s",
		     d->run->notify_postgrest
			     ? "a run that changes something tells it to reload its schema"
			     : "notify_postgrest is off, so somebody else has to tell it to reload its schema");
	if (!state_load(d->arena, d->run, db, NULL, &state, &err)) {
		find(d, level_of(&err), "migrations", "%s%s%s", err.message, err.hint ? ": " : "",
		     err.hint ? err.hint : "");
		return;
	}
	report_fact(report, "migrations", "migrations", C_PLAIN, "%s (%s): %zu applied, %zu pending",
		    state.history.folder, d->run->format->title, state.applied, state.pending);
	report_fact(report, "ledger", "ledger", C_PLAIN, "%s%s", state.ledger.shown,
		    state.ledger.exists ? "" : " (not there yet)");
	if (state.ledger.exists && !state.ledger.writable)
		find(d, LEVEL_BAD, "ledger-denied", "role \"%s\" may not write to the ledger %s", d->e->user,
		     state.ledger.shown);
	if (state.ledger.exposed)
		find(d, LEVEL_WARNING, "ledger-exposed",
		     "the ledger %s can be read or written with the public key: revoke it from anon and "
		     "authenticated",
		     state.ledger.shown);
	if (state.holder)
		find(d, LEVEL_NOTE, "lease", "%s is at work", state.holder);
}

/* ---- the report ---- */

static void report_endpoint(struct doctor *d)
{
	const struct endpoint *e = d->e;
	struct report *report = d->ctx->report;
	report_fact(report, "server", "server", C_PLAIN, "PostgreSQL %s%s", e->version,
		    e->standby ? ", a standby" : "");
	report_fact(report, "connection", "connection", C_PLAIN, "%s, %s", e->pooled ? "through a pooler" : "direct",
		    e->encrypted ? "encrypted" : "not encrypted");
	report_fact(report, "round_trip", "round trip", C_PLAIN, "%s",
		    e->round_trip < 0.01 ? arena_printf(d->arena, "%.2f ms", e->round_trip * 1000)
					 : clock_text(d->arena, e->round_trip));
	report_fact(report, "role", "role", C_PLAIN, "%s%s%s; may create: %s", e->user,
		    e->superuser ? ", a superuser" : "", e->create_role ? ", creates roles" : "",
		    e->create_public && e->create_schema ? "in public, schemas"
			    : e->create_public           ? "in public"
			    : e->create_schema           ? "schemas"
							 : "nothing");
	report_fact(report, "search_path", "search path", C_PLAIN, "%s", e->search_path);
	report_fact(report, "timeouts", "timeouts", C_PLAIN, "lock %s, statement %s, idle in transaction %s",
		    off_or(d->arena, e->lock_timeout), off_or(d->arena, e->statement_timeout),
		    off_or(d->arena, e->idle_timeout));
	report_fact(report, "connections", "connections", C_PLAIN, "%lld of %lld, %lld of them to this database",
		    e->connections, e->max_connections, e->connections_here);
	report_number(report, "round_trip_us", NULL, (long long)(e->round_trip * 1e6));
	report_flag(report, "pooler", e->pooled);
	report_flag(report, "encrypted", e->encrypted);
	report_flag(report, "postgrest", e->postgrest);
}

static void report_schemas(struct doctor *d)
{
	static const struct column columns[] = { { "schema", "schema", false },
						 { "whose", "whose", false },
						 { "owner", "owner", false },
						 { "relations", "tables and views", true } };
	struct table *table = report_table(d->ctx->report, "schemas", NULL, columns, LEN(columns));
	for (size_t i = 0; i < d->e->schemas.len; i++) {
		const struct schema_seen *schema = &d->e->schemas.ptr[i];
		bool platform = boundary_has_schema(&d->run->boundary, str_of(schema->name));
		bool own = strcmp(schema->name, "brant") == 0;
		table_row(table);
		table_cell(table, C_NAME, "%s", schema->name);
		table_cell(table, platform || own ? C_DIM : C_PLAIN, "%s",
			   own                ? "brant's"
				   : platform ? "the platform's"
					      : "yours");
		table_cell(table, C_DIM, "%s", schema->owner);
		table_cell(table, C_DIM, "%lld", schema->relations);
	}
}

static void report_settings(struct doctor *d)
{
	static const struct column columns[] = { { "role", "role", false },
						 { "setting", "setting", false },
						 { "value", "value", false } };
	struct table *table = report_table(d->ctx->report, "role_settings", NULL, columns, LEN(columns));
	for (size_t i = 0; i < d->e->settings.len; i++) {
		const struct role_setting *s = &d->e->settings.ptr[i];
		table_row(table);
		table_cell(table, C_NAME, "%s", s->role ? s->role : "(all)");
		table_cell(table, C_PLAIN, "%s", s->name);
		table_cell(table, C_PLAIN, "%s", s->value);
	}
}

static void report_transactions(struct doctor *d)
{
	static const struct column columns[] = { { "role", "role", false },
						 { "age", "open for", false },
						 { "what", "transaction", false } };
	struct table *table = report_table(d->ctx->report, "transactions", NULL, columns, LEN(columns));
	for (size_t i = 0; i < d->e->transactions.len; i++) {
		const struct open_transaction *t = &d->e->transactions.ptr[i];
		table_row(table);
		table_cell(table, C_NAME, "%s", t->who ? t->who : "");
		table_cell(table, C_PLAIN, "%s", clock_text(d->arena, t->age));
		table_cell(table, C_PLAIN, "%s", t->what);
	}
}

/* Worst first. */
static size_t report_findings(struct doctor *d)
{
	static const struct column columns[] = { { "level", "", false },
						 { "name", NULL, false },
						 { "text", "", false } };
	size_t bad = 0;
	report_line(d->ctx->report, C_PLAIN, "%s", "");
	struct table *table = report_table(d->ctx->report, "findings", NULL, columns, LEN(columns));
	for (enum level level = LEVEL_BAD;; level--) {
		for (size_t i = 0; i < d->findings.len; i++) {
			const struct finding *finding = &d->findings.ptr[i];
			if (finding->level != level)
				continue;
			bad += level == LEVEL_BAD;
			table_row(table);
			table_cell(table, levels[level].colour, "%s", levels[level].name);
			table_cell(table, C_PLAIN, "%s", finding->name);
			table_cell(table, C_PLAIN, "%s", finding->text);
		}
		if (level == LEVEL_GOOD)
			return bad;
	}
}

static void report_all(struct doctor *d, struct db *db)
{
	report_endpoint(d);
	judge_server(d, db);
	judge_connection(d);
	judge_role(d);
	judge_path(d);
	judge_timeouts(d);
	judge_transactions(d);
	judge_project(d, db);
	report_line(d->ctx->report, C_PLAIN, "%s", "");
	report_schemas(d);
	if (d->e->settings.len)
		report_line(d->ctx->report, C_PLAIN, "%s", "");
	report_settings(d);
	if (d->e->transactions.len)
		report_line(d->ctx->report, C_PLAIN, "%s", "");
	report_transactions(d);
}

static bool run_doctor(struct ctx *ctx, void *given, size_t nargs, char **args, struct err *err)
{
	struct run_options run;
	struct db *db;
	struct endpoint endpoint;
	(void)given;
	(void)nargs;
	(void)args;
	if (!session_options(ctx, "doctor", &run, err))
		return false;
	report_fact(ctx->report, "database", "database", C_PLAIN, "%s", run.target.shown);
	if (ctx->project->url_origin)
		report_fact(ctx->report, "url_origin", "from", C_PLAIN, "%s", ctx->project->url_origin);
	if (!up_connect(ctx->arena, &run, &db, err) || !endpoint_look(ctx->arena, db, &endpoint, err))
		return false;
	struct doctor doctor = { .arena = ctx->arena, .ctx = ctx, .run = &run, .e = &endpoint };
	report_all(&doctor, db);
	db_close(db);
	size_t bad = report_findings(&doctor);
	if (!bad)
		return true;
	return err_set(err, ERR_FAILED, "endpoint-unfit",
		       "brant cannot migrate this database: %zu of the findings %s bad", bad, bad == 1 ? "is" : "are");
}

const struct cmd cmd_doctor = {
	.name = "doctor",
	.summary = "what is this endpoint, what can it do, what would go wrong",
	.text = "Connects, looks around and changes nothing: the server, a pooler in between, the role and its rights, schemas and whose they "
		"are, timeouts, transactions that a migration would wait for, the ledger. Each finding says what it means for a migration, and "
		"what brant does about it.\n\nWhere the connection cannot be made, the error says why and what to try.",
	.examples = "brant doctor\nbrant doctor --json | jq .findings",
	.needs_project = true,
	.needs_database = true,
	.run = run_doctor,
};
