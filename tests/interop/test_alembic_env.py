"""What env.py files do beside the usual, and the Python that they run in."""
import json
import subprocess
import sys

import pytest

from lib.alembic_project import ASYNC_ENV, ENV, AlembicProject, schema_of, with_python

READS = 'op.get_bind().execute(sa.text("SELECT 1")).scalar()\n'


@pytest.fixture
def made(project, database):
    return AlembicProject(project.path, database)


@pytest.fixture
def brant(brant):
    return with_python(brant)


def counting_python(made):
    """A Python that notes each of its starts."""
    path = made.write("python", '#!/bin/sh\necho >> "$0.starts"\nexec /usr/bin/python3 "$@"\n')
    path.chmod(0o755)
    return path, lambda: len((made.path / "python.starts").read_text().splitlines())


ONCE = "import sqlalchemy as sa\nfrom base import Base\nclass T(Base):\n    __tablename__ = 't'\n    id = sa.Column(sa.Integer, primary_key=True)\n"
TELLS = ("        context.configure", "        connection.execute(sa.text(\"SET shop.told = 'yes'\"))\n        getattr(connection, 'commit', str)()\n        context.configure")
HOOKS = ("    with engine.connect()", "    sa.event.listen(engine, 'connect', lambda dbapi, record: None)\n    with engine.connect()")

THREADS = "import threading, time\nthreading.Thread(target=time.sleep, args=(600,), daemon=True).start()\n"

# What is changed in env.py; how many Pythons start, and how often env.py is run: rendering takes one run.  A Python that has threads from its start cannot be forked.
ENVS = {
    "usual": ("", [], 1, 2),
    "once": (ONCE, [], 1, 2),
    "its own transaction": ("import sqlalchemy as sa\n", [("engine.connect()", "engine.begin()")], 1, 5),
    "a listener": ("import sqlalchemy as sa\n", [HOOKS], 1, 5),
    "a setting": ("import sqlalchemy as sa\n", [TELLS], 1, 2),
    "a listener, and once": (ONCE, [HOOKS], 1, 8),
    "a listener, and once, with threads": (ONCE, [HOOKS], 5, 8),
}


@pytest.mark.parametrize("env", ENVS)
def test_one_process_for_what_alembic_runs(made, brant, database, env):
    """And one run of env.py, where nothing that it has told its session could be missed by the next step; one that bears no second run gets a new process."""
    front, changes, pythons, runs = ENVS[env]
    text = ENV
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    made.write("base.py", "from sqlalchemy.orm import declarative_base\nBase = declarative_base()\n")
    made.write("sitecustomize.py", THREADS if "threads" in env else "")
    made.write("alembic/env.py", f"open('env.runs', 'a').write('x')\n{front}{text}")
    made.table("x1", labels="other")
    for n in range(5):
        made.revision(f"r{n}", f"r{n - 1}" if n else None, (READS if n != 2 else "") + f"""op.execute("CREATE TABLE t{n} AS SELECT current_setting('shop.told', true) AS told")""")
    python, starts = counting_python(made)
    result = brant("up", env={"BRANT_PYTHON": python, "PYTHONPATH": made.path}, expect=0)
    assert result.stderr.count("run by Alembic itself") == 4
    assert (starts(), len((made.path / "env.runs").read_text())) == (pythons, runs)
    told = database.query("SELECT told FROM t0 UNION ALL SELECT told FROM t1 UNION ALL SELECT told FROM t2 UNION ALL SELECT told FROM t3 UNION ALL SELECT told FROM t4")
    assert [row[0] == "yes" for row in told] == [env.startswith("a setting")] * 5
    assert database.value("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%%'") == 0


ONLINE = '''
import asyncio
from alembic import context
import sqlalchemy as sa
from sqlalchemy import create_engine, pool

metadata = sa.MetaData(naming_convention={"uq": "uq_%(table_name)s_%(column_0_name)s"})
which = context.get_x_argument(as_dictionary=True).get("schema", "side")
with create_engine(URL, poolclass=pool.NullPool).connect() as connection:
    connection.execute(sa.text("CREATE SCHEMA IF NOT EXISTS " + which))
    connection.execute(sa.text("SET search_path TO " + which))
    context.configure(connection=connection, target_metadata=metadata, version_table_schema=which, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
'''


