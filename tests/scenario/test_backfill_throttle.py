"""A backfill gives way: each reason to wait is told in a line, on the terminal, in the stream and in `brant backfill status`, and when it is over the work goes on."""
import json
import os
import re
import signal
import subprocess
import threading

import pytest

from lib import checks
from lib.cluster import OWNER, free_port, wait_until


def counters(database, rows, filler=0):
    """Rows that count how often they were changed, with room on each page for the change."""
    database.psql("-c", "CREATE TABLE public.t (id bigint PRIMARY KEY, n int NOT NULL DEFAULT 0, hits int NOT NULL DEFAULT 0, filler text) WITH (fillfactor = 50); "
                        f"INSERT INTO public.t (id, filler) SELECT i, repeat('x', {filler}) FROM generate_series(1, {rows}) i; ANALYZE public.t")


def spread(database):
    return dict(database.query("SELECT n, count(*) FROM public.t GROUP BY n"))


def begun(database):
    return database.value("SELECT to_regclass('brant.backfill_range')")


def wait_for_reason(database, words):
    return wait_until(lambda: begun(database) and database.value(f"SELECT waits_for FROM brant.backfill_range WHERE waits_for LIKE '%%{words}%%'"),
                      what="the reason")


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
    others = [subprocess.Popen([cluster.client_bin / "psql", "-XqAt", "-d", pooler.url(database.name, "postgres"), "-c", "SELECT pg_sleep(3.5)"],
                               stdout=subprocess.DEVNULL) for _ in range(3)]
    wait_until(lambda: database.value("SELECT to_regclass('brant.backfill_range')") and
               database.value("SELECT count(*) FROM brant.backfill_range WHERE waits_for LIKE '%%at the pooler%%'"), what="the reason")
    for other in others:
        other.wait(60)
    result = brant.finish(process, timeout=90)
    assert result.status == 0 and "at the pooler" in result.stderr, str(result)
    assert spread(database) == {1: 3000}


def test_much_wal(brant, database):
    """What the batches themselves write is over the limit: they wait until the rate is below it again."""
    counters(database, 8000, filler=500)
    result = brant("backfill", "--table", "t", "--set", "n = n + 1", "--batch", "400", "--pause", "15ms", "--max-wal", "2", expect=0)
    assert re.search(r"t: waiting: the server writes \d+ MB of WAL a second, more than 2\n", result.stderr), str(result)
    assert spread(database) == {1: 8000}


def test_many_active_connections(brant, cluster, database):
    counters(database, 1000)
    share = 100 * 4 // int(database.value("SHOW max_connections"))
    sleepers = [subprocess.Popen([cluster.client_bin / "psql", "-XqAt", "-d", database.direct, "-c", "SELECT pg_sleep(2)"], stdout=subprocess.DEVNULL)
                for _ in range(5)]
    wait_until(lambda: database.value("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%%' AND state = 'active'") == 5)
    process = brant.start("backfill", "--table", "t", "--set", "n = n + 1", "--batch", "100", "--max-active", str(share))
    why = wait_for_reason(database, "are at work")
    assert re.fullmatch(rf"\d+ of \d+ connections are at work, more than {share} %", why)
    assert why in brant("backfill", "status", expect=0).stdout
    for sleeper in sleepers:
        sleeper.wait(30)
    result = brant.finish(process)
    assert result.status == 0 and f"waiting: {why}" in result.stderr, str(result)
    assert spread(database) == {1: 1000}


def test_who_waits_for_its_rows(brant, database, in_background):
    """The application writes the rows of slow batches: whoever stood behind one goes first, and the next batch is smaller."""
    counters(database, 300)
    errors = []

    def write(stopped):
        connection = database.connect(database.url)
        with connection.cursor() as cursor:
            while not stopped.is_set():
                try:
                    cursor.execute("UPDATE public.t SET hits = hits + 1 WHERE id % 10 = 0")
                except Exception as error:
                    errors.append(error)
    for _ in range(2):
        in_background(write)
    result = brant("backfill", "--table", "t", "--set", "n = n + 1 + length(pg_sleep(0.003)::text)", "--batch", "60", "--lock-timeout", "2s", expect=0)
    assert re.search(r"t: waiting: \d sessions? waited for rows of the last batch\n", result.stderr), str(result)
    assert spread(database) == {1: 300}
    assert not [error for error in errors if "deadlock" not in str(error)]
    assert database.value("SELECT sum(batches) FROM brant.backfill_range") > 5


