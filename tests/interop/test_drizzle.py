"""Drizzle projects: brant and the real drizzle-kit on the same folder and the same ledger, through the pooler."""
import json
import os
import pathlib
import random
import re
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent / "drizzle"))
import driver  # noqa: E402
import generated  # noqa: E402
from kit import BREAKPOINT, Kit, rows  # noqa: E402
from lib import checks  # noqa: E402

USERS = 'export const users = d.pgTable("users", { id: d.serial().primaryKey(), email: d.text().notNull().unique() });\n'
POSTS = ('export const posts = d.pgTable("posts", { id: d.serial().primaryKey(), '
         'author: d.integer().notNull().references(() => users.id) }, (t) => [d.index("posts_author").on(t.author)]);\n')
T0 = 1700000000000


@pytest.fixture(params=["0.31", "1.0"])
def line(request):
    return request.param


@pytest.fixture
def kit(project, database, line):
    project.migrations.rmdir()
    return Kit(project.path, line, database.url)


@pytest.fixture
def journal(project, database):
    """A project of the 0.31 line, without the tool."""
    project.migrations.rmdir()
    kit = Kit.__new__(Kit)
    kit.path, kit.line, kit.url = project.path, "0.31", database.url
    kit.config()
    return kit


def standings(brant):
    status = json.loads(brant("status", "--json", expect=0).stdout)
    return [(m["version"], m["state"]) for m in status["migrations"]]


def test_each_goes_on_where_the_other_stopped(kit, brant, database):
    kit.schema(USERS)
    kit("generate", "--name", "init")
    brant("up", expect=0)
    assert [row[0] for row in rows(database)] == [kit.hash(tag) for tag in kit.tags]
    kit("migrate")
    assert len(rows(database)) == 1, "drizzle-kit agrees that it is applied"

    kit.schema(USERS + POSTS)
    kit("generate", "--name", "posts")
    kit("migrate")
    assert "0 pending" in brant("status", expect=0).stdout
    assert brant("up", expect=0)

    kit.custom("seed", "INSERT INTO users (email) VALUES ('a@b')" + BREAKPOINT + "INSERT INTO users (email) VALUES ('c@d')")
    brant("up", expect=0)
    kit("migrate")
    assert database.value("SELECT count(*) FROM users") == 2
    assert [row[0] for row in rows(database)] == [kit.hash(tag) for tag in kit.tags]
    checks.assert_pooler_rules(database)


def test_rows_are_the_same(kit, brant, database, new_database):
    """The same folder applied by both: not one column differs, but for when it was."""
    kit.schema(USERS)
    kit("generate", "--name", "init")
    kit.custom("more", "CREATE TABLE more (id int);")
    brant("up", expect=0)
    other = new_database()
    kit.url = other.url
    kit("migrate")
    columns = "id, hash, created_at" + (", name" if kit.line == "1.0" else "")
    assert rows(database, columns=columns) == rows(other, columns=columns)
    shape = "SELECT attname, format_type(atttypid, atttypmod), attnotnull FROM pg_attribute " \
            "WHERE attrelid = 'drizzle.__drizzle_migrations'::regclass AND attnum > 0"
    assert database.query(shape) == other.query(shape)


def test_ledger_is_closed_to_the_api(journal, brant, database):
    journal.config(migrations={"schema": "public", "table": "applied"})
    journal.migration("0000_a", "CREATE TABLE a (id int);", T0)
    brant("up", expect=0)
    for role in ("anon", "authenticated"):
        assert not database.value(f"SELECT has_table_privilege('{role}', 'public.applied', 'SELECT, INSERT, UPDATE, DELETE')")
    assert rows(database, "public.applied") == [(journal.hash("0000_a"), T0)]


def test_what_drizzle_kit_passes_over(database, project, brant):
    """A merge that brings an older entry: drizzle-kit says that all is well and never applies it."""
    project.migrations.rmdir()
    kit = Kit(project.path, "0.31", database.url)
    kit.migration("0000_a", "CREATE TABLE a (id int);", T0)
    kit.migration("0001_c", "CREATE TABLE c (id int);", T0 + 2000)
    brant("up", expect=0)
    kit.migration("0002_b", "CREATE TABLE b (id int);", T0 + 1000)
    kit("migrate")
    assert len(rows(database)) == 2 and not database.value("SELECT to_regclass('public.b')")

    shown = brant("status", expect=0).stdout
    assert "out of order" in shown and "drizzle-kit passes over it" in shown and "0001_c" in shown
    refused = brant("up", expect=4)
    assert "drizzle-kit passes over it" in refused.stderr and "--out-of-order" in refused.stderr
    brant("up", "--out-of-order", expect=0)
    assert rows(database)[-1] == (kit.hash("0002_b"), T0 + 1000)
    kit("migrate")
    assert len(rows(database)) == 3
    # What is younger than all is applied by both.
    kit.migration("0003_d", "CREATE TABLE d (id int);", T0 + 3000)
    kit("migrate")
    assert standings(brant) == [("0000", "applied"), ("0001", "applied"), ("0002", "applied"), ("0003", "applied")]


def test_older_entry_that_comes_first_is_in_nobody_s_way(journal, brant, database):
    """On an empty database drizzle-kit applies everything in the order of the journal."""
    journal.migration("0000_b", "CREATE TABLE b (id int);", T0 + 1000)
    journal.migration("0001_a", "ALTER TABLE b ADD COLUMN a int;", T0)
    brant("up", expect=0)
    assert [row[1] for row in rows(database)] == [T0 + 1000, T0]


def test_times_that_do_not_ascend_after_a_failure(journal, brant, database):
    """What a run did not reach is next, although drizzle-kit would pass over it now; what is merged later is asked for as ever."""
    journal.migration("0000_b", "CREATE TABLE b (id int);", T0 + 2000)
    journal.migration("0001_a", "ALTER TABLE b ADD COLUMN a int; SELECT 1/0;", T0 + 1000)
    journal.migration("0002_c", "CREATE TABLE c (id int);", T0 + 1500)
    assert "0001_a" in brant("up", expect=1).stderr
    journal.sql("0001_a").write_text("ALTER TABLE b ADD COLUMN a int;")
    assert standings(brant) == [("0000", "applied"), ("0001", "pending"), ("0002", "pending")]
    assert "drizzle-kit passes over it" in brant("status", expect=0).stdout
    brant("up", expect=0)
    assert [row[1] for row in rows(database)] == [T0 + 2000, T0 + 1000, T0 + 1500]
    journal.migration("0003_d", "CREATE TABLE d (id int);", T0)
    assert standings(brant)[3] == ("0003", "out of order")
    assert "0003_d" in brant("up", expect=4).stderr


@pytest.mark.parametrize("how", ["to", "baseline"])
def test_times_that_do_not_ascend_where_brant_was_told_to_stop(journal, brant, database, how):
    """What is behind the migration that was named is next, although drizzle-kit would pass over it now; so it is after `down`. A merge is asked for."""
    journal.migration("0000_b", "CREATE TABLE b (id int);", T0 + 2000)
    journal.migration("0001_a", "ALTER TABLE b ADD COLUMN a int;", T0 + 1000)
    journal.migration("0002_c", "CREATE TABLE c (id int);", T0 + 1500)
    journal.sql("0002_c").with_suffix(".down.sql").write_text("DROP TABLE c;")
    if how == "to":
        brant("up", "--to", "0000", expect=0)
    else:
        database.query("CREATE TABLE public.b (id int)")
        brant("baseline", "0000", expect=0)
    assert standings(brant) == [("0000", "applied"), ("0001", "pending"), ("0002", "pending")]
    assert "drizzle-kit passes over it" in brant("status", expect=0).stdout
    brant("up", "--to", "0001", expect=0)
    brant("up", expect=0)
    assert [row[1] for row in rows(database)] == [T0 + 2000, T0 + 1000, T0 + 1500]
    brant("down", expect=0)
    assert standings(brant)[2] == ("0002", "pending")
    brant("up", expect=0)
    journal.migration("0003_d", "CREATE TABLE d (id int);", T0 + 1200)
    assert standings(brant)[3] == ("0003", "out of order")
    assert "0003_d" in brant("up", expect=4).stderr


