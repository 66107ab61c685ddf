#!/usr/bin/env python3
"""The migrations that every tool is measured on, in each tool's own form.

    corpus.py --out DIR --n 1 100 1000        (DIR/<n>/<form>/...)

The history grows like that of a real project: tables that refer to older ones, columns, indexes, enums, views,
functions with their triggers, reference rows.  It is made from a fixed seed with nothing but random(), whose sequence
Python promises to keep, so that N migrations are the same bytes everywhere and the first N - 1 of N.  No value depends
on the clock: two databases that ran the same history hold the same rows.
"""
import argparse
import json
import os
import random
import zlib
from datetime import datetime, timedelta

SEED = 20

NOUNS = ("parcel depot route driver vehicle stop scan label tariff claim invoice refund customer address contract "
         "shift pallet manifest seal sensor reading incident carrier region").split()
COLUMNS = (("note", "text"), ("weight_g", "integer NOT NULL DEFAULT 0"), ("price", "numeric(10,2)"),
           ("active", "boolean NOT NULL DEFAULT true"), ("due_on", "date"), ("tags", "text[] NOT NULL DEFAULT '{}'"),
           ("payload", "jsonb NOT NULL DEFAULT '{}'"), ("code", "varchar(40)"), ("seen_at", "timestamptz"),
           ("rank", "smallint DEFAULT 7"), ("external_id", "uuid"))


class History:
    """What exists so far, and the one source of chance."""

    def __init__(self):
        self.chance = random.Random(SEED)
        self.tables = {}  # name -> its plain columns
        self.count = 0

    def below(self, n):
        return int(self.chance.random() * n)

    def pick(self, things):
        return things[self.below(len(things))]

    def often(self, share):
        return self.chance.random() < share

    def table(self):
        return self.pick(list(self.tables))

    def name(self, prefix=""):
        self.count += 1
        return "%s%s_%d" % (prefix, self.pick(NOUNS), self.count)

    def column(self, table):
        column, kind = self.pick(COLUMNS)
        self.count += 1
        column = "%s_%d" % (column, self.count)
        self.tables[table].append(column)
        return "%s %s" % (column, kind)


def create_table(h):
    parents = list(h.tables)
    table = h.name()
    h.tables[table] = []
    lines = ["id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY"]
    parent = h.pick(parents) if parents and h.often(0.7) else None
    if parent:
        lines.append("%s_id bigint NOT NULL REFERENCES public.%s (id) ON DELETE CASCADE" % (parent, parent))
    lines += [h.column(table) for _ in range(2 + h.below(4))]
    lines.append("created_at timestamptz NOT NULL DEFAULT now()")
    done = ["CREATE TABLE public.%s (\n\t%s\n)" % (table, ",\n\t".join(lines))]
    if parent:
        done.append("CREATE INDEX ON public.%s (%s_id)" % (table, parent))
    if h.often(0.8):
        done.append("COMMENT ON TABLE public.%s IS 'One %s; it''s kept for \"ever\" -- or so'" % (table, table))
    return "create_" + table, done


def add_columns(h):
    table = h.table()
    done = ["ALTER TABLE public.%s ADD COLUMN %s" % (table, h.column(table)) for _ in range(1 + h.below(3))]
    if h.often(0.4):
        done.append("COMMENT ON COLUMN public.%s.%s IS E'first;\\nsecond'" % (table, h.tables[table][-1]))
    return "widen_" + table, done


def add_index(h):
    table = h.table()
    column = h.pick(h.tables[table])
    done = ["CREATE INDEX %s ON public.%s (%s)" % (h.name("ix_"), table, column)]
    if h.often(0.6):
        done.append("CREATE INDEX %s ON public.%s (created_at DESC)\n\tWHERE %s IS NOT NULL"
                    % (h.name("ix_"), table, column))
    return "index_" + table, done


def add_enum(h):
    table, kind = h.table(), h.name("kind_")
    return "enum_" + kind, [
        "CREATE TYPE public.%s AS ENUM ('new', 'in; transit', 'it''s lost')" % kind,
        "ALTER TABLE public.%s ADD COLUMN %s public.%s NOT NULL DEFAULT 'new'" % (table, kind, kind)]


def add_view(h):
    table, view = h.table(), h.name("v_")
    return "view_" + view, [
        "CREATE VIEW public.%s AS\n/* one; 'comment' /* in */ another */\n"
        "SELECT t.id, t.%s, ';' || t.id::text AS tail -- it's the end;\nFROM public.%s AS t\nWHERE t.id > 0"
        % (view, h.pick(h.tables[table]), table),
        "COMMENT ON VIEW public.%s IS $c$for the 'board'; read only$c$" % view]


def add_trigger(h):
    table, function = h.table(), h.name("tf_")
    tag = h.pick(("", "body", "_1"))
    return "trigger_" + function, [
        "CREATE FUNCTION public.%s() RETURNS trigger LANGUAGE plpgsql AS $%s$\nBEGIN\n\t-- don't; stop\n"
        "\tIF NEW.id < 0 THEN\n\t\tRAISE EXCEPTION 'no; such \"id\"';\n\tEND IF;\n\tRETURN NEW;\nEND;\n$%s$"
        % (function, tag, tag),
        "CREATE TRIGGER %s BEFORE INSERT ON public.%s\n\tFOR EACH ROW EXECUTE FUNCTION public.%s()"
        % (function, table, function)]


