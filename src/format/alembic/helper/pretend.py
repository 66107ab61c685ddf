"""A connection that is none: env.py tells it things, and gets no answer.

What env.py says in front of the revisions is kept where it matters to them (prelude).  Whoever wants to know something that only the database can tell gets
NeedsDatabase; so does a revision that opens a connection of its own.
"""
import contextlib
import inspect
import re

import sqlalchemy
from sqlalchemy.sql.ddl import CreateSchema

from . import database

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


KEPT = re.compile(r"(?is)(SET|CREATE\s+SCHEMA\s+IF\s+NOT\s+EXISTS|CREATE\s+EXTENSION\s+IF\s+NOT\s+EXISTS)\s[^;]*$")
IDLE = re.compile(r"(?is)(SELECT|SHOW|WITH|BEGIN|START|COMMIT|ROLLBACK|RESET|$)")


def _overhear(statement):
    """Each revision will be told it; what would be told once, and changes something, is Alembic's to do."""
    if isinstance(statement, CreateSchema) and getattr(statement, "if_not_exists", False):
        prelude.append("CREATE SCHEMA IF NOT EXISTS " + quoted(str(statement.element)))
        return
    written = str(statement).strip().rstrip(";").strip() if isinstance(statement, (str, sqlalchemy.sql.elements.TextClause)) else ""
    if KEPT.match(written):
        if prelude[-1:] != [written]:
            prelude.append(written)
    elif "set_config" in written.lower() or not IDLE.match(written) or isinstance(statement, (sqlalchemy.schema.DDLElement, sqlalchemy.sql.dml.UpdateBase)):
        raise NeedsDatabase("it changes the database: " + " ".join((written or type(statement).__name__).split())[:80])


# ---- what env.py says by the way in which it connects ----

def _driver_arguments(engine):
    """What the driver would be called with: from the URL, and from connect_args."""
    with contextlib.suppress(Exception):
        creator = engine.pool._creator
        return dict(zip(creator.__code__.co_freevars, (cell.cell_contents for cell in creator.__closure__))).get("cparams") or {}
    return {}


class _Cursor:
    """For a listener that says something to each new connection."""

    def execute(self, statement, *args):
        _overhear(statement)

    def close(self):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *args):
        pass

    def __getattr__(self, name):
        raise NeedsDatabase("it asks the connection (%s)" % name)


class _Driver(_Cursor):
    autocommit = False
    cursor = _Cursor.__enter__
    commit = rollback = _Cursor.close


def _connected(engine):
    for name, value in database.session_settings(_driver_arguments(engine)):
        prelude.append("SET %s TO %s" % (name, value))
    for listener in database.own_listeners(engine.pool):
        with contextlib.suppress(Exception):
            listener(*[_Driver(), None, None][:len(inspect.signature(listener).parameters)])


def searched_path():
    """The search_path that env.py has set."""
    for said in reversed(prelude):
        found = re.match(r"(?is)SET\s+(?:LOCAL\s+|SESSION\s+)?search_path\s*(?:=|\sTO\s)\s*(.*)", said)
        if found:
            return found.group(1)
    return None


def first_schema(path):
    """Where what has no schema goes."""
    for name in re.findall(r""""((?:[^"]|"")*)"|'((?:[^']|'')*)'|([^\s,"']+)""", path or ""):
        name = name[0].replace('""', '"') or name[1].replace("''", "'") or name[2].lower()
        if name and name not in ("$user", "default"):
            return name
    return None


def searched_schema():
    return first_schema(searched_path())


# ---- connections ----

class Pretended:
    """The connection that env.py gets of an engine for PostgreSQL."""

    def __init__(self, engine):
        _connected(engine)
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
