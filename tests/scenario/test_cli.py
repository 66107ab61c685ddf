"""The command line itself: streams, colours, signals, secrets.  No database needed but where one is waited for."""
import json
import os
import pathlib
import signal
import socket
import subprocess
import time

import pytest

from lib.brant import Brant, program

SECRET = "S3cret-pa55word"


@pytest.fixture
def brant(project, tmp_path):
    """As everywhere, but without a database."""
    brant = Brant(project.path, tmp_path / "home")
    yield brant
    brant.stop_all()


@pytest.fixture
def silent_server():
    """Takes connections and never says a word."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(8)
        yield f"postgresql://app:{SECRET}@127.0.0.1:{listener.getsockname()[1]}/app?connect_timeout=60"


def wait_for(what, timeout=10):
    end = time.monotonic() + timeout
    while not what():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def test_alone_it_prints_the_overview(brant):
    result = brant(expect=2)
    assert result.stdout.startswith("brant ") and "Usage: brant " in result.stdout and result.stderr == ""


@pytest.mark.parametrize("args", [["help"], ["--help"], ["-h"], ["help", "up"], ["up", "--help"], ["up", "x", "y", "-h"]])
def test_help(brant, args):
    result = brant(*args, expect=0)
    assert "Usage: brant " in result.stdout and result.stderr == ""
    assert not [line for line in result.stdout.splitlines() if line != line.rstrip()]


@pytest.mark.parametrize("columns", [40, 80, 120, 300])
def test_help_fits_the_terminal(brant, columns):
    # Standard output is what is measured; stty sets its size.
    result = subprocess.run(["script", "-qec", f"stty cols {columns}; {program()} up --help", "/dev/null"], capture_output=True,
                            text=True, stdin=subprocess.DEVNULL, env=brant.environment(None, {"TERM": "xterm", "NO_COLOR": "1"}))
    lines = result.stdout.replace("\r", "").split("\n")
    assert any("--lock-timeout" in line for line in lines)
    assert max(map(len, lines)) <= max(50, min(columns, 100))


def test_version(brant):
    assert brant("--version", expect=0).stdout == brant("version", expect=0).stdout
    assert "brant " + json.loads(brant("version", "--json", expect=0).stdout)["version"] + "\n" == brant("-V").stdout


def test_usage_errors_are_json_too(brant):
    result = brant("up", "--nonsense", "--json", expect=2)
    error = json.loads(result.stdout)["error"]
    assert error["name"] == "usage" and error["exit_status"] == 2 and "--nonsense" in error["message"]
    assert result.stderr == ""


def test_other_directory(brant, project):
    (project.path / "sub").mkdir()
    assert "Usage" in brant("-C", "sub", "help", expect=0).stdout
    assert 'could not go to "nowhere"' in brant("-C", "nowhere", "explain", expect=2).stderr


def test_explain(brant):
    names = [entry["name"] for entry in json.loads(brant("explain", "--json", expect=0).stdout)["names"]]
    assert "usage" in names and names == sorted(names)
    assert "Names are never abbreviated" in brant("explain", "usage", expect=0).stdout
    assert '"brant explain usage"' in brant("explain", "usages", expect=2).stderr


def test_a_reader_that_goes_away(brant):
    process = brant.start("explain")
    process.stdout.close()
    process.stdout = None
    assert process.wait(10) == 0 and process.stderr.read() == ""


def test_a_full_disk(brant):
    with open("/dev/full", "w") as full:
        run = subprocess.run([program(), "explain"], stdout=full, stderr=subprocess.PIPE, text=True, env=brant.environment(None, {}))
    assert run.returncode == 1 and "could not write to standard output" in run.stderr


def test_colours(brant):
    escape = "\x1b["
    assert escape not in brant("help").stdout
    assert escape in brant("help", "--color=always").stdout
    assert escape in brant("help", env={"CLICOLOR_FORCE": 1}).stdout
    assert escape in brant.on_terminal("help").stdout
    assert escape not in brant.on_terminal("help", env={"NO_COLOR": 1}).stdout
    assert escape not in brant.on_terminal("help", env={"TERM": "dumb"}).stdout
    assert escape not in brant.on_terminal("help", "--color", "never").stdout
    assert escape not in brant("help", "--json", "--color=always").stdout


def test_lines_fit_a_terminal(brant, project, database):
    """Sentences go on below where they began, and what is copied from the examples can be run."""
    project.tables(1)
    lines = brant.on_terminal("doctor", "--color", "never", url=database.url).stdout.splitlines()
    assert any(line.startswith(("good ", "warning ")) for line in lines)
    assert max(map(len, lines)) <= 80, lines
    lines = brant.on_terminal("up", "--help", "--color", "never").stdout.splitlines()
    examples = [line for line in lines[lines.index("Examples:") + 1:] if line.startswith(" ")]
    assert max(map(len, examples)) <= 80
    assert all(line.split()[0] in ("brant", "#") for line in examples), examples


def test_hostile_words_do_not_reach_the_terminal(brant):
    result = brant.on_terminal("\x1b]0;owned\x07\r\x9b2J", env={"NO_COLOR": 1})
    assert "\x1b]" not in result.stdout and "\\x1b]0;owned\\x07\\r" in result.stdout


@pytest.mark.parametrize("form", ["--url {}", "--url={}"])
def test_a_url_leaves_the_process_list(brant, project, silent_server, form):
    project.migration("0001_a.sql", "CREATE TABLE a ();")
    process = brant.start("status", *form.format(silent_server).split(" "))
    cmdline = pathlib.Path(f"/proc/{process.pid}/cmdline")
    # Until exec() it is Python's own command line, and for the first moment brant has not read its own.
    wait_for(lambda: b"brant" in cmdline.read_bytes() and b"***" in cmdline.read_bytes())
    assert SECRET.encode() not in cmdline.read_bytes()
    process.send_signal(signal.SIGINT)
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    result = brant.finish(process, timeout=10)
    assert SECRET not in result.stdout + result.stderr


@pytest.mark.parametrize("sent, status", [(signal.SIGINT, 130), (signal.SIGTERM, 130)])
def test_an_interrupt_ends_it(brant, project, silent_server, sent, status):
    project.migration("0001_a.sql", "CREATE TABLE a ();")
    process = brant.start("status", "--url", silent_server)
    time.sleep(0.5)
    begin = time.monotonic()
    process.send_signal(sent)
    time.sleep(0.3)
    if process.poll() is None:
        process.send_signal(sent)  # the second one does not ask
    result = brant.finish(process, timeout=10)
    assert result.status in (status, 128 + sent) and time.monotonic() - begin < 5, str(result)


def test_the_environment_needs_nothing(tmp_path):
    run = subprocess.run([program(), "help"], env={}, cwd=tmp_path, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert run.returncode == 0 and run.stderr == "" and os.listdir(tmp_path) == []
