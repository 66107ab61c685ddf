"""What an env.py and its revisions tell their session, behind a pooler: it holds for them, and the next client sees nothing of it."""
import importlib.util
import pathlib

import pytest

from lib import checks
from lib.alembic_project import LIBS, AlembicProject, with_python

DRIVERS = ("psycopg2", "asyncpg", "psycopg", "psycopg_async")

# The next client asks in the midst of the migrations.  brant holds one of the two connections of the pool for itself, so there is just one to be had.
PROBE = '''
def next_client():
    other = psycopg2.connect(os.environ["PROBE"])
    other.autocommit = True
    cursor = other.cursor()
    cursor.execute("""SELECT pg_backend_pid(), current_setting('search_path') LIKE '%side%' OR current_setting('lock_timeout') = '9s' OR current_setting('TimeZone') = 'Asia/Tokyo'
        OR current_user = 'anon' OR concat(current_setting('app.a', true), current_setting('app.b', true), current_setting('app.hidden', true)) <> '',
        (SELECT count(*)::int FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()), (SELECT count(*)::int FROM pg_listening_channels()),
        (SELECT count(*)::int FROM pg_prepared_statements WHERE name = 'mine'), (SELECT count(*)::int FROM pg_class WHERE relnamespace = pg_my_temp_schema()),
        (SELECT count(*)::int FROM pg_cursors WHERE name = 'held')""")
    found = cursor.fetchone()
    other.close()
    with open("found", "a") as file:
        print(*found, file=file)
'''

TOLD = ["SET search_path TO side, public", "SET SESSION lock_timeout = '9s';", "SET TIME ZONE 'Asia/Tokyo'", "SELECT set_config('app.a', 'x', false), set_config('app.b', 'it''s', 'f')",
        "SELECT pg_advisory_lock(hashtext('migrations'))", "SELECT hidden()", "LISTEN migrations", "PREPARE mine AS SELECT 1", "CREATE TEMP TABLE t (n int)",
        "DECLARE held CURSOR WITH HOLD FOR SELECT 1"]
WAYS = {
    "a transaction": "    with connection.begin():\n        for sql in TOLD:\n            connection.exec_driver_sql(sql)\n",
    "a cursor": "    with connection.begin():\n        cursor = connection.connection.cursor()\n        for sql in TOLD:\n            cursor.execute(sql)\n        cursor.close()\n",
    "autocommit": "    connection = connection.execution_options(isolation_level='AUTOCOMMIT')\n    for sql in TOLD:\n        connection.exec_driver_sql(sql)\n"
                  "    next_client()\n    getattr(connection, 'commit', str)()\n    connection = connection.execution_options(isolation_level='READ COMMITTED')\n",
}
ENV = '''
import asyncio, os
import psycopg2
import sqlalchemy as sa
from alembic import context
from sqlalchemy import pool
{probe}
TOLD = {told!r}

def migrate(connection):
{way}
    next_client()
    context.configure(connection=connection, target_metadata=None, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
    next_client()

async def online():
    from sqlalchemy.ext.asyncio import create_async_engine
    async with create_async_engine(os.environ["DATABASE_URL"], poolclass=pool.NullPool).connect() as connection:
        await connection.run_sync(migrate)

if "async" in os.environ["DATABASE_URL"]:
    asyncio.run(online())
else:
    with sa.create_engine(os.environ["DATABASE_URL"], poolclass=pool.NullPool).connect() as connection:
        migrate(connection)
'''
SEEN = ("AS SELECT concat_ws(' ', current_setting('search_path'), current_setting('lock_timeout'), current_setting('TimeZone'), current_setting('app.a', true), current_setting('app.b', true)) AS told, "
        "(SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()) AS locks")
ASKS = 'op.get_bind().execute(sa.text("SELECT 1")).scalar()\nfrom sys import modules\n'
IN_FORCE = "side, public 9s Asia/Tokyo x it's"


