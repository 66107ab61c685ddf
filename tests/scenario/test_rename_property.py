"""The two-way trigger of rename and retype: whatever old code and new code write, the column behaves as it did before.

Random statements run on a table whose column is on the move and on a twin that is left alone: the same error or none, the same rows after each of them.
RENAME_STATEMENTS=3000 runs that many in each phase (old code alone, old and new code, new code alone); RENAME_SEED chooses others.
"""
import io
import os
import random
from dataclasses import dataclass

import psycopg2
import pytest

STATEMENTS = int(os.environ.get("RENAME_STATEMENTS", "100"))
SEED = os.environ.get("RENAME_SEED", "8")
KEYS = 12


@dataclass
class Moving:
    type: str                            # of the old column
    values: list                         # what old code writes
    constraints: str = ""
    command: tuple = ("rename", "t.a", "b")
    new_type: str = None                 # None: the same
    new_values: list = None              # what new code writes; None: the same
    forward: str = "a"                   # as the user says it
    back: str = "a"
    before: str = ""                     # SQL, with {t}
    beside: bool = False                 # another column of the table moves at the same time

    @property
    def between(self):
        """The new column's name while both are there."""
        return self.command[2] if self.command[0] == "rename" else "a_new"

    @property
    def after(self):
        return self.command[2] if self.command[0] == "rename" else "a"


TEXTS = ["x", "y", "", "z z", "d", None]
UTC = "a AT TIME ZONE 'UTC'"
MOVES = {
    "text": Moving("text", TEXTS),
    "with a default": Moving("text", TEXTS, "DEFAULT 'd'"),
    "two at once": Moving("text", TEXTS, "NOT NULL DEFAULT 'd'", beside=True),
    "unique": Moving("text", ["u1", "u2", "u3", "u4", "u5", "too long", None], "UNIQUE CHECK (length(a) < 6)"),
    "from a sequence": Moving("int", ["1", "2", "3", None], "DEFAULT nextval('public.{t}_n')", before="CREATE SEQUENCE public.{t}_n;"),
    "foreign key": Moving("int", ["1", "2", "3", "9", None], "REFERENCES public.{t}_teams ON DELETE SET NULL ON UPDATE CASCADE",
                          before="CREATE TABLE public.{t}_teams (id int PRIMARY KEY); INSERT INTO public.{t}_teams VALUES (1), (2), (3);"),
    "enum": Moving("public.mood", ["sad", "ok", "happy", None], "DEFAULT 'ok'"),
    "int to bigint": Moving("int", ["0", "1", "-5", "2147483647", None], "NOT NULL DEFAULT 7", ("retype", "t.a", "int8"), "bigint", ["0", "1", "3000000000", None]),
    "text to integer": Moving("text", ["1", "2", "-3", "abc", "99999999999", "", None], "DEFAULT '7'", ("retype", "t.a", "integer"), "integer", ["1", "2", "-3", None]),
    "text to integer, not null": Moving("text", ["1", "2", "-3", "abc", None], "NOT NULL", ("retype", "t.a", "integer"), "integer", ["1", "2", None]),
    "shorter": Moving("varchar", ["ab", "abcd", "abcdefgh", None], "DEFAULT 'ab'", ("retype", "t.a", "varchar(4)"), "varchar(4)", ["ab", "abcd", None]),
    "enum to text": Moving("public.mood", ["sad", "ok", "happy", None], "NOT NULL DEFAULT 'ok'", ("retype", "t.a", "text"), "text", ["sad", "ok", "furious"]),
    "text to enum": Moving("text", ["sad", "ok", "furious", None], "DEFAULT 'ok'", ("retype", "t.a", "public.mood"), "public.mood", ["sad", "happy", None]),
    "cents": Moving("int", ["0", "1", "-5", "1000000000", None], "NOT NULL DEFAULT 250", ("retype", "t.a", "numeric(12,2)"), "numeric(12,2)",
                    ["2.50", "0.01", "99999999.99", None], "a / 100.0", "round(a * 100)::int"),
    "zones": Moving("timestamp", ["2024-05-05 12:00:00", "1999-12-31 23:59:59", None], "DEFAULT '2024-01-01'", ("retype", "t.a", "timestamptz"), "timestamptz",
                    ["2024-05-05 12:00:00+00", "2001-01-01 00:00:00+00", None], UTC, UTC),
}

