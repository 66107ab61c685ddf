"""The schema that the models want: the DDL of target_metadata, and what env.py keeps autogenerate away from."""
import contextlib

import sqlalchemy
from sqlalchemy.dialects import postgresql

from . import channel
from .database import know_drivers
from .failure import fail, fail_with
from .pretend import first_schema, quoted, searched_path
from .project import SeveralDatabases, load, look_at_env
from .record import as_connected


_home = ["public"]  # where what has no schema goes


def handle(request):
    know_drivers()
    options, paths = {}, [failure["path"] for failure in channel.failures if failure.get("path")]

    def look(context, connection):
        options.update(context.opts)
        paths.insert(0, searched_path())

    failed = look_at_env(*load(request), look)
    path = next(filter(None, [*paths, request.get("path")]), None)
    _home[:] = [first_schema(path) or "public"]
    if isinstance(failed, SeveralDatabases):
        fail(failed, "several")
    metadata = options.get("target_metadata")
    if metadata is None:
        fail_with("env.py gives no target_metadata: there are no models to compare with", "models")
    many = list(metadata) if isinstance(metadata, (list, tuple)) else [metadata]
    refused = sorted(_leave_out_parts(many, options.get("include_object")))
    try:
        statements, schemas, named, lent = _ddl_of(many, {t.key for m in many for t in m.tables.values() if _is_left_out(t, options)})
    except Exception as error:
        fail(error, "models")
    if path:
        statements[:0] = ["CREATE SCHEMA IF NOT EXISTS " + quoted(_home[0]), "SET search_path TO " + path]
    channel.finish({"ddl": statements, "home": _home[0], "schemas": schemas, "named": sorted(named | lent), "lent": sorted(lent), "constraints": sorted(_given_names(many)), "include_schemas": bool(options.get("include_schemas")),
                    "filters": bool(options.get("include_object") or options.get("include_name")),
                    "refused": refused, "kept": [asked for asked in request.get("ask", []) if _is_kept(options, *asked)]})


# ---- as create_all() would make it ----

def _ddl_of(many, leave_out):
    """What create_all() would send, without a database: types and indexes come with it."""
    statements, named, others = [], set(), set()

    def take(element, *args, **options):
        inner = getattr(element, "element", None)
        if type(element).__name__ in ("CreateEnumType", "CreateDomainType", "CreateSequence") and inner is not None:
            others.add(getattr(inner, "schema", None))
            named.add((getattr(inner, "schema", None) or _home[0]) + "." + inner.name)
        statements.append((element if isinstance(element, str) else str(element.compile(dialect=engine.dialect))).strip())

    engine = sqlalchemy.create_mock_engine("postgresql://", take)
    as_connected(engine.dialect)
    schemas = sorted({t.schema for m in many for t in m.tables.values() if t.schema} |
                     {s.schema for m in many for s in m._sequences.values() if s.schema})
    lent = {}
    for one in many:
        for enum in _lent_types(t for t in one.sorted_tables if t.key not in leave_out):
            lent[(enum.schema or _home[0]) + "." + enum.name] = enum
    for enum in lent.values():
        take(postgresql.CreateEnumType(enum) if hasattr(postgresql, "CreateEnumType") else postgresql.named_types.CreateEnumType(enum))
    for one in many:
        tables = [t for t in one.sorted_tables if t.key not in leave_out]
        named.update((t.schema or _home[0]) + "." + t.name for t in tables)
        one.create_all(engine, tables=tables, checkfirst=False)
    statements[:0] = ["CREATE SCHEMA IF NOT EXISTS " + quoted(schema) for schema in sorted({*schemas, *others} - {None})]
    return statements, schemas, named - set(lent), set(lent)


def _given_names(many):
    """Of constraints, by the models or their naming convention; all others PostgreSQL names, and whoever has made them otherwise has done no wrong."""
    for metadata in many:
        for table in metadata.tables.values():
            for constraint in table.constraints:
                if isinstance(constraint.name, str):
                    yield "%s.%s.%s" % (table.schema or _home[0], table.name, constraint.name[:63])


def _lent_types(tables):
    """Enums that the models use and leave to others to make (create_type=False): their labels are the others' business, but there they have to be."""
    for table in tables:
        for column in table.columns:
            kind = column.type
            for _ in range(4):  # TypeDecorator, ARRAY, one in the other
                kind = getattr(kind, "item_type", None) or (kind.impl if isinstance(kind, sqlalchemy.types.TypeDecorator) else kind)
            if isinstance(kind, postgresql.ENUM) and not kind.create_type and kind.name:
                yield kind


# ---- include_name() and include_object() ----

def _parents(schema, name):
    return {"schema_name": schema, "schema_qualified_table_name": "%s.%s" % (schema, name) if schema else name}


def _refuses(function, *arguments):
    """An include function that fails has nothing against it."""
    with contextlib.suppress(Exception):
        return bool(function and not function(*arguments))
    return False


def _is_left_out(table, options):
    """A table of the models that autogenerate would not look at."""
    return (table.info.get("is_view") or table.info.get("skip_autogenerate") or
            _refuses(options.get("include_object"), table, table.name, "table", False, None) or
            _refuses(options.get("include_name"), table.name, "table", _parents(table.schema, table.name)))


PARTS = {sqlalchemy.Index: "index", sqlalchemy.UniqueConstraint: "unique_constraint", sqlalchemy.ForeignKeyConstraint: "foreign_key_constraint"}


def _leave_out_parts(many, include_object):
    """Takes indexes and constraints away that autogenerate would not look at; the columns, which others may stand on, are named: public.users.name."""
    if not include_object:
        return
    for table in [t for metadata in many for t in metadata.tables.values()]:
        for parts in table.indexes, table.constraints:
            for part in list(parts):
                if type(part) in PARTS and _refuses(include_object, part, part.name, PARTS[type(part)], False, None):
                    parts.discard(part)
        for column in table.columns:
            if _refuses(include_object, column, column.name, "column", False, None):
                yield "%s.%s.%s" % (table.schema or _home[0], table.name, column.name)


class _Reflected:
    """A table that is in the database and in no model, as far as include_object() may ask."""

    def __init__(self, name, schema):
        self.name, self.schema, self.info, self.columns, self.c = name, schema, {}, [], []
        self.key = "%s.%s" % (schema, name) if schema else name

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return None


def _reflected_part(schema, table, kind, name):
    """Likewise a part of a table that the models have, without the part."""
    owner = sqlalchemy.Table(table, sqlalchemy.MetaData(), schema=schema)
    if kind == "column":
        owner.append_column(sqlalchemy.Column(name, sqlalchemy.types.NullType()))
        return owner.c[name]
    if kind == "index":
        part = sqlalchemy.Index(name)
        part.table = owner
        return part
    part = sqlalchemy.UniqueConstraint(name=name) if kind == "unique_constraint" else sqlalchemy.schema.Constraint(name=name)
    part._set_parent(owner)
    return part


def _is_kept(options, schema, table, kind="table", name=None):
    """Something that brant asks about, since it is in no model: does env.py keep Alembic away from it?"""
    schema = None if schema == _home[0] else schema
    by_name, by_object = options.get("include_name"), options.get("include_object")
    if kind == "table":
        return (_refuses(by_name, schema, "schema", {}) or _refuses(by_name, table, "table", _parents(schema, table)) or
                _refuses(by_object, _Reflected(table, schema), table, "table", True, None))
    return (_refuses(by_name, name, kind, dict(_parents(schema, table), table_name=table)) or
            (by_object and _refuses(by_object, _reflected_part(schema, table, kind, name), name, kind, True, None)))