def add_function(h):
    table, function = h.table(), h.name("count_")
    return "function_" + function, [
        "CREATE FUNCTION public.%s(most bigint DEFAULT 10) RETURNS bigint LANGUAGE sql STABLE AS $$\n"
        "\tSELECT count(*) FROM public.%s WHERE id <= most; -- $1; not a parameter\n$$" % (function, table),
        "COMMENT ON FUNCTION public.%s(bigint) IS 'counts; quickly'" % function]


def add_check(h):
    table, check = h.table(), h.name("ck_")
    return "check_" + table, [
        "ALTER TABLE public.%s ADD CONSTRAINT %s CHECK (id <> 0) NOT VALID" % (table, check),
        "ALTER TABLE public.%s VALIDATE CONSTRAINT %s" % (table, check)]


def add_rows(h):
    table = h.name("ref_")
    rows = ",\n".join("\t('%s-%d', 'No. %d; it''s \"fine\"', E'a\\tb')" % (h.pick(NOUNS), i, i)
                      for i in range(3 + h.below(20)))
    return "rows_" + table, [
        "CREATE TABLE public.%s (\n\tcode text PRIMARY KEY,\n\tlabel text NOT NULL,\n\thint text\n)" % table,
        "INSERT INTO public.%s (code, label, hint) VALUES\n%s" % (table, rows),
        "UPDATE public.%s SET label = label || ';' WHERE code LIKE '%%-1'" % table]


def run_block(h):
    table = h.table()
    return "block_" + table, [
        "DO $do$\nDECLARE\n\tn bigint;\nBEGIN\n\tSELECT count(*) INTO n FROM public.%s;\n"
        "\tIF n > 0 THEN\n\t\tRAISE EXCEPTION 'rows; already';\n\tEND IF;\nEND\n$do$" % table,
        "ALTER TABLE public.%s ALTER COLUMN created_at SET DEFAULT clock_timestamp()" % table]


MIX = ((create_table, 28), (add_columns, 24), (add_index, 16), (add_enum, 7), (add_view, 7), (add_trigger, 5),
       (add_function, 3), (add_check, 5), (add_rows, 3), (run_block, 2))


def history(n):
    """(version, name, statements) of the first n migrations."""
    h = History()
    hat = [kind for kind, share in MIX for _ in range(share)]
    for i in range(1, n + 1):
        name, statements = (create_table if i <= 5 else h.pick(hat))(h)
        yield "%04d" % i, name, statements


def script(version, name, statements):
    return "-- %s: %s; it's generated\n%s;\n" % (version, name, ";\n\n".join(statements))


# --- one form per tool: (file name, text) ---------------------------------------------------------------------------

def plain(version, name, statements):
    return "migrations/%s_%s.sql" % (version, name), script(version, name, statements)


def wrapped(version, name, statements):
    """The platform's documented form: the file opens its transaction and records itself."""
    return "migrations/%s_%s.sql" % (version, name), (
        "BEGIN;\n\n%s\nINSERT INTO public.schema_migrations (version) VALUES ('%s');\n\nCOMMIT;\n"
        % (script(version, name, statements), version))


def split(version, name, statements):
    """For the floor, which does not parse: NUL between statements."""
    return "%s_%s.sql" % (version, name), "\0".join(statements)


def dbmate(version, name, statements):
    return "migrations/%s_%s.sql" % (version, name), (
        "-- migrate:up\n%s\n-- migrate:down\n" % script(version, name, statements))


def knex(version, name, statements):
    when = datetime(2024, 1, 1) + timedelta(hours=int(version))
    return "migrations/%s_%s.js" % (when.strftime("%Y%m%d%H%M%S"), name), (
        "exports.up = (knex) => knex.raw(%s);\nexports.down = () => null;\n"
        % json.dumps(script(version, name, statements)))


FORMS = (plain, wrapped, split, dbmate, knex)


def write(out, n, forms=FORMS):
    """Writes OUT/n/<form>/ and returns what the history consists of."""
    migrations = list(history(n))
    for form in forms:
        for migration in migrations:
            name, text = form(*migration)
            path = os.path.join(out, str(n), form.__name__, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", newline="\n") as f:
                f.write(text)
    texts = "".join(script(*m) for m in migrations)
    return {"migrations": n, "statements": sum(len(m[2]) for m in migrations), "bytes": len(texts),
            "crc32": "%08x" % zlib.crc32(texts.encode())}


def main():
    ap = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ap.add_argument("--out", required=True)
    ap.add_argument("--n", type=int, nargs="+", default=[1, 100, 1000])
    a = ap.parse_args()
    for n in a.n:
        print(json.dumps(write(a.out, n)))


if __name__ == "__main__":
    main()
