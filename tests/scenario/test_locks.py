"""Somebody else has the lock: waits are short, tried again, and name the blocker."""
import threading
import time

import pytest

from lib import checks


def prepare(project, brant):
    project.migration("0001_t.sql", "CREATE TABLE public.t (id int);\nINSERT INTO public.t VALUES (1);\n")
    brant("up", expect=0)
    project.migration("0002_add.sql", "CREATE TABLE public.other (id int);\nALTER TABLE public.t ADD COLUMN more text;\n")


@pytest.mark.parametrize("way", ["pooler", "direct"])
def test_gives_up_and_names_the_blocker(brant, project, database, way):
    url = database.url if way == "pooler" else database.direct
    prepare(project, brant)
    with database.holding("SELECT * FROM public.t", application="nightly-report") as pid:
        result = brant("up", "--lock-timeout", "200ms", "--lock-retries", "2", url=url, expect=1)
    assert "nightly-report" in result.stderr and str(pid) in result.stderr, str(result)
    assert "0002_add.sql:2" in result.stderr, str(result)
    error = result.stderr[result.stderr.index("error: "):]
    assert "nightly-report" in error and "It was tried 3 times" in error and "Mend the file" not in error, str(result)
    assert database.applied() == ["0001"]
    assert database.value("SELECT to_regclass('public.other')") is None
    # And when the way is free:
    brant("up", url=url, expect=0)
    checks.assert_pooler_rules(database)
    checks.assert_nothing_left(database)


def test_gets_through_when_the_blocker_leaves(brant, project, database):
    prepare(project, brant)
    with database.holding("SELECT * FROM public.t", application="short-report"):
        process = brant.start("up", "--lock-timeout", "200ms", "--lock-retries", "30")
        time.sleep(1.5)
    result = brant.finish(process)
    assert result.status == 0, str(result)
    assert "short-report" in result.stderr
    assert database.applied() == ["0001", "0002"]
    checks.assert_nothing_left(database)


def test_the_table_stays_usable(brant, project, database):
    """A queued ACCESS EXCLUSIVE lock stops every reader behind it: nobody waits longer than the lock timeout."""
    prepare(project, brant)
    waits, stop = [], threading.Event()

    def read():
        connection = database.connect()
        with connection.cursor() as cursor:
            while not stop.is_set():
                begin = time.monotonic()
                cursor.execute("SELECT count(*) FROM public.t")
                waits.append(time.monotonic() - begin)
                time.sleep(0.005)
    readers = [threading.Thread(target=read) for _ in range(3)]
    with database.holding("SELECT * FROM public.t"):
        for reader in readers:
            reader.start()
        brant("up", "--lock-timeout", "300ms", "--lock-retries", "4", expect=1)
        stop.set()
        for reader in readers:
            reader.join()
    # Some reader met the queue, or the test showed nothing; none stood in it much longer than the timeout.
    assert 0.1 < max(waits) < 0.3 + 0.5


def test_deadlock_is_tried_again(brant, project, database):
    project.migration("0001_t.sql", "CREATE TABLE public.a (id int);\nCREATE TABLE public.b (id int);\n")
    brant("up", expect=0)
    project.migration("0002_both.sql", "LOCK TABLE public.a;\nSELECT pg_sleep(1);\nLOCK TABLE public.b;\nCREATE TABLE public.c ();\n")
    process = brant.start("up", "--lock-timeout", "10s")
    other = database.connect(autocommit=False)
    with other.cursor() as cursor:
        cursor.execute("SET deadlock_timeout = '1min'")
        cursor.execute("LOCK TABLE public.b")
        time.sleep(0.5)
        cursor.execute("LOCK TABLE public.a")  # returns once brant was the victim
    other.commit()
    result = brant.finish(process)
    assert result.status == 0, str(result)
    assert database.applied() == ["0001", "0002"]
    checks.assert_nothing_left(database)


def test_serialisation_failure_is_tried_again(brant, project, database):
    project.migration("0001_t.sql", "CREATE TABLE public.t (id int PRIMARY KEY, n int);\nINSERT INTO public.t VALUES (1, 0);\n")
    brant("up", expect=0)
    project.migration("0002_own.sql", "BEGIN ISOLATION LEVEL REPEATABLE READ;\nSELECT n FROM public.t;\nSELECT pg_sleep(1);\n"
                                      "UPDATE public.t SET n = n + 1;\nCOMMIT;\n")
    process = brant.start("up")
    time.sleep(0.5)
    database.query("UPDATE public.t SET n = n + 10 WHERE id = 1")
    result = brant.finish(process)
    assert result.status == 0, str(result)
    assert database.value("SELECT n FROM public.t") == 11
    checks.assert_nothing_left(database)
