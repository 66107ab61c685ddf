"""Rename, retype and `check --fix` in the projects of each tool: what brant writes are migrations of that tool, and lead to one schema."""
import re

import pytest

from lib import checks
from lib.tools import TOOLS, Planted

TABLES = """CREATE TABLE public.teams (code text PRIMARY KEY);
CREATE TABLE public.users (id int PRIMARY KEY, name text NOT NULL DEFAULT 'nobody' CHECK (length(name) < 50), team text REFERENCES public.teams,
  CONSTRAINT one_name UNIQUE (name, team));
CREATE INDEX users_lower ON public.users (lower(name));
INSERT INTO public.teams VALUES ('red');
INSERT INTO public.users SELECT i, 'n' || i, 'red' FROM generate_series(1, 200) i;
"""
UNSAFE = """ALTER TABLE public.users ALTER COLUMN team SET NOT NULL, -- all have one
  ADD CONSTRAINT short CHECK (length(team) < 9);
CREATE INDEX IF NOT EXISTS users_team ON public.users (team);
"""


@pytest.fixture(params=TOOLS)
def planted(request, project, database, brant, shared_cache):
    brant.cache = shared_cache
    environment = brant.environment
    brant.environment = lambda url, env: environment(url, {"BRANT_PYTHON": "/usr/bin/python3"} | (env or {}))
    return Planted(request.param, project, database)


def shape(database):
    """Columns, constraints, indexes, triggers of users, in words."""
    return database.query("""
        SELECT 'column', attname::text, format_type(atttypid, atttypmod), attnotnull::text, pg_get_expr(adbin, adrelid) FROM pg_attribute
          LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum WHERE attrelid = 'public.users'::regclass AND attnum > 0 AND NOT attisdropped
        UNION ALL SELECT 'constraint', conname, pg_get_constraintdef(oid), convalidated::text, NULL FROM pg_constraint
          WHERE conrelid = 'public.users'::regclass AND contype <> 'n'
        UNION ALL SELECT 'index', indexrelid::regclass::text, pg_get_indexdef(indexrelid), indisvalid::text, NULL FROM pg_index WHERE indrelid = 'public.users'::regclass
        UNION ALL SELECT 'trigger', tgname, NULL, NULL, NULL FROM pg_trigger WHERE tgrelid = 'public.users'::regclass AND NOT tgisinternal
        ORDER BY 1, 2""")


WANTED = {
    ("column", "full_name", "text", "true", "'nobody'::text"),
    ("column", "id", "bigint", "true", None),
    ("column", "team", "text", "false", None),
    ("constraint", "one_name", "UNIQUE (full_name, team)", "true", None),
    ("constraint", "users_full_name_check", "CHECK ((length(full_name) < 50))", "true", None),
    ("constraint", "users_pkey", "PRIMARY KEY (id)", "true", None),
    ("constraint", "users_team_fkey", "FOREIGN KEY (team) REFERENCES teams(code)", "true", None),
    ("index", "one_name", "CREATE UNIQUE INDEX one_name ON public.users USING btree (full_name, team)", "true", None),
    ("index", "users_lower", "CREATE INDEX users_lower ON public.users USING btree (lower(full_name))", "true", None),
    ("index", "users_pkey", "CREATE UNIQUE INDEX users_pkey ON public.users USING btree (id)", "true", None),
}


def as_the_tool_would(planted, database):
    """All files on another database without brant: Prisma sends each as one message, Alembic is there itself."""
    if planted.tool == "alembic":
        planted.alembic.alembic("upgrade", "head", url=database.url)
    elif planted.tool == "prisma":
        for path in planted.files():
            database.psql("-c", path.read_text())
    else:
        for path in planted.files():
            database.psql("-f", str(path))


