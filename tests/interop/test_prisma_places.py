"""Where a project of Prisma's keeps its files and its URL.  No engine is needed here."""
import pytest

MIGRATION = 'CREATE TABLE "User" ("id" INTEGER PRIMARY KEY);\n'
DATASOURCE = 'datasource db {{\n  provider = "postgresql"\n{}}}\n'


def schema(*lines):
    return DATASOURCE.format("".join(f"  {line}\n" for line in lines))


URL = 'url = env("DATABASE_URL")'
PLACES = {
    "usual": ({"prisma/schema.prisma": schema(URL)}, "prisma/migrations"),
    "no prisma folder": ({"schema.prisma": schema(URL)}, "migrations"),
    "RedwoodJS": ({"redwood.toml": "[api]\n", "package.json": '{"workspaces": ["api", "web"]}', "api/db/schema.prisma": schema(URL)}, "api/db/migrations"),
    "package.json": ({"package.json": '{"name": "x", "prisma": {"schema": "./db/schema.prisma"}}', "db/schema.prisma": schema(URL)},
                     "db/migrations"),
    "package.json, a folder": ({"package.json": '{"prisma": {"schema": "db/schema"}}', "db/schema/main.prisma": schema(URL)},
                               "db/schema/migrations"),
    "a folder, migrations beside it": ({"prisma/schema/main.prisma": schema(URL), "prisma/schema/user.prisma": "// models"},
                                       "prisma/migrations"),
    "a folder, migrations in it": ({"prisma/schema/main.prisma": schema(URL)}, "prisma/schema/migrations"),
    "a folder, datasource and migrations deep in it": ({"prisma/schema/base/main.prisma": schema(URL), "prisma/schema/user.prisma": "// models"},
                                                       "prisma/schema/base/migrations"),
    "a folder, datasource deep in it": ({"prisma/schema/base/main.prisma": schema(URL), "prisma/schema/user.prisma": "// models"}, "prisma/migrations"),
    "config": ({"prisma.config.ts": """import 'dotenv/config'
import { defineConfig, env } from "prisma/config";
// schema: "wrong",
export default defineConfig({
  schema: "database/schema.prisma",
  migrations: { path: `database/history`, seed: "tsx prisma/seed.ts" },
  datasource: { url: env("DATABASE_URL") },
});
""", "database/schema.prisma": schema()}, "database/history"),
    "config with path.join": ({"prisma.config.ts": """import path from "node:path";
import type { PrismaConfig } from "prisma";
export default {
  schema: path.join(__dirname, "db", "schema.prisma"),
  migrations: { path: path.resolve("db", 'migrations') },
} satisfies PrismaConfig;
""", "db/schema.prisma": schema(URL)}, "db/migrations"),
    "config with constants": ({"prisma.config.ts": """import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
const here = dirname(fileURLToPath(import.meta.url));
const folder: string = join(here, "db");
const schema = join(folder, "schema.prisma");
export default defineConfig({ migrations: { path: join(folder, "history") }, schema });
""", "db/schema.prisma": schema(URL)}, "db/history"),
    "config with URLs": ({"prisma.config.ts": """export default defineConfig({
  schema: fileURLToPath(new URL("./db/schema.prisma", import.meta.url)),
  migrations: { path: new URL("db/history", import.meta.url).pathname },
})""", "db/schema.prisma": schema(URL)}, "db/history"),
    "config of 6.4": ({"prisma.config.ts": """export default defineConfig({
  earlyAccess: true,
  schema: { kind: "multi", folderPath: "./src/db/" },
})""", "src/db/main.prisma": schema(URL), "src/db/more/user.prisma": "// models"}, "src/db/migrations"),
    "config in a folder": ({".config/prisma.ts": """export default defineConfig({
  schema: "../db/schema.prisma",
  migrations: { path: path.join(import.meta.dirname, "../db/history") },
})""", "db/schema.prisma": schema(URL)}, "db/history"),
    "config in a folder, from the project": ({".config/prisma.mts": 'export default { schema: "db/schema.prisma" }\n', "db/schema.prisma": schema(URL)},
                                             "db/migrations"),
    "config in a folder of its name": ({"prisma.config/index.ts": 'export default { schema: "../db" }\n', "db/main.prisma": schema(URL)}, "db/migrations"),
    "config of 7 and of another": ({"prisma7.config.ts": 'export default { schema: "seven/schema.prisma" }\n',
                                    "prisma.config.ts": 'export default { schema: "eight/schema.prisma" }\n', "seven/schema.prisma": schema(URL)},
                                   "seven/migrations"),
    "config in JavaScript": ({"prisma.config.mjs": "export default defineConfig({ 'schema': './x/schema.prisma' })\n",
                              "x/schema.prisma": schema(URL)}, "x/migrations"),
}


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.replace(" ", "-"))
def test_places(project, brant, place):
    files, migrations = PLACES[place]
    for name, text in files.items():
        project.write(name, text)
    project.write(f"{migrations}/20240101000000_init/migration.sql", MIGRATION)
    result = brant("up", expect=0)
    assert "applied 1 migration" in result.stdout
    assert f"{migrations} (Prisma Migrate)" in brant("status", expect=0).stdout


