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
from lib.brant import program
from lib.cluster import wait_until

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


ROWS = 24000
N = "n int NOT NULL DEFAULT 0) WITH (fillfactor = 50)"
COUNTED = "SELECT n, count(*) FROM public.t GROUP BY n"
LISTED = "SELECT n, count(*) FROM (SELECT i, count(*)::int AS n FROM public.seen GROUP BY i) u GROUP BY n"
SEEN = """CREATE TABLE public.seen (i int);
CREATE FUNCTION public.see() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.seen VALUES (OLD.i); RETURN NULL; END $$;
CREATE TRIGGER see AFTER DELETE ON public.t FOR EACH ROW EXECUTE FUNCTION public.see();"""

# Columns of the table, how i makes the key, more SQL, the command, and how it is seen that each row was done once.
JOBS = {
    "update, bigint": ("id bigint PRIMARY KEY", "i", "", ["--table", "public.t", "--set", "n = n + 1"], COUNTED),
    "delete, uuid": ("id uuid PRIMARY KEY", "gen_random_uuid()", SEEN, ["--table", "public.t", "--delete"], LISTED),
    "insert, text": ("id text PRIMARY KEY", "md5(i::text) || chr(39)", "CREATE TABLE public.seen (i int);", ["--sql", "INSERT INTO public.seen SELECT i FROM public.t"], LISTED),
    "update, ctid": ("id int", "1", "", ["--table", "public.t", "--set", "n = n + 1", "--where", "n = 0", "--key", "ctid"], COUNTED),
    "update, composite": ('a int, b text COLLATE "C", PRIMARY KEY (b, a)', "i, 'b' || i % 7", "", ["--table", "public.t", "--set", "n = n + 1", "--where", "i > 0"], COUNTED),
    "delete, ctid": ("id int", "1", SEEN, ["--table", "public.t", "--delete", "--where", "i > 0", "--key", "ctid"], LISTED),
    "insert, composite": ("a int, b uuid, PRIMARY KEY (a, b)", "i % 5, gen_random_uuid()", "CREATE TABLE public.seen (i int);",
                          ["--sql", "INSERT INTO public.seen SELECT i FROM public.t WHERE i > 0"], LISTED),
    "update, uuid": ("id uuid PRIMARY KEY", "gen_random_uuid()", "", ["--table", "public.t", "--set", "n = n + 1", "--where", "n = 0"], COUNTED),
    "update, text": ("id text PRIMARY KEY", "md5(i::text)", "", ["--table", "public.t", "--set", "n = n + 1"], COUNTED),
    "delete, bigint": ("id bigint PRIMARY KEY", "i", SEEN, ["--table", "public.t", "--delete", "--where", "i > 0"], LISTED),
}


def prepare(database, columns, key, more):
    database.psql("-c", f"DROP TABLE IF EXISTS public.t, public.seen; DROP FUNCTION IF EXISTS public.see; CREATE TABLE public.t ({columns}, i int NOT NULL, {N}; "
                        f"INSERT INTO public.t SELECT {key}, i FROM generate_series(1, {ROWS}) i; ANALYZE public.t; {more}")


def finished(database):
    return database.value("SELECT to_regclass('brant.backfill')") and database.value("SELECT count(*) FROM brant.backfill WHERE state = 'done'") or 0