def test_renamed_and_retyped(planted, brant, database, new_database):
    planted.add("users", TABLES)
    brant("up", expect=0)
    brant("rename", "users.name", "full_name", expect=0)
    result = brant("up", expect=0)
    assert "held back" in result.stderr, str(result)
    # Old code, new code, old code again.
    database.psql("-c", "INSERT INTO users (id, name) VALUES (201, 'old')")
    database.psql("-c", "UPDATE users SET full_name = 'by new' WHERE id = 201")
    database.psql("-c", "UPDATE users SET name = 'by old again' WHERE id = 201; INSERT INTO users (id, full_name) VALUES (202, 'new')")
    assert database.query("SELECT name, full_name FROM users WHERE id > 200 ORDER BY id") == [("by old again", "by old again"), ("new", "new")]
    assert database.value("SELECT count(*) FROM users WHERE name IS DISTINCT FROM full_name") == 0
    assert database.value("SELECT sum(batches) FROM brant.backfill_range") > 0, "the rows were not moved in batches"
    assert "held back" in brant("up", expect=0).stderr
    brant("up", "--contract", expect=0)
    brant("retype", "users.id", "bigint", expect=0)
    brant("up", "--contract", expect=0)
    assert set(shape(database)) == WANTED
    assert database.query("SELECT count(*), count(DISTINCT full_name) FROM users") == [(202, 202)]
    other = new_database()
    as_the_tool_would(planted, other)
    assert set(shape(other)) == WANTED
    if planted.tool == "prisma":  # which has no other way to run it
        assert all(path.read_text().count(";\n") == 1 for path in planted.files() if "CONCURRENTLY" in path.read_text())
    checks.assert_pooler_rules(database)
    checks.assert_nothing_left(database)


def test_fixed(planted, brant, database, new_database):
    planted.add("users", TABLES)
    brant("up", expect=0)
    path = planted.add("unsafe", UNSAFE.replace(";\nC", ";--> statement-breakpoint\nC") if planted.tool == "drizzle" else UNSAFE)
    before = shape(database)
    if planted.tool == "prisma":  # the way back is cut like the way there
        (path.parent / "down.sql").write_text("DROP INDEX public.users_team; -- the last comes first\nALTER TABLE public.users DROP CONSTRAINT short;\n"
                                              "ALTER TABLE public.users ALTER team DROP NOT NULL;\n")
    result = brant("check", "--fix", path.parent.name if planted.tool == "prisma" else path.name, "--write", expect=0)
    if planted.tool == "alembic":  # Python is not rewritten: what to write is told, with the line that emits it
        assert re.search(r"a2_unsafe\.py:\d+: it locks a table while it works", result.stderr) and "INDEX CONCURRENTLY IF NOT EXISTS users_team" in result.stderr, str(result)
        return
    assert "2 statements in 1 file rewritten" in result.stdout and "-- all have one" in path.read_text(), str(result)
    assert ("drizzle-kit" in result.stderr or "Drizzle" in result.stderr) == (planted.tool == "drizzle"), str(result)
    if planted.tool == "prisma":  # which sends a file as one message
        assert [file.parent.name for file in planted.files()][-2:] == ["20240102000000_unsafe", "20240102000000_unsafe_2"], str(result)
        assert [(file.parent / "down.sql").read_text().count(";") for file in planted.files()[-2:]] == [2, 1], str(result)
        assert planted.files()[-1].read_text() == "CREATE INDEX CONCURRENTLY IF NOT EXISTS users_team ON public.users (team);\n" and "users_team" not in path.read_text()
    other = new_database()
    if planted.tool != "drizzle":
        as_the_tool_would(planted, other)
    brant("up", expect=0)
    assert planted.tool == "drizzle" or shape(other) == shape(database)
    assert {("column", "team", "text", "true", None), ("constraint", "short", "CHECK ((length(team) < 9))", "true", None),
            ("index", "users_team", "CREATE INDEX users_team ON public.users USING btree (team)", "true", None)} < set(shape(database))
    assert "no statement that locks" in brant("check", "--fix", expect=0).stdout
    if planted.tool == "prisma":
        brant("down", "2", expect=0)
        assert shape(database) == before
