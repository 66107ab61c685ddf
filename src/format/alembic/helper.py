"""What brant asks of a project's own Python: the SQL of revisions, the schema of its models, a new revision file, Alembic itself.

One request as JSON on a line of standard input, one answer as JSON on a line of standard output; the verb "run" goes on with the next line.  What the
project prints goes to standard error: nothing of it may get between.  Works with Alembic 1.5 and later, SQLAlchemy 1.4 and 2.
"""
import argparse
import ast
import contextlib
import hashlib
import inspect
import json
import os
import re
import sys
import traceback

# What the project starts must not read the requests.
request_file = os.fdopen(os.dup(0), encoding="utf-8")
os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
request = json.loads(request_file.readline())
answer_file = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)
if sys.path and sys.path[0] == "":  # alembic's command does not look in the folder that it runs in, unless alembic.ini says so
    del sys.path[0]


def answer_line(value):
    sys.stdout.flush()
    sys.stderr.flush()
    answer_file.write(json.dumps(value) + "\n")
    answer_file.flush()


def leave():
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)  # an application may have left threads behind


def answer(value):
    answer_line(value)
    leave()


# ---- errors ----

def is_ours(path):
    """A file of the project, not of a package that it uses, nor of this helper."""
    path = os.path.abspath(path)
    return path.startswith(os.getcwd() + os.sep) and not re.search(r"[\\/](site|dist)-packages[\\/]|[\\/]lib[\\/]python3", path) and os.path.exists(path)


def describe(error, kind):
    """Of a traceback what matters: the frames in the project's own files, and what was raised."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if is_ours(f.filename)]
    place = (os.path.relpath(frames[-1].filename), frames[-1].lineno) if frames else (None, 0)
    if isinstance(error, SyntaxError) and error.filename and is_ours(error.filename):
        place = (os.path.relpath(error.filename), error.lineno or 0)
    lines = ["%s:%d in %s: %s" % (os.path.relpath(f.filename), f.lineno, f.name, f.line) for f in frames[-6:]]
    said = "".join(traceback.format_exception_only(type(error), error)).strip()
    missing = getattr(error, "name", None) if isinstance(error, ModuleNotFoundError) else None
    return {"kind": kind, "message": said.splitlines()[-1][:500], "detail": "\n".join([*lines, said])[:4000],
            "file": place[0], "line": place[1], "module": missing}


def fail(error, kind):
    answer({"error": describe(error, kind)})


try:
    from alembic import __version__ as alembic_version
    from alembic import context as context_module, util
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.runtime.migration import HeadMaintainer, MigrationContext, MigrationStep
    from alembic.operations import Operations
    from alembic.script import ScriptDirectory
    import sqlalchemy
    from sqlalchemy import event, text
    from sqlalchemy.engine import make_url
    from sqlalchemy.engine.mock import MockConnection
    from sqlalchemy.sql.ddl import CreateSchema
except Exception as error:
    fail(error, "alembic")


# ---- the URL ----

place = request.get("database") or {}


def known_url(written):
    try:
        url = make_url(written)
        return url if url.get_backend_name() == "postgresql" else None
    except Exception:
        return None


def first_driver():
    for name in ("psycopg2", "psycopg", "asyncpg", "pg8000"):
        with contextlib.suppress(Exception):
            if __import__("importlib.util").util.find_spec(name):
                return name
    return "psycopg2"


def url_for(like):
    """The database as a URL of SQLAlchemy's, for the driver that the project uses."""
    driver = like.drivername if like and "+" in like.drivername else "postgresql+" + first_driver()
    host = place.get("host")
    socket = host and host.startswith("/")
    query = dict(like.query) if like else {}
    for key in ("host", "pgbouncer", "connection_limit", "pool_timeout", "schema"):
        query.pop(key, None)
    if socket:
        query["host"] = host
    return sqlalchemy.engine.URL.create(driver, place.get("user"), place.get("password"), None if socket else host,
                                        int(place["port"]) if place.get("port") else None, place.get("database"), query)