@pytest.fixture
def made(project, database, cluster):
    made = AlembicProject(project.path, database)
    made.narrow = cluster.pooler(pool_size=2).url(database.name)
    database.query("CREATE SCHEMA side AUTHORIZATION supabase_admin; CREATE FUNCTION hidden() RETURNS text LANGUAGE sql AS $$ SELECT set_config('app.hidden', 'y', false) $$")
    return made


def found(made):
    """What each of the next clients saw."""
    lines = [line.split()[1:] for line in (made.path / "found").read_text().splitlines()]
    (made.path / "found").unlink()
    return lines


NOTHING = ["False", "0", "0", "0", "0", "0"]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("driver", DRIVERS)
def test_what_env_tells_its_session(made, brant, database, driver, way):
    pytest.importorskip(driver.removesuffix("_async"))
    if driver.startswith("psycopg_") or driver == "psycopg":
        if not LIBS:
            pytest.skip("SQLAlchemy 1.4 has no such driver: BRANT_ALEMBIC_LIBS")
    made.write("alembic/env.py", ENV.format(probe=PROBE, told=TOLD, way=WAYS[way]))
    made.revision("a1", None, ASKS + f'op.execute("""CREATE TABLE public.a1 {SEEN}""")\nwith op.get_context().autocommit_block():\n'
                  f'    op.execute("""CREATE TABLE public.alone {SEEN}""")\n    op.execute("INSERT INTO public.alone SELECT current_schema, 0")\n'
                  f'op.execute("""CREATE TABLE public.behind {SEEN}""")\nop.execute("SET app.a = \'of the revision\'")')
    made.revision("b1", "a1", ASKS + f'op.execute("""CREATE TABLE public.b1 {SEEN}""")')
    result = with_python(brant)("up", url=made.narrow.replace("postgresql", f"postgresql+{driver}", 1), env={"PROBE": made.narrow}, expect=0)
    assert "b1_change: run by Alembic itself" in result.stderr
    lines = found(made)
    assert len(lines) >= 2 and lines == [NOTHING] * len(lines)
    tables = database.query("SELECT 'a1', told, locks FROM a1 UNION ALL SELECT 'behind', told, locks FROM behind UNION ALL SELECT 'b1', told, locks FROM b1")
    assert [(name, told) for name, told, _ in tables] == [("a1", IN_FORCE), ("behind", IN_FORCE), ("b1", IN_FORCE)]
    assert all(locks >= 1 for _, _, locks in tables)  # the lock is held by each transaction
    assert database.query("SELECT told FROM alone") == [(IN_FORCE,), ("side",)]
    assert made.heads("side.alembic_version") == ["b1"]
    checks.assert_nothing_left(database)