def test_an_env_that_knows_no_offline_mode(made, brant, database, new_database):
    """Its options, what it tells the server first, and -x count as they do for Alembic."""
    made.write("alembic/env.py", "import os\nopen('env.runs', 'a').write('x')\nURL = os.environ['DATABASE_URL']\n" + ONLINE)
    made.revision("a1", None, 'op.create_table("t", sa.Column("id", sa.Integer), sa.Column("n", sa.Integer))\nop.create_unique_constraint(None, "t", ["id"])')
    made.revision("b1", "a1", 'with op.batch_alter_table("t") as batch:\n    batch.add_column(sa.Column("more", sa.Text))\n    batch.create_index("ix_more", ["more"])')
    for args, schema in ((), "side"), (("-x", "schema=tenant"), "tenant"):
        result = brant("up", *args, expect=0)
        assert "by Alembic" not in result.stderr
        assert made.heads(f"{schema}.alembic_version") == ["b1"]
        assert database.query("SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE connamespace = %s::regnamespace AND contype = 'u'", schema) == [
            (f"{schema}.t", "uq_t_id")]
        assert json.loads(brant("status", "--json", *args).stdout)["ledger"] == f"{schema}.alembic_version"
    assert database.value("SELECT to_regclass('public.t')") is None
    # What env.py tells the server is asked each time, but not for each revision.
    (made.path / "env.runs").unlink()
    brant("check", "--offline", expect=0)
    assert len((made.path / "env.runs").read_text()) == 3  # where the ledger is, up, down


TENANT = '''
import os
from alembic import context
import sqlalchemy as sa

engine = sa.create_engine(os.environ["DATABASE_URL"], poolclass=sa.pool.NullPool, %(arguments)s)
tenant = context.get_x_argument(as_dictionary=True)["tenant"]
%(listener)s
with engine.connect() as connection:
    %(says)s
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
'''

LISTENER = """
@sa.event.listens_for(engine, "connect", insert=True)
def set_search_path(dbapi_connection, connection_record):
    before, dbapi_connection.autocommit = dbapi_connection.autocommit, True
    cursor = dbapi_connection.cursor()
    cursor.execute("SET SESSION search_path='%s'" % tenant)
    cursor.close()
    dbapi_connection.autocommit = before
"""

# As Alembic's and SQLAlchemy's documentation have it.
SEARCH_PATHS = {
    "said": {"says": """connection.execute(sa.text('set search_path to "%s"' % tenant)); getattr(connection, "commit", str)()"""},
    "options": {"arguments": """connect_args={"options": "-c search_path=" + context.get_x_argument(as_dictionary=True)["tenant"]}"""},
    "listener": {"listener": LISTENER},
}


@pytest.mark.parametrize("way", SEARCH_PATHS)
def test_a_schema_that_only_the_search_path_names(made, brant, database, new_database, way):
    """The tables and the ledger are in the tenant's schema, where Alembic finds them."""
    made.write("alembic/env.py", TENANT % ({"arguments": "", "listener": "", "says": "pass"} | SEARCH_PATHS[way]))
    made.table("a1")
    made.revision("b1", "a1", 'op.create_table("u", sa.Column("id", sa.Integer))\n' + ("" if way == "listener" else READS), 'op.drop_table("u")')
    theirs, tenant = new_database(), ("-x", "tenant=shop")
    for one in database, theirs:
        one.query("CREATE SCHEMA shop AUTHORIZATION supabase_admin")
        one.query("CREATE SCHEMA other AUTHORIZATION supabase_admin")
    made.alembic("-x", "tenant=shop", "upgrade", "heads", url=theirs.direct)
    brant("up", *tenant, expect=0)
    assert schema_of(database) == schema_of(theirs)
    assert made.heads("shop.alembic_version") == ["b1"] and made.heads("public.alembic_version") == []
    assert json.loads(brant("status", "--json", *tenant).stdout)["ledger"] == "shop.alembic_version"
    assert "Running" not in made.alembic("-x", "tenant=shop", "upgrade", "heads", url=database.direct)
    brant("down", *tenant, expect=0)
    brant("up", "-x", "tenant=other", expect=0)
    assert made.heads("shop.alembic_version") == ["a1"] and made.heads("other.alembic_version") == ["b1"]


