"""schema.prisma: brant and Prisma's own engine accept the same schemas and make the same DDL of them."""
import itertools
import os
import re

import pytest

from interop.prisma import psl
from interop.prisma.mutations import mutated
from interop.prisma.random_schema import NATIVE, random_schema

MANY = int(os.environ.get("PRISMA_MANY", 60))
SAMPLE = 60 if MANY <= 60 else 7
ACTIONS = ["Cascade", "Restrict", "NoAction", "SetNull", "SetDefault"]
FOREIGN = ["TinyInt", "MediumText", "NVarChar(10)", "DateTime2", "ObjectId", "Int4", "UnsignedInt", "Varchar(5)", "varchar", ""]
OPS = [family + kind for family in ["Bit", "VarBit", "Bpchar", "Bytea", "Date", "Float4", "Float8", "Inet", "Int2", "Int4", "Int8", "Numeric", "Oid", "Text",
                                    "Timestamp", "TimestampTz", "Time", "TimeTz", "Uuid"] for kind in ["BloomOps", "MinMaxOps", "MinMaxMultiOps"]]
FEW_OPS = ["InetOps", "InetInclusionOps", "JsonbOps", "JsonbPathOps", "ArrayOps", "TextOps", "IntOps", "Int4BloomOps"]
OPS += FEW_OPS


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    ours = psl.Ours(tmp_path_factory.mktemp("psl"))
    yield ours
    ours.stop()


def assert_same(engine, ours, text):
    """Both refuse, or both make the same DDL, to the byte; True where they accept."""
    theirs, mine = psl.theirs(engine, text), ours(text)
    if theirs is None:
        assert "error" in mine, f"Prisma refuses, brant does not:\n{text}"
        return False
    assert "ddl" in mine, f"brant refuses, Prisma does not: {mine['error']}\n{text}"
    assert mine["ddl"].strip("\n") == theirs.strip("\n"), text
    return True


# ---- cases ----


@pytest.mark.parametrize("text", [text for _, text in psl.read_cases("accepted.txt")], ids=[str(n) for n in range(len(psl.read_cases("accepted.txt")))])
def test_makes_the_same_ddl(prisma_engine, ours, text):
    if "quotes" in text:
        # Prisma leaves quotes within names and enum values alone, which no server takes.
        fixed = ours(text)["ddl"].replace('""quotes""', '"quotes"').replace('na""me', 'na"me').replace("it''s ok", "it's ok")
        assert fixed.strip() == psl.theirs(prisma_engine, text).strip()
    else:
        assert assert_same(prisma_engine, ours, text)


def test_refuses_what_prisma_refuses(prisma_engine, ours):
    cases = psl.read_cases("refused.txt")
    said = [ours(text).get("error") for _, text in cases]
    accepted = [text for _, text in cases if psl.theirs(prisma_engine, text) is not None]
    assert not accepted, accepted
    assert None not in said
    psl.update_cases("refused.txt", said)
    assert said == [expected for expected, _ in psl.read_cases("refused.txt")]


def test_refuses_what_no_server_takes(prisma_engine, ours):
    """Prisma accepts these and writes SQL that fails, or SQL that loses what was meant."""
    cases = psl.read_cases("only_brant_refuses.txt")
    said = [ours(text).get("error") for _, text in cases]
    assert all(psl.theirs(prisma_engine, text) is not None for _, text in cases)
    assert None not in said
    psl.update_cases("only_brant_refuses.txt", said)
    assert said == [expected for expected, _ in psl.read_cases("only_brant_refuses.txt")]


def test_takes_what_a_preview_feature_allows(ours):
    """Which features there are, and which are still previews, differs from version to version of Prisma: brant asks for none."""
    assert "ddl" in ours('datasource db {\n  provider = "postgresql"\n}\ngenerator c {\n  provider = "x"\n  previewFeatures = ["someday"]\n}\n'
                         "model A {\n  id Int @id\n  @@index([id], where: raw(\"id > 1\"))\n}\nview V {\n  id Int @unique\n}\n")


