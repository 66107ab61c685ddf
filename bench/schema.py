#!/usr/bin/python3
"""bench/schema.py [--tables N] [--times N] - how long the schema engine takes.

A schema of N tables (default 1000; twelve objects each: a table, eight columns, a primary key, an index, a foreign key) on a server of its own, in memory:

    dump        the whole of `brant dump`: connect, load, write the SQL
    diff        the whole of `brant diff --from URL --to URL --print` for two such schemas that differ in one table
    history     the whole of `brant diff --print` in a project of 50 migrations with one change, its history kept from the run before
    new         the same, each time with a change that no run before has seen
    proved      the whole of `brant diff NAME`, which writes that migration and proves it, each time with a change that no run before has seen

Then the same 50 migrations and changes as projects of Prisma and of Drizzle Kit, beside what `prisma migrate diff --from-migrations` asks of Prisma's engine (in one
Node process, without the half second of its command line) and `drizzle-kit generate`; --no-peers leaves them out, and so does a machine without npm.

Each is the median of some runs, the processor time of the process and of those that it has waited for (the throwaway server among them), and the most memory that any one of
them had.
"""
import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))
sys.dont_write_bytecode = True
from lib.brant import program  # noqa: E402
from lib.corpus import Server  # noqa: E402
from lib.npm import npm_folder  # noqa: E402

parser = argparse.ArgumentParser(usage="bench/schema.py [options]")
parser.add_argument("--tables", type=int, default=1000)
parser.add_argument("--times", type=int, default=7)
parser.add_argument("--no-peers", action="store_true", help="brant alone")
arguments = parser.parse_args()


def table(i):
    columns = ", ".join(f"c{k} {kind}" for k, kind in enumerate(("text NOT NULL", "integer DEFAULT 0", "timestamptz", "numeric(10,2)",
                                                                  "boolean DEFAULT false", "jsonb"), 1))
    parent = f"REFERENCES t{i // 2}" if i > 1 else ""
    return f"CREATE TABLE t{i} (id integer PRIMARY KEY, parent integer {parent}, {columns});\nCREATE INDEX t{i}_c1 ON t{i} (c1);\n"


def schema(n):
    return "".join(table(i) for i in range(1, n + 1))


def measure(what, command, cwd, home, more=None, before=lambda turn: None, stdin=""):
    """Runs it once to warm up; the median of the wall clock and of the processor time, and the largest resident set of a process."""
    times, own, memory = [], [], 0
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8", "CI": "1"} | (more or {})
    for turn in range(arguments.times + 1):
        before(turn)
        (home / "stdin").write_text(stdin)
        # measure.c says why it takes a parent of its own
        shell = ["sh", "-c", 'exec "$0" "$@" 3>figures', home / "measure", *command]
        with open(home / "stdin") as given, open(home / "said", "w") as said:
            status = subprocess.run(list(map(str, shell)), cwd=cwd, env=environment, stdin=given, stdout=said, stderr=said).returncode
        figures = json.loads((pathlib.Path(cwd) / "figures").read_text())
        text = (home / "said").read_text()
        if status or figures["exit"] or '"error"' in text:
            sys.exit(f"{command} failed: {text}")
        if turn:
            times.append(figures["wall"])
            own.append(figures["cpu"])
            memory = max(memory, figures["rss_kb"])
    print(f"{what:16} {statistics.median(times):7.3f} s  (from {min(times):.3f} to {max(times):.3f}), processor {statistics.median(own):.3f} s  {memory // 1024} MB",
          flush=True)


def project(folder):
    (folder / "migrations").mkdir(parents=True)
    for i in range(1, 51):
        (folder / f"migrations/{i:04}_step.sql").write_text(table(i))
    (folder / "schema.sql").write_text(schema(50).replace("c1 text NOT NULL", "c1 text NOT NULL, fresh text", 1))
    return folder


def changed(folder):
    """Before each run another change, and what the run before has written is gone."""
    def change(turn):
        (folder / "schema.sql").write_text(schema(50).replace("c1 text NOT NULL", f"c1 text NOT NULL, fresh{turn} text", 1))
        for written in (folder / "migrations").glob("*_fresh*"):
            written.unlink()
    return change


# -- the peers, with the same tables

def model(i, fresh=""):
    """As Prisma has it."""
    lines = [f"model t{i} {{", "  id Int @id", "  c1 String", "  c2 Int? @default(0)", "  c3 DateTime? @db.Timestamptz(6)", "  c4 Decimal? @db.Decimal(10, 2)",
             "  c5 Boolean? @default(false)", "  c6 Json?", "  parent Int?"]
    if i > 1:
        lines.append(f"  t{i // 2} t{i // 2}? @relation(fields: [parent], references: [id], onDelete: NoAction, onUpdate: NoAction, map: \"t{i}_parent_fkey\")")
    lines += [f"  t{child} t{child}[]" for child in (2 * i, 2 * i + 1) if 1 < child <= 50]
    return "\n".join([*lines, *([fresh] if fresh else []), f"  @@index([c1], map: \"t{i}_c1\")", "}"])


def prisma_schema(fresh=""):
    head = 'datasource db {\n  provider = "postgresql"\n  url = env("DATABASE_URL")\n}\n'
    return head + "\n\n".join(model(i, fresh if i == 1 else "") for i in range(1, 51)) + "\n"


