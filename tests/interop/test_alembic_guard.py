"""Revisions that Alembic itself runs, under brant's lease: with its lock timeout, its look at the platform and its fence, whatever the driver."""
import json
import threading
import time

import pytest

from lib import checks
from lib.alembic_project import ASYNC_ENV, LIBS, AlembicProject, with_python
from lib.cluster import wait_until

READS = 'op.get_bind().execute(sa.text("SELECT 1")).scalar()\n'

DRIVERS = {"psycopg2": None, "asyncpg": ASYNC_ENV, "psycopg": None, "psycopg_async": ASYNC_ENV}


@pytest.fixture(params=DRIVERS)
def driver(request):
    pytest.importorskip(request.param.removesuffix("_async"))
    if request.param.startswith("psycopg_") or request.param == "psycopg":
        if not LIBS:
            pytest.skip("SQLAlchemy 1.4 has no such driver: BRANT_ALEMBIC_LIBS")
    return request.param


@pytest.fixture
def made(project, database):
    return AlembicProject(project.path, database)


@pytest.fixture
def brant(brant, made, database, driver):
    run = with_python(brant)
    if DRIVERS[driver]:
        made.write("alembic/env.py", DRIVERS[driver])
    url = database.url.replace("postgresql", f"postgresql+{driver}", 1)
    return lambda *args, **options: run(*args, **{"url": url, **options})


def applied(database):
    return [row[0] for row in database.query("SELECT version_num FROM alembic_version")]


def end_when_waited_for(database, pid):
    """Ends that session once somebody has waited for it, and has given up."""
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND %s = ANY (pg_blocking_pids(pid))"
    for wanted in (1, 0):
        while min(database.value(waiting, pid), 1) != wanted:
            time.sleep(0.05)
    database.query("SELECT pg_terminate_backend(%s)", pid)


def test_a_lock_is_waited_for_in_turns(made, brant, database):
    made.table("a1")
    made.revision("b1", "a1", READS + 'op.execute("CREATE TABLE before ()")\nop.execute("ALTER TABLE t_a1 ADD COLUMN n int")')
    made.revision("c1", "b1", READS + 'op.execute("CREATE TABLE behind ()")')
    brant("up", "--to", "a1", expect=0)
    with database.holding("LOCK TABLE t_a1 IN ACCESS SHARE MODE", "the application"):
        result = brant("up", "--json", "--lock-timeout", "200ms", "--lock-retries", "1", expect=1)
        error = json.loads(result.stdout)["error"]
        assert error["name"] == "lock-timeout" and "the application" in error["detail"] and "It was tried 2 times" in error["hint"], error
        assert applied(database) == ["a1"] and database.value("SELECT to_regclass('before')") is None
    # Tried again until the way is free: nothing is done twice.
    with database.holding("LOCK TABLE t_a1 IN ACCESS SHARE MODE") as pid:
        ends = threading.Thread(target=end_when_waited_for, args=(database, pid), daemon=True)
        ends.start()
        result = brant("up", "--lock-timeout", "200ms", expect=0)
        ends.join()
    assert "lock timeout; again in" in result.stderr
    assert applied(database) == ["c1"] and database.value("SELECT to_regclass('before') IS NOT NULL AND to_regclass('behind') IS NOT NULL")


def test_what_is_committed_already_is_not_tried_again(made, brant, database):
    made.table("a1")
    made.revision("b1", "a1", READS + '''with op.get_context().autocommit_block():
    op.execute("CREATE TABLE alone ()")
op.execute("ALTER TABLE t_a1 ADD COLUMN n int")''')
    brant("up", "--to", "a1", expect=0)
    with database.holding("LOCK TABLE t_a1 IN ACCESS SHARE MODE"):
        result = brant("up", "--lock-timeout", "200ms", expect=1)
    assert "again in" not in result.stderr and "lock timeout" in result.stderr and 'Alembic ran "b1_change" itself' in result.stderr
    assert applied(database) == ["a1"] and database.value("SELECT to_regclass('alone')")