def test_a_search_path_of_the_role(journal, brant, database):
    """What the role has holds for `up`; where the database is asked, the history is replayed with it, and elsewhere brant.yaml says it."""
    journal.migration("0000_f", "CREATE SCHEMA util; CREATE FUNCTION util.one() RETURNS int LANGUAGE sql AS 'SELECT 1';", T0)
    journal.migration("0001_t", "CREATE TABLE t (id int DEFAULT one());", T0 + 1000)
    database.query(f"ALTER ROLE supabase_admin IN DATABASE {database.name} SET search_path = public, util")
    brant("up", expect=0)
    brant("drift", expect=0)
    assert "one()" in brant("diff", "--from", "history", "--to", "empty", "--print", expect=1).stderr
    (journal.path / "brant.yaml").write_text("search_path: public, util\n")
    brant("diff", "--from", "history", "--to", "empty", "--print", "--allow-data-loss", expect=0)
    database.query(f"ALTER ROLE supabase_admin IN DATABASE {database.name} RESET search_path")
    journal.migration("0002_u", "CREATE TABLE u (id int DEFAULT one());", T0 + 2000)
    brant("up", expect=0)
    brant("drift", expect=0)


def test_breakpoints_part_what_has_no_semicolon(journal, brant, database):
    journal.migration("0000_a", "CREATE TABLE a (id int)\n--> statement-breakpoint\nCREATE TABLE b (id int)--> statement-breakpoint "
                                "CREATE TABLE c (id int);\nCREATE TABLE d (t text DEFAULT '-->')\n--> statement-breakpoint\n", T0)
    brant("up", expect=0)
    assert database.value("SELECT count(*) FROM pg_class WHERE relname IN ('a', 'b', 'c', 'd') AND relkind = 'r'") == 4


@pytest.mark.parametrize("text, line, column", [
    ("SELECT 1;\nSELECT 'a --> statement-breakpoint b';", 2, 11),
    ("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$\nSELECT 1;\n--> statement-breakpoint\nSELECT 2 $$;", 3, 1),
    ("CREATE TABLE a (\n  id int,\n  --> statement-breakpoint\n  b int)", 3, 3),
])
def test_breakpoint_inside_a_statement(journal, brant, database, text, line, column):
    journal.migration("0000_a", text, T0)
    refused = brant("up", expect=1).stderr
    assert f"drizzle/0000_a.sql:{line}:{column}" in refused and "cuts a statement in two" in refused


def test_what_pull_wrote_is_commented_out(journal, brant):
    journal.migration("0000_a", "-- Current sql file was generated\n/*\nCREATE TABLE a (id int);\n--> statement-breakpoint\n"
                                "CREATE TABLE b (id int);\n*/", T0)
    refused = brant("up", expect=1).stderr
    assert "drizzle/0000_a.sql:2:1" in refused and "commented out" in refused and "brant baseline" in refused


def test_commit_in_front_of_a_concurrent_index(journal, brant, database):
    """Behind it each statement commits by itself, so that a procedure can commit, too."""
    journal.migration("0000_a", BREAKPOINT.join([
        "CREATE TABLE a (id int);", "CREATE PROCEDURE fill() LANGUAGE plpgsql AS $$ BEGIN INSERT INTO a VALUES (1); COMMIT; END $$;",
        "COMMIT;", "SET lock_timeout = 0;", "CREATE INDEX CONCURRENTLY a_id ON a (id);", "CALL fill();",
        "DROP PROCEDURE fill();", "SET lock_timeout = '5s';"]), T0)
    journal.migration("0001_b", "CREATE INDEX CONCURRENTLY a_id2 ON a (id);", T0 + 1)  # and without it
    brant("up", expect=0)
    assert database.value("SELECT count(*) FROM pg_index WHERE indrelid = 'a'::regclass AND indisvalid") == 2
    assert database.value("SELECT count(*) FROM a") == 1 and len(rows(database)) == 2
    checks.assert_pooler_rules(database)
    checks.assert_nothing_left(database)


def test_begin_behind_a_commit(journal, brant, database):
    """COMMIT so that the new value may be used, and BEGIN for the rest of the file: drizzle-kit's own COMMIT ends that one."""
    journal.migration("0000_e", "CREATE TYPE e AS ENUM ('a');" + BREAKPOINT + "CREATE TABLE t (v e);", T0)
    journal.migration("0001_b", BREAKPOINT.join(["ALTER TYPE e ADD VALUE 'b';", "COMMIT;", "BEGIN;", "INSERT INTO t VALUES ('b');", "CREATE TABLE u ();"]), T0 + 1000)
    brant("up", expect=0)
    assert database.query("SELECT v::text FROM t") == [("b",)] and len(rows(database)) == 2
    journal.migration("0002_c", BREAKPOINT.join(["COMMIT;", "BEGIN;", "INSERT INTO t VALUES ('a');", "SELECT 1/0;"]), T0 + 2000)
    assert "division by zero" in brant("up", expect=1).stderr
    assert database.query("SELECT v::text FROM t") == [("b",)] and len(rows(database)) == 2


def test_enum_value_added_and_used_in_one_run(journal, brant, database):
    journal.migration("0000_a", "CREATE TYPE mood AS ENUM ('sad');" + BREAKPOINT + "CREATE TABLE a (m mood);", T0)
    journal.migration("0001_b", "ALTER TYPE mood ADD VALUE 'ok';" + BREAKPOINT + "INSERT INTO a VALUES ('ok');", T0 + 1)
    journal.migration("0002_c", "ALTER TABLE a ALTER COLUMN m SET DEFAULT 'ok';", T0 + 2)
    brant("up", expect=0)
    assert database.value("SELECT m::text FROM a") == "ok"


def test_one_transaction_a_migration(journal, brant, database):
    journal.migration("0000_a", "CREATE TABLE a (id int);", T0)
    journal.migration("0001_b", "CREATE TABLE b (id int);" + BREAKPOINT + "CREATE TABLE a (id int);", T0 + 1)
    failed = brant("up", expect=1).stderr
    assert "drizzle/0001_b.sql:2:" in failed
    assert len(rows(database)) == 1 and not database.value("SELECT to_regclass('public.b')")


def test_edited_file_is_noticed(journal, brant, database):
    """Whoever applied it: the ledger has the hash, and drizzle-kit never looks."""
    journal.migration("0000_a", "CREATE TABLE a (id int);\n", T0)
    brant("up", expect=0)
    database.query("TRUNCATE brant.checksum")
    path = journal.sql("0000_a")
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert standings(brant) == [("0000", "applied")]
    path.write_text("CREATE TABLE a (id int, b int);\n")
    assert standings(brant) == [("0000", "edited")]


def test_rows_are_matched_by_identity(journal, brant, database):
    """Copies of one text, one of them gone: drizzle-kit would apply the new copy, so it is not taken for applied."""
    for number in range(3):
        journal.migration(f"000{number}_same", "SELECT 1;", T0 + number)
    brant("up", "--to", "0001", expect=0)
    assert standings(brant) == [("0000", "applied"), ("0001", "applied"), ("0002", "pending")]
    path = journal.path / "drizzle/meta/_journal.json"
    without_first = journal.journal
    del without_first["entries"][0]
    path.write_text(json.dumps(without_first))
    assert standings(brant) == [("0001", "applied"), ("0002", "pending")]


