/*
 * endpoint.h - what is at the other end of the URL, for `brant doctor`.
 *
 * Only asks, never changes, and needs no rights beyond CONNECT: what a role may not see comes back empty.  What it all means for a
 * migration is the caller's business.
 */
#ifndef BRANT_RUN_ENDPOINT_H
#define BRANT_RUN_ENDPOINT_H

#include "db/db.h"

struct role_setting {
	const char *role; /* NULL: every role of the database */
	const char *name, *value;
	bool mine; /* it is in force on this connection */
};

struct schema_seen {
	const char *name, *owner;
	long long relations;
	bool on_path, may_create;
};

/* A transaction, prepared or old, that a migration could wait for. */
struct open_transaction {
	bool prepared;
	const char *who;  /* the role */
	const char *what; /* "pid 42, psql, idle in transaction: ...", or the prepared transaction's name */
	double age;       /* seconds */
};

struct endpoint {
	const char *version, *database, *user, *session_user, *search_path, *isolation;
	bool superuser, create_role, bypass_rls, create_public, create_schema, has_public;
	bool standby, read_only, postgrest, monitor; /* monitor: sees other roles' activity */
	bool pooled, encrypted;
	double lock_timeout, statement_timeout, idle_timeout, transaction_timeout; /* seconds, 0 = off */
	long long connections, connections_here, max_connections;                  /* of the server */
	double round_trip;                                                         /* seconds, the shortest of a few */
	struct {
		struct role_setting *ptr;
		size_t len, cap;
	} settings;
	struct {
		struct schema_seen *ptr;
		size_t len, cap;
	} schemas;
	struct {
		struct open_transaction *ptr;
		size_t len, cap;
	} transactions; /* older than a minute, oldest first */
};

bool endpoint_look(struct arena *arena, struct db *db, struct endpoint *ret_endpoint, struct err *err);

#endif