@pytest.mark.slow
@pytest.mark.parametrize("disturb", [killed, pooler_restarted, server_crashed], ids=lambda f: f.__name__)
def test_each_row_exactly_once(brant, new_database, own_cluster, disturb):
    pooler = own_cluster.pooler()
    database = new_database(own_cluster, pooler)
    brant.url = database.url
    # What a crash loses of the batches is rows and their cursor alike, and the pooler may hide the crash from a worker that rests.  The end of it all is kept.
    database.psql("-c", f"ALTER DATABASE {database.name} SET synchronous_commit = on")
    dice = random.Random(f"8 {disturb.__name__}")
    jobs = list(JOBS)
    done, crashes = [], 0
    turn = 4 * [killed, pooler_restarted, server_crashed].index(disturb)
    while crashes < CRASHES:
        name, workers = jobs[(turn + len(done)) % len(jobs)], (1, 4)[len(done) // 2 % 2]
        columns, key, more, command, check = JOBS[name]
        prepare(database, columns, key, more)
        begin = ["backfill", *command, "--batch", "200", "--pause", "3ms", "--workers", workers, "--max-active", "0"]
        process, wanted, here, result = brant.start(*begin), min(dice.randint(1, 3), CRASHES - crashes), 0, None
        while here < wanted:
            time.sleep(dice.uniform(0.05, 0.4))
            if process.poll() is not None:
                break
            disturb(brant, process, own_cluster, pooler)
            here += 1
            if process.poll() is not None and finished(database) > len(done):
                break  # killed when all was done: the same words would begin anew
            if process.poll() is not None:
                process = brant.start(*begin)
        if finished(database) <= len(done):
            result = brant.finish(process, timeout=120)
            assert result.status == 0, str(result)
        assert dict(database.query(check)) == {1: ROWS}, f"{name}, {workers} workers, after {here} times {disturb.__name__}: {result}"
        crashes += here
        done.append(name)
    wait_until(lambda: database.value("SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'brant: %%' AND state <> 'idle'") == 0)


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


class Machine:
    """A network namespace of its own with a cable to us; the last of its processes takes it along."""

    def __init__(self, number):
        self.name, self.host = f"brant{os.getpid()}-{number}", f"198.18.{number}.1"
        self.run = ["ip", "netns", "exec", self.name]
        cable = f"br{os.getpid()}n{number}"
        self.ip("netns", "add", self.name)
        self.ip("link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", self.name)
        self.ip("addr", "add", f"{self.host}/30", "dev", cable)
        self.ip("link", "set", cable, "up")
        self.ip("-n", self.name, "addr", "add", f"198.18.{number}.2/30", "dev", "eth0")
        self.ip("-n", self.name, "link", "set", "eth0", "up")

    def ip(self, *args):
        subprocess.run(["ip", *args], check=True, capture_output=True)

    def remove(self):
        subprocess.run(["ip", "netns", "del", self.name], capture_output=True)


class Here:
    """Where namespaces are not to be had: a process like any other."""
    run, host = [], "127.0.0.1"

    def remove(self):
        pass


@pytest.fixture
def machines():
    made = []
    try:
        for number in range(3):
            try:
                made.append(Machine(number))
            except (OSError, subprocess.CalledProcessError):
                made.append(Here())
        yield made
    finally:
        for machine in made:
            machine.remove()


@pytest.mark.slow
def test_three_machines_one_dies(brant, cluster, new_database, machines):
    """Three machines on one backfill, each in a network namespace of its own where that can be: the others finish the range of the one that dies."""
    pooler = cluster.pooler(listen_addr="*")
    database = new_database(pooler=pooler)
    counters(database, 60000)
    brant.url = database.url
    first = start(brant, 3)  # cuts the table into more ranges, and is gone
    wait_until(lambda: database.value("SELECT to_regclass('brant.backfill_range')") and database.value("SELECT sum(batches) FROM brant.backfill_range"))
    killed(brant, first, None, None)
    workers = []
    for machine in machines:
        url = database.url.replace("127.0.0.1", machine.host)
        command = [*machine.run, program(), "backfill", "resume", "1"]
        workers.append(brant.start(*command[1:], run=command[0], url=url))
    dying = workers[1]
    held, fence = wait_until(lambda: database.query("SELECT position, fence FROM brant.backfill_range WHERE owner LIKE %s AND batches > 0 AND finished_at IS NULL",
                                                    f"%pid {dying.pid},%"), what="a range that it works on")[0]
    killed(brant, dying, None, None)
    for process in (workers[0], workers[2]):
        result = brant.finish(process, timeout=90)
        assert result.status == 0, str(result)
    assert spread(database) == {1: 60000}
    assert database.value("SELECT finished_at IS NOT NULL AND fence > %s FROM brant.backfill_range WHERE position = %s", fence, held), "nobody took it over"
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


def test_upgrades_schema_version_1(brant, project, database):
    project.migration("0001_t.sql", "SELECT 1;\n")
    brant("up", expect=0)
    database.psql("-c", "ALTER TABLE brant.lease DROP COLUMN schema_version; COMMENT ON SCHEMA brant IS 'state of brant, version 1'")
    counters(database, 100)
    project.migration("0002_n.sql", "-- brant: backfill\nUPDATE public.t SET n = n + 1;\n")
    brant("up", expect=0)
    assert spread(database) == {1: 100}
    assert database.value("SELECT obj_description('brant'::regnamespace, 'pg_namespace')") > "state of brant, version 1"