def test_a_journal_written_anew(journal, brant, database):
    """Other times, the same texts, and drizzle-kit would not apply them: the hashes say which is which."""
    journal.migration("0000_a", "CREATE TABLE a (id int);", T0)
    journal.migration("0001_b", "CREATE TABLE b (id int);", T0 + 1000)
    brant("up", expect=0)
    anew = journal.journal
    for entry in anew["entries"]:
        entry["when"] -= 500
    (journal.path / "drizzle/meta/_journal.json").write_text(json.dumps(anew))
    assert standings(brant) == [("0000", "applied"), ("0001", "applied")]


def test_baseline_and_resolve(kit, brant, database):
    kit.schema(USERS)
    kit("generate", "--name", "init")
    kit.schema(USERS + POSTS)
    kit("generate", "--name", "posts")
    for tag in kit.tags:
        database.psql("-c", kit.sql(tag).read_text())
    brant("baseline", expect=0)
    kit("migrate")
    assert [row[0] for row in rows(database)] == [kit.hash(tag) for tag in kit.tags]
    brant("resolve", kit.tags[-1], "--rolled-back", "--force", expect=0)
    assert [row[0] for row in rows(database)] == [kit.hash(kit.tags[0])]


def test_old_ledger_of_a_project_that_moved_to_folders(project, database, brant, new_database):
    """drizzle-kit up turns a journal into folders; the table gets its names when 1.0 first migrates, or when brant does."""
    project.migrations.rmdir()
    kit = Kit(project.path, "1.0", database.url)
    for number, name in enumerate(["a", "b", "c"]):
        kit.migration(f"000{number}_{name}", f"CREATE TABLE {name} (id int);", T0 + 1000 * number + 123)
        kit.write(f"drizzle/meta/000{number}_snapshot.json", json.dumps(
            {"id": f"0000000{number + 1}-0000-4000-8000-000000000000",
             "prevId": f"0000000{number}-0000-{'4' if number else '0'}000-{'8' if number else '0'}000-000000000000",
             "version": "7", "dialect": "postgresql", "tables": {}, "enums": {}, "schemas": {}, "sequences": {}, "roles": {},
             "policies": {}, "views": {}, "_meta": {"columns": {}, "schemas": {}, "tables": {}}}))
    brant("up", "--to", "0001", expect=0)
    database.query("DROP TABLE brant.checksum CASCADE; DROP SCHEMA brant CASCADE")
    kit("up")
    assert [state for _, state in standings(brant)] == ["applied", "applied", "pending"]
    brant("up", expect=0)
    after = rows(database, columns="name, created_at / 1000, applied_at IS NULL")
    assert [row[0] for row in after] == kit.tags
    assert [row[2] for row in after] == [True, True, False]
    kit("migrate")
    assert rows(database, columns="name, created_at / 1000, applied_at IS NULL") == after


def test_two_runners(journal, brant, database):
    """drizzle-kit applies twice; brant once."""
    for number in range(5):
        journal.migration(f"000{number}_t", f"CREATE TABLE t{number} (id int);" + BREAKPOINT + "SELECT pg_sleep(0.05);", T0 + number)
    started = [brant.start("up") for _ in range(3)]
    results = [brant.finish(process) for process in started]
    assert [result.status for result in results] == [0, 0, 0], "\n".join(map(str, results))
    assert len(rows(database)) == 5


def test_files_that_the_journal_does_not_name(journal, brant):
    journal.migration("0000_a", "SELECT 1;", T0)
    journal.write("drizzle/0001_lost.sql", "SELECT 2;")
    assert "0001_lost.sql is no migration: the journal does not name it" in brant("status", expect=0).stdout + \
        brant("status", expect=0).stderr


def test_down_script_that_drizzle_kit_does_not_see(journal, brant, database):
    journal.migration("0000_a", "CREATE TABLE a (id int);", T0)
    journal.write("drizzle/0000_a.down.sql", "DROP TABLE a;")
    brant("up", expect=0)
    brant("down", "--yes", expect=0)
    assert rows(database) == [] and not database.value("SELECT to_regclass('public.a')")


# ---- drizzle.config.* ----

FORMS = {
    "drizzle.config.ts": 'import "dotenv/config";\nimport type { Config } from "drizzle-kit";\nimport { env } from "@/env";\n'
                         'export default { %s } satisfies Config;\n',
    "drizzle.config.js": 'require("dotenv").config();\nconst { defineConfig } = require("drizzle-kit");\nmodule.exports = defineConfig({ %s });\n',
    "drizzle.config.mjs": 'const folder = "./db";\nexport default { %s };\n',
    "drizzle.config.json": '{ %s }\n',
}


@pytest.mark.parametrize("name", FORMS)
def test_config(journal, brant, database, name):
    """All forms; where the URL is, which table, which folder."""
    (journal.path / "drizzle.config.ts").unlink()
    url = json.dumps(database.url) if name.endswith("json") else "process.env.POSTGRES_URL"
    out = '`${folder}/migrations`' if name.endswith("mjs") else '"./db/migrations/"'
    keys = f'"dialect": "postgresql", "out": {out}, "schema": "./schema.ts", "verbose": true, ' \
           f'"migrations": {{ "schema": "public", "table": "Applied Ones" }}, "dbCredentials": {{ "url": {url} }}'
    journal.write(name, FORMS[name] % keys)
    journal.write("env.ts", "")
    journal.migration("0000_a", "CREATE TABLE a (id int);", T0)
    (journal.path / "db").mkdir()
    (journal.path / "drizzle").rename(journal.path / "db/migrations")
    brant("up", url=None, env={"POSTGRES_URL": database.url}, expect=0)
    assert len(rows(database, 'public."Applied Ones"')) == 1


def test_where_the_url_is(journal, brant, database):
    """.env files that the config has read, variables that somebody else checks, and what pg's clients take one by one."""
    journal.migration("0000_a", "CREATE TABLE a (id int);", T0)
    journal.write(".env.local", f"POSTGRES_URL={database.url}\n")
    where = 'dialect: "postgresql", schema: "./schema.ts", dbCredentials: '
    journal.write("drizzle.config.ts", 'import { config } from "dotenv"; import { env } from "./src/env";\nconfig({ path: ".env.local" });\n'
                  f'export default {{ {where}{{ url: env.POSTGRES_URL }} }};')
    journal.write("src/env.ts", 'import { createEnv } from "@t3-oss/env-nextjs"; export const env = createEnv({ server: {} });')
    assert "1 pending" in brant("status", url=None, expect=0).stdout
    user, password, host, port, name = re.match(r"\w+://([^:]+):([^@]+)@([^:]+):(\d+)/(\w+)", database.url).groups()
    journal.write(".env.local", f'DB_PASSWORD="{password}"\n')
    journal.write("drizzle.config.ts", 'import { config } from "dotenv";\nconfig({ path: [".env.local", ".env"] });\n'
                  f'export default {{ {where}{{ host: "{host}", port: {port}, user: "{user}", password: process.env.DB_PASSWORD, database: "{name}", ssl: false }} }};')
    assert "1 pending" in brant("status", url=None, expect=0).stdout
    (journal.path / ".env.local").unlink()
    journal.write("drizzle.config.ts", f'export default {{ {where}{{ url: requireEnv("NEON_URL") }} }}; const requireEnv = (n: string) => {{ throw n; }};')
    assert "NEON_URL is not set" in brant("status", url=None, expect=2).stderr
    for driver, words in (("pglite", "a database without a server"), ("aws-data-api", "no PostgreSQL connection")):
        journal.write("drizzle.config.ts", f'export default {{ driver: "{driver}", {where}{{ url: "./data" }} }};')
        assert words in brant("status", url=None, expect=2).stderr