def test_a_search_path_of_the_role(made, brant, database):
    """Where the database is asked, the history is replayed with the role's; elsewhere brant.yaml says it."""
    database.query("CREATE SCHEMA shop AUTHORIZATION supabase_admin")
    database.query(f"ALTER ROLE supabase_admin IN DATABASE {database.name} SET search_path = shop, public")
    made.table("a1")
    made.revision("b1", "a1", 'op.create_table("u", sa.Column("id", sa.Integer))', 'op.drop_table("u")')
    brant("up", expect=0)
    assert database.value("SELECT to_regclass('shop.u') IS NOT NULL AND to_regclass('public.u') IS NULL")
    brant("drift", expect=0)
    (made.path / "brant.yaml").write_text("search_path: shop, public\n")
    brant("drift", expect=0)
    assert 'DROP TABLE shop.u' in brant("diff", "--from", "history", "--to", "empty", "--print", "--allow-data-loss", expect=0).stdout


def test_what_a_module_of_the_revision_takes_from_elsewhere(made, brant):
    """It is not kept: the next time it may be something else.  Nor is what a module takes from another one by its place."""
    made.write("shop/__init__.py", "from .names import TABLE\n")
    made.write("shop/names.py", "TABLE = 'one'\n")
    made.write("place.py", "import os\nSCHEMA = os.environ['PLACE']\n")
    env = {"PYTHONPATH": made.path, "PLACE": "here"}
    made.revision("a1", None, 'op.execute("CREATE TABLE " + TABLE)', head="from shop import TABLE")
    made.revision("b1", "a1", 'op.execute("CREATE SCHEMA " + SCHEMA)', head="from place import SCHEMA")
    out = brant("up", "--dry-run", env=env, expect=0).stdout
    assert "CREATE TABLE one" in out and "CREATE SCHEMA here" in out
    made.write("shop/names.py", "TABLE = 'other'\n")
    out = brant("up", "--dry-run", env=env | {"PLACE": "there"}, expect=0).stdout
    assert "CREATE TABLE other" in out and "CREATE SCHEMA there" in out


@pytest.mark.parametrize("config", ["alembic.ini", "pyproject.toml"])
def test_a_configuration_below_the_project(made, brant, database, config):
    """Alembic is run beside it: what it says is seen from there.  A second step of Alembic's own, too."""
    inner = made.path / "backend"
    inner.mkdir()
    for name in ("alembic", "alembic.ini"):
        (made.path / name).rename(inner / name)
    if config == "pyproject.toml":
        pytest.importorskip("alembic", "1.16")
        (inner / "alembic.ini").unlink()
        made.write("backend/pyproject.toml", '[tool.alembic]\nscript_location = "alembic"\n')
        made.write("brant.yaml", "migrations: backend/pyproject.toml\n")
    made.write("backend/models.py", "import sqlalchemy as sa\nfrom sqlalchemy.orm import declarative_base\nBase = declarative_base()\n")
    made.write("backend/alembic/env.py", "import os, sys\nsys.path.insert(0, os.getcwd())\n" + ENV)
    made.table("a1", folder="backend/alembic/versions")
    for n in range(2):
        made.revision(f"b{n}", f"b{n - 1}" if n else "a1", READS + f'op.execute("CREATE TABLE r{n} ()")', f'op.drop_table("r{n}")', folder="backend/alembic/versions")
    brant("up", expect=0)
    assert made.heads() == ["b1"]
    brant("down", "3", expect=0)
    brant("new", "more", expect=0)
    assert list((inner / "alembic/versions").glob("*_more.py"))