def same_place(url):
    return url is not None and (url.host, url.port or 5432, url.database, url.username) == (
        place.get("host"), int(place.get("port") or 5432), place.get("database"), place.get("user"))


def set_environment():
    """The variable that env.py reads, kept as the user has it where that is this database already."""
    name = request.get("variable") or "DATABASE_URL"
    if not place:  # nobody connects, but an env.py that insists on a URL shall have one
        os.environ[name] = os.environ.get(name) or "postgresql+%s://localhost/brant" % first_driver()
        return
    for variable in {name, "DATABASE_URL"}:
        given = known_url(os.environ.get(variable) or request.get("url") or "")
        if not same_place(known_url(os.environ.get(variable) or "")):
            raw = known_url(request.get("url") or "")
            url = raw if same_place(raw) and request.get("url") and not os.environ.get(variable) else url_for(given)
            os.environ[variable] = url_text(url)


def set_url(config):
    written = known_url(config.get_main_option("sqlalchemy.url") or "")
    if place:
        config.set_main_option("sqlalchemy.url", url_text(url_for(written or known_url(request.get("url") or ""))).replace("%", "%%"))
    elif not written:
        config.set_main_option("sqlalchemy.url", "postgresql+%s://localhost/brant" % first_driver())


def url_text(url):
    return url.render_as_string(hide_password=False)


def know_drivers():
    """To write SQL no driver is needed: one that this SQLAlchemy does not know yet is as good as one that it does."""
    for name in ("psycopg", "psycopg_async", "psycopg2", "asyncpg"):
        try:
            sqlalchemy.dialects.registry.load("postgresql." + name)
        except Exception:
            sqlalchemy.dialects.registry.register("postgresql." + name, "sqlalchemy.dialects.postgresql.psycopg2", "PGDialect_psycopg2")


opened = []  # the pools' records of connections


def connect_there():
    """Whatever env.py makes its URL from, a connection to PostgreSQL goes to the database that brant works on."""
    @event.listens_for(sqlalchemy.engine.Engine, "do_connect")
    def on_connect(dialect, record, args, params):
        if dialect.name != "postgresql" or not place:
            return None
        opened.append(record)
        name = "database" if dialect.driver in ("asyncpg", "pg8000") else "dbname"
        for key in ("host", "port", "user", "password", "database", "dbname", "dsn", "options"):
            params.pop(key, None)
        args[:] = []
        wanted = {"host": place.get("host"), "user": place.get("user"), "password": place.get("password"), name: place.get("database")}
        params.update({key: value for key, value in wanted.items() if value is not None})
        if place.get("port"):
            params["port"] = int(place["port"])
        if place.get("sslmode") and dialect.driver not in ("asyncpg", "pg8000"):
            params["sslmode"] = place["sslmode"]
        # A pooler in transaction mode has no place for prepared statements.
        if dialect.driver in ("psycopg", "psycopg_async"):
            params["prepare_threshold"] = None
        if dialect.driver == "asyncpg":
            params["statement_cache_size"] = 0
        return None


# ---- the project ----

def make_config():
    options = {"ini_section": request["section"], "cmd_opts": argparse.Namespace(x=request.get("x") or None)}
    if "toml_file" in inspect.signature(Config.__init__).parameters and request.get("toml"):
        options["toml_file"] = request["toml"]
    config = Config(request.get("config"), **options)
    if request.get("flask"):
        config.set_main_option("script_location", request["scripts"])
    return config


@contextlib.contextmanager
def application():
    """Flask-Migrate's env.py asks the application, which "flask db" finds by FLASK_APP or by app.py and wsgi.py."""
    if not request.get("flask"):
        yield
        return
    sys.path.insert(0, os.getcwd())
    from flask.cli import ScriptInfo, load_dotenv
    load_dotenv()
    with ScriptInfo(os.environ.get("FLASK_APP")).load_app().app_context():
        yield


