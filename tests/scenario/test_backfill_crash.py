"""Backfills when something dies: each row is done exactly once, which a counter in each row tells.

BACKFILL_CRASHES=100 kills that often (docs/reliability.md has the figures); `make test` does it a few times.
"""
import os
import random
import signal
import subprocess
import time

import pytest

from lib import checks
from lib.cluster import OWNER, wait_until

CRASHES = int(os.environ.get("BACKFILL_CRASHES", "4"))


def counters(database, rows):
    database.psql("-c", "CREATE TABLE public.t (id bigint PRIMARY KEY, n int NOT NULL DEFAULT 0) WITH (fillfactor = 50); "
                        f"INSERT INTO public.t (id) SELECT generate_series(1, {rows}); ANALYZE public.t")


def spread(database):
    return dict(database.query("SELECT n, count(*) FROM public.t GROUP BY n"))


def start(brant, workers=1):
    return brant.start("backfill", "--table", "public.t", "--set", "n = n + 1", "--batch", "200", "--workers", workers, "--max-active", "0")


def killed(brant, process, cluster, pooler):
    process.send_signal(signal.SIGKILL)
    process.communicate()


def pooler_restarted(brant, process, cluster, pooler):
    pooler.restart(signal.SIGKILL)


def server_crashed(brant, process, cluster, pooler):
    cluster.restart(signal.SIGQUIT)


@pytest.mark.slow
@pytest.mark.parametrize("disturb", [killed, pooler_restarted, server_crashed], ids=lambda f: f.__name__)
def test_each_row_exactly_once(brant, new_database, own_cluster, disturb):
    pooler = own_cluster.pooler()
    database = new_database(own_cluster, pooler)
    brant.url = database.url
    rows, rounds, crashes = 40000, 0, 0
    # The tests' server may lose its last commits in a crash, which would be rows done and their cursor alike; here it must not.
    database.psql("-c", f"ALTER DATABASE {database.name} SET synchronous_commit = on")
    counters(database, rows)
    dice = random.Random(8)
    process = None
    while crashes < CRASHES:
        if process is None:
            process = start(brant, 1 + crashes % 2)
        time.sleep(dice.uniform(0.05, 0.8))
        if process.poll() is not None:
            result = brant.finish(process)
            assert result.status == 0, str(result)
            rounds += 1
            assert spread(database) == {rounds: rows}
            process = None
            continue
        disturb(brant, process, own_cluster, pooler)
        crashes += 1
        if process.poll() is not None:
            process = None
    result = brant.finish(process or start(brant), timeout=120)
    assert result.status == 0, str(result)
    assert spread(database) == {rounds + 1: rows}, f"after {crashes} times {disturb.__name__}"
    wait_until(lambda: database.value("SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'brant: t%%' AND state <> 'idle'") == 0)


@pytest.mark.slow
def test_up_killed_in_a_backfill(brant, project, database):
    """The step is journaled: `up` goes on behind the batches that are done."""
    counters(database, 20000)
    project.migration("0001_n.sql", "ALTER TABLE public.t ADD COLUMN more int;\n-- brant: backfill batch=200 pause=5ms\n"
                      "UPDATE public.t SET n = n + 1;\nALTER TABLE public.t DROP COLUMN more;\n")
    for wait in (0.3, 0.5, 0.4):
        process = brant.start("up")
        time.sleep(wait)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    done = database.value("SELECT count(*) FROM public.t WHERE n = 1")
    result = brant("up", expect=0)
    assert spread(database) == {1: 20000}, f"{done} were done before: {result}"
    assert database.applied() == ["0001"]
    checks.assert_nothing_left(database)


@pytest.mark.slow
def test_three_workers_one_killed(brant, database):
    """Three processes on one backfill, as three machines would be: the others finish the range of the one that dies."""
    counters(database, 60000)
    first = start(brant, 3)  # which also cuts the table into more ranges
    wait_until(lambda: database.value("SELECT to_regclass('brant.backfill')") and database.value("SELECT count(*) FROM brant.backfill"))
    others = [brant.start("backfill", "resume") for _ in range(2)]
    time.sleep(0.3)
    others[0].send_signal(signal.SIGKILL)
    others[0].communicate()
    for process in (first, others[1]):
        result = brant.finish(process, timeout=90)
        assert result.status == 0, str(result)
    assert spread(database) == {1: 60000}
    checks.assert_nothing_left(database)


def test_a_deadlock_is_tried_again(brant, database, in_background):
    counters(database, 3000)

    def write(stopped):
        connection = database.connect(database.url, autocommit=False)
        dice = random.Random(3)
        while not stopped.is_set():
            try:
                with connection.cursor() as cursor:
                    for _ in range(3):
                        cursor.execute("UPDATE public.t SET n = n WHERE id = %s", (dice.randint(1, 3000),))
                connection.commit()
            except Exception:
                connection.rollback()
    for _ in range(4):
        in_background(write)
    time.sleep(0.2)
    result = brant("backfill", "--table", "t", "--set", "n = n + 1", "--batch", "500", "--lock-timeout", "2s", expect=0)
    assert spread(database) == {1: 3000}, str(result)


def test_locked_rows_are_skipped_and_come_later(brant, database):
    counters(database, 2000)
    with database.holding("SELECT * FROM public.t WHERE id BETWEEN 500 AND 510 FOR UPDATE"):
        process = brant.start("backfill", "--table", "t", "--set", "n = n + 1", "--where", "n = 0", "--locked", "skip", "--batch", "100")
        wait_until(lambda: database.value("SELECT count(*) FROM public.t WHERE n = 1") == 1989, what="all but the locked rows")
    result = brant.finish(process)
    assert result.status == 0, str(result)
    assert spread(database) == {1: 2000}