def load_keeper():
    spec = importlib.util.spec_from_file_location("keeper", pathlib.Path(__file__).parents[2] / "src/format/alembic/helper/keeper.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# What is told, and what is sent instead; what the next transaction then begins with.
REWRITTEN = [
    ("SET a.b = 1", "SET LOCAL a.b = 1", ["SET LOCAL a.b = 1"]),
    ("-- why\nset session search_path to x, \"Y\";", "-- why\nSET LOCAL search_path to x, \"Y\";", ["SET LOCAL search_path to x, \"Y\""]),
    ("SET ROLE shop; SET lock_timeout = '1s'", "SET LOCAL ROLE shop; SET LOCAL lock_timeout = '1s'", ["SET LOCAL lock_timeout = '1s'", "SET LOCAL ROLE shop"]),
    ("SET SESSION AUTHORIZATION shop", "SET LOCAL SESSION AUTHORIZATION shop", ["SET LOCAL SESSION AUTHORIZATION shop"]),
    ("SET a = 1; RESET a", "SET LOCAL a = 1; SET LOCAL a TO DEFAULT", []),
    ("SET a = 1; SET a TO DEFAULT", "SET LOCAL a = 1; SET LOCAL a TO DEFAULT", []),
    ("SET ROLE shop; RESET ROLE", "SET LOCAL ROLE shop; SET LOCAL ROLE NONE", []),
    ("SET a = 1; SET b = 2; RESET ALL", "SET LOCAL a = 1; SET LOCAL b = 2; SET LOCAL a TO DEFAULT; SET LOCAL b TO DEFAULT", []),
    ("SET LOCAL a = 1", None, []),
    ("SET TRANSACTION READ ONLY", None, []),
    ("SET CONSTRAINTS ALL DEFERRED", None, []),
    ("CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $f$ BEGIN PERFORM 1; SET a = 1; RETURN set_config('a', '1', false); END $f$", None, []),
    ("CREATE FUNCTION f() RETURNS int LANGUAGE sql SET search_path = x BEGIN ATOMIC; SELECT 1; END", None, []),
    ("COMMENT ON TABLE t IS 'say; SET a = 1'", None, []),
    ("SELECT set_config('a', concat('x', ',', ')'), FALSE)", "SELECT set_config('a', concat('x', ',', ')'), true)", ["SELECT set_config('a', concat('x', ',', ')'), true)"]),
    ("SELECT set_config('a', 'x', true)", None, []),
    ("SELECT set_config('a', x, false) FROM t", "SELECT set_config('a', x, true) FROM t", []),
    ("SELECT pg_catalog.pg_advisory_lock(1, 2)", "SELECT pg_catalog.pg_advisory_xact_lock(1, 2)", ["SELECT pg_catalog.pg_advisory_xact_lock(1, 2)"]),
    ("SELECT pg_try_advisory_lock_shared(7)", "SELECT pg_try_advisory_xact_lock_shared(7)", ["SELECT pg_try_advisory_xact_lock_shared(7)"]),
    ("SELECT pg_advisory_lock(7); SELECT pg_advisory_unlock( 7 )", "SELECT pg_advisory_xact_lock(7); SELECT pg_try_advisory_xact_lock( 7 )", []),
    ("SELECT pg_advisory_lock(7); SELECT pg_advisory_unlock(8)", "SELECT pg_advisory_xact_lock(7); SELECT pg_try_advisory_xact_lock(8)", ["SELECT pg_advisory_xact_lock(7)"]),
    ("SELECT pg_advisory_lock(7); SELECT pg_advisory_unlock_all()", "SELECT pg_advisory_xact_lock(7); SELECT pg_sleep(0)", []),
]


@pytest.mark.parametrize("told, sent, kept", REWRITTEN, ids=[told[:40] for told, _, _ in REWRITTEN])
def test_how_a_statement_is_told(told, sent, kept):
    connection = load_keeper().Kept()
    assert connection.plan(told, None, idle=True, alone=False).sql == (sent or told)
    plan = connection.plan("SELECT 1", None, idle=True, alone=False)
    assert [sql for sql, _ in plan.before] == kept and not connection.plan("SELECT 1", None, idle=False, alone=False).before
    if kept:  # a connection that commits by itself
        plan = connection.plan("UPDATE t SET n = 1", None, idle=True, alone=True)
        assert [sql for sql, _ in plan.before] == ["BEGIN", *kept] and plan.after == ["COMMIT"] and plan.failed == ["ROLLBACK"]
        plan = connection.plan("CREATE INDEX CONCURRENTLY i ON t (n)", None, idle=True, alone=True)
        assert not plan.before and not plan.after


def test_what_is_rolled_back_was_never_told():
    connection = load_keeper().Kept([("search_path", "shop")])
    connection.plan("SET a = 1", None, idle=True, alone=False)
    connection.rolled_back()
    assert [sql for sql, _ in connection.plan("SELECT 1", None, idle=True, alone=False).before] == ["SET LOCAL search_path TO shop"]
    assert connection.plan("RESET search_path", None, idle=False, alone=False).sql == "SET LOCAL search_path TO shop"
    connection.plan("SELECT set_config('b', %(v)s, false)", {"v": 1}, idle=False, alone=False)
    assert connection.plan("SELECT 1", None, idle=True, alone=False).before[-1] == ("SELECT set_config('b', %(v)s, true)", {"v": 1})
    assert connection.settings() is None