# {c} is the column, {v} a value of it, {o} another column; parameters are the same for both tables.
KINDS = {
    "insert": ("INSERT INTO {t} (id, {c}, {o}) VALUES (%(key)s, {v}, %(other)s) RETURNING id, {o}", 4),
    "insert without it": ("INSERT INTO {t} (id, {o}) VALUES (%(key)s, %(other)s)", 2),
    "insert DEFAULT": ("INSERT INTO {t} (id, {c}) VALUES (%(key)s, DEFAULT)", 1),
    "insert many": ("INSERT INTO {t} (id, {c}) SELECT i, {v} FROM pg_catalog.generate_series(%(low)s, %(high)s) i ON CONFLICT DO NOTHING", 2),
    "update": ("UPDATE {t} SET {c} = {v} WHERE id = %(key)s", 6),
    "update many": ("UPDATE {t} SET {c} = {v}, {o} = %(other)s WHERE id BETWEEN %(low)s AND %(high)s", 2),
    "update of another": ("UPDATE {t} SET {o} = %(other)s WHERE id BETWEEN %(low)s AND %(high)s", 3),
    "update from itself": ("UPDATE {t} SET {c} = {c} WHERE id BETWEEN %(low)s AND %(high)s", 1),
    "update to the default": ("UPDATE {t} SET {c} = DEFAULT WHERE id = %(key)s", 1),
    "delete": ("DELETE FROM {t} WHERE id = %(key)s", 2),
    "delete by it": ("DELETE FROM {t} WHERE {c} IS NOT DISTINCT FROM {v} AND id < 4", 1),
    "upsert": ("INSERT INTO {t} (id, {c}) VALUES (%(key)s, {v}) ON CONFLICT (id) DO UPDATE SET {c} = EXCLUDED.{c}, {o} = 'again'", 4),
    "upsert, nothing": ("INSERT INTO {t} (id, {c}) VALUES (%(key)s, {v}) ON CONFLICT DO NOTHING", 1),
    "copy": ("COPY {t} (id, {c}) FROM STDIN", 2),
    "rolled back": ("UPDATE {t} SET {c} = {v} WHERE id = %(key)s", 1),
}
MERGE = ("MERGE INTO {t} m USING (SELECT %(key)s AS id) s ON s.id = m.id WHEN MATCHED THEN UPDATE SET {c} = {v} WHEN NOT MATCHED THEN INSERT (id, {c}) VALUES (s.id, {v})", 2)
BY_IT = ("INSERT INTO {t} (id, {c}) VALUES (%(key)s, {v}) ON CONFLICT ({c}) DO UPDATE SET {o} = EXCLUDED.{c}", 4)
PARENTS = {
    "parent deleted": ("DELETE FROM {t}_teams WHERE id = %(team)s", 1),
    "parent made": ("INSERT INTO {t}_teams VALUES (%(team)s) ON CONFLICT DO NOTHING", 2),
    "parent changed": ("UPDATE {t}_teams SET id = 3 WHERE id = 2 AND NOT EXISTS (SELECT FROM {t}_teams WHERE id = 3)", 1),
}

LOST = "a IS NOT NULL AND public.there(a) IS NULL"
CONVERSIONS = """CREATE FUNCTION public.there(a {type}) RETURNS {new} LANGUAGE plpgsql AS $$ DECLARE w {new}; BEGIN w := {forward}; RETURN w;
  EXCEPTION WHEN data_exception THEN RETURN NULL; END $$;
CREATE FUNCTION public.back(a {new}) RETURNS {type} LANGUAGE sql RETURN ({back})::{type};
"""