class SeveralDatabases(Exception):
    pass


def make_environment(config, script, online, **options):
    """
    Writes SQL, and lets env.py believe that it is online: what it tells Alembic there is what "alembic upgrade" goes by.  No class of its own: of such
    a one alembic.context would not know the names.
    """
    environment = EnvironmentContext(config, script, as_sql=True, dont_mutate=False, **options)
    real = environment.run_migrations

    def run_migrations(**arguments):
        environment.arguments = arguments  # upgrade() gets them
        real(**arguments)

    environment.arguments = {}
    environment.is_offline_mode = lambda: not online
    environment.run_migrations = run_migrations
    return environment


def run_env(config, script, fn, **options):
    """
    Calls fn(environment, context) where Alembic would run the revisions.  No database is needed: env.py gets a connection that is none.  One that
    looks into the database before that is run in offline mode; and one that does so even there gets a real connection.
    """
    reached, errors = [], []

    def attempt(online, connections):
        def once(heads, context):
            if reached:
                raise SeveralDatabases("env.py runs each revision more than once, as for several databases or schemas")
            reached.append(True)
            fn(environment, context)
            return []

        del prelude[:]
        environment = make_environment(config, script, online, fn=once, **options)
        with environment, connections:
            script.run_env()

    for online, connections in ((True, pretending()), (False, pretending()), (False, contextlib.nullcontext())):
        try:
            return attempt(online, connections)
        except (Exception, SystemExit) as error:
            if reached:
                raise
            errors.append(error)
            if not online and not isinstance(error, NeedsDatabase):
                break
    raise next((e for e in errors if not isinstance(e, NeedsDatabase)), errors[-1])


# ---- connections that are none ----

prelude = []  # what env.py itself tells the server in front of the revisions, as far as it matters to them
translated = []  # not empty: it has SQLAlchemy put other schemas in place of the written ones


def overhear(statement):
    written = str(statement).strip().rstrip(";").strip() if isinstance(statement, (str, sqlalchemy.sql.elements.TextClause)) else ""
    if re.match(r"(?i)(SET|CREATE\s+SCHEMA\s+IF\s+NOT\s+EXISTS|CREATE\s+EXTENSION\s+IF\s+NOT\s+EXISTS)\s", written) and ";" not in written:
        prelude.append(written)
    elif isinstance(statement, CreateSchema) and getattr(statement, "if_not_exists", False):
        prelude.append("CREATE SCHEMA IF NOT EXISTS " + quoted(str(statement.element)))


class Pretended:
    """The connection of an env.py that knows no offline mode: it is told things, and answers nothing."""

    def __init__(self, engine):
        self.engine, self.dialect, self.info, self.closed = engine, engine.dialect, {}, False

    def execute(self, statement, *args, **options):
        overhear(statement)
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


rendering = []  # the file of the revision that runs
wanted_database = []  # what it asked of the database meanwhile


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


# ---- rendering ----

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


asked_url = []  # not empty: what was rendered may depend on where the database is


class KnownEngine:
    """What is known of the engine behind op.get_bind(): where it leads."""

    def __init__(self, dialect):
        self.dialect, self.name, self.driver = dialect, dialect.name, dialect.driver

    @property
    def url(self):
        if not place:
            raise NeedsDatabase("it asks for the URL")
        asked_url.append(True)
        return url_for(None)

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        raise NeedsDatabase("it uses the engine (%s)" % name)