def test_config_named_in_brant_yaml(journal, brant, database):
    """Projects with several databases have several configs."""
    journal.write("drizzle.config.ts", 'export default { dialect: "mysql", schema: "./schema.ts" };')
    journal.migration("0000_a", "CREATE TABLE a (id int);", T0)
    refused = brant("up", expect=2).stderr
    assert "drizzle.config.ts:1:27" in refused and "mysql" in refused and "config:" in refused
    journal.write("drizzle-pg.config.ts", 'export default { dialect: "postgresql", schema: "./schema.ts" };')
    journal.write("brant.yaml", "config: drizzle-pg.config.ts\n")
    brant("up", expect=0)


@pytest.mark.parametrize("key, place, message", [
    ('schema: 7', "1:49", "neither a text nor an array"),
    ('out: ["a"]', "1:46", "a text is expected"),
    ('casing: "kebab"', "1:49", "is no value"),
    ('migrations: { prefix: "date" }', "1:63", "is no value"),
])
def test_config_values(journal, brant, key, place, message):
    journal.write("drizzle.config.ts", f'export default {{ dialect: "postgresql", {key} }};')
    refused = brant("status", expect=2).stderr
    assert f"drizzle.config.ts:{place}" in refused and message in refused, refused


def test_without_a_config(journal, brant, database):
    """drizzle-orm's own migrate() needs none."""
    (journal.path / "drizzle.config.ts").unlink()
    journal.migration("0000_a", "CREATE TABLE a (id int);", T0)
    brant("up", expect=0)
    assert len(rows(database)) == 1


# ---- bad input ----

ENTRY = '{"idx": 0, "version": "7", "when": 1700000000000, "tag": "0000_a", "breakpoints": true}'


@pytest.mark.parametrize("text, place, message", [
    ("", "1:1", "the file ends where a value should stand"),
    ('{"dialect": "postgresql", "entries": [' + ENTRY + ",]}", "1:127", "one more value should stand here"),
    ("[]", "1:1", 'a journal is an object with "entries"'),
    ('{"entries": []}', "1:1", 'does not say its "dialect"'),
    ('{"dialect": "sqlite", "entries": []}', "1:13", "brant is for PostgreSQL"),
    ('{"dialect": "postgresql", "entries": [7]}', "1:39", "an entry is an object"),
    ('{"dialect": "pg", "entries": [{"idx": 0,\n"when": 1}]}', "1:31", 'has no "tag"'),
    ('{"dialect": "pg", "entries": [{"tag": "0000_a",\n"when": "1"}]}', "2:9", '"when" of "0000_a" is a string'),
    ('{"dialect": "pg", "entries": [{"tag": "0000_a"}]}', "1:31", '"when" of "0000_a" is nothing'),
    ('{"dialect": "pg", "entries": [{"tag": "../x", "when": 1}]}', "1:39", "no name of a migration"),
    ('{"dialect": "pg", "entries": [{"tag": "0001_gone", "when": 1}]}', "1:39", 'there is no file "drizzle/0001_gone.sql"'),
    ('{"dialect": "pg", "entries": [\n' + ENTRY + ",\n" + ENTRY + "\n]}", "3:58", 'names "0000_a" twice'),
    ('{"dialect": "postgresql", "entries": [\n<<<<<<< HEAD\n' + ENTRY + "\n=======\n>>>>>>> other\n]}", "2:1", "git could not merge"),
    ('{"dialect": "\0"}', "1:14", "NUL"),
])
def test_bad_journal(journal, brant, text, place, message):
    journal.write("drizzle/0000_a.sql", "SELECT 1;")
    journal.write("drizzle/meta/_journal.json", text)
    refused = brant("status", expect=2 if "sqlite" in text else 1).stderr
    assert f"drizzle/meta/_journal.json:{place}" in refused and message in refused, refused


def test_lost_journal_and_lost_snapshot(journal, brant):
    """Without the journal nothing is a migration; without the last snapshot "generate" writes again what is there."""
    journal.migration("0000_a", 'CREATE TABLE "a" ("b" text);', T0)
    journal.write("schema.ts", 'import { pgTable, text } from "drizzle-orm/pg-core"; export const a = pgTable("a", { b: text() });')
    said = brant("diff", "none", expect=0)
    assert "nothing to change" in said.stdout and '"0000_a" has no snapshot' in said.stdout + said.stderr
    brant("new", "later", expect=0)
    journal.write("schema.ts", (journal.path / "schema.ts").read_text() + ' export const c = pgTable("c", { b: text() });')
    brant("diff", "c", expect=0)
    again = brant("diff", "none", expect=0)
    assert "has no snapshot" not in again.stdout + again.stderr
    (journal.path / "drizzle/meta/_journal.json").unlink()
    for command in ("status", "check", "up"):
        refused = brant(command, expect=1).stderr
        assert 'no "drizzle/meta/_journal.json"' in refused and "version control" in refused, refused
    # SQL that was never beside a snapshot is no migration that anybody lost.
    for path in (journal.path / "drizzle/meta").glob("*_snapshot.json"):
        path.unlink()
    assert "0 migrations checked" in brant("check", "--offline", expect=0).stdout


def test_folder_that_is_no_time(kit, brant):
    if kit.line == "0.31":
        pytest.skip("folders are of the 1.0 line")
    kit.write("drizzle/20260101000000_a/migration.sql", "SELECT 1;")
    kit.write("drizzle/notes/migration.sql", "SELECT 1;")
    refused = brant("status", expect=1).stderr
    assert "drizzle/notes/migration.sql" in refused and "does not begin with a time" in refused


def test_bom_and_crlf(journal, brant, database):
    journal.migration("0000_a", "", T0)
    journal.sql("0000_a").write_bytes(b"\xef\xbb\xbfCREATE TABLE a (id int)\r\n--> statement-breakpoint\r\nCREATE TABLE b (id int);\r\n")
    path = journal.path / "drizzle/meta/_journal.json"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    brant("up", expect=0)
    assert rows(database) == [(journal.hash("0000_a"), T0)]


# ---- brant new ----

def test_new_between_generates(kit, brant, database):
    """drizzle-kit finds nothing to do after it, takes it for the previous one, and its check is content."""
    kit.schema(USERS)
    kit("generate", "--name", "init")
    made = brant("new", "Add a seed!", expect=0).stdout.split()
    tag = kit.tags[-1]
    assert tag.endswith("_add_a_seed") and str(kit.sql(tag).relative_to(kit.path)) in made
    assert kit.sql(tag).read_text() == "-- Custom SQL migration file, put your code below! --"
    kit.sql(tag).write_text("INSERT INTO users (email) VALUES ('a@b')")
    assert "No schema changes" in kit("generate", "--name", "none")
    kit.schema(USERS + POSTS)
    kit("generate", "--name", "posts")
    assert "posts" in kit.sql(kit.tags[-1]).read_text() and "users\" (" not in kit.sql(kit.tags[-1]).read_text()
    kit("check")
    brant("new", "again", expect=0)
    assert "No schema changes" in kit("generate", "--name", "none")
    brant("up", expect=0)
    kit("migrate")
    assert len(rows(database)) == len(kit.tags) == 4


