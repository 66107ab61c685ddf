"""schema.ts, read by brant and by the real drizzle-kit: both descriptions make the same database."""
import json
import os
import pathlib
import random
import re
import sys

import psycopg2
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent / "drizzle"))
import generated  # noqa: E402
import wide  # noqa: E402
from driver import IMPORTS, Kit, KitError, Reader, ReaderError  # noqa: E402
from entries import COLUMNS, MODULES, OF_EXTENSIONS, ONLY_IN_1, PARENT, QUERIES, QUERY_TABLES, REFUSED, WRONG  # noqa: E402

SCHEMAS = [f'export const t = pgTable("t", {{ c: {column} }});' for column in COLUMNS] + [m.replace("{P}", PARENT) for m in MODULES]

# Everything that a schema of drizzle's can make, as PostgreSQL has it.
FACTS = """
SELECT 'column', c.table_schema, c.table_name, c.column_name, format_type(a.atttypid, a.atttypmod), c.column_default, c.is_nullable, c.is_identity,
       c.identity_generation, c.identity_start, c.identity_increment, c.identity_maximum, c.identity_minimum, c.identity_cycle, c.generation_expression
  FROM information_schema.columns c JOIN pg_attribute a ON a.attrelid = format('%%I.%%I', c.table_schema, c.table_name)::regclass AND a.attname = c.column_name
 WHERE c.table_schema = ANY(%(schemas)s)
UNION ALL SELECT 'constraint', n.nspname, r.relname, k.conname, pg_get_constraintdef(k.oid), k.contype::text, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
  FROM pg_constraint k JOIN pg_class r ON r.oid = k.conrelid JOIN pg_namespace n ON n.oid = r.relnamespace WHERE n.nspname = ANY(%(schemas)s)
UNION ALL SELECT 'index', schemaname, tablename, indexname, indexdef, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM pg_indexes WHERE schemaname = ANY(%(schemas)s)
UNION ALL SELECT 'enum', n.nspname, t.typname, string_agg(e.enumlabel, ',' ORDER BY e.enumsortorder), NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
  FROM pg_type t JOIN pg_enum e ON e.enumtypid = t.oid JOIN pg_namespace n ON n.oid = t.typnamespace WHERE n.nspname = ANY(%(schemas)s) GROUP BY 2, 3
UNION ALL SELECT 'sequence', schemaname, sequencename, data_type::text, start_value::text, min_value::text, max_value::text, increment_by::text, cycle::text, cache_size::text,
       NULL, NULL, NULL, NULL, NULL FROM pg_sequences WHERE schemaname = ANY(%(schemas)s)
UNION ALL SELECT 'relation', n.nspname, r.relname, r.relkind::text, r.relrowsecurity::text, (SELECT array_agg(o ORDER BY o) FROM unnest(r.reloptions) o)::text, CASE WHEN r.relkind IN ('v', 'm') THEN pg_get_viewdef(r.oid) END,
       r.relispopulated::text, NULL, NULL, NULL, NULL, NULL, NULL, NULL
  FROM pg_class r JOIN pg_namespace n ON n.oid = r.relnamespace WHERE n.nspname = ANY(%(schemas)s) AND r.relkind IN ('r', 'v', 'm', 'S', 'p')
UNION ALL SELECT 'policy', schemaname, tablename, policyname, permissive, roles::text, cmd, qual, with_check, NULL, NULL, NULL, NULL, NULL, NULL FROM pg_policies
 WHERE schemaname = ANY(%(schemas)s)
UNION ALL SELECT 'role', rolname, rolcreatedb::text, rolcreaterole::text, rolinherit::text, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM pg_roles
 WHERE rolname IN ('r1', 'r2')
UNION ALL SELECT 'schema', nspname, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM pg_namespace WHERE nspname = ANY(%(schemas)s)
ORDER BY 1, 2, 3, 4, 5"""


def made_by(connection, sql):
    """What a text makes in an empty database; it is rolled back.  An error is a text that begins with "error"."""
    with connection.cursor() as cursor:
        try:
            cursor.execute(re.sub(r"\bINDEX CONCURRENTLY\b", "INDEX", sql) or "SELECT 1")
            cursor.execute(FACTS, {"schemas": ["public", "app"]})
            return cursor.fetchall()
        except psycopg2.Error as error:
            return f"error: {error}".strip()
        finally:
            connection.rollback()