class Bind(MockConnection):
    """What op.get_bind() gives in offline mode: statements go into the script, questions are refused."""

    def __init__(self, dialect, emit):
        MockConnection.__init__(self, dialect, lambda *a, **k: None)
        self.__dict__.pop("execute", None)  # of SQLAlchemy 1.4: it would hide the method below
        self.emit = emit

    def execute(self, statement, *many, **named):
        statement = text(statement) if isinstance(statement, str) else statement
        sets = list(many[0]) if many and isinstance(many[0], (list, tuple)) else list(many[:1]) or [named or None]
        for values in sets:
            self.emit(with_values(statement, values))
        return NoRows()

    def exec_driver_sql(self, statement, *args, **named):
        if args or named or "%" in statement:
            raise NeedsDatabase("it runs a statement in the form of the driver")
        self.emit(text(re.sub(r"(?<![:\w\\]):(?=\w)", r"\\:", statement)))
        return NoRows()

    def _run_ddl_visitor(self, visitor, element, **options):
        if visitor.__name__ in ("EnumGenerator", "EnumDropper", "NamedTypeGenerator", "NamedTypeDropper"):
            return self.run_type(visitor.__name__, element, options.get("checkfirst", True))
        if options.get("checkfirst"):
            raise NeedsDatabase("it asks whether something is there already")
        visitor(self.dialect, self, **options).traverse_single(element)

    @property
    def engine(self):
        return KnownEngine(self.dialect)

    def in_transaction(self):
        return True  # else batch_alter_table() would begin one of its own

    def run_type(self, visitor, element, check):
        """CREATE TYPE where it is missing: only the server knows, so it decides."""
        from sqlalchemy.dialects import postgresql
        preparer = self.dialect.identifier_preparer
        name = preparer.format_type(element)
        if visitor.endswith("Dropper"):
            self.emit(text("DROP TYPE %s%s" % ("IF EXISTS " if check else "", name.replace(":", "\\:"))))
            return
        made = getattr(postgresql, "CreateEnumType", None) or __import__("sqlalchemy.dialects.postgresql.named_types", fromlist=["x"]).CreateEnumType
        create = str(made(element).compile(dialect=self.dialect))
        if check:
            quoted = name.replace("'", "''")
            create = ("DO $brant$ BEGIN IF pg_catalog.to_regtype('%s') IS NULL THEN\n    %s;\nEND IF; END $brant$" % (quoted, create))
        self.emit(text(create.replace(":", "\\:")))

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        raise NeedsDatabase("it uses the connection (%s)" % name)


@sqlalchemy.inspection._inspects(Bind)
def inspect_bind(bind):
    raise NeedsDatabase("it inspects the database")


def with_values(statement, values):
    if not values:
        return statement
    if isinstance(statement, sqlalchemy.sql.elements.TextClause):
        return statement.bindparams(**values)
    if isinstance(statement, sqlalchemy.sql.dml.Insert):
        return statement.values(**values)
    return statement.params(**values)


def as_connected(dialect):
    """What a connection would have told the dialect: else each percent sign and each backslash of a literal comes twice."""
    dialect.paramstyle = "named"
    dialect.positional = False
    dialect.identifier_preparer._double_percents = False
    dialect._backslash_escapes = False
    return dialect


def watch_mode(context):
    """"context.as_sql" is for Alembic's own code: a revision that asks for it has something else to do where there is a database."""

    class Watched(type(context)):
        @property
        def as_sql(self):
            asks = sys._getframe(1).f_code.co_filename
            if asks in rendering or (rendering and is_ours(asks)):
                asks_for_mode()
            return True

    context.__class__ = Watched


