"""One Ctrl-C ends every wait, and what it leaves is told and true."""
import contextlib
import signal
import socket
import time

import pytest

from lib import checks
from lib.cluster import wait_until

SOON = 4  # seconds; far below any timeout in play


def interrupt(brant, process, sent=signal.SIGINT, soon=SOON):
    """Once, and it ends by itself with 130."""
    begin = time.monotonic()
    process.send_signal(sent)
    result = brant.finish(process, soon + 20)
    assert time.monotonic() - begin < soon, str(result)
    assert result.status == 130, str(result)
    assert "error: " in result.stderr and "explain cancelled" not in result.stderr, str(result)
    return result


def wait_for_query(database, like, **more):
    """Until a backend is busy with such a query."""
    conditions = "".join(f" AND {key} = '{value}'" for key, value in more.items())
    wait_until(lambda: database.query("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' "
                                      f"AND pid <> pg_backend_pid() AND query LIKE %s{conditions}", like), what=like)


@contextlib.contextmanager
def silent_port():
    """Takes connections and never says a word."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(16)
        yield listener.getsockname()[1]


@contextlib.contextmanager
def deaf_port():
    """Does not even take the connection: its queue is full, and the kernel drops what comes."""
    with socket.socket() as listener, contextlib.ExitStack() as stack:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            client = stack.enter_context(socket.socket())
            client.setblocking(False)
            client.connect_ex(listener.getsockname())
        time.sleep(0.1)
        yield listener.getsockname()[1]


# Connecting

@pytest.mark.parametrize("port", [silent_port, deaf_port])
@pytest.mark.parametrize("command", ["status", "up"])
def test_while_connecting(brant, project, port, command):
    project.tables(1)
    with port() as number:
        process = brant.start(command, url=f"postgresql://u:p@127.0.0.1:{number}/d?connect_timeout=60")
        time.sleep(0.5)
        result = interrupt(brant, process, soon=1)
    assert "interrupted while connecting to" in result.stderr


@pytest.mark.parametrize("port", [silent_port, deaf_port])
def test_a_timeout_is_one(brant, project, port):
    project.tables(1)
    with port() as number:
        begin = time.monotonic()
        result = brant("status", url=f"postgresql://u:p@127.0.0.1:{number}/d?connect_timeout=2", expect=1)
    assert 1.9 < time.monotonic() - begin < 4, str(result)
    assert f'connection to server at "127.0.0.1", port {number} failed:' in result.stderr, str(result)
    assert "time" in result.stderr and "firewall" in result.stderr, str(result)


def test_the_next_host_gets_its_turn(brant, project, database):
    """Each address has its own time, as with psql."""
    project.tables(1)
    with deaf_port() as first, deaf_port() as second:
        hosts = f"127.0.0.1:{first},127.0.0.1:{second},127.0.0.1:{database.pooler.port}"
        url = database.url.replace(f"127.0.0.1:{database.pooler.port}", hosts)
        begin = time.monotonic()
        result = brant("status", url=url + "?connect_timeout=2", expect=0)
    assert 3.5 < time.monotonic() - begin < 7, str(result)


# Waiting for another brant

@pytest.mark.parametrize("pool_size", [1, 20])
def test_while_waiting_for_the_lease(brant, project, cluster, new_database, pool_size):
    database = new_database(cluster, cluster.pooler(pool_size=pool_size))
    project.migration("0001_slow.sql", "CREATE TABLE public.t (id int);\nSELECT pg_sleep(12);\n")
    first = brant.start("up", url=database.url)
    wait_for_query(database, "SELECT pg_sleep%")
    second = brant.start("up", url=database.url)
    time.sleep(1.5)
    # With one connection in the pool it does not get as far as the lease: it stands in PgBouncer's queue, which takes no request to cancel.
    interrupt(brant, second, soon=8 if pool_size == 1 else SOON)
    result = brant.finish(first)
    assert result.status == 0, str(result)  # the request to cancel was the second's, and hit nobody else
    assert database.applied() == ["0001"]
    checks.assert_nothing_left(database)


# In a statement

SLOW = {
    "transaction": "CREATE TABLE public.u (id int);\nSELECT pg_sleep(60);\n",
    "copy": "CREATE TABLE public.u (id int, n int GENERATED ALWAYS AS (public.slow(id)) STORED);\n"
            "COPY public.u (id) FROM stdin;\n" + "".join(f"{i}\n" for i in range(2000)) + "\\.\n",
    "alone": "CREATE INDEX CONCURRENTLY t_slow ON public.t (public.slow(id));\n",
    "procedure": "-- brant: no-transaction\nCALL public.nap();\n",
}


@pytest.mark.parametrize("way", ["pooler", "direct"])
@pytest.mark.parametrize("kind", SLOW)
def test_in_a_statement(brant, project, database, kind, way):
    project.migration("0001_t.sql", """CREATE TABLE public.t (id int);
        INSERT INTO public.t SELECT generate_series(1, 200);
        CREATE FUNCTION public.slow(n int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN PERFORM pg_sleep(0.3); RETURN n; END $$;
        CREATE PROCEDURE public.nap() LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(60); END $$;""")
    project.migration("0002_slow.sql", SLOW[kind])
    process = brant.start("up", url=database.url if way == "pooler" else database.direct)
    wait_for_query(database, {"copy": "COPY%", "alone": "CREATE INDEX%", "procedure": "%CALL%"}.get(kind, "SELECT pg_sleep%"))
    time.sleep(0.3)
    result = interrupt(brant, process)
    assert "0002_slow" in result.stderr and "1 migration was applied before it" in result.stderr, str(result)
    assert database.applied() == ["0001"]
    assert database.value("SELECT to_regclass('public.u')") is None
    checks.assert_nothing_left(database)
    # The lease was given back: the next one does not wait for it to expire.
    if kind in ("alone", "procedure"):
        brant("resolve", "0002", "--rolled-back", "--force", expect=0)
    project.migration("0002_slow.sql", "CREATE TABLE public.v (id int);\n")
    result = brant("up", expect=0)
    assert "waiting for" not in result.stderr, str(result)
    assert database.applied() == ["0001", "0002"]


# Waiting for a lock

def locked(project, brant, database):
    project.migration("0001_t.sql", "CREATE TABLE public.t (id int);\n")
    brant("up", expect=0)
    project.migration("0002_add.sql", "ALTER TABLE public.t ADD COLUMN more text;\n")
    return database.holding("SELECT * FROM public.t")


def test_while_queued_for_a_lock(brant, project, database):
    with locked(project, brant, database):
        process = brant.start("up", "--lock-timeout", "60s")
        wait_for_query(database, "ALTER TABLE%", wait_event_type="Lock")
        interrupt(brant, process)
    assert database.applied() == ["0001"]
    checks.assert_nothing_left(database)


def test_between_two_tries(brant, project, database):
    with locked(project, brant, database):
        process = brant.start("up", "--lock-timeout", "100ms", "--lock-retries", "50")
        time.sleep(4)  # the pauses are seconds by now
        result = interrupt(brant, process, soon=1.5)
    assert "interrupted" in result.stderr and "Nothing else was done" in result.stderr, str(result)
    assert database.applied() == ["0001"]
    checks.assert_nothing_left(database)


# When the server is gone

def test_while_connecting_again(brant, project, own_cluster, new_database):
    database = new_database(own_cluster, own_cluster.pooler())
    project.migration("0001_slow.sql", "SELECT pg_sleep(30);\n")
    process = brant.start("up", url=database.direct)
    wait_for_query(database, "SELECT pg_sleep%")
    own_cluster.stop(signal.SIGQUIT)
    time.sleep(2)
    result = interrupt(brant, process)
    assert "connection is gone" in result.stderr and "brant status" in result.stderr, str(result)


@pytest.mark.parametrize("statement", ["SELECT pg_sleep(60)", "CREATE INDEX CONCURRENTLY t_slow ON public.t (public.slow(id))"])
def test_when_the_network_is_gone(brant, project, database, proxy, statement):
    """Nobody hears the request to cancel, and nobody answers: it ends all the same."""
    link = proxy(database.pooler.port)
    project.migration("0001_t.sql", """CREATE TABLE public.t (id int);
        INSERT INTO public.t SELECT generate_series(1, 200);
        CREATE FUNCTION public.slow(n int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN PERFORM pg_sleep(0.3); RETURN n; END $$;""")
    project.migration("0002_slow.sql", statement + ";\n")
    process = brant.start("up", url=link.url(database.url))
    wait_for_query(database, statement.split("(")[0] + "%")
    link.black_hole = True
    result = interrupt(brant, process, soon=8)
    assert "does not answer" in result.stderr and "connection is gone" in result.stderr, str(result)
    assert database.applied() == ["0001"]


def test_it_hits_the_right_statement(brant, project, database):
    """A run of short statements: the request comes between two of them now and then, and must not be lost."""
    project.migration("0001_many.sql", "".join(f"CREATE TABLE public.t{i} (id int PRIMARY KEY);\n" for i in range(800)) + "SELECT pg_sleep(60);\n")
    for pause in (0.1, 0.2, 0.3, 0.4, 0.5):
        process = brant.start("up")
        wait_until(lambda: database.query("SELECT pid FROM pg_stat_activity WHERE datname = current_database() "
                                          "AND application_name LIKE 'brant%%' AND state <> 'idle'"), what="it to begin")
        time.sleep(pause)
        interrupt(brant, process)
        assert not database.applied_or_none()
    checks.assert_nothing_left(database)


def test_twice_does_not_end_the_pooler(brant, project, cluster, new_database):
    """PgBouncer 1.18 ends itself when the client of a request to cancel goes away in the midst of it: the second Ctrl-C waits for that."""
    pooler = cluster.pooler()
    database = new_database(pooler=pooler)
    project.migration("0001_long.sql", "SELECT pg_sleep(20);\n")
    for gap in (0.001, 0.003, 0.006, 0.01, 0.02, 0.03, 0.05):
        process = brant.start("up", url=database.url)
        wait_for_query(database, "SELECT pg_sleep%")
        process.send_signal(signal.SIGINT)
        time.sleep(gap)
        begin = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert brant.finish(process, SOON).status == 130 and time.monotonic() - begin < SOON
    assert brant("status", url=database.url, expect=0) and pooler.process.poll() is None