@pytest.fixture
def connection(database):
    return database.connect(autocommit=False, user="postgres")


@pytest.fixture(params=["0.31", "1.0"])
def line(request):
    return request.param


@pytest.fixture
def kit(line):
    kit = Kit(line)
    yield kit
    kit.stop()


@pytest.fixture
def reader(tmp_path, line):
    reader = Reader(tmp_path, line)
    yield reader
    reader.stop()


def flat(text):
    """Without the empty lines that parts of drizzle-kit's statements end in."""
    return [line for line in text.splitlines() if line]


def difference(connection, kit, reader, text, casing=None):
    """Why both do not make the same database, or None."""
    try:
        theirs = "\n".join(kit.ddl(IMPORTS + text, casing))
    except KitError as error:
        return f"drizzle-kit: {error}"
    try:
        ours = reader.ddl(IMPORTS + text, casing)
    except ReaderError as error:
        return str(error)
    if flat(theirs) == flat(ours):
        return None
    a, b = made_by(connection, theirs), made_by(connection, ours)
    if isinstance(b, list) and a == b:
        return None
    return f"--- drizzle-kit\n{theirs}\n{a if isinstance(a, str) else ''}\n--- brant\n{ours}\n{b if isinstance(b, str) else ''}\n" + "\n".join(
        f"  {row}" for row in set(a if isinstance(a, list) else []) ^ set(b if isinstance(b, list) else []))


def assert_same(connection, kit, reader, schemas, casing=None):
    found = [(text, why) for text in schemas if (why := difference(connection, kit, reader, text, casing))]
    assert not found, f"{len(found)} of {len(schemas)} differ\n\n" + "\n\n".join(f"{text}\n{why}" for text, why in found[:40])


# 1.0 renamed some of the DSL, arrays became another thing, and a backslash in a default is doubled by mistake.
NOT_IN_1 = re.compile(r"text\(\"x\"\)\.notNull|\.array\(4\)|\.array\(\)\.array|\.enableRLS\(\)|notNull\(\)\.array|undefined as any|a\\\\b")


def test_every_entry(connection, kit, reader, line):
    schemas = SCHEMAS if line == "0.31" else [text for text in SCHEMAS if not NOT_IN_1.search(text)] + ONLY_IN_1
    assert len(schemas) > 180
    assert_same(connection, kit, reader, schemas)


def views_of(ddl):
    """The statements that make views: theirs do not depend on what else is made."""
    return sorted(re.findall(r"^CREATE (?:MATERIALIZED )?VIEW .*", ddl.replace('VIEW "public".', "VIEW "), re.MULTILINE))


CASINGS = {"0.31": [None, "snake_case"], "1.0": [None]}  # later it is said where a table is made


def test_queries_to_the_byte(kit, reader, line):
    """A view's definition is kept in the snapshot: where a space differs, drizzle-kit makes the view again."""
    found = []
    for text, casing in ((text, casing) for text in QUERIES for casing in CASINGS[line]):
        if line == "1.0" and "arrayContains" in text:
            continue  # a list is no array there: 'a,b' in place of '{"a","b"}'
        if line != "1.0" and "alias(v," in text:
            continue  # drizzle-orm 0.x dies of an alias of a view
        text = IMPORTS + QUERY_TABLES + text
        try:
            theirs, ours = views_of("\n".join(kit.ddl(text, casing))), views_of(reader.ddl(text, casing))
        except (KitError, ReaderError) as error:
            theirs, ours = [str(error)], []
        if theirs != ours:
            found.append("\n".join([text.splitlines()[-1], *theirs, "--- brant", *ours]))
    assert not found, "\n\n".join(found)


def test_types_of_extensions(connection, kit, reader):
    """vector and postgis need not be there: beside stand-ins for their types both make the same; and brant says which extension it needs."""
    stand_ins = (pathlib.Path(__file__).parent / "drizzle/stand_ins.sql").read_text()
    for text in OF_EXTENSIONS:
        theirs, ours = made_by(connection, stand_ins + "\n".join(kit.ddl(IMPORTS + text))), reader.ddl(IMPORTS + text)
        extension = 'CREATE EXTENSION IF NOT EXISTS "vector";' if "vec" in text else 'CREATE EXTENSION IF NOT EXISTS "postgis";'
        assert extension in ours
        made = made_by(connection, stand_ins + re.sub(r"CREATE EXTENSION .*", "", ours))
        assert isinstance(theirs, list) and made == theirs, f"{text}\n{ours}\n{theirs if isinstance(theirs, str) else made if isinstance(made, str) else set(made) ^ set(theirs)}"


