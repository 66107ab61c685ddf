"""Whatever dies, at whatever moment: status tells the truth, up goes on, nothing is lost and nothing runs twice.

`make test` tries every so many messages; `CRASH_EVERY=1` tries all (`make crash-matrix` prints the figures of docs/reliability.md).
CRASH_OFFSET tries others than the run before: with CRASH_EVERY=6, the offsets 0 to 5 are all messages.
"""
import os
import signal
import time

import pytest

from lib import checks, crash

EVERY = int(os.environ.get("CRASH_EVERY", "97"))
OFFSET = int(os.environ.get("CRASH_OFFSET", "0"))


class Counts:
    """CRASH_REPORT=FILE collects one line a kind of disturbance."""

    def __init__(self, what):
        self.what, self.cases = what, 0

    def add(self):
        self.cases += 1

    def write(self):
        if path := os.environ.get("CRASH_REPORT"):
            with open(path, "a", encoding="utf-8") as report:
                report.write(f"{self.what}\t{self.cases}\n")


def moments(total, offset=0):
    return range(1 + (offset + OFFSET) % EVERY, total, EVERY)


@pytest.fixture
def undisturbed(brant, project, new_database, proxy):
    database = new_database()
    return crash.count_messages(brant, project, database, proxy(database.pooler.port))


@pytest.mark.slow
@pytest.mark.parametrize("pool_size", [1, 2, 20])
def test_killed(brant, undisturbed, new_database, proxy, cluster, pool_size):
    total, reference = undisturbed
    pooler = cluster.pooler(pool_size=pool_size)
    counts = Counts(f"kill -9 of brant, pool of {pool_size}")
    for messages in moments(total, pool_size):
        database = new_database(pooler=pooler)
        crash.kill_after(brant, database, proxy(pooler.port), messages)
        brant.url = database.url
        crash.settle(database)
        crash.assert_status_true(brant, database)
        result = brant("up", timeout=90)
        assert result.status == 0, f"after {messages} messages of {total}\n{result}"
        crash.assert_finished(database, reference)
        checks.assert_nothing_left(database)
        counts.add()
    counts.write()


@pytest.mark.slow
@pytest.mark.parametrize("how", ["cut", "black hole", "pooler killed", "server crashed"])
def test_disturbed(brant, undisturbed, new_database, proxy, own_cluster, how):
    total, reference = undisturbed
    pooler = own_cluster.pooler()
    counts = Counts({"cut": "connection cut (RST)", "black hole": "network silent, then cut", "pooler killed": "PgBouncer killed and restarted",
                     "server crashed": "PostgreSQL crashed (immediate shutdown) and restarted"}[how])

    def disturb():
        if how == "black hole":
            time.sleep(0.7)
        elif how == "pooler killed":
            pooler.restart(signal.SIGKILL)
        elif how == "server crashed":
            own_cluster.restart(signal.SIGQUIT)
    for messages in moments(total, len(how)):
        database = new_database(own_cluster, pooler)
        result = crash.disturb_after(brant, database, proxy(pooler.port), messages, disturb)
        if result.status != 0:
            # Too early: there was no connection yet, and "up" says so instead of trying for a minute.
            assert result.status == 1 and database.applied_or_none() == [], f"after {messages} messages of {total}\n{result}"
            brant("up", url=database.url, expect=0)
        crash.assert_finished(database, reference)
        checks.assert_nothing_left(database)
        counts.add()
    counts.write()