class Recorder:
    """Takes the place of offline mode's output: statements one by one, with the line of the revision that made them."""

    def __init__(self, context):
        watch_mode(context)
        self.context, self.path, self.statements = context, None, []
        self.alone = self.begun = False
        context.impl.static_output = self.static
        context.impl._exec = self.execute
        dialect = as_connected(context.dialect)
        context.connection = context.impl.connection = Bind(dialect, self.execute)

    def line(self):
        frame = sys._getframe(2)
        while frame and frame.f_code.co_filename != self.path:
            frame = frame.f_back
        return frame.f_lineno if frame else 0

    def execute(self, construct, execution_options=None, multiparams=(), params=util.immutabledict()):
        construct = text(construct) if isinstance(construct, str) else construct
        if multiparams or params:
            for values in list(multiparams) or [params]:
                self.execute(with_values(construct, values))
            return NoRows()
        literal = {} if isinstance(construct, sqlalchemy.schema.DDLElement) else {"compile_kwargs": {"literal_binds": True}}
        compiled = construct.compile(dialect=self.context.dialect, **literal)
        if not isinstance(construct, sqlalchemy.schema.DDLElement):
            compiled.construct_params()  # a ":name" that has no value is an error on a connection, and has to be one here
        self.add(str(compiled).strip())
        return NoRows()

    def static(self, sql):
        """Alembic's own: BEGIN and COMMIT around an autocommit_block(), comments, DDL that it writes itself."""
        bare = sql.strip().rstrip(";").strip().upper()
        if bare in ("BEGIN", "COMMIT"):
            self.alone = bare == "COMMIT"
        elif self.path and not bare.startswith("--"):
            self.add(sql.strip())

    def add(self, sql):
        word = sql.rstrip(";").strip().upper()
        if not word or not self.path:  # behind the revisions Alembic tidies up its ledger
            return
        if word in ("COMMIT", "COMMIT TRANSACTION", "END"):
            self.alone, self.begun = not self.begun, False
        if word in ("BEGIN", "BEGIN TRANSACTION", "START TRANSACTION"):
            self.alone, self.begun = False, True
        self.statements.append({"sql": sql, "line": self.line(), "alone": self.alone and word != "COMMIT"})

    def start(self, path):
        self.path, self.statements, self.alone, self.begun = path, [], False, False

    def finish(self):
        if self.begun:
            self.statements.append({"sql": "COMMIT", "line": 0, "alone": False})
        self.path = None
        return self.statements


def project_imports(path, seen):
    """The project's own modules that a file imports, and theirs: what its SQL may depend on."""
    with contextlib.suppress(Exception):
        for node in ast.walk(ast.parse(open(path, encoding="utf-8").read())):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module] + [node.module + "." + a.name for a in node.names]
            for name in names:
                file = getattr(sys.modules.get(name), "__file__", None)
                if file and file.endswith(".py") and is_ours(file) and file not in seen:
                    seen.add(file)
                    project_imports(file, seen)
    return seen


def digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def naming_files():
    """Names that the models give to constraints come into the SQL of revisions too."""
    found = set()
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if file and file.endswith(".py") and is_ours(file):
            with contextlib.suppress(Exception):
                if "naming_convention" in open(file, encoding="utf-8").read():
                    found.add(file)
    return found


def only_by_tool(environment, context):
    """What Alembic does around a revision, and SQL alone would not."""
    if translated:
        return "env.py has schemas translated"
    if getattr(context, "on_version_apply_callbacks", None):
        return "env.py wants to be called for each version"
    return None


def by_tool(error):
    told = describe(error, "revision")
    said = str(error) if isinstance(error, NeedsDatabase) else told["message"]
    return {"by_tool": said[:300], "line": told["line"]}


def render_one(script, recorder, wanted, naming, environment):
    entry = {"revision": wanted["revision"], "down": wanted["down"]}
    reason = only_by_tool(environment, recorder.context)
    if reason:
        return entry | {"by_tool": reason, "line": 0, "volatile": True}
    try:
        revision = script.get_revision(wanted["revision"])
        function = getattr(revision.module, "downgrade" if wanted["down"] else "upgrade", None)
    except Exception as error:
        return entry | {"error": describe(error, "revision")}
    if function is None:
        return entry | {"statements": None, "missing": True}
    # As the frames of its code call it: that need not be the path that it was loaded by.
    recorder.start(function.__code__.co_filename)
    online = context_module.is_offline_mode
    try:
        del wanted_database[:]
        rendering.append(recorder.path)
        context_module.is_offline_mode = asks_for_mode
        with pretending():
            function(**(environment.arguments if environment else {}))
    except NotImplementedError as error:
        return entry | {"error": describe(error, "not-implemented")}
    except (SyntaxError, ImportError, NameError) as error:
        return entry | {"error": describe(error, "revision")}
    except Exception as error:
        return entry | by_tool(error)
    finally:
        del rendering[:]
        context_module.is_offline_mode = online
        statements = recorder.finish()
    if wanted_database:
        return entry | by_tool(wanted_database[0])
    needs = project_imports(revision.path, set()) | naming
    if prelude and statements:
        statements = [{"sql": sql, "line": 0, "alone": False} for sql in prelude] + statements
    return entry | {"statements": statements, "volatile": bool(prelude or asked_url), "needs": [[os.path.relpath(f), digest(f)] for f in sorted(needs)]}