@pytest.mark.parametrize("casing", ["snake_case", "camelCase"])
def test_casing(connection, tmp_path, casing):
    kit, reader = Kit("0.31"), Reader(tmp_path, "0.31")
    try:
        assert_same(connection, kit, reader, MODULES_WITH_KEYS, casing)
    finally:
        kit.stop()
        reader.stop()


MODULES_WITH_KEYS = [text.replace("{P}", PARENT) for text in MODULES if "userAccounts" in text or "createdAt" in text] + [
    'export const t = pgTable("t", { aB: integer(), aBC: integer(), a1b2C3: integer(), x_y: integer(), "it\'s": integer(), URL: text(), userID: text(), '
    'iPhone: text(), __x: text() }, (t) => [index().on(t.aB, t.URL), unique().on(t.userID), primaryKey({ columns: [t.aB, t.aBC] })]);',
    'export const p = pgTable("theParent", { parentId: integer().primaryKey() });\n'
    'export const c = pgTable("theChild", { childOf: integer().references(() => p.parentId), named: integer("someName").references(() => p.parentId) });',
]


def test_where_drizzle_kit_is_wrong(connection, tmp_path):
    """brant makes what was meant; that drizzle-kit does not is checked as well, so that a corrected one is noticed."""
    kit, reader = Kit("0.31"), Reader(tmp_path, "0.31")
    found = []
    for text, right, why in WRONG:
        try:
            theirs = made_by(connection, "\n".join(kit.ddl(IMPORTS + text)))
        except KitError as error:
            theirs = str(error)
        wanted, ours = made_by(connection, right), made_by(connection, reader.ddl(IMPORTS + text))
        assert isinstance(wanted, list), (right, wanted)
        if ours != wanted:
            found.append((text, why, ours if isinstance(ours, str) else set(ours) ^ set(wanted)))
        assert theirs != wanted, f"drizzle-kit does this right now: {text}"
    kit.stop()
    reader.stop()
    assert not found, "\n".join(map(str, found))


def test_refusals_name_the_place(tmp_path):
    reader = Reader(tmp_path, "0.31")
    for text, words in REFUSED:
        with pytest.raises(ReaderError) as refusal:
            reader.ddl(IMPORTS + text)
        said = str(refusal.value)
        assert words in said, (text, said)
        assert re.match(r".*schema\.ts:\d+:\d+: ", said), said
    reader.stop()


VALIDATORS = {  # labels: an expression and the package that it is of
    "abc": ['import { z } from "zod"; const Z = z.enum(["a", "b", "c"]).describe("x"); const L = Z.options;',
            'import { z } from "zod"; enum E { A = "a", B = "b", C = "c" } const L = z.nativeEnum(E).options;',
            'import * as z from "zod"; const L = z.object({ s: z.string().min(3), k: z.enum(["a", "b", "c"]) }).shape.k.options;',
            'import { z } from "zod/v4"; const L = Object.keys(z.enum(["a", "b", "c"]).enum) as any;',
            'import * as v from "valibot"; const L = v.object({ k: v.picklist(["a", "b", "c"]), s: v.pipe(v.string(), v.minLength(1)) }).entries.k.options;',
            'import { Schema, pipe } from "effect"; const S = Schema.Struct({ s: pipe(Schema.Trim, Schema.minLength(3)), '
            'k: Schema.Literal("a", "b", "c").annotations({ message: () => "x" }) }); const L = S.fields.k.literals;',
            'import * as S from "@effect/schema/Schema"; const L = S.Literal("a", "b", "c").literals;'],
    "bc": ['import { z } from "zod"; const L = z.enum(["a", "b", "c"]).exclude(["a"]).options;',
           'import { z } from "zod"; const L = z.enum(["a", "b", "c"]).extract(["b", "c"]).options;'],
}


def test_two_enums_of_one_name(kit, reader, line):
    """The older line keeps the last of them, the newer one refuses the schema."""
    text = IMPORTS + 'export const a = pgEnum("e", ["x"]); export const b = pgEnum("e", ["x", "y"]); export const t = pgTable("t", { a: a("a"), b: b("b") });\n'
    if line == "1.0":
        with pytest.raises(KitError):
            kit.ddl(text)
        with pytest.raises(ReaderError, match="two of the name"):
            reader.ddl(text)
    else:
        assert flat("\n".join(kit.ddl(text))) == flat(reader.ddl(text))