def test_new_is_what_drizzle_kit_writes(kit, brant):
    """Byte for byte, but for ids and times."""
    kit.schema(USERS)
    kit("generate", "--name", "init")
    kit("generate", "--custom", "--name", "theirs")
    theirs = kit.tags[-1]
    brant("new", "ours", expect=0)
    ours = kit.tags[-1]

    def plain(tag):
        path = kit.path / (f"drizzle/meta/{tag[:4]}_snapshot.json" if kit.line == "0.31" else f"drizzle/{tag}/snapshot.json")
        return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", path.read_text())
    assert plain(ours) == plain(theirs)
    if kit.line == "0.31":
        path = kit.path / "drizzle/meta/_journal.json"
        entries = kit.journal["entries"]
        assert path.read_text() == json.dumps(kit.journal, indent=2)
        assert [entry["idx"] for entry in entries] == [0, 1, 2] and entries[2]["when"] > entries[1]["when"]
        assert entries[2].keys() == entries[1].keys() and list(entries[2]) == list(entries[1])


def test_new_in_an_empty_project(kit, brant, database):
    kit.schema("")
    brant("new", "first", expect=0)
    kit.schema(USERS)
    kit("generate", "--name", "users")
    kit("check")
    brant("up", expect=0)
    assert len(rows(database)) == 2


VERSIONS = [  # of drizzle-kit: package.json here, files above, is it the newer line?
    ("^0.31.1", {}, False), ("1.0.0-rc.4", {}, True), ("beta", {}, True), ("latest", {}, False), (None, {}, False),
    (None, {"package.json": '{"devDependencies": {"drizzle-kit": "^1.0.0"}}'}, True),
    ("catalog:", {"pnpm-workspace.yaml": "packages:\n  - app\ncatalog:\n  'drizzle-kit': ^1.0.0-beta.2\n"}, True),
    ("catalog:db", {"pnpm-workspace.yaml": "catalog:\n  drizzle-kit: ^0.31.0\ncatalogs:\n  db:\n    drizzle-kit: \"1.0.0-rc.1\"\n"}, True),
    ("catalog:", {"package.json": '{"workspaces": {"packages": ["app"], "catalog": {"drizzle-kit": "1.0.0-beta.9"}}}'}, True),
    ("catalog:x", {"package.json": '{"catalogs": {"x": {"drizzle-kit": "0.30.0"}}}', "node_modules/drizzle-kit/package.json": '{"version": "1.0.0"}'}, True),
]


def test_line_of_a_project_without_migrations(journal, brant):
    """The first migration is of the drizzle-kit that the project has, wherever a workspace keeps its version."""
    for number, (version, above, new) in enumerate(VERSIONS):
        top = f"top{number}"
        for name, text in above.items():
            journal.write(f"{top}/{name}", text)
        journal.write(f"{top}/app/package.json", json.dumps({"devDependencies": {"drizzle-kit": version} if version else {}}))
        journal.write(f"{top}/app/drizzle.config.ts", 'export default { dialect: "postgresql", out: "./drizzle" };')
        brant("-C", journal.path / top / "app", "new", "first", expect=0)
        folder = journal.path / top / "app/drizzle"
        assert bool(list(folder.glob("*_first/migration.sql"))) == new != (folder / "meta/_journal.json").exists(), (version, above)


@pytest.mark.parametrize("prefix, pattern", [
    ("index", r"0000_a"), ("timestamp", r"20\d{12}_a"), ("supabase", r"20\d{12}_a"), ("unix", r"\d{10}_a"), ("none", r"_a")])
def test_prefixes(journal, brant, database, prefix, pattern):
    journal.config(migrations={"prefix": prefix})
    brant("new", "a", expect=0)
    brant("new", "b", expect=0)
    assert re.fullmatch(pattern, journal.tags[0]) and journal.tags[0] < journal.tags[1]
    for tag in journal.tags:
        journal.sql(tag).write_text(f"CREATE TABLE {tag[-1]} (id int);")
    brant("up", expect=0)
    assert len(rows(database)) == 2


def test_number_that_nothing_has_yet(journal, brant):
    """After a merge the journal's idx and the snapshots disagree: drizzle-kit would overwrite one."""
    journal.migration("0000_a", "SELECT 1;", T0)
    journal.migration("0003_b", "SELECT 1;", T0 + 10 ** 13)  # a clock that was wrong
    journal.write("drizzle/meta/0007_snapshot.json", '{"id": "11111111-1111-4111-8111-111111111111", "prevId": "", "tables": {}}')
    brant("new", "c", expect=0)
    entry = journal.journal["entries"][-1]
    assert entry["tag"] == "0008_c" and entry["idx"] == 8 and entry["when"] == T0 + 10 ** 13 + 1
    assert json.loads((journal.path / "drizzle/meta/0008_snapshot.json").read_text())["prevId"].startswith("11111111")


def test_bad_snapshot(journal, brant):
    journal.migration("0000_a", "SELECT 1;", T0)
    journal.write("drizzle/meta/0000_snapshot.json", "[]")
    refused = brant("new", "b", expect=1).stderr
    assert "drizzle/meta/0000_snapshot.json:1:1" in refused and len(journal.tags) == 1
    journal.write("drizzle/meta/0000_snapshot.json", '{ "id": "x",\n')
    journal.write("schema.ts", 'import { gone } from "./gone";\nexport const t = gone;\n')
    assert "schema.ts:1:1" in brant("diff", "--print", env={"PATH": "/nowhere"}, expect=1).stderr
    journal.write("schema.ts", "")
    assert "drizzle/meta/0000_snapshot.json:2:1" in brant("diff", "--print", expect=1).stderr


# ---- brant diff ----

TABLES = {
    "users": '{ id: d.serial().primaryKey(), email: d.text().notNull().unique()%s }',
    "posts": '{ id: d.integer().primaryKey().generatedAlwaysAsIdentity(), title: d.varchar({ length: 200 })%s }',
}


def table(name, columns="", extras=""):
    return f'export const {name} = d.pgTable("{name}", {TABLES[name] % columns}' + (f", (t) => [{extras}]" if extras else "") + ");\n"


MOOD = 'export const mood = d.pgEnum("mood", ["sad", "ok"%s]);\n'
AUTHOR = ', author: d.integer().references(() => users.id, { onDelete: "cascade" })'

# What each step leads to; drizzle-kit and brant take turns.  None both drops and adds of one kind: drizzle-kit would ask.
STEPS = [
    table("users"),
    table("users", ", age: d.integer().default(3), tags: d.text().array().notNull().default([])"),
    MOOD % "" + table("users", ', age: d.integer().default(3), tags: d.text().array(), mood: mood().default("ok")')
    + table("posts", AUTHOR, 'd.index("by_author").on(t.author, t.title.desc())'),
    MOOD % ', "glad"' + table("users", ', age: d.bigint({ mode: "number" }).notNull().default(4), mood: mood().default("ok")')
    + table("posts", AUTHOR, 'd.index("by_author").on(t.author), d.check("short", sql`length(${t.title}) < 100`), '
                             'd.unique("one").on(t.author, t.title)'),
    'export const app = d.pgSchema("app");\nexport const kind = app.enum("kind", ["a"]);\n'
    'export const things = app.table("things", { a: d.integer(), b: d.uuid().defaultRandom(), k: kind() }, '
    '(t) => [d.primaryKey({ columns: [t.a, t.b] })]);\n' + MOOD % ', "glad"'
    + table("users", ', age: d.bigint({ mode: "number" }), mood: mood(), born: d.timestamp({ withTimezone: true }).defaultNow()',
            'd.pgPolicy("own", { for: "select", using: sql`true` })') + table("posts", AUTHOR)
    + 'export const names = d.pgView("names").as((qb) => qb.select({ email: users.email }).from(users));\n',
    MOOD % ', "glad"' + table("users", ', age: d.bigint({ mode: "number" })'),
]