def asks_for_mode():
    raise NeedsDatabase("it asks whether it is in offline mode")


def cannot_load(script):
    """Alembic loads every revision before it takes one; where one of them cannot be loaded, it would try all of them again for the next."""
    try:
        script.get_bases()
    except NeedsDatabase as error:
        return [dict(wanted, by_tool=str(error), line=0, volatile=True) for wanted in request["revisions"]]
    except Exception as error:
        fail(error, "revision")


def render(config, script):
    done = []

    def fn(environment, context):
        recorder = Recorder(context)
        naming = naming_files()
        done.extend(cannot_load(script) or [])
        if done:
            return
        done.extend(render_one(script, recorder, wanted, naming, environment) for wanted in request["revisions"])

    try:
        run_env(config, script, fn, starting_rev="base", destination_rev="heads")
    except NotImplementedError:
        pass
    except SeveralDatabases as error:
        fail(error, "several")
    except (Exception, SystemExit) as error:
        if not done:
            fail(error, "env")
    if not done:  # an env.py that has no offline mode: its models are loaded, and that is all that is wanted of it
        context = MigrationContext.configure(dialect_name="postgresql", opts={"as_sql": True, "literal_binds": True})
        with Operations.context(context):
            fn(None, context)
    answer({"alembic": alembic_version, "revisions": done})


# ---- the models ----

def quoted(name):
    return '"%s"' % name.replace('"', '""')


def ddl_of(metadata, leave_out):
    """What create_all() would send, without a database: types and indexes come with it."""
    statements, named = [], set()

    def take(element, *args, **options):
        inner = getattr(element, "element", None)
        if type(element).__name__ in ("CreateEnumType", "CreateDomainType", "CreateSequence") and inner is not None:
            named.add((getattr(inner, "schema", None) or "public") + "." + inner.name)
        statements.append((element if isinstance(element, str) else str(element.compile(dialect=engine.dialect))).strip())

    engine = sqlalchemy.create_mock_engine("postgresql://", take)
    as_connected(engine.dialect)
    many = list(metadata) if isinstance(metadata, (list, tuple)) else [metadata]
    schemas = sorted({t.schema for m in many for t in m.tables.values() if t.schema} |
                     {s.schema for m in many for s in m._sequences.values() if s.schema})
    for schema in schemas:
        statements.append("CREATE SCHEMA IF NOT EXISTS " + quoted(schema))
    for one in many:
        tables = [t for t in one.sorted_tables if t.key not in leave_out]
        named.update((t.schema or "public") + "." + t.name for t in tables)
        one.create_all(engine, tables=tables, checkfirst=False)
    return statements, schemas, named


def is_left_out(table, options):
    """What autogenerate would not look at, by env.py's own word."""
    name, schema = table.name, table.schema
    include_object, include_name = options.get("include_object"), options.get("include_name")
    if table.info.get("is_view") or table.info.get("skip_autogenerate"):
        return True
    with contextlib.suppress(Exception):
        if include_object and not include_object(table, name, "table", False, None):
            return True
    with contextlib.suppress(Exception):
        parents = {"schema_name": schema, "schema_qualified_table_name": "%s.%s" % (schema, name) if schema else name}
        if include_name and not include_name(name, "table", parents):
            return True
    return False


