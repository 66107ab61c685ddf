"""A connection that is none: env.py tells it things, and gets no answer.

What env.py says in front of the revisions is kept where it matters to them (prelude).  Whoever wants to know something that only the database can tell gets
NeedsDatabase; so does a revision that opens a connection of its own.
"""
import contextlib
import re

import sqlalchemy
from sqlalchemy.sql.ddl import CreateSchema

prelude = []  # what env.py itself tells the server in front of the revisions, as far as it matters to them
translated = []  # not empty: it has SQLAlchemy put other schemas in place of the written ones
rendering = []  # the file of the revision that runs
wanted_database = []  # what it asked of the database meanwhile


class NeedsDatabase(Exception):
    """The revision wants to know something that only the database can tell."""

    def __init__(self, why):
        super().__init__(why)
        if rendering:
            wanted_database.append(self)  # a revision that catches it would go on with a guess


class NoRows:
    """The result of a statement that was not run: whoever looks at it wants the database."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        raise NeedsDatabase("it reads the result of a statement")

    def __iter__(self):
        raise NeedsDatabase("it reads the rows of a query")

    def __bool__(self):
        raise NeedsDatabase("it looks at the result of a statement")


def quoted(name):
    return '"%s"' % name.replace('"', '""')


def _overhear(statement):
    written = str(statement).strip().rstrip(";").strip() if isinstance(statement, (str, sqlalchemy.sql.elements.TextClause)) else ""
    if re.match(r"(?i)(SET|CREATE\s+SCHEMA\s+IF\s+NOT\s+EXISTS|CREATE\s+EXTENSION\s+IF\s+NOT\s+EXISTS)\s", written) and ";" not in written:
        prelude.append(written)
    elif isinstance(statement, CreateSchema) and getattr(statement, "if_not_exists", False):
        prelude.append("CREATE SCHEMA IF NOT EXISTS " + quoted(str(statement.element)))


class Pretended:
    """The connection that env.py gets of an engine for PostgreSQL."""

    def __init__(self, engine):
        self.engine, self.dialect, self.info, self.closed = engine, engine.dialect, {}, False

    def execute(self, statement, *args, **options):
        _overhear(statement)
        return NoRows()

    exec_driver_sql = execute

    def execution_options(self, **options):
        if options.get("schema_translate_map"):
            translated.append(True)
        return self

    def itself(self, *args, **options):
        return self

    connect = begin = begin_nested = __enter__ = itself

    def nothing(self, *args, **options):
        return None

    commit = rollback = close = __exit__ = in_transaction = nothing

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        raise NeedsDatabase("env.py uses its connection (%s)" % name)


class PretendedAsync:
    """The same of an AsyncEngine."""

    def __init__(self, engine):
        self.sync_connection = Pretended(engine)
        self.engine, self.dialect = engine, engine.dialect

    def __await__(self):
        yield from ()
        return self

    async def run_sync(self, fn, *args, **options):
        return fn(self.sync_connection, *args, **options)

    async def execute(self, statement, *args, **options):
        return self.sync_connection.execute(statement)

    exec_driver_sql = execute

    async def execution_options(self, **options):
        self.sync_connection.execution_options(**options)
        return self

    def begin(self):
        return self

    begin_nested = begin

    async def itself(self):
        return self

    __aenter__ = itself

    async def nothing(self, *args, **options):
        return None

    commit = rollback = close = __aexit__ = nothing

    def in_transaction(self):
        return False

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        raise NeedsDatabase("env.py uses its connection (%s)" % name)


@contextlib.contextmanager
def pretending():
    """Whoever connects to PostgreSQL meanwhile does not."""
    from sqlalchemy.engine import Engine
    places = [(Engine, Pretended)]
    with contextlib.suppress(ImportError):
        from sqlalchemy.ext.asyncio import AsyncEngine
        places.append((AsyncEngine, PretendedAsync))
    saved = []

    def pretend(kind, name, made):
        real = getattr(kind, name)

        def instead(engine, *args, **options):
            if engine.dialect.name != "postgresql":
                return real(engine, *args, **options)
            if rendering:
                raise NeedsDatabase("it opens a connection of its own")
            return made(getattr(engine, "sync_engine", engine))

        saved.append((kind, name, real))
        setattr(kind, name, instead)

    try:
        for kind, made in places:
            for name in ("connect", "begin"):
                pretend(kind, name, made)
        yield
    finally:
        for kind, name, real in saved:
            setattr(kind, name, real)