def write_project(project, *lines):
    project.write("prisma/schema.prisma", schema(*lines))
    project.write("prisma/migrations/20240101000000_init/migration.sql", MIGRATION)


URLS = {
    "a variable of another name": (['url = env("POSTGRES_PRISMA_URL")'], {}, {"POSTGRES_PRISMA_URL": "{URL}"}),
    "directUrl": ([URL, 'directUrl = env("DIRECT_URL")'], {}, {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/x", "DIRECT_URL": "{URL}"}),
    "directUrl not set": ([URL, 'directUrl = env("DIRECT_URL")'], {}, {"DATABASE_URL": "{URL}"}),
    "prisma/.env": ([URL], {"prisma/.env": 'DATABASE_URL="{URL}?pgbouncer=true&connection_limit=1"\n'}, {}),
    ".env": ([URL], {".env": 'DATABASE_URL="{URL}?pgbouncer=true&connection_limit=1" # the pooler\n'}, {}),
    "written out": (['url = "{URL}"'], {}, {}),
    "config": ([], {"prisma.config.ts": "export default defineConfig({ datasource: { url: env<Env>('MY_URL') } })"}, {"MY_URL": "{URL}"}),
    "config with process.env": ([], {"prisma.config.ts": "export default defineConfig({ datasource: { url: process.env.MY_URL! } })"},
                                {"MY_URL": "{URL}"}),
    "config with two": ([], {"prisma.config.ts": "export default { datasource: { url: process.env.DIRECT_URL || process.env.MY_URL } }"},
                        {"MY_URL": "{URL}"}),
    "config with many": ([], {"prisma.config.ts": """const migrationUrl =
  process.env.A_URL ||
  process.env?.["B_URL"] ||
  (process.env.C_URL as string) ||
  process.env.MY_URL ||
  'postgresql://nobody@127.0.0.1:1/x';
export default defineConfig({ datasource: { url: migrationUrl } })"""}, {"MY_URL": "{URL}"}),
    "config with a condition": ([], {"prisma.config.ts": """const mode = process.env.NODE_ENV ?? "production";
const url = mode === "development" ? env("DEV_URL") : env("OTHER_URL");
export default defineConfig({ datasource: { url } })"""}, {"DATABASE_URL": "{URL}", "NODE_ENV": "development", "DEV_URL": "postgresql://nobody@127.0.0.1:1/x"}),
    "config with a condition on a variable": ([], {"prisma.config.ts": """const url = process.env.A_URL ? process.env.A_URL : process.env.MY_URL!;
export default defineConfig({ datasource: { url } })"""}, {"MY_URL": "{URL}"}),
    "config with a name taken apart": ([], {"prisma.config.ts": """const { NODE_ENV, MY_URL: url } = process.env;
export default defineConfig({ ...(url ? { datasource: { url } } : {}) })"""}, {"MY_URL": "{URL}"}),
    "config with another .env": ([], {"prisma.config.ts": """dotenv.config({ path: [path.resolve(__dirname, '.env.local'), '.env'] });
export default defineConfig({ datasource: { url: process.env.MY_URL! } })""", ".env.local": "MY_URL={URL}\n", ".env": "MY_URL=postgresql://nobody@127.0.0.1:1/x\n"}, {}),
    "config with a .env of Node's": ([], {"prisma.config.ts": """if (!process.env.MY_URL) process.loadEnvFile('./settings/.env.local')
export default { datasource: { url: process.env.MY_URL } }""", "settings/.env.local": "MY_URL={URL}\n"}, {}),
    "config with Next's .env": ([], {"prisma.config.ts": """import { loadEnvConfig } from '@next/env'
loadEnvConfig(process.cwd())
export default { datasource: { url: process.env.MY_URL } }""", ".env.local": "MY_URL={URL}\n"}, {}),
    "config with a .env elsewhere": ([], {"prisma.config.ts": """import { config } from 'dotenv'
config({ path: 'settings/.env' })
export default defineConfig({ datasource: { url: process.env['MY_URL'] } })""", "settings/.env": "MY_URL={URL}\n"}, {}),
}


@pytest.mark.parametrize("case", URLS, ids=lambda case: case.replace(" ", "-"))
def test_urls(project, database, brant, case):
    lines, files, env = URLS[case]
    write_project(project, *(line.replace("{URL}", database.url) for line in lines))
    for name, text in files.items():
        project.write(name, text.replace("{URL}", database.url))
    brant.url = None
    brant("up", expect=0, env={name: value.replace("{URL}", database.url) for name, value in env.items()})
    assert database.value('SELECT to_regclass(\'public."User"\') IS NOT NULL')


def test_another_provider(project, brant):
    project.write("prisma/schema.prisma", 'datasource db {\n  provider = "mysql"\n  url = env("DATABASE_URL")\n}\n')
    result = brant("status", expect=2)
    assert "mysql" in result.stderr and "prisma/schema.prisma:2:" in result.stderr


def test_what_is_missing_is_named(project, brant):
    """Where brant has looked for the URL, each place once; the schema that the configuration names."""
    project.write("prisma.config.ts", PLACES["config"][0]["prisma.config.ts"])
    project.write("database/schema.prisma", schema())
    project.write("database/history/20240101000000_init/migration.sql", MIGRATION)
    (project.path / ".git").mkdir()
    brant.url = None
    assert "in the environment, .env and database/.env, since" in brant("status", expect=2).stderr
    text = 'export default { schema: "database/schema.prisma", datasource: { url: process.env.MY_URL || "a_placeholder" } }'
    project.write("prisma.config.ts", text)
    assert "MY_URL is not set" in brant("status", expect=2).stderr
    (project.path / "database/schema.prisma").unlink()
    assert 'there is no "database/schema.prisma"' in brant("diff", "x", expect=2).stderr


LOCKS = {  # as Prisma reads the file, and what it means all the same
    b'# Please do not edit\nprovider = "postgresql"\n': 0, b'provider = "postgresql"\r\n': 0, b"provider = postgresql": 0, b'provider = "postgresql\n': 0,
    b"provider='postgresql' # ours\n": 0, b'provider = "postgresql"\nprovider = "mysql"\n': 0, b'provider = "mysql"\n': 1, b"": 1, b"provider =\n": 1,
    b"<<<<<<< HEAD\n": 1, b'\xff\x00': 1, b'provider = "sqlite"\nprovider = "postgresql"\n': 1,
}


def test_lock_files(project, brant):
    write_project(project, URL)
    for text, status in LOCKS.items():
        project.write("prisma/migrations/migration_lock.toml", text)
        result = brant("status")
        assert result.status == status, (text, result)
        assert not status or ("migration_lock.toml" in result.stderr and "P3019" in result.stderr), result
    (project.path / "prisma/migrations/migration_lock.toml").unlink()
    brant("up", expect=0)


def test_order_of_folders(project, brant):
    """That of JavaScript's localeCompare(), case and punctuation included."""
    names = ["_y", "10_x", "2024_a", "2024_B", "2024-c", "20240101000000_b", "20240101000000_C", "9_x", "a_x", "A_x"]
    write_project(project, URL)
    for name in names:
        project.write(f"prisma/migrations/{name}/migration.sql", f'CREATE TABLE "{name}" ("id" INTEGER);')
    project.write("prisma/migrations/notes.txt", "no migration")
    brant("up", expect=0)
    rows = brant("status", "--all", expect=0).stdout.splitlines()
    found = [row.split()[0] for row in rows if row and row.split()[0] in names]
    assert found == names


@pytest.mark.parametrize("given", ["20240102000000_b", "20240102000000", "b", "prisma/migrations/20240102000000_b/migration.sql",
                                   "prisma/migrations/20240102000000_b/", "./prisma/migrations/20240102000000_b"])
def test_names_of_migrations(project, database, brant, given):
    write_project(project, URL)
    project.write("prisma/migrations/20240102000000_b/migration.sql", "SELECT 1;")
    project.write("prisma/migrations/20240103000000_c/migration.sql", "SELECT 1;")
    brant("up", "--to", given, expect=0)
    assert database.value("SELECT count(*) FROM _prisma_migrations") == 2
    assert brant("up", "--to", "migration.sql").status == 2


def test_new_makes_prismas_folders(project, brant):
    write_project(project, URL)
    names = [brant("new", name, expect=0).stdout.strip() for name in ("Add user bio!", "addUserBio", "HTTPLog", "x" * 300)]
    assert [name.split("/")[2][15:] for name in names] == ["add_user_bio", "add_user_bio", "http_log", "x" * 200]
    assert sorted(names) == names and len({name.split("/")[2][:14] for name in names}) == 4
    assert (project.path / names[0]).read_text() == "-- This is an empty migration."
    assert (project.path / "prisma/migrations/migration_lock.toml").read_text() == \
        '# Please do not edit this file manually\n# It should be added in your version-control system (e.g., Git)\n' \
        'provider = "postgresql"\n'


def test_projects_below(project, brant):
    """At the top of a repository of several packages: which of them?"""
    (project.path / "migrations").rmdir()
    project.write("package.json", '{"workspaces": ["packages/*"]}')
    project.write("packages/db/prisma/schema.prisma", schema(URL))
    project.write("packages/node_modules/x/prisma/schema.prisma", schema(URL))
    project.write("libs/prisma/schema.prisma", schema(URL))
    project.write("libs/prisma/package.json", "{}")
    project.write("apps/web/server/drizzle.config.ts", "export default {}")
    for command in (("up",), ("diff", "--print")):
        said = brant(*command)
        assert said.status and "apps/web/server (Drizzle Kit), libs/prisma (Prisma Migrate), packages/db (Prisma Migrate)." in said.stderr and "-C" in said.stderr, said
    project.write("packages/db/prisma/migrations/20240101000000_init/migration.sql", MIGRATION)
    brant("-C", "packages/db", "up", expect=0)


def test_a_throwaway_server_lacks_an_extension(project, brant):
    """PostgreSQL's own hint would be taken for the database's."""
    write_project(project, URL)
    project.write("prisma/migrations/20240102000000_v/migration.sql", 'CREATE EXTENSION IF NOT EXISTS "pg_repack"; SELECT repack.version();')
    for said in (brant("diff", "--print").stderr, brant("check").stdout):
        assert "not your database" in said and "pg_repack" in said and "BRANT_PG_BIN" in said, said
    project.write("prisma/migrations/20240102000000_v/migration.sql", 'ALTER TABLE "User" ADD COLUMN place public.geography(Point);')
    assert 'the extension "postgis"' in brant("diff", "--print").stderr


def test_views_with_keys(project, brant):
    """As before Prisma 7; which Prisma a project has, its package.json says."""
    project.write("prisma/schema.prisma", schema(URL) + "model A {\n  id Int @id\n}\nview V {\n  id Int @id\n  a Int\n  @@index([a])\n}\n")
    for version, status in {"^5.22.0": 0, "~4.7.1": 0, "6.19.3": 0, "^7.0.0": 2, "latest": 2}.items():
        project.write("package.json", '{"devDependencies": {"prisma": "%s"}}' % version)
        brant("diff", "--from", "empty", "--print", expect=status)


def test_tables_between_before_prisma_6(project, brant):
    """Keyed since 6. What is installed goes before what is asked for, what is near before what is above, and what nobody says is the newest."""
    (project.path / "migrations").rmdir()
    project.write("db/prisma/schema.prisma", schema(URL) + "model A {\n  id Int @id\n  b B[]\n}\nmodel B {\n  id Int @id\n  a A[]\n}\n")

    def unique():
        text = brant("-C", "db", "diff", "--from", "empty", "--print", expect=0).stdout
        old, new = 'CREATE UNIQUE INDEX "_AToB_AB_unique" ON "_AToB"("A", "B");', 'CONSTRAINT "_AToB_AB_pkey" PRIMARY KEY ("A","B")'
        assert (old in text) != (new in text), text
        return old in text
    assert not unique()
    project.write("package.json", '{"devDependencies": {"prisma": "5.22.0"}}')
    assert unique()
    project.write("db/package.json", '{"dependencies": {"@prisma/client": "^5 || ^6"}}')
    assert unique()
    project.write("db/package.json", '{"dependencies": {"@prisma/client": "^6.0.0"}}')
    assert not unique()
    project.write("db/node_modules/prisma/package.json", '{"version": "5.1.0-dev.1"}')
    assert unique()


def test_from_prisma_5_to_6(project, brant):
    """The key takes the index, which is a matter of moments; in Prisma's short form it is built."""
    models = "model A {\n  id Int @id\n  b B[]\n}\nmodel B {\n  id Int @id\n  a A[]\n}\n"
    project.write("prisma/schema.prisma", schema(URL) + models)
    project.write("package.json", '{"devDependencies": {"prisma": "^5.22.0"}}')
    brant("diff", "init", "--up", expect=0)
    assert brant("diff", "--print", expect=0).stdout == ""
    project.write("package.json", '{"devDependencies": {"prisma": "^6.0.0"}}')
    key = 'ALTER TABLE "_AToB" ADD CONSTRAINT "_AToB_AB_pkey" PRIMARY KEY '
    assert key + '("A", "B");' in brant("diff", "--print", expect=0).stdout
    safe = brant("diff", "--print", "--safe", expect=0).stdout
    assert key + 'USING INDEX "_AToB_AB_unique";' in safe and "INDEX CONCURRENTLY" not in safe


def test_commands_of_prismas(brant):
    for words, instead in {"migrate deploy": "brant up", "migrate dev --name x": "brant diff NAME --up", "migrate status": "brant status", "db push": "brant diff"}.items():
        assert instead in brant(*words.split(), expect=2).stderr


def test_a_url_that_is_worked_out(project, brant):
    project.write("prisma/schema.prisma", schema())
    project.write("prisma.config.ts", 'import { url } from "./src/env";\nexport default { datasource: { url: url() } };\n')
    brant.url = None
    assert "prisma.config.ts works the URL out by code of its own" in brant("status", expect=2).stderr