def test_names_what_is_near(ours):
    hints = {
        "model A {\n  id Itn @id\n}\n": 'Did you mean "Int"?',
        "model A {\n  id Int @ids\n}\n": 'Did you mean "id"?',
        "model A {\n  id Int @id @db.Integr\n}\n": 'Did you mean "Integer"?',
        "model A {\n  id Int @id\n  titel Int\n  @@index([title])\n}\n": 'Did you mean "titel"?',
        "modle A {\n  id Int @id\n}\n": 'Did you mean "model"?',
        "model A {\n  id Int @id @default(autoincremnt())\n}\n": 'Did you mean "autoincrement"?',
        "model A {\n  id Int @id\n  e E @default(CANCELED)\n}\nenum E {\n  CANCELLED\n  OPEN\n}\n": 'Did you mean "CANCELLED"?',
    }
    for text, hint in hints.items():
        assert ours(psl.whole(text))["hint"] == hint, text


def test_order_of_files(prisma_engine, ours):
    """Folder by folder; hidden ones and those called migrations, too."""
    names = ["main", "user/b", "user/a", "user", "user-role", "User", "Zoo/x/y", "a.b/c", "a", ".old/m", "migrations/n", "node_modules/o"]
    folder = ours.file.parent / "many"
    for number, name in enumerate(names):
        file = folder / f"{name}.prisma"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text((psl.HEAD if name == "main" else "") + f"model M{number} {{\n  id Int @id\n}}\n")
    (folder / "notes.txt").write_text("model X {")
    (folder / "node_modules/o.prisma").unlink()  # brant does not look there, Prisma would
    mine = ours.of("many")["ddl"]
    assert mine.count("CREATE TABLE") == len(names) - 1
    assert mine.strip() == prisma_engine("diff", **{"from": None, "to": {"path": folder}}).strip()


# ---- everything with everything ----


def assert_same_of_lines(engine, ours, head, lines):
    """
    Of lines that stand in a block one at a time: Prisma takes together all that brant takes, and none of those that brant refuses (of these, as
    each costs a question, a sample).  How many are taken.
    """
    good = [line for line in lines if "ddl" in ours(head + f"  {line}\n}}\n")]
    bad = [line for line in lines if line not in good]
    assert assert_same(engine, ours, head + "".join(f"  {line}\n" for line in good) + "}\n")
    for line in bad[len(good) % SAMPLE :: SAMPLE]:
        assert not assert_same(engine, ours, head + f"  {line}\n}}\n")
    return len(good)


def test_native_types(prisma_engine, ours):
    natives = sorted({n.removeprefix("@db.").split("(")[0] for each in NATIVE.values() for n in each if n} | {"Citext"})
    spelled = [n + args for n in natives for args in ["", "(0)", "(7)", "(3, 2)", "(1, 2)", "(2000, 2)", "()"]] + FOREIGN
    lines = [f"x{n} {scalar} @db.{native}" for n, (scalar, native) in enumerate(itertools.product(NATIVE, spelled))]
    assert assert_same_of_lines(prisma_engine, ours, psl.HEAD + "model A {\n  id Int @id\n", lines) > 50


def test_operator_classes(prisma_engine, ours):
    fields = [f"{scalar} {native}".strip() for scalar, natives in NATIVE.items() for native in sorted(set(natives))]
    kinds = ["Gist", "Gin", "SpGist", "Hash"]
    taken = 0
    for field in fields + ["String[]", "Int[] @db.Integer", "Json[]", "String[] @db.Char(3)", 'Unsupported("point")', "E"]:
        pairs = [*itertools.product(kinds, FEW_OPS), *(("Brin", ops) for ops in OPS)]
        lines = [f'@@index([x(ops: {ops})], type: {kind}, map: "i{n}")' for n, (kind, ops) in enumerate(pairs)]
        lines += [f'@@index([x], type: {kind}, map: "p{kind}")' for kind in ["BTree", "Brin", *kinds]]
        taken += assert_same_of_lines(prisma_engine, ours, psl.HEAD + f"enum E {{\n  A\n}}\nmodel A {{\n  id Int @id\n  x {field}\n", lines)
    assert taken > 150