def test_labels_of_validators(tmp_path):
    """Of packages that no schema test installs, what people take the labels of enums from; what else they have is unknown."""
    reader = Reader(tmp_path, "0.31")
    for labels, texts in VALIDATORS.items():
        for text in texts:
            made = reader.ddl(IMPORTS + text + 'export const e = pgEnum("e", L); export const t = pgTable("t", { e: e().notNull() });')
            assert f"AS ENUM({', '.join(map(repr, labels))});" in made, (text, made)
    for text in ('z.string().options', 'z.enum(["a"]).optional().options', 'z.object({}).partial().shape.k.options'):
        with pytest.raises(ReaderError, match='something of the package "zod"'):
            reader.ddl(IMPORTS + f'import {{ z }} from "zod"; export const e = pgEnum("e", {text});')
    reader.stop()


def test_generated_schemas(connection, kit, reader, line):
    """Schemas put together at random.  BRANT_DRIZZLE_SCHEMAS says how many, BRANT_DRIZZLE_SEED from where on."""
    n, seed = int(os.environ.get("BRANT_DRIZZLE_SCHEMAS", 60)), int(os.environ.get("BRANT_DRIZZLE_SEED", 1))
    assert_same(connection, kit, reader, [generated.schema(random.Random(seed + i), line) for i in range(n)])


def same_snapshot(line, theirs, ours):
    if line == "1.0":
        return sorted(json.dumps(row, sort_keys=True) for row in theirs) == sorted(json.dumps(row, sort_keys=True) for row in ours)
    return theirs | {"id": "", "prevId": ""} == ours | {"id": "", "prevId": ""}


def test_wide_schemas(connection, kit, reader, line):
    """Schemas that go through the options: the same database, and the same snapshot.  BRANT_DRIZZLE_WIDE says how many."""
    n, seed = int(os.environ.get("BRANT_DRIZZLE_WIDE", 25)), int(os.environ.get("BRANT_DRIZZLE_SEED", 1))
    found, refused = [], 0
    for number in range(seed, seed + n):
        text, casing = wide.schema(random.Random(number), line), CASINGS[line][number % len(CASINGS[line])]
        try:
            theirs = kit.ask(IMPORTS + text, casing)["snapshot"]
        except KitError:
            refused += 1  # two names that are the same: brant's words for that are tried elsewhere
            continue
        why = difference(connection, kit, reader, text, casing)
        ours = None if why else reader.snapshot(IMPORTS + text, casing)
        if why or not same_snapshot(line, theirs, ours):
            found.append(f"seed {number}\n{text}\n{why or 'the snapshots differ'}")
    assert not found, f"{len(found)} of {n} differ\n\n" + "\n\n".join(found[:5])
    assert refused < n / 5


PLATFORMS = """const auth = pgSchema("neon_auth"); const storage = pgSchema("vault");
export const users = auth.table("users", { id: uuid().primaryKey(), org: uuid().references(() => orgs.id) },
  (t) => [index("by_org").on(t.org).concurrently(), index("by_id").on(t.id), pgPolicy("own", { using: sql`org IS NOT NULL` })]);
export const orgs = storage.table("orgs", { id: uuid().primaryKey() });
"""


def test_platform_tables(connection, reader):
    """What a platform keeps is as the platform has it; what is wrong with the schema itself is an error all the same."""
    theirs = "CREATE SCHEMA IF NOT EXISTS neon_auth; CREATE SCHEMA IF NOT EXISTS vault; CREATE TABLE neon_auth.users (id text); CREATE TABLE vault.orgs (id text);"
    assert isinstance(made_by(connection, theirs + reader.ddl(IMPORTS + PLATFORMS)), list)
    assert isinstance(made_by(connection, reader.ddl(IMPORTS + PLATFORMS)), list)
    synced = reader.ddl(IMPORTS + 'import { usersSync } from "drizzle-orm/neon"; export const t = pgTable("t", { owner: text().references(() => usersSync.id) });')
    assert 'REFERENCES "neon_auth"."users_sync"("id")' in synced
    for using, why in (("nobody(org)", "nobody"), ("1 / 0 = id", "operator"), ("org IS", "syntax")):
        assert why in str(made_by(connection, reader.ddl(IMPORTS + PLATFORMS.replace("org IS NOT NULL", using)))), using
