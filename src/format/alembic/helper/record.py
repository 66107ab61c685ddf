"""The statements that a revision sends, one by one, with the line of the revision that made each.

Alembic's offline mode writes a script; here its output is replaced, and op.get_bind() gives a connection that takes statements and refuses questions.  What is
written is what a connection would have sent: percent signs and backslashes come once.
"""
import re
import sys

import sqlalchemy
from alembic import util
from sqlalchemy import text
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine.mock import MockConnection

from . import database, literals
from .failure import is_ours
from .pretend import NeedsDatabase, NoRows, rendering

literals.install()
asked_url = []  # not empty: what was rendered may depend on where the database is


def as_connected(dialect):
    """What a connection would have told the dialect: else each percent sign and each backslash of a literal comes twice."""
    dialect.paramstyle = "named"
    dialect.positional = False
    dialect.identifier_preparer._double_percents = False
    dialect._backslash_escapes = False
    return dialect


def asks_for_mode():
    raise NeedsDatabase("it asks whether it is in offline mode")


# ---- op.get_bind() ----

class KnownEngine:
    """What is known of the engine behind op.get_bind(): where it leads."""

    def __init__(self, dialect):
        self.dialect, self.name, self.driver = dialect, dialect.name, dialect.driver

    @property
    def url(self):
        if not database.place:
            raise NeedsDatabase("it asks for the URL")
        asked_url.append(True)
        return database.url_for(None)

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        raise NeedsDatabase("it uses the engine (%s)" % name)


@sqlalchemy.inspection._inspects(MockConnection)
def _inspect(bind):
    raise NeedsDatabase("it inspects the database")


class Bind(MockConnection):
    """Statements go into the script, questions are refused."""

    def __init__(self, dialect, emit):
        MockConnection.__init__(self, dialect, lambda *a, **k: None)
        self.__dict__.pop("execute", None)  # of SQLAlchemy 1.4: it would hide the method below
        self.emit = emit

    def execute(self, statement, *many, **named):
        statement = text(statement) if isinstance(statement, str) else statement
        sets = list(many[0]) if many and isinstance(many[0], (list, tuple)) else list(many[:1]) or [named or None]
        for values in sets:
            self.emit(_with_values(statement, values))
        return NoRows()

    def exec_driver_sql(self, statement, *args, **named):
        if args or named or "%" in statement:
            raise NeedsDatabase("it runs a statement in the form of the driver")
        self.emit(text(re.sub(r"(?<![:\w\\]):(?=\w)", r"\\:", statement)))
        return NoRows()

    def _run_ddl_visitor(self, visitor, element, **options):
        if visitor.__name__ in ("EnumGenerator", "EnumDropper", "NamedTypeGenerator", "NamedTypeDropper"):
            return self._run_type(visitor.__name__, element, options.get("checkfirst", True))
        if options.get("checkfirst"):
            raise NeedsDatabase("it asks whether something is there already")
        visitor(self.dialect, self, **options).traverse_single(element)

    def _run_type(self, visitor, element, check):
        """CREATE TYPE where it is missing: only the server knows, so it decides."""
        name = self.dialect.identifier_preparer.format_type(element)
        if visitor.endswith("Dropper"):
            self.emit(text("DROP TYPE %s%s" % ("IF EXISTS " if check else "", name.replace(":", "\\:"))))
            return
        made = getattr(postgresql, "CreateEnumType", None) or __import__("sqlalchemy.dialects.postgresql.named_types", fromlist=["x"]).CreateEnumType
        create = str(made(element).compile(dialect=self.dialect))
        if check:
            quoted = name.replace("'", "''")
            create = ("DO $brant$ BEGIN IF pg_catalog.to_regtype('%s') IS NULL THEN\n    %s;\nEND IF; END $brant$" % (quoted, create))
        self.emit(text(create.replace(":", "\\:")))

    @property
    def engine(self):
        return KnownEngine(self.dialect)

    def in_transaction(self):
        return True  # else batch_alter_table() would begin one of its own

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        raise NeedsDatabase("it uses the connection (%s)" % name)


@sqlalchemy.inspection._inspects(Bind)
def _inspect_bind(bind):
    raise NeedsDatabase("it inspects the database")


def _with_values(statement, values):
    if not values:
        return statement
    if isinstance(statement, sqlalchemy.sql.elements.TextClause):
        return statement.bindparams(**values)
    if isinstance(statement, sqlalchemy.sql.dml.Insert):
        return statement.values(**values)
    return statement.params(**values)


# ---- Alembic's output ----

class Recorder:
    """Takes the place of what offline mode writes to, for one revision after the other."""

    def __init__(self, context):
        _watch_mode(context)
        self.context, self.path, self.statements = context, None, []
        self.alone = self.begun = False
        context.impl.static_output = self.static
        context.impl._exec = self.execute
        context.connection = context.impl.connection = Bind(as_connected(context.dialect), self.execute)

    def start(self, path):
        self.path, self.statements, self.alone, self.begun = path, [], False, False

    def finish(self):
        if self.begun:
            self.statements.append({"sql": "COMMIT", "line": 0, "alone": False})
        self.path = None
        return self.statements

    def execute(self, construct, execution_options=None, multiparams=(), params=util.immutabledict()):
        construct = text(construct) if isinstance(construct, str) else construct
        if multiparams or params:
            for values in list(multiparams) or [params]:
                self.execute(_with_values(construct, values))
            return NoRows()
        literal = {} if isinstance(construct, sqlalchemy.schema.DDLElement) else {"compile_kwargs": {"literal_binds": True}}
        compiled = construct.compile(dialect=self.context.dialect, **literal)
        if not isinstance(construct, sqlalchemy.schema.DDLElement):
            compiled.construct_params()  # a ":name" that has no value is an error on a connection, and has to be one here
        self._add(str(compiled).strip())
        return NoRows()

    def static(self, sql):
        """Alembic's own: BEGIN and COMMIT around an autocommit_block(), comments, DDL that it writes itself."""
        bare = sql.strip().rstrip(";").strip().upper()
        if bare in ("BEGIN", "COMMIT"):
            self.alone = bare == "COMMIT"
        elif self.path and not bare.startswith("--"):
            self._add(sql.strip())

    def _add(self, sql):
        word = sql.rstrip(";").strip().upper()
        if not word or not self.path:  # behind the revisions Alembic tidies up its ledger
            return
        if word in ("COMMIT", "COMMIT TRANSACTION", "END"):
            self.alone, self.begun = not self.begun, False
        if word in ("BEGIN", "BEGIN TRANSACTION", "START TRANSACTION"):
            self.alone, self.begun = False, True
        self.statements.append({"sql": sql, "line": self._line(), "alone": self.alone and word != "COMMIT"})

    def _line(self):
        frame = sys._getframe(1)
        while frame and frame.f_code.co_filename != self.path:
            frame = frame.f_back
        return frame.f_lineno if frame else 0


def _watch_mode(context):
    """"context.as_sql" is for Alembic's own code: a revision that asks for it has something else to do where there is a database."""

    class Watched(type(context)):
        @property
        def as_sql(self):
            asks = sys._getframe(1).f_code.co_filename
            if asks in rendering or (rendering and is_ours(asks)):
                asks_for_mode()
            return True

    context.__class__ = Watched
