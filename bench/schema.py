#!/usr/bin/python3
"""bench/schema.py [--tables N] [--times N] - how long the schema engine takes.

A schema of N tables (default 1000; twelve objects each: a table, eight columns, a primary key, an index, a foreign key) on a server of its own, in memory:

    dump        the whole of `brant dump`: connect, load, write the SQL
    diff        the whole of `brant diff --from URL --to URL --print` for two such schemas that differ in one table
    history     the whole of `brant diff --print` in a project of 50 migrations with one change, its history kept from the run before

Each is the median of some runs, the processor time that brant itself (and the programs it starts but the server) took, and the most memory.
"""
import argparse
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))
sys.dont_write_bytecode = True
from lib.brant import program  # noqa: E402
from lib.corpus import Server  # noqa: E402

parser = argparse.ArgumentParser(usage="bench/schema.py [options]")
parser.add_argument("--tables", type=int, default=1000)
parser.add_argument("--times", type=int, default=7)
arguments = parser.parse_args()


def table(i):
    columns = ", ".join(f"c{k} {kind}" for k, kind in enumerate(("text NOT NULL", "integer DEFAULT 0", "timestamptz", "numeric(10,2)",
                                                                  "boolean DEFAULT false", "jsonb"), 1))
    parent = f"REFERENCES t{i // 2}" if i > 1 else ""
    return f"CREATE TABLE t{i} (id integer PRIMARY KEY, parent integer {parent}, {columns});\nCREATE INDEX t{i}_c1 ON t{i} (c1);\n"


def schema(n):
    return "".join(table(i) for i in range(1, n + 1))


def measure(what, command, cwd, home):
    """Runs it once to warm up; the median of the wall clock, and the largest resident set."""
    times, own, memory = [], [], 0
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8"}
    for i in range(arguments.times + 1):
        begin = time.monotonic()
        pid = subprocess.Popen(list(map(str, command)), cwd=cwd, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(pid.pid, 0)
        assert status == 0, command
        times += [time.monotonic() - begin] if i else []
        own.append(usage.ru_utime + usage.ru_stime)
        memory = max(memory, usage.ru_maxrss)
    print(f"{what:10} {statistics.median(times):7.3f} s  (from {min(times):.3f} to {max(times):.3f}), of which brant itself {min(own):.3f} s  {memory // 1024} MB", flush=True)


def project(folder):
    (folder / "migrations").mkdir(parents=True)
    for i in range(1, 51):
        (folder / f"migrations/{i:04}_step.sql").write_text(table(i))
    (folder / "schema.sql").write_text(schema(50).replace("c1 text NOT NULL", "c1 text NOT NULL, fresh text", 1))
    return folder


def main():
    server = Server().start()
    work = pathlib.Path(tempfile.mkdtemp(prefix="brant-bench-"))
    try:
        names = []
        for text in (schema(arguments.tables), schema(arguments.tables).replace("c1 text NOT NULL", "c1 text NOT NULL, fresh text", 1)):
            names.append(server.create())
            server.run(text, names[-1])
            server.run("ANALYZE", names[-1])
        urls = [server.url(name, "postgres") for name in names]
        (work / "empty").mkdir()
        (work / "empty/brant.yaml").write_text("boundary: off\n")
        measure("dump", [program(), "dump", "--from", urls[0]], work / "empty", work / "home")
        measure("diff", [program(), "diff", "--print", "--from", urls[0], "--to", urls[1]], work / "empty", work / "home")
        measure("history", [program(), "diff", "--print"], project(work / "project"), work / "home")
    finally:
        server.remove()
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
