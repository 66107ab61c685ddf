#include "sql/facts.h"

/*
 * Who gets a privilege is not changed by it: GRANT SELECT ON t TO anon touches t.  A role is touched where its members, its attributes
 * or its default privileges change.
 */
static void read_roles(struct facts *f, enum touch_verb verb, size_t n, PgQuery__Node *const *roles)
{
	for (size_t i = 0; i < n; i++)
		if (roles[i]->node_case == PG_QUERY__NODE__NODE_ROLE_SPEC)
			facts_role(f, verb, roles[i]->role_spec);
}

static void read_role_option(struct facts *f, enum touch_verb verb, const PgQuery__DefElem *option)
{
	if (option && option->arg && option->arg->node_case == PG_QUERY__NODE__NODE_LIST)
		read_roles(f, verb, option->arg->list->n_items, option->arg->list->items);
}

void read_grant(struct facts *f, const void *message)
{
	const PgQuery__GrantStmt *grant = message;
	f->stmt->tag = grant->is_grant ? "GRANT" : "REVOKE";
	for (size_t i = 0; i < grant->n_objects; i++) {
		if (grant->targtype == PG_QUERY__GRANT_TARGET_TYPE__ACL_TARGET_ALL_IN_SCHEMA)
			facts_plain(f, TOUCH_GRANT, OBJECT_SCHEMA, node_text(grant->objects[i]));
		else
			facts_object(f, TOUCH_GRANT, grant->objtype, NULL, grant->objects[i]);
	}
	read_roles(f, TOUCH_READ, grant->n_grantees, grant->grantees);
	if (grant->behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE)
		facts_opaque(f);
}

void read_grant_role(struct facts *f, const void *message)
{
	const PgQuery__GrantRoleStmt *grant = message;
	f->stmt->tag = grant->is_grant ? "GRANT ROLE" : "REVOKE ROLE";
	for (size_t i = 0; i < grant->n_granted_roles; i++)
		if (grant->granted_roles[i]->node_case == PG_QUERY__NODE__NODE_ACCESS_PRIV)
			facts_plain(f, TOUCH_GRANT, OBJECT_ROLE, grant->granted_roles[i]->access_priv->priv_name);
	read_roles(f, TOUCH_READ, grant->n_grantee_roles, grant->grantee_roles);
}

/*
 * In a schema it is the schema's business, and the role only says whose objects; without a schema it holds for all that the role makes.
 */
void read_default_privileges(struct facts *f, const void *message)
{
	const PgQuery__AlterDefaultPrivilegesStmt *alter = message;
	const PgQuery__DefElem *schemas = option_find(alter->n_options, alter->options, "schemas");
	bool in_schemas = schemas && schemas->arg && schemas->arg->node_case == PG_QUERY__NODE__NODE_LIST;
	for (size_t i = 0; in_schemas && i < schemas->arg->list->n_items; i++)
		facts_plain(f, TOUCH_GRANT, OBJECT_SCHEMA, node_text(schemas->arg->list->items[i]));
	read_role_option(f, in_schemas ? TOUCH_READ : TOUCH_GRANT,
			 option_find(alter->n_options, alter->options, "roles"));
}

/* IN ROLE r makes the new role a member of r; ROLE r and ADMIN r make r a member of the new one. */
static void read_memberships(struct facts *f, size_t n, PgQuery__Node *const *options)
{
	read_role_option(f, TOUCH_GRANT, option_find(n, options, "addroleto"));
	read_role_option(f, TOUCH_READ, option_find(n, options, "rolemembers"));
	read_role_option(f, TOUCH_READ, option_find(n, options, "adminmembers"));
}

void read_create_role(struct facts *f, const void *message)
{
	const PgQuery__CreateRoleStmt *create = message;
	facts_plain(f, TOUCH_CREATE, OBJECT_ROLE, create->role);
	read_memberships(f, create->n_options, create->options);
}

void read_alter_role(struct facts *f, const void *message)
{
	const PgQuery__AlterRoleStmt *alter = message;
	facts_role(f, TOUCH_ALTER, alter->role);
	read_memberships(f, alter->n_options, alter->options);
}

/* ALTER ROLE ALL SET: for everybody who connects to the database. */
void read_alter_role_set(struct facts *f, const void *message)
{
	const PgQuery__AlterRoleSetStmt *alter = message;
	if (alter->role)
		facts_role(f, TOUCH_ALTER, alter->role);
	else
		facts_plain(f, TOUCH_ALTER, OBJECT_DATABASE, alter->database);
}

void read_drop_role(struct facts *f, const void *message)
{
	const PgQuery__DropRoleStmt *drop = message;
	read_roles(f, TOUCH_DROP, drop->n_roles, drop->roles);
}

/* Whatever the roles own, in any schema. */
void read_drop_owned(struct facts *f, const void *message)
{
	const PgQuery__DropOwnedStmt *drop = message;
	read_roles(f, TOUCH_DROP, drop->n_roles, drop->roles);
	facts_opaque(f);
}

void read_reassign_owned(struct facts *f, const void *message)
{
	const PgQuery__ReassignOwnedStmt *reassign = message;
	read_roles(f, TOUCH_GRANT, reassign->n_roles, reassign->roles);
	facts_role(f, TOUCH_READ, reassign->newrole);
	facts_opaque(f);
}