def test_a_stream_for_programs(brant, database):
    """One object a second on standard output, in one line each, then the report."""
    counters(database, 3000)
    database.psql("-c", "CREATE TABLE public.busy AS SELECT true AS yes; GRANT SELECT ON public.busy TO PUBLIC")
    process = brant.start("backfill", "--table", "t", "--set", "n = n + 1", "--batch", "100", "--json", "--throttle-query", "SELECT yes FROM public.busy")
    wait_for_reason(database, "throttle query")
    database.psql("-c", "UPDATE public.busy SET yes = false")
    result = brant.finish(process)
    assert result.status == 0, str(result)
    stream = [json.loads(line) for line in result.stdout.splitlines() if line.startswith('{"id"')]
    assert stream and set(stream[0]) == {"id", "name", "state", "pass", "changed", "scanned", "estimated", "rows_a_second", "seconds_left", "waits_for"}, str(result)
    assert any(each["waits_for"] == "the throttle query says so" and each["state"] == "running" and 0 < each["changed"] < 3000 for each in stream), str(result)
    assert json.loads(result.stdout[result.stdout.index("{\n"):])["changed"] == 3000


def test_a_line_on_the_terminal(brant, database):
    """How far, how fast, how long still; redrawn in place, and gone in the end."""
    counters(database, 2000)
    shown = brant.on_terminal("backfill", "--table", "t", "--set", "n = n + 1", "--batch", "100", "--pause", "120ms").stdout
    line = re.search(r"t: (\d+) % of about (\d+) rows, \d+ rows/s, [\d.]+ m?s left", shown)
    assert line and 0 < int(line.group(1)) < 100 and 1000 < int(line.group(2)) < 3000, shown
    assert shown.count("\n") < 8 and "2000 rows changed in" in shown.split("\n")[-2], shown
    assert spread(database) == {1: 2000}


@pytest.mark.skipif("BACKFILL_STANDBY" not in os.environ, reason="takes half a minute: BACKFILL_STANDBY=1 asks for it")
def test_a_true_standby_that_is_behind(brant, own_cluster, new_database):
    """One whose replay stands still for a while."""
    data, port = own_cluster.dir / "standby", free_port()
    options = own_cluster.user.popen_options()
    subprocess.run([own_cluster.bin / "pg_basebackup", "-D", data, "-d", own_cluster.url("postgres", "postgres"), "-R", "-c", "fast"], check=True, **options)
    with open(data / "postgresql.auto.conf", "a") as conf:
        conf.write(f"port = {port}\n")
    standby = subprocess.Popen([own_cluster.bin / "postgres", "-D", data], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)
    try:
        database = new_database(own_cluster, own_cluster.pooler())
        brant.url = database.url
        wait_until(lambda: database.value("SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'"), 30, "the standby")
        counters(database, 20000)
        process = brant.start("backfill", "--table", "t", "--set", "n = n + 1", "--batch", "100", "--pause", "20ms", "--max-lag", "1s")
        wait_until(lambda: begun(database) and database.value("SELECT sum(batches) > 3 FROM brant.backfill_range"), what="some batches")
        there = database.connect(own_cluster.url("postgres", "postgres").replace(f":{own_cluster.port}/", f":{port}/")).cursor()
        there.execute("SELECT pg_wal_replay_pause()")
        wait_for_reason(database, "behind, more than 1 s")
        there.execute("SELECT pg_wal_replay_resume()")
        result = brant.finish(process)
        assert result.status == 0 and re.search(r"t: waiting: a standby is \d+ s behind, more than 1 s", result.stderr), str(result)
        assert spread(database) == {1: 20000}
    finally:
        standby.send_signal(signal.SIGQUIT)
        standby.wait(30)


def resting(brant, database, *throttle):
    """Seen while a backfill of 2000 rows runs: how often its backend rested within a batch."""
    connection = database.connect(user="postgres")
    connection.cursor().execute("TRUNCATE public.t; INSERT INTO public.t (id) SELECT generate_series(1, 2000)")
    process, seen = brant.start("backfill", "--table", "t", "--set", "n = n + 1", "--batch", "20", *throttle), 0
    with connection.cursor() as cursor:
        while process.poll() is None:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()")
            seen += cursor.fetchone()[0]
    assert brant.finish(process).status == 0
    assert spread(database) == {1: 2000}
    return seen


def test_a_batch_rests_between_its_parts(brant, database):
    """Only where a pause is asked for: somebody else is to have the processor then, and not to wait for a whole batch."""
    counters(database, 1)
    assert resting(brant, database) == 0
    assert resting(brant, database, "--pause", "1ms") > 0