def turn(kit, brant, number, by_brant):
    kit.schema(STEPS[number])
    if by_brant:
        brant("diff", f"step{number}", "--rename", "none", "--allow-data-loss", expect=0)
        assert "No schema changes" in kit("generate", "--name", "none"), f"step {number}"
    else:
        kit("generate", "--name", f"step{number}")
        assert "nothing to change" in brant("diff", "none", expect=0).stdout, f"step {number}"


@pytest.mark.slow
@pytest.mark.parametrize("first", [0, 1], ids=["drizzle-kit", "brant"])
def test_taking_turns(kit, brant, database, new_database, first):
    """
    Who begins, and who goes on: what one wrote, the other finds complete; both apply all of it with one result.

    Each takes minutes on a busy machine: unless BRANT_ALL_TURNS is set, drizzle-kit begins on the older line and brant on the newer.
    """
    if first != (kit.line == "1.0") and not os.environ.get("BRANT_ALL_TURNS"):
        pytest.skip("BRANT_ALL_TURNS is not set")
    for number in range(len(STEPS)):
        turn(kit, brant, number, by_brant=number % 2 != first)
    kit("check")  # all that is in the folder
    # Keys that the last snapshot has are statements like any other: of a DO block nobody can tell what it is about.
    kept = [path.read_bytes() for path in (brant.home / "cache/brant").glob("wanted-*.schema")]
    assert any(b"FOREIGN KEY" in text for text in kept) and not any(b"DO $brant$" in text for text in kept)
    brant("up", expect=0)
    kit("migrate")
    other = new_database()
    kit.url = other.url
    kit("migrate")
    assert len(rows(database)) == len(rows(other)) >= len(STEPS)
    without = "--exclude-schema=brant", "--exclude-schema=drizzle"
    assert database.cluster.dump(database.name, *without) == database.cluster.dump(other.name, *without)
    brant("drift", expect=0)


def test_snapshots_as_schemas(kit, brant, database):
    """What leads from one of drizzle-kit's snapshots to the next leads to the same database as drizzle-kit's own migration; the last one is what the history makes."""
    for number in (2, 3, 4):
        kit.schema(STEPS[number])
        kit("generate", "--name", f"step{number}")
    files = sorted((kit.path / "drizzle").glob("meta/0*.json" if kit.line == "0.31" else "*/snapshot.json"))
    dumps = [database.cluster.dump(database.name)]
    for before, after in zip(files, files[1:]):
        planned = brant("diff", "--from", before, "--to", after, "--print", "-q", expect=0).stdout
        number = files.index(after)
        theirs, ours = (database.cluster.create_database() for _ in range(2))
        for tag in kit.tags[:number]:
            for name in (theirs, ours):
                database.cluster.psql(name, "-f", kit.sql(tag))
        database.cluster.psql(theirs, "-f", kit.sql(kit.tags[number]))
        database.cluster.psql(ours, "-c", planned)
        assert database.cluster.dump(ours) == database.cluster.dump(theirs) not in dumps, planned
    assert brant("diff", "--from", "history", "--to", files[-1], "--print", "-q", expect=0).stdout.strip() == ""
    broken = json.loads(files[-1].read_text())
    broken |= {"tables": {"public.t": {"name": "t", "columns": {"a": {"name": "a"}}}}} if kit.line == "0.31" else {"prevIds": ["11111111-1111-4111-8111-111111111111"]}
    files[-1].write_text(json.dumps(broken, indent=2))
    refused = brant("diff", "--from", "history", "--to", files[-1], "--print", expect=1).stderr
    assert "snapshot.json:" in refused and ('"type" is missing' if kit.line == "0.31" else "stands on") in refused


def test_enum_that_no_snapshot_contains(kit, brant, database):
    """schema.ts does not export it, a migration by hand makes it: a column of it is compared by the type's name, and the type is left alone."""
    mood = 'const mood = d.pgEnum("mood", ["sad", "ok"]);\n'
    table = 'export const t = d.pgTable("t", {{ id: d.integer(), a: mood().default("sad"){} }}, (t) => [d.index("i").on(t.a).where(sql`a <> \'ok\'`)]);\n'
    kit.schema("")
    kit.custom("mood", "CREATE TYPE mood AS ENUM ('sad', 'ok');")
    for number, more in enumerate(("", ", b: mood().array(), c: d.text()")):
        kit.schema(mood + table.format(more))
        kit("generate", "--name", f"step{number}")
    files = sorted((kit.path / "drizzle").glob("meta/0*.json" if kit.line == "0.31" else "*/snapshot.json"))
    planned = brant("diff", "--from", files[-2], "--to", files[-1], "--print", "-q", expect=0).stdout
    assert 'ADD COLUMN "b"' in planned and "mood" in planned and "TYPE" not in planned and "DOMAIN" not in planned
    assert brant("diff", "--from", "history", "--to", files[-1], "--print", "-q", expect=0).stdout.strip() == ""


def test_from_nothing(kit, brant, database):
    """The last snapshot says what was done by hand in a history: not what there is from nothing on, nor of what was never made."""
    kit.schema('export const mood = d.pgEnum("mood", ["sad"]);\nexport const spare = d.pgEnum("spare", ["a"]);\nexport const t = d.pgTable("t", { m: mood() });\n')
    kit("generate", "--name", "init")
    said = brant("diff", "--from", "empty", "--to", "wanted", "--print", expect=0)
    assert said.stdout.count("CREATE TYPE") == 2 and "snapshot" not in said.stderr, said
    database.psql("-c", said.stdout)
    kit.custom("more", "CREATE TABLE other (a integer);")
    kit.sql(kit.tags[0]).write_text("SELECT 1;")
    text = brant("diff", "--print", expect=0).stdout
    assert "CREATE TABLE" in text and 'CREATE TYPE "mood"' in text and "spare" not in text, text


def test_several_configs(journal, brant):
    (journal.path / "drizzle.config.ts").rename(journal.path / "drizzle-dev.config.ts")
    journal.migration("0000_a", "SELECT 1;", T0)
    assert "1 pending" in brant("status", expect=0).stdout
    journal.write("drizzle-prod.config.ts", 'export default { dialect: "postgresql" };')
    refused = brant("status", expect=3).stderr
    assert "drizzle-dev.config.ts, drizzle-prod.config.ts" in refused and "config:" in refused
    journal.write("brant.yaml", "config: drizzle-dev.config.ts\n")
    brant("status", expect=0)


def test_config_that_a_script_names(journal, brant, database):
    journal.migration("0000_a", "CREATE TABLE a (id int);", T0)
    (journal.path / "db").mkdir()
    (journal.path / "drizzle.config.ts").rename(journal.path / "db/kit.config.ts")
    (journal.path / "drizzle").rename(journal.path / "sql")
    journal.write("db/kit.config.ts", (journal.path / "db/kit.config.ts").read_text().replace("./drizzle", "./sql"))
    script = {"generate": "drizzle-kit generate --config=db/kit.config.ts", "migrate": "dotenv -- drizzle-kit migrate --config db/kit.config.ts"}
    journal.write("package.json", json.dumps({"scripts": script}))
    assert "1 pending" in brant("status", expect=0).stdout