class Twins:
    """public.t, whose column moves, and public.ref, whose column does not."""

    def __init__(self, moving, database, dice):
        self.moving, self.dice = moving, dice
        self.connection = database.connect()
        self.cursor = self.connection.cursor()
        # As applications may have it: the trigger depends on neither.
        self.cursor.execute("SET search_path = ''; SET timezone = 'Asia/Tokyo'")
        self.new, self.other = None, "other"  # the new column's name, when there is one
        self.has_old, self.since = True, {}   # since: rows as they were at step 1
        self.kinds = dict(KINDS)
        if self.connection.server_version >= 150000:
            self.kinds["merge"] = MERGE
        if "UNIQUE" in moving.constraints:
            self.kinds["upsert by it"] = BY_IT
        if "REFERENCES" in moving.constraints:
            self.kinds |= PARENTS
        self.turns = 0

    def value(self, sql, params=()):
        self.cursor.execute(sql, params)
        return self.cursor.fetchone()[0]

    def rows(self, sql):
        self.cursor.execute(sql)
        return self.cursor.fetchall()

    def attempt(self, table, column, type, other, kind, value, params):
        """What an application sees: SQLSTATE, number of rows, what was returned."""
        # A cast to a length would cut.
        typed = f"{'NULL' if value is None else repr(value)}::{type.split('(')[0]}"
        sql = self.kinds[kind][0].format(t=f"public.{table}", c=column, v=typed, o=other)
        try:
            if kind == "copy":
                shown = "\\N" if value is None else value
                self.cursor.copy_expert(sql, io.StringIO(f"{params['key']}\t{shown}\n"))
                return None, self.cursor.rowcount, None
            if kind == "rolled back":
                self.cursor.execute("BEGIN")
            self.cursor.execute(sql, params)
            return None, self.cursor.rowcount, self.cursor.fetchall() if self.cursor.description else None
        except psycopg2.Error as error:
            return error.pgcode, 0, None
        finally:
            if kind == "rolled back":
                self.cursor.execute("ROLLBACK")

    def converted(self, function, type, value):
        """As text; False where it cannot be."""
        try:
            return self.value(f"SELECT public.{function}(%s::{type})::text", (value,))
        except psycopg2.Error:
            return False

    def turn(self, phase, by_new, strict):
        """One statement on both.  strict: the new column is NOT NULL already, so that old code gets an error for what cannot be converted."""
        moving, dice = self.moving, self.dice
        self.turns += 1
        kind = dice.choices(list(self.kinds), [weight for _, weight in self.kinds.values()])[0]
        low, high = sorted((dice.randint(1, KEYS), dice.randint(1, KEYS)))
        params = {"key": dice.randint(1, KEYS), "low": low, "high": high, "other": dice.choice(["o1", "o2", None]), "team": dice.randint(1, 3)}
        value = dice.choice(moving.new_values if by_new and moving.new_values else moving.values)
        twin = self.converted("back", moving.new_type or moving.type, value) if by_new else value
        writes = "{v}" in self.kinds[kind][0] or kind == "copy"
        where = f"{phase}, statement {self.turns}: {kind}, {'new' if by_new else 'old'} code, {value!r}, {params}"
        if "nextval" in moving.constraints:
            # As docs/rename.md says: the new column has no such default before step 3.
            if by_new and self.has_old and (writes and value is None or kind == "update to the default"):
                return
            self.cursor.execute("SELECT pg_catalog.setval('public.t_n', %(n)s), pg_catalog.setval('public.ref_n', %(n)s)", {"n": self.turns * 100})
        # New code that writes NULL where it sees NULL has changed nothing, though the old column holds what cannot be converted.
        if by_new and value is None and writes and self.has_old and self.value(f"SELECT count(*) FROM public.ref WHERE {LOST}"):
            return
        name, type = (self.new, moving.new_type or moving.type) if by_new else ("a", moving.type)
        if writes and twin is False and not self.has_old:
            return  # the twin has no room for it
        lost = not by_new and value is not None and self.converted("there", moving.type, value) is None
        seen = self.attempt("t", name, type, self.other, kind, value, params)
        if writes and (twin is False or strict and lost):
            # The other column has no room for it: an error, or there was no row to write.
            assert seen[0] in ("22003", "22P02", "23502", "23514") or seen[1] == 0, f"{where}: {seen}"
        else:
            wanted = self.attempt("ref", "a", moving.type, "other", kind, twin if writes else None, params)
            assert seen == wanted, f"{where}: {seen} instead of {wanted}"
        self.compare(where)

    def compare(self, where):
        wanted = self.rows("SELECT id, a::text, other FROM public.ref ORDER BY id")
        if self.has_old:
            assert self.rows(f"SELECT id, a::text, {self.other} FROM public.t ORDER BY id") == wanted, where
        if self.new:
            differ = self.rows(f"SELECT id, r.a::text, t.{self.new}::text, t.xmin::text FROM public.t t FULL JOIN public.ref r USING (id) "
                               f"WHERE t.{self.new} IS DISTINCT FROM public.there(r.a) OR t.{self.other} IS DISTINCT FROM r.other")
            # Rows that nobody has touched since step 1 are not moved yet.
            differ = [row for row in differ if self.since.get(row[0]) != row[3]]
            assert differ == [], where