@pytest.mark.parametrize("sql, told", [
    ("INSERT INTO auth.users (id) VALUES (gen_random_uuid())", "auth.users"),
    ("ALTER TABLE auth.users ADD COLUMN vip boolean", "auth.users"),
    ("DROP TABLE storage.objects", "storage.objects"),
])
def test_the_platform_is_looked_at(made, brant, database, sql, told):
    made.table("a1")
    made.revision("b1", "a1", READS + f'op.execute("CREATE TABLE mine ()")\nop.execute("{sql}")')
    result = brant("up", "--json", expect=4)
    error = json.loads(result.stdout)["error"]
    assert error["name"] == "boundary" and told in error["message"] + error["hint"], error
    assert error["file"].endswith("b1_change.py")
    assert applied(database) == ["a1"] and database.value("SELECT to_regclass('mine')") is None


def test_what_is_allowed_by_name(made, brant, database):
    made.revision("a1", None, READS + 'op.execute("CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$")\n'
                  'op.execute("CREATE TRIGGER t AFTER INSERT ON auth.users FOR EACH ROW EXECUTE FUNCTION f()")',
                  READS + 'op.execute("DROP TRIGGER t ON auth.users")\nop.execute("DROP FUNCTION f")')
    brant("up", expect=4)
    made.write("brant.yaml", 'boundary:\n  allow: ["trigger on auth.users"]\n')
    brant("up", expect=0)
    assert applied(database) == ["a1"]
    brant("down", expect=0)
    assert applied(database) == []


def test_a_run_that_was_taken_over_commits_nothing(made, brant, database):
    made.revision("a1", None, READS + 'op.execute("CREATE TABLE mine ()")\nop.execute("UPDATE brant.run SET finished_at = now()")')
    assert "another brant has taken over" in brant("up", expect=5).stderr
    assert database.value("SELECT to_regclass('mine')") is None


def test_a_role_of_the_revision(made, brant, database):
    """brant's own part in the transaction needs rights that this one does not have."""
    made.table("a1")
    made.revision("b1", "a1", READS + 'op.execute("GRANT ALL ON alembic_version TO anon")\nop.execute("ALTER TABLE alembic_version DISABLE ROW LEVEL SECURITY")\nop.execute("CREATE TABLE mine ()")\nop.execute("SET LOCAL ROLE anon")')
    made.revision("c1", "b1", READS + 'op.execute("CREATE TABLE behind ()")')
    brant("up", expect=0)
    assert applied(database) == ["c1"] and database.value("SELECT tableowner FROM pg_tables WHERE tablename = 'behind'") != "anon"


ALONE = "with op.get_context().autocommit_block():\n"


def test_a_statement_outside_of_any_transaction_waits_in_turns(made, brant, database):
    """brant runs it, which has a timeout for it, and tries it again where it is: the program around it goes on afterwards."""
    made.table("a1")
    made.revision("b1", "a1", READS + ALONE + '    op.execute("ALTER TABLE t_a1 ADD COLUMN n int")\n'
                  'op.execute("CREATE TABLE behind AS SELECT count(n) FROM t_a1")')
    brant("up", "--to", "a1", expect=0)
    with database.holding("LOCK TABLE t_a1 IN ACCESS SHARE MODE", "the application"):
        result = brant("up", "--json", "--lock-timeout", "200ms", "--lock-retries", "1", expect=1)
        message = json.loads(result.stdout)["error"]["message"]
        assert "lock timeout, tried 2 times; blocked by pid" in message and "the application" in message, message
        assert applied(database) == ["a1"]
    with database.holding("LOCK TABLE t_a1 IN ACCESS SHARE MODE") as pid:
        def let_go():
            wait_until(lambda: database.value("SELECT count(*) FROM pg_locks WHERE NOT granted"), 60, "brant to wait for the lock")
            time.sleep(1)
            database.query("SELECT pg_terminate_backend(%s)", pid)

        thread = threading.Thread(target=let_go)
        thread.start()
        result = brant("up", "--lock-timeout", "200ms", expect=0)
        thread.join()
    assert "lock timeout; again in" in result.stderr
    assert applied(database) == ["b1"] and database.value("SELECT count(*) FROM behind") == 1