def test_several_databases_are_refused(made, brant):
    made.write("alembic/env.py", '''
        from alembic import context
        for name in ("one", "two"):
            context.configure(dialect_name="postgresql", as_sql=True)
            context.run_migrations(engine_name=name)
        ''')
    made.revision("a1", None, "pass")
    result = brant("up", "--json", expect=4)
    assert json.loads(result.stdout)["error"]["name"] == "several-databases"


def test_the_variable_of_the_database(made, brant, database):
    """env.py reads several that look like a URL by their names."""
    made.write("alembic/env.py", 'import os\nsentry = os.environ.get("SENTRY_DSN")\n' + ENV.replace('"DATABASE_URL"', '"SHOP_DB_URL"'))
    made.table("a1")
    urls = {"SENTRY_DSN": "https://key@sentry.invalid/1", "SHOP_DB_URL": database.url, "DATABASE_URL": None}
    brant("up", env=urls, expect=0)
    assert made.heads() == ["a1"]


ADOPTS = ("        context.configure(connection", """        if not connection.execute(sa.text("SELECT to_regclass('side.made')")).scalar():
            connection.execute(sa.text("CREATE SCHEMA IF NOT EXISTS side"))
            connection.execute(sa.text("CREATE TABLE side.made AS SELECT 1 AS id"))
            if os.environ["ADOPT"] == "stamp":
                context.configure(connection=connection)
                context.get_context().stamp(context.script, "heads")
                connection.commit()
                return
        connection.commit()
        context.configure(connection""")


@pytest.mark.parametrize("way", ["schema", "stamp"])
def test_an_env_that_asks_the_database_first(made, brant, database, new_database, way):
    """It makes what is missing, or makes all of it and stamps: what it does in offline mode would be something else."""
    made.write("alembic/env.py", "import sqlalchemy as sa\n" + ENV.replace(*ADOPTS).replace("create_engine(os.environ[\"DATABASE_URL\"]", "create_engine(os.environ[\"DATABASE_URL\"], future=True"))
    made.table("x1", labels="other")
    for n in range(3):
        made.revision(f"a{n}", f"a{n - 1}" if n else None, f'op.create_table("t{n}", sa.Column("id", sa.Integer), schema="side")', f'op.drop_table("t{n}", schema="side")')
    theirs, env = new_database(), {"ADOPT": way}
    made.alembic("upgrade", "heads", url=theirs.direct, env=env)
    result = brant("up", env=env, expect=0)
    assert "env.py asks the database before it runs revisions" in result.stderr
    made.table("a3", "a2")
    made.alembic("upgrade", "heads", url=theirs.direct, env=env)
    assert "applied a3_t_a3" in brant("up", env=env, expect=0).stderr
    assert made.heads() == ["a3", "x1"] == [r[0] for r in theirs.query("SELECT version_num FROM alembic_version ORDER BY 1")]
    assert schema_of(database) == schema_of(theirs)
    brant("down", "a2", env=env, expect=0)
    assert made.heads() == ["a2", "x1"] and json.loads(brant("status", "--json").stdout)["pending"] == 1


def test_asyncpg_through_the_pooler(made, brant, database):
    pytest.importorskip("asyncpg")
    made.write("alembic/env.py", ASYNC_ENV)
    made.table("a1")
    made.revision("b1", "a1", READS + 'op.execute("CREATE TABLE b ()")')
    made.revision("c1", "b1", READS + 'op.execute("CREATE TABLE c ()")')
    url = database.url.replace("postgresql", "postgresql+asyncpg", 1)
    assert brant("up", url=url, expect=0).stderr.count("run by Alembic itself") == 2
    assert made.heads() == ["c1"]