def versions(project):
    return sorted(path.name.split("_")[0] for path in (project.path / "migrations").iterdir() if not path.name.endswith(".down.sql"))


@pytest.fixture(autouse=True)
def cache(brant, shared_cache):
    brant.cache = shared_cache


@pytest.mark.parametrize("name", MOVES)
def test_as_if_nothing_moved(brant, project, database, name):
    moving, dice = MOVES[name], random.Random(f"{SEED} {name}")
    tables = "CREATE TYPE public.mood AS ENUM ('sad', 'ok', 'happy');\n"
    for table in ("t", "ref"):
        tables += (f"{moving.before}\nCREATE TABLE public.{{t}} (id int PRIMARY KEY, a {moving.type} {moving.constraints}, other text);\n").format(t=table)
    project.migration("0001_tables.sql", tables)
    brant("up", expect=0)
    database.psql("-c", CONVERSIONS.format(type=moving.type, new=moving.new_type or moving.type, back=moving.back,
                                           forward=moving.forward if moving.forward != "a" or not moving.new_type else f"a::{moving.new_type.split('(')[0]}"))
    twins = Twins(moving, database, dice)
    for _ in range(30):
        twins.turn("before", False, False)
    expressions = ("--using", moving.forward, "--back", moving.back) if moving.forward != "a" else ()
    brant(*moving.command, *expressions, expect=0)
    brant("up", "--to", versions(project)[1], expect=0)
    twins.new, twins.since = moving.between, dict(twins.rows("SELECT id, xmin::text FROM public.t"))
    for _ in range(STATEMENTS):
        twins.turn("before the data are moved", False, False)
    if twins.value(f"SELECT count(*) FROM public.ref WHERE {LOST}"):
        brant("up", expect=1)
        twins.cursor.execute(f"DELETE FROM public.t WHERE {LOST}; DELETE FROM public.ref WHERE {LOST}")
    brant("up", expect=0)
    if moving.beside:
        brant("rename", "t.other", "more", expect=0)
        brant("up", expect=0)
    twins.since = {}
    for _ in range(STATEMENTS * 2):
        twins.turn("old code and new code", dice.random() < 0.5, "NOT NULL" in moving.constraints)
    if twins.value(f"SELECT count(*) FROM public.ref WHERE {LOST}"):
        brant("up", "--contract", expect=1)
        twins.cursor.execute(f"DELETE FROM public.t WHERE {LOST}; DELETE FROM public.ref WHERE {LOST}")
    brant("up", "--contract", expect=0)
    twins.new, twins.has_old, twins.other = moving.after, False, "more" if moving.beside else "other"
    for _ in range(STATEMENTS):
        twins.turn("new code alone", True, False)
    assert "brant" not in str(database.query("SELECT tgname FROM pg_trigger UNION ALL SELECT proname FROM pg_proc JOIN pg_namespace n ON n.oid = pronamespace "
                                             "WHERE nspname = 'public' UNION ALL SELECT conname FROM pg_constraint"))
    twins.connection.close()
