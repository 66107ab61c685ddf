"""Several runners, dying runners: everything is applied exactly once."""
import os
import signal
import time

import pytest

from lib import checks
from lib.cluster import wait_until


def count_runs(project, count):
    """Migrations that count how often each of them ran."""
    project.migration("0001_counter.sql", "CREATE TABLE public.counter (version int NOT NULL);\n")
    for n in range(2, count + 1):
        project.migration(f"{n:04}_step.sql", f"INSERT INTO public.counter VALUES ({n});\nCREATE TABLE public.t{n} (id int);\n")


def ran_once(database, count):
    assert len(database.applied()) == count
    assert database.query("SELECT version, count(*) FROM public.counter GROUP BY 1 HAVING count(*) <> 1") == []
    assert database.value("SELECT count(*) FROM public.counter") == count - 1


@pytest.mark.parametrize("time", range(int(os.environ.get("RUNNERS_TIMES", 1))))
@pytest.mark.parametrize("way", ["pooler", "direct"])
@pytest.mark.parametrize("runners", [2, 8])
def test_runners_at_once(brant, project, database, way, runners, time):
    count = int(os.environ.get("RUNNERS_MIGRATIONS", 60))
    count_runs(project, count)
    url = database.url if way == "pooler" else database.direct
    started = [brant.start("up", url=url) for _ in range(runners)]
    results = [brant.finish(process, 120) for process in started]
    assert [r.status for r in results] == [0] * runners, "\n".join(map(str, results))
    ran_once(database, count)
    checks.assert_pooler_rules(database)
    checks.assert_nothing_left(database)


def test_another_runner_begins_in_between(brant, project, database, proxy):
    """The first look found no ledger, and the next one tables that the migrations make: they are another runner's, not a schema without a ledger."""
    count_runs(project, 3)
    through, others = proxy(database.pooler.port), []

    def on_message(link, kind, body):
        if b"c.relname = t.name" in body and not others:
            others.append(brant("up", expect=0))
    through.on_message = on_message
    brant("up", url=through.url(database.url), expect=0)
    assert others
    ran_once(database, 3)


def test_a_second_runner_does_not_wait_when_told(brant, project, database):
    project.migration("0001_slow.sql", "SELECT pg_sleep(3);\n")
    first = brant.start("up")
    wait_until(lambda: database.query("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%%pg_sleep(3)%%'"
                                      " AND application_name LIKE 'brant%%'"), what="the first runner")
    second = brant("up", "--no-wait", expect=5)
    assert "brant" in second.stderr
    assert brant.finish(first).status == 0
    assert database.applied() == ["0001"]


@pytest.mark.parametrize("way", ["pooler", "direct"])
def test_killed_in_a_transaction(brant, project, database, way):
    url = database.url if way == "pooler" else database.direct
    count_runs(project, 10)
    project.migration("0005_step.sql", "INSERT INTO public.counter VALUES (5);\nSELECT pg_sleep(60);\n")
    first = brant.start("up", url=url)
    sleeping = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' " \
               "AND query LIKE '%%pg_sleep(60)%%' AND pid <> pg_backend_pid()"
    wait_until(lambda: database.query(sleeping), what="the migration to sleep")
    os.kill(first.pid, signal.SIGKILL)
    first.communicate()
    project.migration("0005_step.sql", "INSERT INTO public.counter VALUES (5);\n")
    # The server notices a vanished client only when it writes to it, or when it is asked to look.
    database.query("SELECT pg_terminate_backend(pid) FROM (" + sleeping + ") s")
    begin = time.monotonic()
    brant("up", url=url, expect=0)
    assert time.monotonic() - begin < 20
    ran_once(database, 10)
    checks.assert_nothing_left(database)


@pytest.mark.parametrize("after", [0.02, 0.05, 0.1, 0.2])
def test_killed_at_some_moment(brant, project, database, after):
    count_runs(project, 150)
    first = brant.start("up")
    time.sleep(after)
    os.kill(first.pid, signal.SIGKILL)
    first.communicate()
    brant("status", expect=0)
    brant("up", expect=0)
    ran_once(database, 150)
    checks.assert_nothing_left(database)


