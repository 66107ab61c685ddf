#!/usr/bin/python3
"""A backfill of some million rows with an application on the same rows, beside a single UPDATE and a plain batched script.

pgbench reads and writes random rows through PgBouncer while the rows are changed, and its log tells how long each of its transactions took.
Afterwards every row must be changed exactly once and no write of the application be lost.  Prints Markdown; docs/benchmarks.md keeps a run.
"""
import argparse
import glob
import os
import subprocess
import tempfile
import threading
import time

import servers

BRANT = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "build", "src", "brant")
THROTTLES = ["--target 3ms --pause 12ms"]
SET, WHERE = "lower = lower(name), n = n + 1", "lower IS NULL"
# Durable commits and autovacuum, as a server that people use has them.
servers.SETTINGS = servers.SETTINGS.replace("synchronous_commit = off", "synchronous_commit = on").replace("autovacuum = off", "autovacuum = on") \
    + "shared_buffers = 1GB\nmax_wal_size = 8GB\n"


class Bench:
    def __init__(self, args):
        self.args, self.rows = args, args.rows
        self.servers = servers.Servers(args.disk)
        self.servers.start()
        self.home = tempfile.mkdtemp(prefix="project.", dir=self.servers.home)
        self.made = 0
        self.servers.create("template_rows")
        self.servers.psql(f"CREATE TABLE public.t (id bigint PRIMARY KEY, name text NOT NULL, lower text, n int NOT NULL DEFAULT 0, hits int NOT NULL DEFAULT 0);"
                          f"INSERT INTO public.t (id, name) SELECT i, 'Name Of ' || i FROM generate_series(1, {self.rows}) i;", self.url("template_rows"))
        self.servers.psql("VACUUM ANALYZE public.t", self.url("template_rows"))

    def url(self, database, pooled=False):
        return self.servers.url(database, self.servers.pool_port if pooled else None)

    def fresh(self):
        """A database with the rows as they were, its pages written out."""
        if self.made:
            self.servers.drop(f"rows_{self.made}")
        self.made += 1
        self.servers.create(f"rows_{self.made}", "template_rows")
        self.servers.sql("CHECKPOINT")
        return f"rows_{self.made}"

    # --- ways to change the rows ---

    def single(self, database):
        self.servers.psql(f"UPDATE public.t SET {SET} WHERE {WHERE}", self.url(database, True))

    def script(self, database):
        """What one writes by hand: a file of UPDATEs by ranges of the key, each its own transaction."""
        with tempfile.NamedTemporaryFile("w", suffix=".sql", dir=self.home) as file:
            for low in range(0, self.rows, self.args.script_batch):
                file.write(f"UPDATE public.t SET {SET} WHERE {WHERE} AND id > {low} AND id <= {low + self.args.script_batch};\n")
            file.flush()
            subprocess.run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", self.url(database, True), "-f", file.name], env=self.servers.env,
                           check=True, stdout=subprocess.DEVNULL)

    def brant(self, *options):
        def run(database):
            subprocess.run([BRANT, "backfill", "--table", "public.t", "--set", SET, "--where", WHERE, "-q", *options], cwd=self.home, check=True,
                           env=dict(self.servers.env, DATABASE_URL=self.url(database, True)), stdout=subprocess.DEVNULL)
        return run

    # --- the application ---

    def run_application(self, database, stop):
        """pgbench again and again for a few seconds, so that each run ends by itself and its log is whole.  What it does while it connects is not counted."""
        script = os.path.join(self.home, "app.sql")
        with open(script, "w", encoding="utf-8") as file:
            file.write(f"\\set id random(1, {self.rows})\nBEGIN;\nSELECT name FROM public.t WHERE id = :id;\n"
                       "UPDATE public.t SET hits = hits + 1 WHERE id = :id;\nEND;\n")
        run = 0
        while not stop.is_set():
            run += 1
            rate = ["-R", str(self.args.rate)] if self.args.rate else []
            subprocess.run(["pgbench", "-n", "-M", "simple", "-c", str(self.args.clients), "-j", "1", *rate, "-T", "10", "-f", script, "-l",
                            "--log-prefix", os.path.join(self.home, f"log.{run}"), self.url(database, True)], env=self.servers.env,
                           check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def latencies(self, until):
        """Milliseconds of each transaction that ended before, in order of size; and how many there were in all."""
        times, total = [], 0
        for path in glob.glob(os.path.join(self.home, "log.*")):
            with open(path, encoding="utf-8") as log:
                lines = [line.split() for line in log]
            began = [int(fields[4]) + int(fields[5]) / 1e6 - int(fields[2]) / 1e6 for fields in lines]
            first = min(began, default=0) + 0.5
            total += len(lines)
            times += [int(fields[2]) / 1000 for fields, begin in zip(lines, began) if begin > first and int(fields[4]) <= until]
            os.unlink(path)
        return sorted(times), total

    def with_application(self, change):
        database, stop = self.fresh(), threading.Event()
        app = threading.Thread(target=self.run_application, args=(database, stop))
        app.start()
        try:
            time.sleep(2)
            begin = time.monotonic()
            if change is None:
                time.sleep(self.args.seconds)
            else:
                change(database)
            seconds, until = time.monotonic() - begin, time.time()
        finally:
            stop.set()
            app.join()
        times, total = self.latencies(until)
        if change is not None:
            self.check(database)
        hits = int(self.servers.psql("SELECT sum(hits) FROM public.t", self.url(database)).stdout)
        assert hits == total, f"{hits} writes of the application are there, {total} were made"
        return seconds, times

    def taking_turns(self, ways, rounds):
        """{name: (how many changes, seconds, latencies)}: what else goes on on a machine is shared among the ways."""
        runs = {name: (0, 0, []) for name, _change in ways}
        for _round in range(rounds):
            for name, change in ways:
                changes, seconds, times = runs[name]
                more_seconds, more_times = self.with_application(change)
                runs[name] = (changes + (change is not None), seconds + more_seconds, times + more_times)
        return runs

    def check(self, database):
        wrong = self.servers.psql("SELECT count(*) FROM public.t WHERE lower IS DISTINCT FROM lower(name) OR n <> 1", self.url(database)).stdout.strip()
        assert wrong == "0", f"{wrong} rows are not as they should be"

    def alone(self, change):
        database = self.fresh()
        begin = time.monotonic()
        change(database)
        seconds = time.monotonic() - begin
        self.check(database)
        return seconds


def at(times, share):
    return times[min(len(times) - 1, int(len(times) * share))]


def print_application(args, runs, quiet=None):
    """A line a way: of all its rounds together.  quiet: the p99 that the others are compared with, None: the first one's.  Returns it."""
    for name, (changes, seconds, times) in runs.items():
        times = sorted(times)
        p99 = at(times, .99)
        quiet = quiet or p99
        rate = f"{changes * args.rows / seconds:,.0f}" if changes else ""
        print(f"| {name} | {seconds:.1f} | {rate} | {at(times, .5):.1f} | {p99:.1f} | {p99 / quiet:.2f} | {at(times, .999):.1f} | {times[-1]:.0f} |", flush=True)
    return quiet


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=5000000)
    parser.add_argument("--seconds", type=int, default=30, help="of the quiet run")
    parser.add_argument("--rounds", type=int, default=1, help="of quiet and throttled runs in turn: the quiet p99 alone differs by half from run to run")
    parser.add_argument("--rate", type=int, default=200, help="transactions a second of the application; 0: each client one after the other, as fast as it can")
    parser.add_argument("--clients", type=int, default=4, help="of the application")
    parser.add_argument("--disk", metavar="FOLDER", help="the database in this folder, with fsync and full_page_writes; default: in memory where that can be")
    parser.add_argument("--script-batch", type=int, default=5000)
    parser.add_argument("--only", choices=["alone", "application"])
    parser.add_argument("--gentle", action="store_true", help="beside the application the throttled runs only")
    parser.add_argument("--throttle", action="append", help="options of brant to try beside the application, as one word; may be repeated")
    args = parser.parse_args()
    if args.disk:
        servers.SETTINGS = servers.SETTINGS.replace("fsync = off", "fsync = on").replace("full_page_writes = off", "full_page_writes = on")
    load = f"{args.rate} transactions/s" if args.rate else "as many transactions as it can"
    bench = Bench(args)
    try:
        print(f"{args.rows} rows, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start.\n")
        if args.only != "application":
            print("| nobody else at work | seconds | rows/s | of the single UPDATE |\n|---|--:|--:|--:|", flush=True)
            base = None
            for name, change in (("single UPDATE", bench.single), (f"psql, {args.script_batch} rows a statement", bench.script), ("brant", bench.brant()),
                                 ("brant, 2 workers", bench.brant("--workers", "2"))):
                seconds = bench.alone(change)
                base = base or seconds
                print(f"| {name} | {seconds:.1f} | {args.rows / seconds:,.0f} | {100 * base / seconds:.0f} % |", flush=True)
            print()
        if args.only != "alone":
            print(f"| application of {args.clients} clients, {load} | seconds | rows/s | p50 ms | p99 ms | of the quiet | p99.9 ms | longest ms |\n"
                  "|---|--:|--:|--:|--:|--:|--:|--:|", flush=True)
            gentle = [("quiet", None), *((f"brant, {options}", bench.brant(*options.split())) for options in args.throttle or THROTTLES)]
            quiet = print_application(args, bench.taking_turns(gentle, args.rounds))
            if not args.gentle:
                print_application(args, bench.taking_turns([("brant, as it is", bench.brant()), ("single UPDATE", bench.single)], 1), quiet)
    finally:
        bench.servers.stop()


if __name__ == "__main__":
    main()
