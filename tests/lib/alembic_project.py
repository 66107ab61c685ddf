"""
A project of SQLAlchemy and Alembic, and the real Alembic beside brant: Debian's, for /usr/bin/python3, or the one in the folder that BRANT_ALEMBIC_LIBS names.
"""
import functools
import json
import os
import pathlib
import re
import subprocess
import textwrap

PYTHON = "/usr/bin/python3"
SERVER = pathlib.Path(__file__).with_name("alembic_server.py")

LIBS = os.environ.get("BRANT_ALEMBIC_LIBS")


def python_path(*folders):
    return os.pathsep.join(str(folder) for folder in (*folders, LIBS) if folder)


@functools.cache
def alembic_server():
    """One for the worker; it ends when the worker does and its standard input is closed."""
    return subprocess.Popen([PYTHON, SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ | ({"PYTHONPATH": LIBS} if LIBS else {}))


def ask_alembic(request):
    server = alembic_server()
    server.stdin.write(json.dumps(request) + "\n")
    server.stdin.flush()
    return json.loads(server.stdout.readline())


INI = """\
[alembic]
script_location = alembic
"""

ENV = '''\
import os

from alembic import context
from sqlalchemy import create_engine, pool

config = context.config
target_metadata = None
OPTIONS = {}
try:
    from models import Base
    target_metadata = Base.metadata
except ImportError:
    pass


def run_migrations_offline():
    context.configure(url=os.environ["DATABASE_URL"], target_metadata=target_metadata, literal_binds=True, **OPTIONS)
    with context.begin_transaction():
        context.run_migrations()


def run_migrations_online():
    engine = create_engine(os.environ["DATABASE_URL"], poolclass=pool.NullPool)
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=target_metadata, **OPTIONS)
        with context.begin_transaction():
            context.run_migrations()


print("env.py says hello")
if context.is_offline_mode():
    run_migrations_offline()
else:
    run_migrations_online()
'''

# With an asynchronous driver, as Alembic's own template for it.
ASYNC_ENV = '''
import asyncio, os
from alembic import context
import sqlalchemy as sa
from sqlalchemy import pool
from sqlalchemy.ext.asyncio import create_async_engine


def migrate(connection):
    context.configure(connection=connection, target_metadata=None)
    with context.begin_transaction():
        context.run_migrations()


async def online():
    engine = create_async_engine(os.environ["DATABASE_URL"], poolclass=pool.NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(migrate)
    await engine.dispose()

asyncio.run(online())
'''

MAKO = '''\
"""${message}

Revision ID: ${up_revision}
Revises: ${down_revision | comma,n}
Create Date: ${create_date}
"""
from alembic import op
import sqlalchemy as sa
${imports if imports else ""}

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade():
    ${upgrades if upgrades else "pass"}


def downgrade():
    ${downgrades if downgrades else "pass"}
'''


class AlembicProject:
    def __init__(self, path, database, *, ini=INI, env=ENV):
        self.path, self.database = pathlib.Path(path), database
        self.write("alembic.ini", ini)
        self.write("alembic/env.py", env)
        self.write("alembic/script.py.mako", MAKO)
        (self.path / "alembic/versions").mkdir(exist_ok=True)

    def write(self, name, text):
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))
        return path

    def revision(self, version, down=None, up="pass", back="pass", *, name=None, labels=None, depends_on=None, head="",
                 folder="alembic/versions", message=""):
        """A revision file; up and back are the bodies of upgrade() and downgrade()."""
        def body(text):
            return textwrap.indent(textwrap.dedent(text).strip(), "    ")
        text = (f'"""{message or name or version}"""\nfrom alembic import op\nimport sqlalchemy as sa\n{textwrap.dedent(head)}\n'
                f"revision = {version!r}\ndown_revision = {down!r}\nbranch_labels = {labels!r}\ndepends_on = {depends_on!r}\n\n\n"
                f"def upgrade():\n{body(up)}\n\n\ndef downgrade():\n{body(back)}\n")
        return self.write(f"{folder}/{version}_{name or 'change'}.py", text)

    def table(self, version, down=None, name=None, **options):
        """A revision that makes a table of its own name."""
        table = name or f"t_{version}"
        return self.revision(version, down, f'op.create_table("{table}", sa.Column("id", sa.Integer, primary_key=True))',
                             f'op.drop_table("{table}")', name=table, **options)

    def alembic(self, *args, expect=0, url=None, env=None):
        """The real one; its standard output."""
        done = ask_alembic({"args": args, "cwd": str(self.path), "env": os.environ | {
            "DATABASE_URL": url or self.database.url, "PYTHONPATH": python_path(self.path)} | (env or {})})
        assert expect is None or done["status"] == expect, f"alembic {args}: {done['status']}\n{done['stdout']}{done['stderr']}"
        return done["stdout"] + (done["stderr"] if done["status"] else "")

    def heads(self, table="alembic_version"):
        """The rows of the ledger."""
        exists = self.database.value("SELECT to_regclass(%s)", table)
        return [row[0] for row in self.database.query(f"SELECT version_num FROM {table} ORDER BY 1")] if exists else []


def with_python(brant):
    """A Brant whose commands find the Python that has Alembic, unless a test says otherwise."""
    environment = brant.environment
    def with_libs(url, env):
        env = {"BRANT_PYTHON": "/usr/bin/python3"} | (env or {})
        return environment(url, env | {"PYTHONPATH": python_path(env.get("PYTHONPATH"))} if LIBS else env)
    brant.environment = with_libs
    return brant


def schema_of(database):
    """Without the ledger's rights, which brant closes, and without the session lines that change from dump to dump."""
    dump = database.cluster.dump(database.name, "--exclude-schema=brant", "--exclude-table=*.alembic_version")
    return re.sub(r"^\\(un)?restrict .*$", "", dump, flags=re.M)
