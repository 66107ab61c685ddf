"""The throwaway server: gone with the command that used it, however that ends."""
import contextlib
import os
import pathlib
import pwd
import signal
import time

import pytest

from lib.brant import Brant
from lib.cluster import wait_until


@pytest.fixture
def brant(example, tmp_path):
    """In the example's folder, without a database."""
    brant = Brant(example.path, tmp_path / "home")
    yield brant
    brant.stop_all()


def server_of(pid):
    """The throwaway server that a brant has started: its process id and its folder."""
    for entry in pathlib.Path("/proc").iterdir():
        with contextlib.suppress(OSError, IndexError):
            if entry.name.isdigit() and (entry / "stat").read_text().rsplit(")", 1)[1].split()[1] == str(pid):
                words = (entry / "cmdline").read_bytes().split(b"\0")
                if words[0].endswith(b"/postgres") and words[1] == b"-D":
                    return int(entry.name), pathlib.Path(words[2].decode()).parent
    return None


def is_running(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def something_new(brant):
    """What is known of a history needs no server: one more migration."""
    migrations = brant.project / "migrations"
    number = len(list(migrations.glob("9*.sql")))
    (migrations / f"9{number:03}_new.sql").write_text(f"CREATE TABLE public.new_{number} (id integer);\n")


def start_and_find(brant):
    """A command with a throwaway server, stopped in its tracks so that it stays."""
    something_new(brant)
    process = brant.start("dump", "--from", "history")
    pid, folder = wait_until(lambda: server_of(process.pid), what="a throwaway server")
    os.kill(process.pid, signal.SIGSTOP)
    return process, pid, folder


def test_gone_in_the_end(brant):
    brant("dump", "--from", "history", expect=0)  # makes the image
    something_new(brant)
    process = brant.start("dump", "--from", "history")
    pid, folder = wait_until(lambda: server_of(process.pid), what="a throwaway server")
    assert brant.finish(process).status == 0
    assert not is_running(pid) and not folder.exists()


def test_killed(brant):
    brant("dump", "--from", "history", expect=0)
    process, pid, folder = start_and_find(brant)
    assert folder.stat().st_mode & 0o777 == 0o700
    if os.geteuid() == 0:
        assert pwd.getpwuid(folder.stat().st_uid).pw_name != "root"
    process.kill()
    brant.finish(process)
    wait_until(lambda: not is_running(pid), what="the server to end with brant")
    assert folder.exists()
    something_new(brant)
    brant("dump", "--from", "history", expect=0)  # sweeps
    assert not folder.exists()


def test_a_living_one_is_left_alone(brant):
    brant("dump", "--from", "history", expect=0)
    process, pid, folder = start_and_find(brant)
    something_new(brant)
    brant("dump", "--from", "history", expect=0)
    assert is_running(pid) and (folder / "lock").exists()
    os.kill(process.pid, signal.SIGCONT)
    assert brant.finish(process).status == 0
    assert not folder.exists()


def test_interrupted(brant):
    brant("dump", "--from", "history", expect=0)
    process, pid, folder = start_and_find(brant)
    os.kill(process.pid, signal.SIGINT)
    os.kill(process.pid, signal.SIGCONT)
    begin = time.monotonic()
    brant.finish(process)
    assert time.monotonic() - begin < 10
    assert not is_running(pid) and not folder.exists()