def test_flask_migrate(made, brant, database):
    pytest.importorskip("flask_migrate")
    (made.path / "alembic.ini").unlink()
    made.write("shop.py", '''
        import os
        from flask import Flask
        from flask_migrate import Migrate
        from flask_sqlalchemy import SQLAlchemy
        db = SQLAlchemy()
        def create_app():
            app = Flask("shop")
            app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["DATABASE_URL"]
            db.init_app(app)
            Migrate(app, db)
            return app
        ''')
    made.write("migrations/alembic.ini", "[alembic]\nscript_location = .\n")
    made.write("migrations/env.py", '''
        from alembic import context
        from flask import current_app
        with current_app.extensions["migrate"].db.engine.connect() as connection:
            context.configure(connection=connection)
            with context.begin_transaction():
                context.run_migrations()
        ''')
    made.table("a1", folder="migrations/versions")
    made.revision("b1", "a1", READS, folder="migrations/versions")
    brant("up", env={"FLASK_APP": "shop:create_app"}, expect=0)
    assert made.heads() == ["b1"]


def test_the_python_of_the_project(made, brant):
    """.venv beside the project, or at the top of its repository; and what an empty one is told."""
    made.revision("a1", None, 'import sys\nop.execute("CREATE TABLE " + sys.prefix.split("/")[-1].strip("."))')
    bare = {"BRANT_PYTHON": None}
    (made.path / ".git").mkdir()
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", "--system-site-packages", made.path / ".venv"], check=True)
    assert "CREATE TABLE venv" in brant("up", "--dry-run", env=bare, expect=0).stdout
    inner = made.path / "backend"
    inner.mkdir()
    for name in ("alembic", "alembic.ini"):
        (made.path / name).rename(inner / name)
    assert "CREATE TABLE venv" in brant("up", "--dry-run", "-C", "backend", env=bare, expect=0).stdout
    config = made.path / ".venv/pyvenv.cfg"
    config.write_text(config.read_text().replace("include-system-site-packages = true", "include-system-site-packages = false"))
    made.revision("a1", None, "pass", folder="backend/alembic/versions")  # what was rendered before needs no Python any more
    for lock, tool in ("uv.lock", "uv sync"), ("poetry.lock", "poetry install"):
        (inner / lock).write_text("")
        stderr = brant("up", "-C", "backend", env=bare, expect=1).stderr
        assert "cannot load Alembic" in stderr and tool in stderr and ".venv/bin/python" in stderr
        (inner / lock).unlink()


@pytest.mark.parametrize("name, file, words", [
    ("uv", "uv.lock", "run --no-sync python"), ("poetry", "poetry.lock", "run python"), ("pdm", "pdm.lock", "run python"), ("pipenv", "Pipfile", "run python"),
    ("conda", None, None)])
def test_an_environment_that_is_kept_elsewhere(made, brant, name, file, words):
    """What a tool runs, or an environment that the shell has entered; one beside the project goes before both, but for VIRTUAL_ENV."""
    made.revision("a1", None, 'import os\nop.execute("CREATE TABLE by_" + os.environ["BY"])')
    env = {"BRANT_PYTHON": None, "PATH": f"{made.path / 'bin'}:/usr/bin:/bin"}

    def script(path, condition, by):
        made.write(path, f'#!/bin/sh\n{condition}\nBY={by} exec /usr/bin/python3 "$@"\n').chmod(0o755)

    if file:
        made.write(file, "")
        script(f"bin/{name}", f'[ "$1 $2{" $3" if words.count(" ") == 2 else ""}" = "{words}" ] || exit 9\nshift {words.count(" ") + 1}', name)
    else:
        env["CONDA_PREFIX"] = made.path / "miniconda/envs/shop"
        script("miniconda/envs/shop/bin/python", "", name)
    assert f"CREATE TABLE by_{name}" in brant("up", "--dry-run", env=env, expect=0).stdout
    if name not in ("uv", "conda"):  # one of each kind does for what goes before it
        return
    script("venv/bin/python", "", "beside")
    assert "CREATE TABLE by_beside" in brant("up", "--dry-run", env=env, expect=0).stdout
    script("entered/bin/python", "", "entered")
    assert "CREATE TABLE by_entered" in brant("up", "--dry-run", env=env | {"VIRTUAL_ENV": made.path / "entered"}, expect=0).stdout


