"""Small projects of each migration tool, without the tools: {name: SQL} as its own files and folders."""
import json

from lib.alembic_project import AlembicProject

TOOLS = ("plain", "prisma", "drizzle", "alembic")


class Planted:
    """A project whose first migrations are there; add() writes one more, as the tool itself would have named it."""

    def __init__(self, tool, project, database):
        self.tool, self.project, self.path, self.database, self.made = tool, project, project.path, database, 0
        if tool != "plain":
            project.migrations.rmdir()
        if tool == "prisma":
            self.write("prisma/schema.prisma", 'datasource db {\n  provider = "postgresql"\n  url = env("DATABASE_URL")\n}\n')
            self.write("prisma/migrations/migration_lock.toml", 'provider = "postgresql"\n')
        elif tool == "drizzle":
            self.write("drizzle.config.ts", 'export default { dialect: "postgresql", schema: "./schema.ts", out: "./drizzle" };\n')
            self.write("schema.ts", 'import * as d from "drizzle-orm/pg-core";\n')
        elif tool == "alembic":
            self.alembic = AlembicProject(self.path, database)

    def write(self, name, text):
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def add(self, name, sql):
        """The file."""
        self.made += 1
        if self.tool == "plain":
            return self.project.migration(f"{self.made:04}_{name}.sql", sql)
        if self.tool == "prisma":
            return self.write(f"prisma/migrations/202401{self.made:02}000000_{name}/migration.sql", sql)
        if self.tool == "alembic":
            down = f"a{self.made - 1}" if self.made > 1 else None
            return self.alembic.revision(f"a{self.made}", down, "op.execute(r'''" + sql.replace(":", r"\:") + "''')", name=name)
        journal = self.path / "drizzle/meta/_journal.json"
        known = json.loads(journal.read_text()) if journal.exists() else {"version": "7", "dialect": "postgresql", "entries": []}
        tag = f"{len(known['entries']):04}_{name}"
        known["entries"].append({"idx": len(known["entries"]), "version": "7", "when": 1700000000000 + len(known["entries"]), "tag": tag, "breakpoints": True})
        self.write("drizzle/meta/_journal.json", json.dumps(known, indent=2))
        return self.write(f"drizzle/{tag}.sql", sql)

    def files(self):
        """What was written, in order: migrations only."""
        found = {"plain": "migrations/*.sql", "prisma": "prisma/migrations/*/migration.sql", "drizzle": "drizzle/*.sql", "alembic": "alembic/versions/*.py"}
        return sorted(path for path in self.path.glob(found[self.tool]) if not path.name.endswith(".down.sql"))
