"""What the figures in docs/benchmarks.md stand on: the corpus is the same everywhere, and the proxy delays without serialising."""
import json
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

BENCH = Path(__file__).parent.parent / "bench"
sys.path.insert(0, str(BENCH))
import corpus  # noqa: E402

DELAY = 0.02
CLOCK = 0.002  # two processes do not read the clock at the same moment


def test_corpus_is_always_the_same(tmp_path):
    assert corpus.write(tmp_path, 1000, [corpus.plain])["crc32"] == "d0ed1a34"
    assert list(corpus.history(99)) == list(corpus.history(1000))[:99]


@pytest.mark.parametrize("bench", ["alembic", "backfill.py", "drizzle", "prisma", "run", "schema.py"])
def test_a_bench_finds_what_it_takes_from_the_tests(bench):
    assert subprocess.run([BENCH / bench, "--help"], capture_output=True, text=True, check=True).stdout.startswith("usage:")


@pytest.fixture(scope="module")
def proxy_program(tmp_path_factory):
    program = tmp_path_factory.mktemp("bench") / "delayproxy"
    subprocess.run(["cc", "-O2", "-Wall", "-Wextra", "-Werror", "-o", program, BENCH / "delayproxy.c"], check=True)
    return program


def answer(listener):
    """A server that says ReadyForQuery to each message."""
    client, _ = listener.accept()
    with client:
        while data := client.recv(65536):
            client.sendall(b"Z\0\0\0\5I" * (data.count(b"Q\0\0\0\5x") or 1))


@pytest.fixture
def began():
    return time.monotonic()


@pytest.fixture
def proxied(proxy_program):
    """A connection to such a server through the proxy (made now: that is where its round trip begins), and a function that ends both and returns the counts."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=answer, args=[listener], daemon=True).start()
        port = listener.getsockname()[1]
        proxy = subprocess.Popen([proxy_program, "127.0.0.1", str(port), str(DELAY * 1000)], stdout=subprocess.PIPE, text=True)
        client = socket.create_connection(("127.0.0.1", int(proxy.stdout.readline().split()[1])))

        def finish():
            client.close()
            proxy.terminate()
            return json.loads(proxy.communicate()[0])
        yield client, finish
        finish() if proxy.poll() is None else None


def receive(client, messages):
    data = b""
    while len(data) < 6 * messages:
        data += client.recv(65536)


def startup(client):
    client.sendall(b"\0\0\0\x08\0\3\0\0")
    receive(client, 1)


def test_connecting_costs_a_round_trip(began, proxied):
    client, finish = proxied
    startup(client)
    assert time.monotonic() - began >= 4 * DELAY - CLOCK
    assert finish()["round_trips"] == 1


def test_each_exchange_is_a_round_trip(proxied):
    client, finish = proxied
    startup(client)
    begin = time.monotonic()
    for _ in range(5):
        client.sendall(b"Q\0\0\0\5x")
        receive(client, 1)
    assert time.monotonic() - begin >= 10 * DELAY - CLOCK
    assert finish()["round_trips"] == 6


def test_a_pipeline_is_one_round_trip(proxied):
    client, finish = proxied
    startup(client)
    begin = time.monotonic()
    for _ in range(100):  # longer than the round trip: answers come while questions go
        client.sendall(b"Q\0\0\0\5x")
        time.sleep(0.001)
    receive(client, 100)
    assert time.monotonic() - begin < 50 * DELAY
    assert finish()["round_trips"] == 2
