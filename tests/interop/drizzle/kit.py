"""A Drizzle project with the real drizzle-kit in it."""
import hashlib
import json
import os
import pathlib
import subprocess

from lib.npm import npm_folder

LINES = {"0.31": "drizzle", "1.0": "drizzle1"}
BREAKPOINT = "--> statement-breakpoint\n"


class Kit:
    """
    line: "0.31" or "1.0".  kit("generate", "--name", "init") runs it in the project and returns what it printed; the schema is
    schema.ts, the migrations are in drizzle/.
    """

    def __init__(self, project, line, url):
        self.path, self.line, self.url = pathlib.Path(project), line, url
        self.path.mkdir(parents=True, exist_ok=True)
        modules = self.path / "node_modules"
        if not modules.exists():
            modules.symlink_to(npm_folder(LINES[line]) / "node_modules")
        self.config()

    def config(self, **more):
        """drizzle.config.ts as people have it; more goes into it."""
        config = {"schema": "./schema.ts", "out": "./drizzle"} | more
        self.write("drizzle.config.ts", 'import { defineConfig } from "drizzle-kit";\n\nexport default defineConfig({\n'
                   '  dialect: "postgresql",\n  dbCredentials: { url: process.env.DATABASE_URL! },\n'
                   + "".join(f"  {key}: {json.dumps(value)},\n" for key, value in config.items()) + "});\n")

    def write(self, name, text):
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def schema(self, text):
        return self.write("schema.ts", 'import * as d from "drizzle-orm/pg-core";\nimport { sql } from "drizzle-orm";\n' + text)

    def __call__(self, *args, expect=0):
        keep = {key: os.environ[key] for key in ("PATH", "HOME", "TMPDIR") if key in os.environ}
        run = subprocess.run([self.path / "node_modules/.bin/drizzle-kit", *args], cwd=self.path,
                             env=keep | {"CI": "1", "TZ": "UTC", "DATABASE_URL": self.url},
                             stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
        said = run.stdout + run.stderr
        assert run.returncode == expect, f"drizzle-kit {' '.join(args)}: status {run.returncode}\n{said}"
        return said

    # ---- what is on disk ----

    @property
    def journal(self):
        return json.loads((self.path / "drizzle/meta/_journal.json").read_text())

    @property
    def tags(self):
        if self.line == "0.31":
            return [entry["tag"] for entry in self.journal["entries"]]
        return sorted(path.parent.name for path in (self.path / "drizzle").glob("*/migration.sql"))

    def sql(self, tag):
        name = f"{tag}.sql" if self.line == "0.31" else f"{tag}/migration.sql"
        return self.path / "drizzle" / name

    def custom(self, name, text):
        """A migration with this text, made by drizzle-kit."""
        self("generate", "--custom", "--name", name)
        tag = self.tags[-1]
        self.sql(tag).write_text(text)
        return tag

    def migration(self, tag, text, when):
        """One that drizzle-kit did not make: 0.31 only."""
        self.write(f"drizzle/{tag}.sql", text)
        path = self.path / "drizzle/meta/_journal.json"
        journal = json.loads(path.read_text()) if path.exists() else {"version": "7", "dialect": "postgresql", "entries": []}
        entries = journal["entries"]
        entries.append({"idx": len(entries), "version": "7", "when": when, "tag": tag, "breakpoints": True})
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(journal, indent=2))

    def hash(self, tag):
        return hashlib.sha256(self.sql(tag).read_bytes()).hexdigest()


def rows(database, ledger="drizzle.__drizzle_migrations", columns="hash, created_at"):
    """The ledger, in the order of recording; [] where there is none."""
    if not database.value(f"SELECT to_regclass('{ledger}')"):
        return []
    return database.query(f"SELECT {columns} FROM {ledger} ORDER BY id")