@pytest.mark.parametrize("mode", ["foreignKeys", "prisma"])
def test_referential_actions(prisma_engine, ours, mode):
    head = psl.HEAD.replace('"postgresql"\n', f'"postgresql"\n  relationMode = "{mode}"\n')
    for delete, update, optional in itertools.product(["", *ACTIONS], ["", *ACTIONS], ["", "?"]):
        said = "".join(f", {name}: {action}" for name, action in [("onDelete", delete), ("onUpdate", update)] if action)
        assert_same(prisma_engine, ours, head + f"model U {{\n  id Int @id\n  a A[]\n}}\nmodel A {{\n  id Int @id\n  u U{optional} @relation(fields: [uId], "
                                                f"references: [id]{said})\n  uId Int{optional}\n}}\n")


def test_sides_of_relations(prisma_engine, ours):
    """Two models, all arities of both sides, with and without key, references, action and name."""
    said = ["", "@relation(fields: [%s], references: [id])", '@relation("n")', '@relation("n", fields: [%s], references: [id])',
            "@relation(references: [id])", "@relation(fields: [%s])", "@relation(onDelete: Cascade)"]
    for a, b in itertools.product(["", "?", "[]"], repeat=2):
        for x, y in itertools.product(said, repeat=2):
            for unique in ["", " @unique"] if a != "[]" and b != "[]" else [""]:
                left = f"model A {{\n  id Int @id\n  b B{a} {x % 'bId' if '%' in x else x}\n  bId Int{'?' if a == '?' else ''}{unique}\n}}\n"
                right = f"model B {{\n  id Int @id\n  a A{b} {y % 'aId' if '%' in y else y}\n  aId Int{'?' if b == '?' else ''}{unique}\n}}\n"
                assert_same(prisma_engine, ours, psl.HEAD + left + right)


# ---- anything ----


def test_random_schemas(prisma_engine, ours):
    accepted = sum(assert_same(prisma_engine, ours, random_schema(seed)) for seed in range(MANY))
    assert accepted > MANY * 0.6


# Where brant differs from Prisma by decision (docs/prisma.md).
BY_DECISION = ["must not be empty", "in the database already", "is for MySQL", "no server takes"]


