"""The helpers themselves: each check must be able to fail."""
import pathlib
import shutil
import subprocess
import sys

import psycopg2
import pytest

from lib import checks
from lib.cluster import wait_until
from lib.log import Statement, session_state_used


def sent(*texts, kind="execute"):
    return [Statement(1, "s", "d", "brant", kind, "", text, "00000") for text in texts]


@pytest.mark.parametrize("texts", [
    ("BEGIN", "SET LOCAL lock_timeout = '2s'", "CREATE TABLE t ()", "COMMIT"),
    ("SET lock_timeout = '2s'", "CREATE INDEX CONCURRENTLY i ON t (a)", "RESET lock_timeout"),
    ("SET lock_timeout = '2s'", "SET statement_timeout = 0", "VACUUM t", "RESET statement_timeout", "RESET lock_timeout"),
    ("BEGIN", "SELECT pg_catalog.set_config('search_path', '', false)", "RESET ALL", "COMMIT"),
    ("BEGIN", "SET search_path = a", "ROLLBACK"),
    ("BEGIN", "SET ROLE anon", "RESET ALL", "RESET ROLE", "COMMIT"),
    ("BEGIN", "SELECT pg_try_advisory_xact_lock(1)", "COMMIT"),
    ("BEGIN", "CREATE TEMP TABLE t () ON COMMIT DROP", "COMMIT"),
    ("BEGIN", "CREATE TEMP TABLE t ()", "SELECT pg_advisory_lock(1)", "SELECT pg_advisory_unlock_all()", "DISCARD TEMP", "COMMIT"),
    ("SELECT set_config('a.b', 'x', true)",),
    ("CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$ SELECT pg_advisory_lock(1) $$",),
    ("-- SET a = 1\nSELECT 1",),
])
def test_allowed(texts):
    assert session_state_used(sent(*texts)) == []


@pytest.mark.parametrize("texts, says", [
    (("SET lock_timeout = '2s'",), "keeps"),
    (("/* x */ SET lock_timeout = '2s'", "SELECT 1", "SELECT 2", "RESET ALL"), "enclose more than one"),
    (("SET a.b = 1", "BEGIN", "COMMIT", "RESET a.b"), "in force at BEGIN"),
    (("SELECT set_config('search_path', '', false)",), "keeps"),
    (("BEGIN", "SET search_path = a", "COMMIT"), "keeps"),
    (("BEGIN", "SET lock_timeout = 0", "COMMIT", "VACUUM", "BEGIN"), "in force at BEGIN"),
    (("BEGIN", "SET ROLE anon", "RESET ALL", "COMMIT"), "survives COMMIT"),
    (("SET LOCAL lock_timeout = 1",), "outside of a transaction"),
    (("SELECT pg_try_advisory_lock(1)",), "session-level advisory lock"),
    (("SELECT pg_catalog.pg_advisory_lock(1)",), "session-level advisory lock"),
    (("BEGIN", "SELECT pg_advisory_lock(1)", "RESET ALL", "COMMIT"), "survives COMMIT"),
    (("BEGIN", "SELECT pg_advisory_lock(1)", "ROLLBACK"), "keeps"),
    (("BEGIN", "CREATE TEMP TABLE t ()", "COMMIT"), "survives COMMIT"),
    (("PREPARE p AS SELECT 1",), "named prepared statement"),
    (("LISTEN x",), "LISTEN"),
    (("CREATE TEMP TABLE t ()",), "temporary objects outside"),
])
def test_refused(texts, says):
    violations = session_state_used(sent(*texts))
    assert len(violations) >= 1 and says in violations[0]


def test_named_statement():
    statement = sent("SELECT 1")
    statement[0].name = "p1"
    assert "named prepared" in session_state_used(statement)[0]


def test_log_shows_what_was_sent(database):
    client = psycopg2.connect(database.url, application_name="brant-like")
    client.autocommit = True
    with client.cursor() as cursor:
        cursor.execute("SET lock_timeout = 7")
        cursor.execute("SELECT 'two\nlines'")
    client.close()
    assert [s.text for s in database.statements()] == ["SET lock_timeout = 7", "SELECT 'two\nlines'"]
    with pytest.raises(AssertionError, match="lock_timeout"):
        checks.assert_pooler_rules(database)
    with pytest.raises(AssertionError, match="lock_timeout"):
        checks.assert_nothing_left(database)


def test_a_session_lock_is_seen(database):
    with database.holding("SELECT pg_advisory_lock(5)"):
        with pytest.raises(AssertionError, match="advisory locks are left"):
            checks.assert_nothing_left(database)


def test_round_trips_are_counted(database, proxy):
    through = proxy(database.pooler.port)
    client = psycopg2.connect(through.url(database.url))
    client.autocommit = True
    through.reset_counts()
    with client.cursor() as cursor:
        for _ in range(5):
            cursor.execute("SELECT repeat('x', 100000)")
    assert (through.round_trips, through.client_messages) == (5, 5)
    through.cut()
    with pytest.raises(psycopg2.OperationalError):
        client.cursor().execute("SELECT 1")


def test_a_delay_is_felt(database, proxy):
    through = proxy(database.cluster.port, delay=0.05)
    client = psycopg2.connect(through.url(database.direct))
    client.autocommit = True
    with client.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        first = cursor.fetchone()[0]
        cursor.execute("SELECT clock_timestamp()")
        assert 0.1 <= (cursor.fetchone()[0] - first).total_seconds() < 1


def test_a_message_can_cut(database, proxy):
    through = proxy(database.cluster.port)
    through.on_message = lambda link, kind, body: b"stop" not in body
    client = psycopg2.connect(through.url(database.direct))
    client.cursor().execute("SELECT 1")
    with pytest.raises(psycopg2.OperationalError):
        client.cursor().execute("SELECT 'stop'")


def test_a_picture_changes_with_the_schema_alone(database):
    database.query("CREATE TABLE public.t (id int); INSERT INTO public.t SELECT generate_series(1, 1000)")
    seen = [database.picture()]
    database.query("VACUUM ANALYZE public.t")
    assert database.picture() == seen[0]
    for change in ("COMMENT ON TABLE auth.users IS 'x'", "REVOKE SELECT ON public.t FROM anon", "ALTER TABLE public.t ALTER COLUMN id SET DEFAULT 1",
                   "ALTER FUNCTION auth.uid() RENAME TO uid2"):
        database.query(change)
        assert database.picture() not in seen, change
        seen.append(database.picture())


KILLED = """
import os, signal, sys
sys.path.insert(0, sys.argv[1])
signal.signal(signal.SIGQUIT, signal.SIG_IGN)  # as a shell does to what runs in the background
from lib.cluster import Cluster
cluster = Cluster().start()
print(cluster.process.pid, cluster.pooler().process.pid, cluster.dir, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_nothing_outlives_tests_that_were_killed():
    run = subprocess.run([sys.executable, "-c", KILLED, pathlib.Path(__file__).parent], stdout=subprocess.PIPE, text=True)
    server, pooler, folder = run.stdout.split()
    try:
        wait_until(lambda: not any(pathlib.Path("/proc", pid).exists() for pid in (server, pooler)), what="the end of both")
    finally:
        shutil.rmtree(folder)