def test_config_for_the_folder_above(journal, brant):
    """As in a workspace: the configuration lies with its package, its paths are for the top folder."""
    (journal.path / "db").mkdir()
    (journal.path / "drizzle.config.ts").unlink()
    journal.write("db/drizzle.config.ts", 'export default { dialect: "postgresql", out: "./sql", schema: "./db/schema/*.ts" };')
    journal.write("db/schema/a.ts", 'import { pgTable, text } from "drizzle-orm/pg-core"; export const a = pgTable("a", { b: text() });')
    show = ("diff", "--from", "empty", "--to", "wanted", "--print")
    refused = brant("-C", "db", *show, expect=2).stderr
    assert 'no schema file at "./db/schema/*.ts"' in refused and "run brant there (-C db/..)" in refused or "-C ." in refused, refused
    journal.write("brant.yaml", "config: db/drizzle.config.ts\n")
    assert 'CREATE TABLE "a"' in brant(*show, expect=0).stdout
    assert 'no folder "./sql"' in brant("status", expect=1).stderr.replace('"sql"', '"./sql"')
    journal.write("brant.yaml", "")
    journal.write("drizzle.config.ts", 'export default { dialect: "postgresql", schema: "./dist/schema/*.js" };')
    assert "build the project first" in brant(*show, expect=2).stderr
    (journal.path / "src").mkdir()
    (journal.path / "db/schema").rename(journal.path / "src/schema")
    assert 'CREATE TABLE "a"' in brant(*show, expect=0).stdout


def test_hand_made_change_that_drizzle_kit_does_not_see(kit, brant, database):
    """Snapshot and schema.ts agree, the migration was edited: nothing is to be done, and it is said."""
    kit.schema('export const t = d.pgTable("t", { id: d.serial(), a: d.text().default("new").notNull(), b: d.text() }, (t) => [d.index("i").on(t.b)]);\n')
    kit("generate", "--name", "init")
    path = kit.sql(kit.tags[-1])
    path.write_text(re.sub(r"CREATE INDEX .*", "SELECT 1;", path.read_text().replace("'new'", "'old'")))
    kit.custom("by_hand", BREAKPOINT.join([
        "CREATE SCHEMA private;", "CREATE FUNCTION private.f() RETURNS int LANGUAGE sql AS 'SELECT 1';",
        "ALTER TABLE t ENABLE ROW LEVEL SECURITY;", "ALTER SEQUENCE t_id_seq RENAME TO earlier_id_seq;"]))
    said = brant("diff", "none", expect=0)
    assert "nothing to change" in said.stdout and "default" in said.stderr + said.stdout and "index" in said.stderr + said.stdout
    assert "No schema changes" in kit("generate", "--name", "none")
    kit.schema('export const t = d.pgTable("t", { id: d.serial(), a: d.text().default("newer").notNull(), b: d.text() }, (t) => [d.index("i").on(t.b)]);\n')
    brant("diff", "newer", expect=0)
    text = kit.sql(kit.tags[-1]).read_text()
    assert re.fullmatch(r"ALTER TABLE \S+ ALTER COLUMN \S+ SET DEFAULT 'newer'(::text)?;", text), text
    kit.schema('export const t = d.pgTable("t", { id: d.serial(), a: d.text().default("newer").notNull(), b: d.text() }, (t) => [d.index("i").on(t.b), '
               'd.pgPolicy("own", { using: sql`true` })]);\n')
    brant("diff", "policy", expect=0)
    assert "CREATE POLICY" in kit.sql(kit.tags[-1]).read_text() and "No schema changes" in kit("generate", "--name", "none")
    kit.custom("table_by_hand", "CREATE TABLE made (a integer, b text);")
    kit.schema((kit.path / "schema.ts").read_text().split("\n", 2)[2] + 'export const made = d.pgTable("made", { a: d.integer(), b: d.text(), c: d.text() });\n')
    brant("diff", "made", expect=0)
    assert kit.sql(kit.tags[-1]).read_text() == 'ALTER TABLE "made" ADD COLUMN "c" text;'
    # A serial column that becomes another: drizzle-kit leaves the default, and the sequence with it.
    kit.schema((kit.path / "schema.ts").read_text().split("\n", 2)[2] + 'export const n = d.pgTable("n", { a: d.serial() });\n')
    brant("diff", "serial", expect=0)
    kit.schema((kit.path / "schema.ts").read_text().split("\n", 2)[2].replace('"n", { a: d.serial()', '"n", { a: d.bigint({ mode: "number" }).notNull()'))
    kit.custom("no_serial", "SELECT 1;")
    kit("generate", "--name", "bigint")
    kit.sql(kit.tags[-1]).write_text('ALTER TABLE "n" ALTER COLUMN "a" SET DATA TYPE bigint;')
    said = brant("diff", "none", expect=0)
    assert "nothing to change" in said.stdout and "n.a" in said.stdout + said.stderr, said
    kit.custom("type_by_hand", "CREATE TYPE unseen AS ENUM ('a');" + BREAKPOINT + "CREATE TABLE sees (u unseen);")
    kit.schema((kit.path / "schema.ts").read_text().split("\n", 2)[2] + 'const unseen = d.pgEnum("unseen", ["a"]);\n'
               'export const sees = d.pgTable("sees", { u: unseen(), v: d.text() });\n')
    brant("diff", "sees", expect=0)
    assert kit.sql(kit.tags[-1]).read_text() == 'ALTER TABLE "sees" ADD COLUMN "v" text;'
    if kit.line == "1.0":
        return
    # The key of one column has no name in a snapshot: drizzle-kit writes its DROP as a comment, and no server can make the key that points at it again.
    both = 'export const k = d.pgTable("k", { id: d.integer()%s, x: d.text() });\nexport const m = d.pgTable("m", { k: d.integer().references(() => k.id)%s });\n'
    rest = (kit.path / "schema.ts").read_text().split("\n", 2)[2]
    kit.schema(rest + both % (".primaryKey()", ""))
    kit("generate", "--name", "key")
    kit.schema(rest + both % (".notNull()", ""))
    kit("generate", "--name", "no_key")
    assert "-- ALTER TABLE" in kit.sql(kit.tags[-1]).read_text()
    said = brant("diff", "none", expect=0)
    assert "nothing to change" in said.stdout and "k_pkey" in said.stderr + said.stdout
    kit.schema(rest + both % (".notNull()", ", y: d.text()"))
    brant("diff", "more", expect=0)
    assert kit.sql(kit.tags[-1]).read_text() == 'ALTER TABLE "m" ADD COLUMN "y" text;' and "No schema changes" in kit("generate", "--name", "none")
    # A table that the history never made is made with all that it has.
    kit.schema((kit.path / "schema.ts").read_text().split("\n", 2)[2]
               + 'export const late = d.pgTable("late", { id: d.serial().primaryKey(), k: d.integer() }, (t) => [d.index("late_k").on(t.k)]);\n')
    kit("generate", "--name", "late")
    kit.sql(kit.tags[-1]).write_text("SELECT 1;")
    text = brant("diff", "--print", expect=0).stdout
    assert "PRIMARY KEY" in text and 'CREATE INDEX "late_k"' in text, text
    kit.sql(kit.tags[-1]).write_text(text)
    # Two names that are one when PostgreSQL has cut them: the second key is not there, whatever drizzle-kit believes.
    long = "a_name_that_is_so_long_that_what_comes_behind_is_cut_off_by_it"
    kit.schema((kit.path / "schema.ts").read_text().split("\n", 2)[2]
               + f'export const l = d.pgTable("{long}", {{ a: d.integer().references(() => users.id), b: d.integer().references(() => users.id) }});\n' + USERS)
    kit("generate", "--name", "long")
    path = kit.sql(kit.tags[-1])
    path.write_text(re.sub(r"ALTER TABLE \S+ ADD CONSTRAINT (\S+)_b_users.*", "SELECT 1;", path.read_text()))
    assert "nothing to change" in brant("diff", "none", expect=0).stdout