def test_mutations(prisma_engine, ours):
    """Schemas with a slip, or only with something else: most are invalid.  What brant refuses, it refuses with a place."""
    bases = [psl.whole(text) for _, text in psl.read_cases("accepted.txt")]
    taken = 0
    for seed in range(5 * MANY):
        text = mutated(bases[seed // 2 % len(bases)] if seed % 2 else random_schema(seed), seed)
        mine = ours(text)
        if any(reason in mine.get("error", "") for reason in BY_DECISION):
            continue
        theirs, why = psl.answer(prisma_engine, text)
        if why and "error" not in mine and "preview feature" in why:
            continue
        assert (theirs is None) == ("error" in mine), f"seed {seed}: {mine.get('error', 'brant takes it')}\n{text}"
        assert theirs is None or '"quotes"' in text or 'qu"ote' in text or mine["ddl"].strip("\n") == theirs.strip("\n"), f"seed {seed}\n{text}"
        assert theirs is not None or re.match(r"\d+:\d+: ", mine["error"]), f"seed {seed}: {mine['error']}"
        taken += theirs is not None
    assert MANY < taken < 4 * MANY


# ---- bad input ----


def test_takes_any_line_end_and_a_byte_order_mark(prisma_engine, ours):
    text = random_schema(7)
    plain = ours(text)["ddl"]
    assert ours(text.replace("\n", "\r\n"))["ddl"] == plain
    assert ours(text.replace("\n", "\r"))["ddl"] == plain
    assert ours(b"\xef\xbb\xbf" + text.encode())["ddl"] == plain


@pytest.mark.parametrize("what, said", [
    (b"model A {\n  id Int @id // \xff\n}\n", "not-utf8"),
    (b"model A {\n  id Int\x00 @id\n}\n", "nul-byte"),
    (b"model A {\n  id Int @id @default(\"\n}\n", "prisma-syntax"),
    (b"model A {\n  id Int @id @default(" + b"[" * 100000 + b"\n}\n", "prisma-syntax"),
    (b"model A {\n  id Int @id /* ", "prisma-syntax"),
    (b"model A {\n" * 10000, "prisma-syntax"),
    (b"}" * 100000, "prisma-syntax"),
    (b"@" * 1000000, "prisma-syntax"),
])
def test_survives(ours, what, said):
    assert said in ours(what)["error"]


def test_reads_five_megabytes_at_once(ours):
    """About 100,000 fields; time grows with the length of the text and not faster."""
    import time
    fields = "".join(f'  field{i} String? @db.VarChar(100) @default("x{i}") // note\n' for i in range(40))
    took = {}
    for models in [300, 2000]:
        text = psl.HEAD + "".join(f"model Model{n} {{\n  id Int @id\n{fields}\n  @@index([field1, field2])\n}}\n\n" for n in range(models))
        start = time.monotonic()
        assert ours(text)["ddl"].count("CREATE TABLE") == models
        took[models] = time.monotonic() - start
    assert len(text) > 4_000_000
    assert took[2000] < 20 * took[300] + 1


# ---- what the history has made ----


BUILT_ON = """CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE FUNCTION next_code() RETURNS text LANGUAGE sql AS $$ SELECT 'x' $$;
CREATE SEQUENCE codes;
CREATE DOMAIN price AS numeric(10, 2);
CREATE TABLE "A" (
    "id" SERIAL NOT NULL,
    "title" TEXT NOT NULL,
    "price" price,
    "code" TEXT NOT NULL DEFAULT next_code(),
    "n" BIGINT NOT NULL DEFAULT nextval('codes'),
    "search" tsvector GENERATED ALWAYS AS (to_tsvector('english', "title")) STORED,

    CONSTRAINT "A_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "A_n_check" CHECK ("n" > 0)
);
CREATE INDEX "A_search_idx" ON "A" USING GIN ("search");
CREATE INDEX "A_title_idx" ON "A" USING GIN ("title" gin_trgm_ops);
CREATE INDEX "lower" ON "A" (lower("title"));
"""
BUILDS_ON = """model A {
  id     Int     @id @default(autoincrement())
  title  String
  price  Unsupported("price")?
  code   String  @default(dbgenerated("next_code()"))
  n      BigInt  @default(dbgenerated("nextval('codes'::regclass)"))
  search Unsupported("tsvector")? @default(dbgenerated("to_tsvector('english'::regconfig, title)"))
  more   Int?

  @@index([search], type: Gin)
  @@index([title(ops: raw("gin_trgm_ops"))], type: Gin)
}
"""


def test_builds_on_what_it_has_no_words_for(project, brant):
    """Functions, sequences, domains, extensions and generated columns are the history's; the schema only names them."""
    first = project.path / "prisma/migrations/20240101000000_first"
    first.mkdir(parents=True)
    (first / "migration.sql").write_text(BUILT_ON)
    (first.parent / "migration_lock.toml").write_text('provider = "postgresql"\n')
    (project.path / "prisma/schema.prisma").write_text(psl.whole(BUILDS_ON))
    printed = brant("diff", "--print", expect=0).stdout
    assert printed.strip() == '-- AlterTable\nALTER TABLE "A" ADD COLUMN     "more" INTEGER;'


def test_sequence_grows_with_its_column(project, brant):
    """Int to BigInt with autoincrement(): Prisma's own "SET DATA TYPE BIGSERIAL" fails, and an integer sequence would end one day."""
    first = project.path / "prisma/migrations/20240101000000_first"
    first.mkdir(parents=True)
    (first / "migration.sql").write_text('CREATE TABLE "A" (\n    "id" SERIAL NOT NULL,\n\n    CONSTRAINT "A_pkey" PRIMARY KEY ("id")\n);\n'
                                         'ALTER SEQUENCE "A_id_seq" START WITH 100 INCREMENT BY 5;\n')
    (first.parent / "migration_lock.toml").write_text('provider = "postgresql"\n')
    (project.path / "prisma/schema.prisma").write_text(psl.whole("model A {\n  id Int @id @default(autoincrement())\n}\n"))
    assert "nothing to change" in brant("diff", "same", expect=0).stdout
    (project.path / "prisma/schema.prisma").write_text(psl.whole("model A {\n  id BigInt @id @default(autoincrement())\n}\n"))
    printed = brant("diff", "--print", expect=0).stdout
    assert 'ALTER SEQUENCE "A_id_seq" AS bigint' in printed and '"id" SET DATA TYPE BIGINT' in printed