def test_a_transaction_of_the_revision_in_such_a_block(made, brant, database):
    """What it has locked there, nobody else gets."""
    made.table("a1")
    inside = ["BEGIN", "SET LOCAL statement_timeout = '5s'", "LOCK TABLE t_a1 IN ACCESS EXCLUSIVE MODE NOWAIT", "ALTER TABLE t_a1 ADD COLUMN n int", "COMMIT", "CREATE INDEX CONCURRENTLY i ON t_a1 (n)"]
    made.revision("b1", "a1", READS + ALONE + "".join(f'    op.execute("{sql}")\n' for sql in inside))
    brant("up", "--lock-timeout", "200ms", "--lock-retries", "1", expect=0)
    assert applied(database) == ["b1"] and database.value("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('i')")


def test_settings_of_such_a_statement(made, brant, database):
    """They go with what comes behind them, in that block and after it, and are left to nobody."""
    made.revision("a1", None, READS + ALONE + '    op.execute("SET work_mem = \'77MB\'")\n'
                  '    op.execute("CREATE TABLE alone AS SELECT current_setting(\'work_mem\') AS mem, \'100%\' AS share")\n'
                  '    op.execute("CREATE INDEX CONCURRENTLY i ON alone (mem)")\n'
                  'op.execute("CREATE TABLE behind AS SELECT current_setting(\'work_mem\') AS mem")')
    brant("up", expect=0)
    assert database.query("SELECT a.mem, a.share, b.mem = '77MB' FROM alone a, behind b") == [("77MB", "100%", True)]
    checks.assert_nothing_left(database)


def test_what_a_revision_sets_ends_with_its_transaction(made, brant, database):
    made.revision("a1", None, READS + 'op.execute("SET work_mem = \'77MB\'")\n'
                  'op.execute("SELECT set_config(\'search_path\', \'auth\', false), pg_advisory_lock(4711)")\n'
                  'op.execute("CREATE TABLE public.t AS SELECT current_setting(\'work_mem\') AS mem")\nop.execute("SET search_path = public")')
    made.revision("b1", "a1", READS + 'op.execute("CREATE TABLE u AS SELECT current_setting(\'work_mem\') AS mem")')
    brant("up", expect=0)
    assert database.query("SELECT t.mem, u.mem = '77MB' FROM public.t, public.u") == [("77MB", False)]
    checks.assert_nothing_left(database)


def test_such_a_statement_leaves_the_platform_alone(made, brant, database):
    made.table("a1")
    made.revision("b1", "a1", READS + ALONE + '    op.execute("DROP TABLE storage.objects")')
    error = json.loads(brant("up", "--json", expect=4).stdout)["error"]
    assert error["name"] == "boundary" and "storage.objects" in error["message"], error
    assert applied(database) == ["a1"] and database.value("SELECT to_regclass('storage.objects')")


def test_a_revision_that_waits_for_its_error(made, brant, database, driver):
    """The error is one of the driver's; and a session that is not like others keeps its statements."""
    made.revision("a1", None, READS + ALONE + '    try:\n        op.execute("CREATE INDEX CONCURRENTLY i ON missing (n)")\n'
                  '    except sa.exc.ProgrammingError as error:\n        assert "missing" in str(error), error\n        op.execute("CREATE TABLE instead ()")')
    made.revision("b1", "a1", READS + ALONE + '    op.execute("CREATE TEMP TABLE mine (n int)")\n    op.execute("ALTER TABLE mine ADD COLUMN m int")\n    op.execute("DROP TABLE mine")')
    brant("up", url=database.direct.replace("postgresql", f"postgresql+{driver}", 1), expect=0)
    assert applied(database) == ["b1"] and database.value("SELECT to_regclass('instead')")