def test_long_names_of_revisions(made, brant, database, new_database):
    """Alembic's column has 32 characters; where env.py widens it, Alembic runs the revisions, and brant's own column has the room as well."""
    widens = ENV.replace("        context.configure(connection", """        connection.execute(sa.text("CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(255) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"))
        getattr(connection, "commit", str)()
        context.configure(connection""")
    made.write("alembic/env.py", "import sqlalchemy as sa\n" + widens)
    long = "2026_01_31_a_name_that_says_what_it_does_and_why"
    made.table(long, name="t")
    made.table("b1", long)
    theirs = new_database()
    made.alembic("upgrade", "heads", url=theirs.direct)
    assert "it changes the database: CREATE TABLE IF NOT EXISTS alembic_version" in brant("up", expect=0).stderr
    assert schema_of(database) == schema_of(theirs)
    width = "SELECT atttypmod - 4 FROM pg_attribute WHERE attrelid = 'alembic_version'::regclass AND attname = 'version_num'"
    assert database.value(width) == theirs.value(width) == 255
    brant("down", expect=0)
    assert made.heads() == [long]
    # A column that is there already is left as it is.
    narrow = new_database()
    narrow.query("CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY); ALTER TABLE alembic_version OWNER TO supabase_admin")
    made.write("alembic/env.py", ENV)
    assert "is longer than public.alembic_version has room for" in brant("up", url=narrow.url, expect=1).stderr


def test_the_command_that_env_looks_at(made, brant):
    """config.cmd_opts is that of "alembic upgrade"."""
    made.write("alembic/env.py", ENV.replace("target_metadata = None", "target_metadata = None\nopts = config.cmd_opts\nassert opts.cmd[0].__name__ == 'upgrade' and opts.revision and not opts.sql and opts.name == 'alembic', opts"))
    made.table("a1")
    brant("up", expect=0)
    assert made.heads() == ["a1"]


# What env.py begins with, the body of a revision, or a file: what brant says of it, and what it advises.
WORDS = {
    "a variable": ("env", "import os\nKEY = os.environ['SHOP_KEY']\n", "the environment variable SHOP_KEY is not set", "set the variable"),
    "an argument": ("env", "from alembic import context\ncontext.get_x_argument(as_dictionary=True)['tenant']\n", "KeyError: 'tenant'", "-x tenant=VALUE"),
    "a driver that waits": ("env", ASYNC_ENV, "requires an async driver", "postgresql+asyncpg://"),
    "an exit": ("env", "import sys\nsys.exit(3)\n", "the code ends the program: sys.exit(3)", None),
    "an exit with words": ("env", "raise SystemExit('first make a key')\n", "first make a key", None),
    "a question": ("env", "input('really? ')\n", "EOFError", "standard input is empty"),
    "another database": ("env", ENV.replace('os.environ["DATABASE_URL"]', '"sqlite:///shop.db"') + "\nraise SystemExit\n", "env.py runs the revisions on sqlite: have it take its URL from DATABASE_URL", None),
    "a byte order mark": ("alembic.ini", "\ufeff[alembic]\nscript_location = alembic\n", "MissingSectionHeaderError", "save it as UTF-8 without one"),
    "an exit of a revision": ("revision", "raise SystemExit(4)", "the code ends the program: sys.exit(4)", None),
    "no upgrade": ("alembic/versions/b1.py", "revision = 'b1'\ndown_revision = 'a1'\n", 'revision "b1" has no upgrade()', "Write one"),
}


@pytest.mark.parametrize("what", WORDS)
def test_failures_in_words(made, brant, what):
    where, text, message, hint = WORDS[what]
    made.table("a1")
    if where == "env":
        made.write("alembic/env.py", text + ENV)
    elif where == "revision":
        made.revision("b1", "a1", text)
    else:
        made.write(where, text)
    error = json.loads(brant("up", "--json", expect=1).stdout)["error"]
    assert message in error["message"] and "brant_helper" not in error["message"], error
    assert not hint or hint in error["hint"], error