def prisma(folder, home, url):
    for i in range(1, 51):
        migration = folder / f"prisma/migrations/20240101{i:06}_step"
        migration.mkdir(parents=True)
        (migration / "migration.sql").write_text(table(i))
    (folder / "prisma/migrations/migration_lock.toml").write_text('provider = "postgresql"\n')
    path = folder / "prisma/schema.prisma"

    def change(turn):
        path.write_text(prisma_schema(f"  fresh{turn} String?"))
        for written in (folder / "prisma/migrations").glob("*_fresh"):
            shutil.rmtree(written)
    packages = npm_folder("prisma")
    request = {"do": "diff", "url": url, "from": {"migrations": str(folder / "prisma/migrations")}, "to": {"path": str(path)}}
    measure("Prisma, engine", ["node", ROOT / "tests/interop/prisma/engine.mjs", packages], folder, home, before=change, stdin=json.dumps(request) + "\n")
    compare(folder, home, {"DATABASE_URL": url}, "Prisma", change)


def drizzle_schema(fresh=""):
    lines = ['import { pgTable, integer, text, timestamp, numeric, boolean, jsonb, index } from "drizzle-orm/pg-core";']
    for i in range(1, 51):
        parent = f".references(() => t{i // 2}.id)" if i > 1 else ""
        lines.append(f'export const t{i} = pgTable("t{i}", {{ id: integer().primaryKey(), parent: integer(){parent}, c1: text().notNull(), c2: integer().default(0), '
                     f'c3: timestamp({{ withTimezone: true }}), c4: numeric({{ precision: 10, scale: 2 }}), c5: boolean().default(false), c6: jsonb(){fresh if i == 1 else ""} }}, '
                     f'(t) => [index("t{i}_c1").on(t.c1)]);')
    return "\n".join(lines) + "\n"


def drizzle(folder, home, url):
    folder.mkdir()
    (folder / "node_modules").symlink_to(npm_folder("drizzle") / "node_modules")
    (folder / "drizzle.config.ts").write_text('import { defineConfig } from "drizzle-kit";\nexport default defineConfig({ dialect: "postgresql", schema: "./schema.ts", '
                                              'out: "./drizzle", dbCredentials: { url: process.env.DATABASE_URL! } });\n')
    kit = folder / "node_modules/.bin/drizzle-kit"
    (folder / "schema.ts").write_text(drizzle_schema())
    subprocess.run([kit, "generate", "--name", "all"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    split(folder / "drizzle")
    shutil.copytree(folder / "drizzle", folder / "before")

    def change(turn):
        (folder / "schema.ts").write_text(drizzle_schema(f", fresh{turn}: text()"))
        shutil.rmtree(folder / "drizzle")
        shutil.copytree(folder / "before", folder / "drizzle")
    measure("Drizzle, kit", [kit, "generate", "--name", "fresh"], folder, home, {"DATABASE_URL": url}, before=change)
    compare(folder, home, {"DATABASE_URL": url}, "Drizzle", change)


def split(folder):
    """The one migration as 50, with the snapshot of the last one: drizzle-kit looks at no other."""
    text = (folder / "0000_all.sql").read_text().split("--> statement-breakpoint")
    for i in range(50):
        part = text[i * len(text) // 50:(i + 1) * len(text) // 50]
        (folder / f"{i:04}_step.sql").write_text("--> statement-breakpoint".join(part))
    (folder / "0000_all.sql").unlink()
    (folder / "meta/0000_snapshot.json").rename(folder / "meta/0049_snapshot.json")
    entries = [{"idx": i, "version": "7", "when": 1700000000000 + i, "tag": f"{i:04}_step", "breakpoints": True} for i in range(50)]
    (folder / "meta/_journal.json").write_text(json.dumps({"version": "7", "dialect": "postgresql", "entries": entries}, indent=2))


def compare(folder, home, more, tool, change):
    measure(f"{tool}, new", [program(), "diff", "--print"], folder, home, more, before=change)
    measure(f"{tool}, proved", [program(), "diff", "-q", "fresh"], folder, home, more, before=change)


def peers(work, home, url):
    if arguments.no_peers or not shutil.which("npm") or not shutil.which("node"):
        print("Prisma and Drizzle Kit: not measured" + ("" if arguments.no_peers else ": npm is not installed"))
        return
    prisma(work / "prisma", home, url)
    drizzle(work / "drizzle", home, url)


def main():
    server = Server().start()
    work = pathlib.Path(tempfile.mkdtemp(prefix="brant-bench-"))
    home = work / "home"
    home.mkdir()
    subprocess.run(["cc", "-O2", "-o", home / "measure", ROOT / "bench/measure.c"], check=True)
    try:
        names = []
        for text in (schema(arguments.tables), schema(arguments.tables).replace("c1 text NOT NULL", "c1 text NOT NULL, fresh text", 1)):
            names.append(server.create())
            server.run(text, names[-1])
            server.run("ANALYZE", names[-1])
        urls = [server.url(name, "postgres") for name in names]
        (work / "empty").mkdir()
        (work / "empty/brant.yaml").write_text("boundary: off\n")
        measure("dump", [program(), "dump", "--from", urls[0]], work / "empty", home)
        measure("diff", [program(), "diff", "--print", "--from", urls[0], "--to", urls[1]], work / "empty", home)
        folder = project(work / "project")
        measure("history", [program(), "diff", "--print"], folder, home)
        measure("new", [program(), "diff", "--print"], folder, home, before=changed(folder))
        measure("proved", [program(), "diff", "-q", "fresh"], folder, home, before=changed(folder))
        peers(work, home, server.url("postgres", "postgres"))
    finally:
        server.remove()
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