def models(config, script):
    found = {}

    def fn(environment, context):
        found.update(context.opts)
        found["dialect"] = context.dialect

    try:
        run_env(config, script, fn, starting_rev="base", destination_rev="heads")
    except SeveralDatabases as error:
        fail(error, "several")
    except (Exception, SystemExit) as error:
        if not found:
            fail(error, "env")
    metadata = found.get("target_metadata")
    if metadata is None:
        answer({"error": {"kind": "models", "message": "env.py gives no target_metadata", "detail": None, "file": None, "line": 0}})
    many = list(metadata) if isinstance(metadata, (list, tuple)) else [metadata]
    left_out = {t.key for m in many for t in m.tables.values() if is_left_out(t, found)}
    try:
        statements, schemas, named = ddl_of(many, left_out)
    except Exception as error:
        fail(error, "models")
    answer({"ddl": statements, "schemas": schemas, "named": sorted(named), "include_schemas": bool(found.get("include_schemas")),
            "filters": bool(found.get("include_object") or found.get("include_name")),
            "kept": kept_names(found)})


class Reflected:
    """A table that is in the database and in no model, as far as include_object() may ask."""

    def __init__(self, name, schema):
        self.name, self.schema, self.info, self.columns, self.c = name, schema, {}, [], []
        self.key = "%s.%s" % (schema, name) if schema else name

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return None


def kept_names(options):
    """Which of the tables that brant asks about env.py keeps Alembic away from."""
    kept = []
    include_object, include_name = options.get("include_object"), options.get("include_name")
    for schema, name in request.get("ask", []):
        own = None if schema == "public" else schema
        parents = {"schema_name": own, "schema_qualified_table_name": "%s.%s" % (own, name) if own else name}
        with contextlib.suppress(Exception):
            if include_name and not include_name(own, "schema", {}):
                kept.append([schema, name])
                continue
        with contextlib.suppress(Exception):
            if include_name and not include_name(name, "table", parents):
                kept.append([schema, name])
                continue
        with contextlib.suppress(Exception):
            if include_object and not include_object(Reflected(name, own), name, "table", True, None):
                kept.append([schema, name])
    return kept


# ---- the ledger ----

def ledger(config, script):
    """Where env.py has Alembic keep it."""
    found = {}

    def fn(environment, context):
        found.update(table=context.version_table, schema=context.version_table_schema)

    try:
        run_env(config, script, fn, starting_rev="base", destination_rev="heads")
    except (Exception, SystemExit) as error:
        if not found:
            fail(error, "env")
    if not found:
        answer({"error": {"kind": "env", "message": "env.py runs no migrations", "detail": None, "file": None, "line": 0}})
    answer(found)


# ---- a new revision ----

def create(config, script):
    """By Alembic's own code, so that the file's name, its date and its template are what the project has chosen."""
    options = dict(refresh=True, upgrades=request.get("upgrades") or "pass", downgrades=request.get("downgrades") or "pass", imports="")
    heads = request["heads"] or ["base"]
    if len(heads) == 1:
        heads = heads[0]
    else:
        heads = tuple(heads)
    try:
        template = {"config": config} if "config" in open(os.path.join(script.dir, "script.py.mako")).read() else {}
        made = script.generate_revision(request.get("id") or util.rev_id(), request["message"], head=heads,
                                        splice=bool(request.get("splice")), **options, **template)
    except Exception as error:
        fail(error, "create")
    hooks(script, config, made.path)
    answer({"path": os.path.relpath(made.path), "revision": made.revision})


def hooks(script, config, path):
    """black, ruff and the like, as alembic.ini has them; newer Alembics run them from the command, not from generate_revision()."""
    with contextlib.suppress(ImportError, AttributeError):
        from alembic.script import write_hooks
        section = getattr(script, "hooks", None) or getattr(script, "hook_config", None)
        if section and "write_hooks" not in inspect.getsource(ScriptDirectory._generate_template if hasattr(ScriptDirectory, "_generate_template") else script.generate_revision):
            with contextlib.suppress(Exception):
                write_hooks._run_hooks(path, section)


