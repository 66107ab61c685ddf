#include "sql/facts.h"

void read_drop(struct facts *f, const void *message)
{
	const PgQuery__DropStmt *drop = message;
	facts_tag(f, "DROP", drop->remove_type);
	for (size_t i = 0; i < drop->n_objects; i++)
		facts_object(f, TOUCH_DROP, drop->remove_type, NULL, drop->objects[i]);
	if (drop->concurrent)
		f->stmt->no_tx = NO_TX_CONCURRENTLY;
	/* What else goes with it is the server's to find out. */
	if (drop->behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE)
		facts_opaque(f);
}

/* Of these the old name is in subname, and nothing else names the object. */
static bool renamed_by_name(PgQuery__ObjectType type)
{
	return type == PG_QUERY__OBJECT_TYPE__OBJECT_SCHEMA || type == PG_QUERY__OBJECT_TYPE__OBJECT_DATABASE ||
		type == PG_QUERY__OBJECT_TYPE__OBJECT_ROLE || type == PG_QUERY__OBJECT_TYPE__OBJECT_TABLESPACE;
}

void read_rename(struct facts *f, const void *message)
{
	const PgQuery__RenameStmt *rename = message;
	PgQuery__ObjectType type = rename->rename_type;
	bool in_relation = type == PG_QUERY__OBJECT_TYPE__OBJECT_COLUMN ||
		type == PG_QUERY__OBJECT_TYPE__OBJECT_TABCONSTRAINT || type == PG_QUERY__OBJECT_TYPE__OBJECT_TRIGGER ||
		type == PG_QUERY__OBJECT_TYPE__OBJECT_POLICY || type == PG_QUERY__OBJECT_TYPE__OBJECT_RULE;
	bool of_relation =
		type == PG_QUERY__OBJECT_TYPE__OBJECT_COLUMN || type == PG_QUERY__OBJECT_TYPE__OBJECT_TABCONSTRAINT;
	facts_tag(f, "ALTER", of_relation && rename->relation_type ? rename->relation_type : type);
	if (type == PG_QUERY__OBJECT_TYPE__OBJECT_TABCONSTRAINT)
		f->stmt->tag = "ALTER TABLE";
	if (renamed_by_name(type)) {
		facts_plain(f, TOUCH_ALTER, facts_kind(type), rename->subname);
		facts_plain(f, TOUCH_CREATE, facts_kind(type), rename->newname);
	} else if (in_relation) {
		facts_part(f, TOUCH_ALTER, facts_kind(type), rename->relation, rename->subname);
	} else if (type == PG_QUERY__OBJECT_TYPE__OBJECT_DOMCONSTRAINT) {
		facts_object(f, TOUCH_ALTER, PG_QUERY__OBJECT_TYPE__OBJECT_DOMAIN, NULL, rename->object);
	} else {
		facts_object(f, TOUCH_ALTER, type, rename->relation, rename->object);
	}
}

/* The object, and where it goes: it will be there as if it had been created. */
void read_set_schema(struct facts *f, const void *message)
{
	const PgQuery__AlterObjectSchemaStmt *alter = message;
	facts_tag(f, "ALTER", alter->object_type);
	if (alter->object_type == PG_QUERY__OBJECT_TYPE__OBJECT_EXTENSION) {
		facts_touch(f, TOUCH_ALTER, OBJECT_EXTENSION,
			    (struct name){ .schema = alter->newschema, .name = node_text(alter->object) });
		facts_opaque(f);
		return;
	}
	size_t first = f->touches.len;
	facts_object(f, TOUCH_ALTER, alter->object_type, alter->relation, alter->object);
	if (f->touches.len == first)
		return;
	struct touch moved = f->touches.ptr[first];
	facts_touch(f, TOUCH_CREATE, moved.kind, (struct name){ .schema = alter->newschema, .name = moved.name.ptr });
}

void read_owner(struct facts *f, const void *message)
{
	const PgQuery__AlterOwnerStmt *alter = message;
	facts_tag(f, "ALTER", alter->object_type);
	facts_object(f, TOUCH_GRANT, alter->object_type, alter->relation, alter->object);
	facts_role(f, TOUCH_READ, alter->newowner);
}

void read_depends(struct facts *f, const void *message)
{
	const PgQuery__AlterObjectDependsStmt *alter = message;
	facts_tag(f, "ALTER", alter->object_type);
	if (alter->relation && alter->object && alter->object->node_case == PG_QUERY__NODE__NODE_LIST &&
	    alter->object->list->n_items)
		facts_part(f, TOUCH_ALTER, facts_kind(alter->object_type), alter->relation,
			   node_text(alter->object->list->items[alter->object->list->n_items - 1]));
	else
		facts_object(f, TOUCH_ALTER, alter->object_type, alter->relation, alter->object);
}

void read_comment(struct facts *f, const void *message)
{
	const PgQuery__CommentStmt *comment = message;
	facts_object(f, TOUCH_COMMENT, comment->objtype, NULL, comment->object);
}

void read_label(struct facts *f, const void *message)
{
	const PgQuery__SecLabelStmt *label = message;
	facts_object(f, TOUCH_COMMENT, label->objtype, NULL, label->object);
}
