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
    """Until one of brant's backends is busy with such a query."""
    conditions = "".join(f" AND {key} = '{value}'" for key, value in more.items())
    wait_until(lambda: database.query("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' "
                                      f"AND application_name LIKE 'brant%%' AND query LIKE %s{conditions}", like), what=like)


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