# ---- Alembic itself ----

def close_connections():
    """As the end of a command would: one that env.py has left open would keep its locks."""
    for record in opened:
        connection = getattr(record, "dbapi_connection", None) or getattr(record, "connection", None)
        with contextlib.suppress(BaseException):
            getattr(connection, "terminate", connection.close)()
        with contextlib.suppress(BaseException):
            record.dbapi_connection = None  # its pool makes another one
    del opened[:]


told = []  # what env.py told the server in front of a step, beside questions: another transaction would not know it
QUESTION = re.compile(r"(?is)\s*(SELECT|SHOW)\b(?!.*(set_config|advisory))")


def listen():
    @event.listens_for(sqlalchemy.engine.Engine, "before_cursor_execute")
    def on_execute(connection, cursor, statement, *others):
        if not current.stepping and not QUESTION.match(statement):
            told.append(statement)


def read_heads_each_time():
    """Between two steps of one run of env.py brant works on the same ledger."""
    real = HeadMaintainer.update_to_step

    def update_to_step(self, step):
        self.heads = set(self.context.get_current_heads())
        real(self, step)

    HeadMaintainer.update_to_step = update_to_step


class Current:
    """Where the request that is being answered stands."""
    began = stepping = over = False


current = Current()


def can_stay(context):
    """Is the step committed, and would the next one in this run of env.py find all as the first has found it?"""
    connection = context.connection
    if told or connection is None or connection.in_transaction() or getattr(context, "_in_external_transaction", True):
        return False
    pool = connection.engine.pool.dispatch
    listeners = [*pool.connect, *pool.checkout]
    return all((getattr(fn, "__module__", None) or "").startswith("sqlalchemy") for fn in listeners)


def next_request():
    global request
    line = request_file.readline()
    if line:
        request = json.loads(line)
    current.over = not line
    return not current.over


def steps(script, context):
    """One step up or down for each request, as "alembic upgrade" and "alembic downgrade" would take it; with branches neither names just one."""
    while not current.over:
        revision = script.get_revision(request["revision"])
        make = MigrationStep.downgrade_from_script if request["down"] else MigrationStep.upgrade_from_script
        current.began = current.stepping = True
        yield make(script.revision_map, revision)
        current.stepping = False
        if not can_stay(context):
            return
        answer_line({"done": True})
        current.began = False
        if next_request():
            context.connection.execute(text("SELECT 1"))  # it may have been cut meanwhile


def run_requests(config, script, first):
    """Runs env.py once; the answer to the request that came last, None where there is none any more."""
    environment = EnvironmentContext(config, script, fn=lambda heads, context: steps(script, context), as_sql=False, starting_rev=None,
                                     destination_rev=request["revision"])
    configure = environment.configure
    environment.configure = lambda *args, **options: configure(*args, **(options | {"transaction_per_migration": True}))
    current.began = current.stepping = False
    del told[:]
    answered = request
    try:
        with environment:
            script.run_env()
    except (Exception, SystemExit) as error:
        if current.over:
            return None
        if not current.began and (not first or request is not answered):
            return {"again": True}  # env.py may run once in a process, and no more; or its connection was cut
        return {"error": describe(error, "run")}
    finally:
        close_connections()
    return None if current.over else {"done": True}


def run(config, script):
    connect_there()
    listen()
    read_heads_each_time()
    first = True
    while True:
        result = run_requests(config, script, first)
        if result is None:
            leave()
        answer_line(result)
        if not next_request():
            leave()
        first = False
        config = make_config()
        set_url(config)


def main():
    os.chdir(request["folder"])
    if request["verb"] != "run":
        know_drivers()
    set_environment()
    with application():
        config = make_config()
        set_url(config)
        script = ScriptDirectory.from_config(config)
        {"render": render, "models": models, "ledger": ledger, "create": create, "run": run}[request["verb"]](config, script)


try:
    main()
except (Exception, SystemExit) as error:
    fail(error, "env")
