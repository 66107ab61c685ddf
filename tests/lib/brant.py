"""Runs the built program as a user would: a clean environment, a home of its own, no terminal unless asked for."""
import dataclasses
import os
import pathlib
import pty
import select
import shlex
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]


def program():
    return pathlib.Path(os.environ.get("BRANT", ROOT / "build/src/brant")).resolve()


@dataclasses.dataclass
class Result:
    args: list
    status: int
    stdout: str
    stderr: str
    seconds: float

    def __str__(self):
        return f"brant {shlex.join(map(str, self.args))}: status {self.status}, {self.seconds:.2f} s\n" \
               f"-- stdout\n{self.stdout}-- stderr\n{self.stderr}"


class Brant:
    """
    brant("up", "--dry-run") runs it in `project` and returns a Result.

    url is what DATABASE_URL says (None: not set).  expect is the status wanted; any other fails with all the output.
    """

    def __init__(self, project, home, url=None):
        self.project, self.home, self.url = pathlib.Path(project), pathlib.Path(home), url
        self.cache = self.home / "cache"
        self.home.mkdir(parents=True, exist_ok=True)
        self.started = []

    def link(self, images):
        """Puts files into the cache, as links: brant never writes into one that is there."""
        folder = self.cache / "brant"
        folder.mkdir(parents=True, mode=0o700)
        for image in images:
            (folder / image.name).hardlink_to(image)

    def environment(self, url, env):
        keep = {key: os.environ[key] for key in ("PATH", "TMPDIR", "ASAN_OPTIONS", "UBSAN_OPTIONS", "BRANT_PG_BIN") if key in os.environ}
        result = keep | {"HOME": str(self.home), "XDG_CACHE_HOME": str(self.cache),
                         "XDG_RUNTIME_DIR": str(self.home / "run"), "LANG": "C.UTF-8", "TZ": "UTC"}
        if url:
            result["DATABASE_URL"] = url
        result |= env or {}
        return {key: str(value) for key, value in result.items() if value is not None}

    def start(self, *args, url="", cwd=None, env=None, stdin=subprocess.DEVNULL, run=None, **options):
        """In the background; the Popen.  What is still there when the test ends is killed."""
        process = subprocess.Popen([run or program(), *map(str, args)], cwd=cwd or self.project, stdin=stdin,
                                   env=self.environment(self.url if url == "" else url, env),
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="backslashreplace",
                                   start_new_session=True, **options)
        self.started.append(process)
        return process

    def finish(self, process, timeout=120):
        """Waits for a started one; a Result."""
        begin = time.monotonic()
        try:
            stdout, stderr = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            stdout, stderr = process.communicate()
            raise AssertionError(f"{process.args} hung for {timeout} s\n-- stdout\n{stdout}-- stderr\n{stderr}") from None
        return Result(process.args[1:], process.returncode, stdout, stderr, time.monotonic() - begin)

    def __call__(self, *args, expect=None, timeout=120, **options):
        result = self.finish(self.start(*args, **options), timeout)
        # The sanitizers' reports are failures of every test, whatever status it expects.
        assert "ERROR: AddressSanitizer" not in result.stderr and "runtime error:" not in result.stderr \
            and "LeakSanitizer" not in result.stderr, str(result)
        if expect is not None:
            assert result.status == expect, f"wanted status {expect}\n{result}"
        return result

    def on_terminal(self, *args, typed="", timeout=60, url="", env=None):
        """With a pseudo-terminal as standard input, output and error; a Result whose stdout is what was shown."""
        master, slave = pty.openpty()
        begin = time.monotonic()
        process = subprocess.Popen([program(), *map(str, args)], cwd=self.project, stdin=slave, stdout=slave, stderr=slave,
                                   env=self.environment(self.url if url == "" else url, {"TERM": "xterm-256color"} | (env or {})),
                                   start_new_session=True)
        self.started.append(process)
        os.close(slave)
        shown = b""
        if typed:
            os.write(master, typed.encode())
        while time.monotonic() - begin < timeout:
            ready, _, _ = select.select([master], [], [], 0.1)
            try:
                data = os.read(master, 65536) if ready else b""
            except OSError:  # EIO: the other side is closed
                break
            shown += data
            if not data and process.poll() is not None:
                break
        else:
            process.kill()
        os.close(master)
        return Result(list(args), process.wait(10), shown.decode(errors="backslashreplace"), "", time.monotonic() - begin)

    def stop_all(self):
        for process in self.started:
            if process.poll() is None:
                process.kill()
                process.communicate()