def test_lock_timeout_is_tried_again(brant, database):
    counters(database, 2000)
    with database.holding("SELECT * FROM public.t WHERE id = 500 FOR UPDATE"):
        process = brant.start("backfill", "--table", "t", "--set", "n = n + 1", "--lock-timeout", "50ms")
        time.sleep(1)
        assert process.poll() is None
    result = brant.finish(process)
    assert result.status == 0, str(result)
    assert spread(database) == {1: 2000}


def test_pause_resume_cancel(brant, database):
    counters(database, 4000)
    process = brant.start("backfill", "--table", "t", "--set", "n = n + 1", "--batch", "20", "--pause", "20ms")
    wait_until(lambda: database.value("SELECT to_regclass('brant.backfill_range')") and
               database.value("SELECT sum(batches) FROM brant.backfill_range"), what="a batch")
    assert "is paused" in brant("backfill", "pause", expect=0).stdout
    time.sleep(0.3)
    done = spread(database)[1]
    time.sleep(0.5)
    assert spread(database)[1] == done and process.poll() is None
    status = brant("backfill", "status", expect=0).stdout
    assert "paused" in status and "brant backfill resume" in status, status
    brant("backfill", "cancel", expect=0)
    result = brant.finish(process)
    assert result.status == 1 and "was cancelled" in result.stderr, str(result)
    # Taken up by anybody, on any machine.
    brant("backfill", "resume", "1", expect=0)
    assert spread(database) == {1: 4000}
    assert "is done" in brant("backfill", "pause", "1", expect=2).stderr
    assert brant("backfill", "pause", "7", expect=2).stderr.startswith("error: there is no backfill 7")
    checks.assert_pooler_rules(database)
    checks.assert_nothing_left(database)


def test_throttle_query(brant, database):
    counters(database, 3000)
    database.psql("-c", "CREATE TABLE public.busy AS SELECT true AS yes; GRANT SELECT ON public.busy TO PUBLIC")
    process = brant.start("backfill", "--table", "t", "--set", "n = n + 1", "--batch", "100", "--throttle-query", "SELECT yes FROM public.busy")
    wait_until(lambda: database.value("SELECT to_regclass('brant.backfill_range')") and
               database.value("SELECT count(*) FROM brant.backfill_range WHERE waits_for LIKE '%%throttle query%%'"), what="the reason")
    assert "the throttle query says so" in brant("backfill", "status", expect=0).stdout
    database.psql("-c", "UPDATE public.busy SET yes = false")
    result = brant.finish(process)
    assert result.status == 0 and "waiting: the throttle query says so" in result.stderr, str(result)
    assert spread(database) == {1: 3000}
    checks.assert_pooler_rules(database)


def test_a_standby_that_is_behind(brant, database):
    """The measure is replaced by one that says so, as a standby of the test's own would be slow to make."""
    counters(database, 300)
    brant("backfill", "--table", "t", "--set", "n = n", expect=0)
    database.psql("-c", "CREATE TABLE public.late AS SELECT 1 AS one; GRANT SELECT ON public.late TO PUBLIC")
    database.psql("-c", "CREATE OR REPLACE FUNCTION brant.backfill_measure(OUT waiting integer, OUT active integer, OUT connections integer, "
                        "OUT wal_bytes numeric, OUT lag_seconds double precision) LANGUAGE sql AS $$ SELECT 0, 0, 100, 0::numeric, "
                        "CASE WHEN (SELECT count(*) FROM public.late) > 0 "
                        "THEN 99 ELSE 0 END $$")
    process = brant.start("backfill", "--table", "t", "--set", "n = n + 1", "--batch", "10")
    wait_until(lambda: database.value("SELECT count(*) FROM brant.backfill_range WHERE waits_for LIKE '%%standby is 99 s behind%%'"), what="the reason")
    database.psql("-c", "DELETE FROM public.late")
    assert brant.finish(process).status == 0
    assert spread(database) == {1: 300}


def test_a_queue_at_the_pooler(brant, cluster, new_database):
    """Another user's connections are all taken and somebody waits: SHOW POOLS says so, where we may ask."""
    pooler = cluster.pooler(pool_size=2, stats_users=OWNER)
    database = new_database(pooler=pooler)
    counters(database, 3000)
    brant.url = database.url
    process = brant.start("backfill", "--table", "t", "--set", "n = n + 1", "--batch", "10", "--pause", "10ms")
    others = [subprocess.Popen([cluster.client_bin / "psql", "-XqAt", "-d", pooler.url(database.name, "postgres"), "-c", "SELECT pg_sleep(5)"],
                               stdout=subprocess.DEVNULL) for _ in range(3)]
    wait_until(lambda: database.value("SELECT to_regclass('brant.backfill_range')") and
               database.value("SELECT count(*) FROM brant.backfill_range WHERE waits_for LIKE '%%at the pooler%%'"), what="the reason")
    for other in others:
        other.wait(60)
    result = brant.finish(process, timeout=90)
    assert result.status == 0 and "at the pooler" in result.stderr, str(result)
    assert spread(database) == {1: 3000}


def test_upgrades_schema_version_1(brant, project, database):
    project.migration("0001_t.sql", "SELECT 1;\n")
    brant("up", expect=0)
    database.psql("-c", "DROP TABLE brant.backfill_range, brant.backfill CASCADE; DROP FUNCTION brant.backfill_enter; "
                        "COMMENT ON SCHEMA brant IS 'state of brant, version 1'")
    counters(database, 100)
    project.migration("0002_n.sql", "-- brant: backfill\nUPDATE public.t SET n = n + 1;\n")
    brant("up", expect=0)
    assert spread(database) == {1: 100}
    assert database.value("SELECT obj_description('brant'::regnamespace, 'pg_namespace')") > "state of brant, version 1"