def test_killed_while_an_index_is_built(brant, project, database):
    project.migration("0001_t.sql", "CREATE TABLE public.t (id int);\n")
    project.migration("0002_i.sql", "CREATE INDEX CONCURRENTLY t_id_idx ON public.t (id);\n")
    project.migration("0003_u.sql", "CREATE TABLE public.u (id int);\n")
    brant("up", "--to", "0001", expect=0)
    # CONCURRENTLY waits for transactions that are older than it and have a lock on the table.
    with database.holding("LOCK TABLE public.t IN ROW EXCLUSIVE MODE"):
        first = brant.start("up")
        wait_until(lambda: database.query("SELECT pid FROM pg_stat_activity WHERE datname = current_database() "
                                          "AND query LIKE 'CREATE INDEX%%' AND wait_event_type = 'Lock'"), what="the index")
        os.kill(first.pid, signal.SIGKILL)
        first.communicate()
        database.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
                       "AND query LIKE 'CREATE INDEX%%'")
    assert database.value("SELECT indisvalid FROM pg_index WHERE indexrelid = 't_id_idx'::regclass") is False
    status = brant("status", expect=0)
    assert "0002" in status.stdout
    brant("up", expect=0)
    assert database.value("SELECT indisvalid FROM pg_index WHERE indexrelid = 't_id_idx'::regclass") is True
    assert database.applied() == ["0001", "0002", "0003"]
    checks.assert_nothing_left(database)


def test_interrupted(brant, project, database):
    project.migration("0001_t.sql", "CREATE TABLE public.t (id int);\n")
    project.migration("0002_slow.sql", "CREATE TABLE public.u (id int);\nSELECT pg_sleep(60);\n")
    process = brant.start("up")
    wait_until(lambda: database.query("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' "
                                      "AND query LIKE '%%pg_sleep(60)%%' AND pid <> pg_backend_pid()"), what="the migration to sleep")
    begin = time.monotonic()
    process.send_signal(signal.SIGINT)
    result = brant.finish(process, 20)
    assert time.monotonic() - begin < 5
    assert result.status == 130, str(result)
    assert "interrupted" in result.stderr
    assert database.applied() == ["0001"]
    assert database.value("SELECT to_regclass('public.u')") is None
    assert not database.query("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' "
                              "AND query LIKE '%%pg_sleep(60)%%' AND pid <> pg_backend_pid()")
    checks.assert_nothing_left(database)


def test_the_server_restarts(brant, project, own_cluster, new_database):
    database = new_database(own_cluster, own_cluster.pooler())
    count_runs(project, 40)
    project.migration("0020_step.sql", "INSERT INTO public.counter VALUES (20);\nSELECT pg_sleep(2);\n")
    process = brant.start("up", url=database.url)
    wait_until(lambda: database.query("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' "
                                      "AND query LIKE '%%pg_sleep(2)%%' AND pid <> pg_backend_pid()"), what="the migration to sleep")
    own_cluster.restart(signal.SIGQUIT)
    result = brant.finish(process)
    # It may have given up or carried on; it must not have hung, and must not have lied.
    assert result.status in (0, 1), str(result)
    if result.status:
        assert "connection" in result.stderr
    brant("up", url=database.url, expect=0)
    ran_once(database, 40)
    checks.assert_nothing_left(database)


def test_cut_off_from_its_own_transaction(brant, project, database, proxy):
    """The connection goes, the server works on: brant waits for what it sent itself, also with --no-wait, and takes it for what it is."""
    count_runs(project, 4)
    project.migration("0003_step.sql", "INSERT INTO public.counter VALUES (3);\nSELECT pg_sleep(2);\n")
    link = proxy(database.pooler.port)
    process = brant.start("up", "--no-wait", url=link.url(database.url))
    wait_until(lambda: database.query("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' "
                                      "AND query LIKE '%%pg_sleep(2)%%' AND pid <> pg_backend_pid()"), what="the migration to sleep")
    link.cut()
    result = brant.finish(process)
    assert result.status == 0, str(result)
    assert "connecting again" in result.stderr and "waiting for the last transaction of this run" in result.stderr, str(result)
    ran_once(database, 4)
    checks.assert_nothing_left(database)