def test_schema_that_only_node_can_read(kit, brant, database):
    """The project's own drizzle-kit is asked for DDL and snapshot; without Node the place in schema.ts is the error."""
    kit.schema('function name() { once: for (;;) { break once; } return "t"; }\nexport const t = d.pgTable(name(), { id: d.integer().primaryKey() });\n')
    refused = brant("diff", "init", env={"PATH": "/nowhere"}, expect=1).stderr
    assert "schema.ts:3:19" in refused and "labeled_statement" in refused and "drizzle-kit" in refused
    brant("diff", "init", env={"HOME": pathlib.Path.home()}, expect=0)
    assert '"t"' in kit.sql(kit.tags[-1]).read_text()
    assert "No schema changes" in kit("generate", "--name", "none")
    assert not (kit.path / ".brant").exists()


@pytest.mark.slow
def test_parts_of_a_diff(kit, brant, database, new_database):
    """--safe: an index that is built concurrently is a migration of its own, with a snapshot, and drizzle-kit can apply it."""
    kit.schema(USERS)
    kit("generate", "--name", "init")
    kit.schema(USERS.replace(" });", " }, (t) => [d.index(\"by_email\").on(t.email)]);")
               + POSTS)
    brant("diff", "more", "--safe", expect=0)
    tags = kit.tags
    assert len(tags) >= 3 and any("COMMIT;" in kit.sql(tag).read_text() and "CONCURRENTLY" in kit.sql(tag).read_text() for tag in tags)
    assert "No schema changes" in kit("generate", "--name", "none")
    kit("check")
    brant("up", expect=0)
    other = new_database()
    kit.url = other.url
    kit("migrate")
    assert len(rows(database)) == len(rows(other)) == len(tags)


def test_renames(kit, brant, database):
    """Never a prompt: the question is asked with its own status, and the change of the renamed column is not lost."""
    kit.schema(USERS)
    kit("generate", "--name", "init")
    kit.schema(USERS.replace("email: d.text()", "mail: d.varchar({ length: 99 })"))
    asked = brant("diff", "mail")
    assert asked.status in (3, 4), str(asked)
    brant("diff", "mail", "--rename", "users.email=mail", "--allow-data-loss", expect=0)
    assert "No schema changes" in kit("generate", "--name", "none")
    text = "".join(kit.sql(tag).read_text() for tag in kit.tags[1:])
    assert "RENAME COLUMN" in text and "character varying(99)" in text
    assert ("CONSTRAINT" in text) == (kit.line == "0.31"), "since 1.0 a name that nobody gave does not count"
    brant("up", expect=0)


def test_roles(kit, brant, database):
    """pgRole() is made, changed and dropped as drizzle-kit does it: both compare with the last snapshot, and neither asks the server."""
    names = {name: f"{name}_{kit.line.replace('.', '')}_{os.getpid()}" for name in ("admin", "robot")}
    both = (f'export const admin = d.pgRole("{names["admin"]}", {{ createDb: true }});\nexport const robot = d.pgRole("{names["robot"]}");\n'
            'export const there = d.pgRole("authenticated").existing();\n')
    policy = ', [d.pgPolicy("own", { to: admin, using: sql`true` })]);'
    kit.schema(both + USERS.replace(");\n", policy + "\n").replace("}, [", "}, (t) => ["))
    brant("diff", "roles", expect=0)
    text = kit.sql(kit.tags[-1]).read_text()
    assert f'CREATE ROLE "{names["admin"]}" WITH CREATEDB;' in text and f'CREATE ROLE "{names["robot"]}";' in text and "authenticated" not in text
    assert "No schema changes" in kit("generate", "--name", "none")
    kit.schema(both.replace("createDb: true", "createRole: true, inherit: false"))
    brant("diff", "changed", "--down", "--allow-data-loss", expect=0)
    text = kit.sql(kit.tags[-1]).read_text()
    assert f'ALTER ROLE "{names["admin"]}" WITH NOCREATEDB CREATEROLE NOINHERIT;' in text and "CREATE ROLE" not in text
    assert "No schema changes" in kit("generate", "--name", "none")
    kit.schema(both.splitlines()[1] + "\n")
    brant("diff", "dropped", expect=0)
    text = kit.sql(kit.tags[-1]).read_text()
    assert text == f'DROP ROLE "{names["admin"]}";'
    assert "No schema changes" in kit("generate", "--name", "none") and "nothing to change" in brant("diff", "none", expect=0).stdout
    brant("up", expect=0)
    assert [name for name, role in names.items() if database.value(f"SELECT to_regrole('{role}')")] == ["robot"]
    database.query(f'DROP ROLE "{names["robot"]}"')


def test_materialized_view_without_data(kit, brant, database):
    kit.schema('export const v = d.pgMaterializedView("v", { x: d.integer() }).withNoData().as(sql`select 1 as x`);\n')
    brant("diff", "view", expect=0)
    assert "WITH NO DATA" in kit.sql(kit.tags[-1]).read_text()
    assert "No schema changes" in kit("generate", "--name", "none")
    brant("up", expect=0)
    assert database.value("SELECT NOT relispopulated FROM pg_class WHERE relname = 'v'")


def test_branches_of_the_newer_line(project, database, brant):
    """Footprints: drizzle-kit's check sees whether two branches that brant made are in each other's way."""
    project.migrations.rmdir()
    kit = Kit(project.path, "1.0", database.url)
    drizzle, aside = project.path / "drizzle", project.path / "aside"

    def branch(name, schema):
        before = set(drizzle.iterdir())
        kit.schema(schema)
        brant("diff", name, "--rename", "none", "--allow-data-loss", expect=0)
        (made,) = set(drizzle.iterdir()) - before
        aside.mkdir(exist_ok=True)
        return made.rename(aside / f"{made.name[:14]}_{name}")

    kit.schema(USERS)
    brant("diff", "init", expect=0)
    dropped = branch("drop_email", USERS.replace(", email: d.text().notNull().unique()", ""))
    indexed = branch("index_email", USERS.replace(" });", " }, (t) => [d.index(\"by_email\").on(t.email)]);"))
    posts = branch("posts", USERS + 'export const posts = d.pgTable("posts", { id: d.serial().primaryKey() });\n')
    for made in (dropped, indexed):
        made.rename(drizzle / made.name)
    said = kit("check", expect=1)
    assert "drop_email" in said and "index_email" in said, said
    (drizzle / dropped.name).rename(dropped)
    posts.rename(drizzle / posts.name)
    kit("check")


def snapshots(kit):
    """What drizzle-kit goes on from: the last snapshot, or for 1.0 all of them by folder."""
    if kit.line == "0.31":
        return json.loads(max((kit.path / "drizzle/meta").glob("*_snapshot.json")).read_text())
    return {path.parent.name: json.loads(path.read_text()) for path in (kit.path / "drizzle").glob("*/snapshot.json")}


def test_pairs_of_generated_schemas(kit, brant):
    """
    From one random schema to another: after brant's migrations drizzle-kit's differ finds nothing between their snapshot and schema.ts.

    BRANT_DRIZZLE_PAIRS says how many, BRANT_DRIZZLE_SEED from where on; one drizzle-kit answers for all.
    """
    n, seed = int(os.environ.get("BRANT_DRIZZLE_PAIRS", 2)), int(os.environ.get("BRANT_DRIZZLE_SEED", 1))
    real = driver.Kit(kit.line)
    try:
        for number in range(n + 1):
            text = driver.IMPORTS + generated.schema(random.Random(seed + number), kit.line)
            kit.write("schema.ts", text)
            brant("diff", f"step{number}", "--rename", "none", "--allow-data-loss", expect=0)
            assert real.ddl(text, previous=snapshots(kit)) == [], f"seed {seed + number}: {text}"
    finally:
        real.stop()
