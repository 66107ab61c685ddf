"""brant diff in a Prisma project: the migration that it writes, and what Prisma makes of the database it leads to."""
import re

import pytest

from interop.prisma.engine import PrismaError
from lib import checks
from lib.cluster import server_major
from test_prisma import LOCK, Prisma

HEAD = """datasource db {
  provider = "postgresql"
  url      = env("DATABASE_URL")
}
"""
BEFORE = HEAD + """
enum Role {
  USER
  ADMIN
}

model User {
  id        Int      @id @default(autoincrement())
  email     String   @unique
  role      Role     @default(USER)
  age       Int?
  createdAt DateTime @default(now())
  posts     Post[]
}

model Post {
  id       Int     @id @default(autoincrement())
  title    String  @db.VarChar(100)
  body     String?
  authorId Int
  author   User    @relation(fields: [authorId], references: [id])

  @@index([authorId])
}
"""


@pytest.fixture
def prisma(prisma_engine, project, database):
    project.write("prisma/schema.prisma", BEFORE)
    project.write("prisma/migrations/migration_lock.toml", LOCK)
    prisma = Prisma(prisma_engine, project, database)
    prisma.migration("20240101000000_init", prisma_engine("diff", **{"from": None, "to": {"text": BEFORE}}))
    return prisma


def written(prisma):
    """The text of the newest migration."""
    return sorted(prisma.migrations.glob("2*/migration.sql"))[-1].read_text()


def test_an_empty_diff(prisma, brant):
    assert "nothing to change" in brant("diff", "nothing", expect=0).stdout
    assert len(list(prisma.migrations.iterdir())) == 2


def test_the_text_is_prismas(prisma, brant, new_database):
    """What is new is written to the letter as migrate dev writes it."""
    after = BEFORE.replace("posts     Post[]", "posts     Post[]\n  tags      Tag[]\n  score     Float @default(0.5)\n  name      String?\n  Zip       Int?") + """
model Tag {
  id     BigInt   @id @default(autoincrement())
  name   String   @unique @db.VarChar(50)
  at     DateTime @default(now()) @db.Timestamptz(6)
  price  Decimal? @db.Decimal(10, 2)
  kinds  String[]
  userId Int
  user   User     @relation(fields: [userId], references: [id], onDelete: Cascade)

  @@unique([userId, name])
}
"""
    prisma.schema.write_text(after)
    brant("diff", "add_tags", expect=0)
    mine = written(prisma)
    folder = next(prisma.migrations.glob("2*_add_tags"))
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    other = Prisma(prisma.engine, prisma.project, new_database())
    name = other("dev", name="add_tags")
    theirs = (prisma.migrations / name / "migration.sql").read_text()

    def statements(text):
        return sorted(part.strip() for part in re.split(r"\n\n(?=-- )", text))
    assert statements(mine) == statements(theirs)


CHANGES = {
    "a column less": ("  age       Int?\n", ""),
    "a column required": ("age       Int?", "age       Int"),
    "a column optional": ("title    String  @db", "title    String?  @db"),
    "a longer text": ("VarChar(100)", "VarChar(200)"),
    "another type": ("age       Int?", "age       BigInt?"),
    "a default": ("age       Int?", "age       Int? @default(18)"),
    "no default": ("@default(USER)", ""),
    "a value of an enum": ("  ADMIN\n", "  ADMIN\n  GUEST\n"),
    "a value less": ("  ADMIN\n", ""),
    "another value": ("  USER\n  ADMIN\n", "  GUEST\n  USER\n"),
    "an index": ("  @@index([authorId])", "  @@index([authorId])\n  @@index([title, authorId(sort: Desc)])"),
    "an index less": ("  @@index([authorId])\n", ""),
    "a unique field": ("body     String?", "body     String? @unique"),
    "no longer unique": ("email     String   @unique", "email     String"),
    "another name of an index": ("@@index([authorId])", '@@index([authorId], map: "by_author")'),
    "another name of a key": ("references: [id])", 'references: [id], map: "its_author")'),
    "another action": ("references: [id])", "references: [id], onDelete: Cascade, onUpdate: NoAction)"),
    "a mapped column": ("body     String?", 'body     String? @map("content")'),
    "many to many": ("  posts     Post[]\n}", '  posts     Post[]\n  likes     Post[] @relation("likes")\n}',
                     "  @@index([authorId])", '  likers User[] @relation("likes")\n  @@index([authorId])'),
    "a model less": (BEFORE[BEFORE.index("model Post"):], "", "  posts     Post[]\n", ""),
    "a counter": ("createdAt DateTime", "number    BigInt   @default(autoincrement())\n  createdAt DateTime"),
    "another id": ("model User {\n  id        Int      @id @default(autoincrement())", "model User {\n  id        Int      @id"),
}


TOGETHER = [
    ["a column required", "a column optional", "an index", "no longer unique", "another action", "many to many", "a value of an enum"],
    ["a column less", "a longer text", "no default", "an index less", "a unique field", "another name of a key", "another id", "a counter"],
    ["another type", "a mapped column", "another name of an index", "a value less"],
    ["a default", "a model less", "another value"],
]


def test_all_changes_are_tried():
    assert sorted(sum(TOGETHER, [])) == sorted(CHANGES)


@pytest.mark.parametrize("changes", TOGETHER, ids=lambda changes: changes[0].replace(" ", "-"))
def test_changes(prisma, brant, changes):
    """Applied with --up; then the real Prisma finds no difference, its history is clean, and brant has nothing more to say."""
    text = BEFORE
    for change in changes:
        for old, new in zip(CHANGES[change][::2], CHANGES[change][1::2]):
            assert old in text, change
            text = text.replace(old, new)
    prisma.schema.write_text(text)
    brant("diff", "change", "--up", "--allow-data-loss", "--rename", "none", expect=0)
    prisma.assert_schema_reached()
    prisma.assert_clean()
    assert "nothing to change" in brant("diff", "more", expect=0).stdout


def test_renamed_keys_are_renamed(prisma, brant):
    """Another name only: nothing is built again."""
    prisma.schema.write_text(BEFORE.replace("@@index([authorId])", '@@index([authorId], map: "by_author")')
                             .replace("references: [id])", 'references: [id], map: "its_author")'))
    brant("diff", "names", expect=0)
    assert written(prisma) == """-- RenameForeignKey
ALTER TABLE "Post" RENAME CONSTRAINT "Post_authorId_fkey" TO "its_author";

-- RenameIndex
ALTER INDEX "Post_authorId_idx" RENAME TO "by_author";
"""


def test_a_renamed_key_and_more_of_its_table(prisma, brant):
    """RENAME stands alone, whatever else the table needs; the rest is one statement: what goes, what comes (both by name), what changes."""
    text = BEFORE.replace("body     String?", "text     String?\n  html     String?").replace('@db.VarChar(100)', '@default("") @db.VarChar(100)')
    prisma.schema.write_text(text.replace("model Post {\n  id       Int     @id @default", 'model Post {\n  id       Int     @id(map: "post_key") @default'))
    brant("diff", "key", "--up", "--allow-data-loss", "--rename", "none", expect=0)
    assert written(prisma).partition("*/\n")[2] == """-- AlterTable
ALTER TABLE "Post" RENAME CONSTRAINT "Post_pkey" TO "post_key";

-- AlterTable
ALTER TABLE "Post" DROP COLUMN "body",
ADD COLUMN     "html" TEXT,
ADD COLUMN     "text" TEXT,
ALTER COLUMN "title" SET DEFAULT '';
"""
    prisma.assert_schema_reached()


def test_any_schema_files(prisma, brant):
    """--from and --to take a .prisma file or a folder of them, as prisma migrate diff --from-schema does."""
    prisma.project.write("other/user.prisma", BEFORE[len(HEAD):].replace("age       Int?", "age       BigInt?"))
    prisma.project.write("other/main.prisma", HEAD)
    change = '-- AlterTable\nALTER TABLE "User" ALTER COLUMN "age" SET DATA TYPE BIGINT;'
    assert brant("diff", "--from", "prisma/schema.prisma", "--to", "other", "--print", expect=0).stdout.strip() == change
    assert brant("diff", "--to", "other", "--print", expect=0).stdout.strip() == change
    fresh = brant("diff", "--from", "empty", "--to", "prisma/schema.prisma", "--print", expect=0).stdout
    theirs = prisma.engine("diff", **{"from": None, "to": {"text": BEFORE}})
    assert fresh.strip() == theirs.replace('-- CreateSchema\nCREATE SCHEMA IF NOT EXISTS "public";\n\n', "").strip()
    brant("up", expect=0)
    assert brant("diff", "--from", "database", "--to", "other/", "--print", expect=0).stdout.strip() == change
    prisma.project.write("other/more.prisma", "model Bad {\n  id Itn @id\n}\n")
    assert "other/more.prisma:2:6" in brant("diff", "--to", "other", "--print", expect=2).stderr
    prisma.project.write("brant.yaml", "format: plain\nmigrations: sql\n")
    prisma.project.write("sql/1_a.sql", "SELECT 1;")
    assert "Prisma Migrate" in brant("diff", "--to", "prisma/schema.prisma", "--print", expect=2).stderr


def test_loss_is_refused_and_said(prisma, brant):
    prisma.schema.write_text(BEFORE.replace("  age       Int?\n", ""))
    assert "age" in brant("diff", "drop_age", expect=4).stderr
    brant("diff", "drop_age", "--allow-data-loss", expect=0)
    assert written(prisma) == """/*
  Warnings:

  - You are about to drop the column `age` on the `User` table. All the data in the column will be lost.

*/
-- AlterTable
ALTER TABLE "User" DROP COLUMN "age";
"""


def test_a_renamed_column(prisma, brant):
    """In Prisma's words, and with all that follows from it in one migration."""
    prisma.schema.write_text(BEFORE.replace("email     String", "mail      String"))
    assert "--rename" in brant("diff", "mail", expect=3).stderr
    brant("diff", "mail", "--up", "--rename", "User.email=mail", expect=0)
    assert written(prisma) == """-- AlterTable
ALTER TABLE "User" RENAME COLUMN "email" TO "mail";

-- RenameIndex
ALTER INDEX "User_email_key" RENAME TO "User_mail_key";
"""
    prisma.assert_schema_reached()


def test_safe_forms_on_request(prisma, brant):
    """An index, a key and a required column in steps, each in a migration that Prisma can apply."""
    prisma.schema.write_text(BEFORE.replace("  @@index([authorId])", "  editorId  Int?\n  editor    User? @relation(\"edits\", fields: [editorId], references: [id])\n"
                                            "  @@index([authorId])\n  @@index([title])")
                             .replace("posts     Post[]", "posts     Post[]\n  edits     Post[] @relation(\"edits\")").replace("age       Int?", "age       Int"))
    brant("diff", "more", "--safe", "--up", expect=0)
    text = "\n".join((folder / "migration.sql").read_text() for folder in sorted(prisma.migrations.glob("2*")))
    assert "CREATE INDEX CONCURRENTLY" in text and text.count("VALIDATE CONSTRAINT") == 2 and text.count('ADD CONSTRAINT "Post_editorId_fkey"') == 1, text
    prisma.assert_schema_reached()
    checks.assert_pooler_rules(prisma.database)


def test_several_parts_are_folders_in_order(prisma, brant):
    """A new value of an enum that a default uses at once: PostgreSQL wants a COMMIT between, and so two migrations; Prisma applies them."""
    prisma.schema.write_text(BEFORE.replace("  ADMIN\n", "  ADMIN\n  GUEST\n").replace("@default(USER)", "@default(GUEST)"))
    brant("diff", "guests", expect=0)
    assert prisma("deploy")
    prisma.assert_schema_reached()
    brant("status", "--exit-code", expect=0)


UNSEEN = {
    "policy": ('ALTER TABLE "User" ENABLE ROW LEVEL SECURITY; CREATE POLICY mine ON "User" USING (email = current_user);',
               "SELECT count(*) FROM pg_policies WHERE policyname = 'mine'"),
    "trigger and function": ("""CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
        CREATE TRIGGER touching BEFORE UPDATE ON "User" FOR EACH ROW EXECUTE FUNCTION touch();""",
                             "SELECT count(*) FROM pg_trigger WHERE tgname = 'touching'"),
    "check": ("""ALTER TABLE "User" ADD CONSTRAINT adult CHECK (age > 17);""",
              "SELECT count(*) FROM pg_constraint WHERE conname = 'adult'"),
    "exclusion": ("""CREATE EXTENSION IF NOT EXISTS btree_gist; ALTER TABLE "Post" ADD CONSTRAINT alone EXCLUDE USING gist (title WITH =);""",
                  "SELECT count(*) FROM pg_constraint WHERE conname = 'alone'"),
    "partial index": ("""CREATE INDEX drafts ON "Post"(title) WHERE body IS NULL;""",
                      "SELECT count(*) FROM pg_indexes WHERE indexname = 'drafts'"),
    "index of an expression": ("""CREATE UNIQUE INDEX lower_email ON "User"(lower(email));""",
                               "SELECT count(*) FROM pg_indexes WHERE indexname = 'lower_email'"),
    "index of an extension's method": ('CREATE EXTENSION bloom; CREATE INDEX "Post_title_idx" ON "Post" USING bloom (title);',
                                       "SELECT count(*) FROM pg_indexes WHERE indexname = 'Post_title_idx'"),
    "grant": ('GRANT SELECT ON "User" TO anon; REVOKE ALL ON "Post" FROM anon;',
              "SELECT count(*) FROM information_schema.role_table_grants WHERE table_name = 'User' AND grantee = 'anon'"),
    "extension": ("CREATE EXTENSION IF NOT EXISTS citext;", "SELECT count(*) FROM pg_extension WHERE extname = 'citext'"),
    "view": ('CREATE VIEW emails AS SELECT email FROM "User";', "SELECT count(*) FROM pg_views WHERE viewname = 'emails'"),
    "materialized view": ('CREATE MATERIALIZED VIEW counts AS SELECT count(*) FROM "User";',
                          "SELECT count(*) FROM pg_matviews WHERE matviewname = 'counts'"),
    "domain": ("CREATE DOMAIN short AS text CHECK (length(VALUE) < 10);", "SELECT count(*) FROM pg_type WHERE typname = 'short'"),
    "sequence": ("CREATE SEQUENCE tickets;", "SELECT count(*) FROM pg_sequences WHERE sequencename = 'tickets'"),
    "comment": ("""COMMENT ON TABLE "User" IS 'people';""", "SELECT (obj_description('\"User\"'::regclass) = 'people')::int"),
    "rule": ('CREATE RULE quiet AS ON DELETE TO "Post" DO INSTEAD NOTHING;', "SELECT count(*) FROM pg_rules WHERE rulename = 'quiet'"),
    "statistics": ('CREATE STATISTICS both_columns ON title, body FROM "Post";', "SELECT count(*) FROM pg_statistic_ext WHERE stxname = 'both_columns'"),
    "storage options": ('ALTER TABLE "Post" SET (fillfactor = 70);',
                        "SELECT count(*) FROM pg_class WHERE relname = 'Post' AND reloptions::text LIKE '%fillfactor=70%'"),
    "another schema": ("CREATE SCHEMA audit; CREATE TABLE audit.log (id int);", "SELECT count(*) FROM pg_tables WHERE schemaname = 'audit'"),
    "a partition": ("""CREATE TABLE "Event" (id int NOT NULL, at timestamp(3) NOT NULL) PARTITION BY RANGE (at);
        CREATE TABLE "Event_2024" PARTITION OF "Event" FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
        ALTER TABLE "Event" ADD CONSTRAINT "Event_pkey" PRIMARY KEY (id, at);""",
                    "SELECT count(*) FROM pg_inherits WHERE inhrelid = '\"Event_2024\"'::regclass"),
    "a table of PostGIS": ('CREATE TABLE spatial_ref_sys (srid int PRIMARY KEY, srtext text); CREATE UNIQUE INDEX ON spatial_ref_sys (srtext);',
                           "SELECT count(*) FROM pg_indexes WHERE tablename = 'spatial_ref_sys' AND indexname LIKE '%srtext%'"),
    "a foreign key to auth.users": ('ALTER TABLE "User" ADD COLUMN "authId" uuid REFERENCES auth.users(id);',
                                    "SELECT count(*) FROM pg_constraint WHERE confrelid = 'auth.users'::regclass AND conrelid = '\"User\"'::regclass"),
}
MODELS = {"a partition": "\nmodel Event {\n  id Int\n  at DateTime\n  @@id([id, at])\n}\n",
          "a table of PostGIS": "\nmodel spatial_ref_sys {\n  srid Int @id\n  auth_name String?\n}\n"}
FIELDS = {"a foreign key to auth.users": '  authId    String?  @db.Uuid\n'}


def test_what_prisma_cannot_say_stays(prisma, brant):
    """All kinds in one history, and a change that touches their tables."""
    for number, (sql, _) in enumerate(UNSEEN.values()):
        prisma.migration(f"202402{number + 1:02}000000_unseen", sql)
    text = BEFORE.replace("  posts     Post[]", "".join(FIELDS.values()) + "  name      String?\n  posts     Post[]") + "".join(MODELS.values())
    prisma.schema.write_text(text)
    brant("diff", "name", "--up", expect=0)
    assert written(prisma) == '-- AlterTable\nALTER TABLE "User" ADD COLUMN     "name" TEXT;\n'
    for kind, (_, query) in UNSEEN.items():
        assert prisma.database.value(query) >= 1, kind
    assert "nothing to change" in brant("diff", "more", expect=0).stdout


SAME = {
    "a unique constraint": ('CREATE TABLE "T" ("id" INTEGER PRIMARY KEY, "a" TEXT NOT NULL, CONSTRAINT "T_a_key" UNIQUE ("a"));',
                            "id Int @id\n  a String @unique"),
    "an identity": ('CREATE TABLE "T" ("id" INTEGER GENERATED BY DEFAULT AS IDENTITY, CONSTRAINT "T_pkey" PRIMARY KEY ("id"));',
                    "id Int @id @default(autoincrement())"),
    "another sequence": ('CREATE SEQUENCE numbers; CREATE TABLE "T" ("id" INTEGER NOT NULL DEFAULT nextval(\'numbers\'), CONSTRAINT "T_pkey" PRIMARY KEY ("id"));',
                         "id Int @id @default(autoincrement())"),
    "now()": ('CREATE TABLE "T" ("id" INTEGER PRIMARY KEY, "at" TIMESTAMP(3) NOT NULL DEFAULT now());', "id Int @id\n  at DateTime @default(now())"),
    "a number": ('CREATE TABLE "T" ("id" INTEGER PRIMARY KEY, "a" DECIMAL(12,3) NOT NULL DEFAULT 0.000, "b" DOUBLE PRECISION NOT NULL DEFAULT -1.50, '
                 '"c" DECIMAL(9,2) NOT NULL DEFAULT \'-007.10\', "d" INTEGER NOT NULL DEFAULT \'05\');',
                 "id Int @id\n  a Decimal @default(0) @db.Decimal(12, 3)\n  b Float @default(-1.5)\n  c Decimal @default(-7.1) @db.Decimal(9, 2)\n  d Int @default(5)"),
    "json": ('CREATE TABLE "T" ("id" INTEGER PRIMARY KEY, "a" JSON DEFAULT \'{"b": [1, 2],  "a": "it\'\'s"}\', "b" JSONB DEFAULT \'{"b":1}\');',
             'id Int @id\n  a Json? @default("{\\"a\\":\\"it\'s\\",\\"b\\":[1,2]}") @db.Json\n  b Json? @default("{ \\"b\\": 1 }")'),
    "a type that says no more": ('CREATE DOMAIN short AS VARCHAR(9) CHECK (VALUE <> \'\'); CREATE TABLE "T" ("id" INTEGER PRIMARY KEY, "a" TIMESTAMP, "b" TIMESTAMPTZ, "c" TIME, '
                                 '"d" TIMETZ[], "e" short, "f" INTERVAL(3));',
                                 'id Int @id\n  a DateTime? @db.Timestamp(6)\n  b DateTime? @db.Timestamptz(6)\n  c DateTime? @db.Time(6)\n  d DateTime[] @db.Timetz(6)\n'
                                 '  e String? @db.VarChar(9)\n  f Unsupported("interval")?'),
    "lists": ('CREATE TABLE "T" ("id" INTEGER PRIMARY KEY, "a" TEXT[] DEFAULT \'{a,b}\', "b" TIMESTAMP(3)[] DEFAULT \'{}\', "c" DOUBLE PRECISION[] DEFAULT ARRAY[1.0], '
              '"d" BOOLEAN[] DEFAULT \'{t,f}\', "e" "Role"[] DEFAULT \'{ADMIN}\', "f" INTEGER[] DEFAULT ARRAY[1,2]::INTEGER[], "g" TEXT[] DEFAULT ARRAY[\'a,b\']);',
              'id Int @id\n  a String[] @default(["a", "b"])\n  b DateTime[] @default([])\n  c Float[] @default([1])\n  d Boolean[] @default([true, false])\n'
              '  e Role[] @default([ADMIN])\n  f Int[] @default([1, 2])\n  g String[] @default(["a,b"])'),
    "a literal of another type": ('CREATE TABLE "T" ("id" INTEGER PRIMARY KEY, "a" CHAR(1) DEFAULT \'F\', "b" JSONB DEFAULT \'[]\'); ALTER TABLE "T" ALTER COLUMN "a" TYPE TEXT, '
                                  'ALTER COLUMN "b" TYPE TEXT;', 'id Int @id\n  a String? @default("F")\n  b String? @default("[]")'),
    "dbgenerated()": ('CREATE TABLE "T" ("id" INTEGER PRIMARY KEY, "a" TEXT NOT NULL DEFAULT md5(\'x\'));', "id Int @id\n  a String @default(dbgenerated())"),
    "a list": ('CREATE TABLE "T" ("id" INTEGER PRIMARY KEY, "a" TEXT[] NOT NULL);', "id Int @id\n  a String[]"),
    "an index of hand-made columns": ('CREATE TABLE "T" ("id" INTEGER PRIMARY KEY, "a" TEXT, "b c" TEXT); CREATE INDEX "T_a_b c_idx" ON "T"("a" COLLATE "C" text_pattern_ops, "b c" DESC NULLS LAST);',
                                      'id Int @id\n  a String?\n  b String? @map("b c")\n  @@index([a, b(sort: Desc)])'),
    "a primary key that waits": ('CREATE TABLE "T" ("id" INTEGER NOT NULL, CONSTRAINT "T_pkey" PRIMARY KEY ("id") DEFERRABLE);', "id Int @id"),
    "a sequence that counts further": ('CREATE TABLE "T" ("id" SERIAL PRIMARY KEY); ALTER SEQUENCE "T_id_seq" AS bigint;', "id Int @id @default(autoincrement())"),
    "two keys that say the same": ('CREATE TABLE "T" ("id" INTEGER PRIMARY KEY, "userId" INTEGER, CONSTRAINT "T_userId_fkey" FOREIGN KEY ("userId") '
                                   'REFERENCES "User"("id") MATCH FULL ON DELETE SET NULL ON UPDATE CASCADE, CONSTRAINT "T_2" FOREIGN KEY ("userId") '
                                   'REFERENCES "User"("id") ON DELETE SET NULL ON UPDATE CASCADE);',
                                   "id Int @id\n  userId Int?\n  user User? @relation(fields: [userId], references: [id])"),
    "a deferred key": ('CREATE TABLE "T" ("id" INTEGER PRIMARY KEY, "userId" INTEGER NOT NULL, CONSTRAINT "T_userId_fkey" FOREIGN KEY ("userId") '
                       'REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED);',
                       "id Int @id\n  userId Int\n  user User @relation(fields: [userId], references: [id])"),
    "an index that includes": ('CREATE TABLE "T" ("id" INTEGER PRIMARY KEY, "a" TEXT, "b" TEXT); CREATE INDEX "T_a_idx" ON "T"("a") INCLUDE ("b");',
                               "id Int @id\n  a String?\n  b String?\n  @@index([a])"),
    "a generated column": ('CREATE TABLE "T" ("id" INTEGER PRIMARY KEY, "a" INTEGER GENERATED ALWAYS AS (id * 2) STORED);',
                           "id Int @id\n  a Int? @default(dbgenerated())"),
    "a type of an extension": ('CREATE EXTENSION IF NOT EXISTS citext; CREATE TABLE "T" ("id" INTEGER PRIMARY KEY, "a" CITEXT);', "id Int @id\n  a String? @db.Citext"),
    "a function in a default": ('CREATE FUNCTION new_id() RETURNS text LANGUAGE sql AS $$ SELECT md5(random()::text) $$; '
                                'CREATE TABLE "T" ("id" TEXT PRIMARY KEY DEFAULT new_id());', 'id String @id @default(dbgenerated("new_id()"))'),
    "values in another order": ("CREATE TYPE \"Size\" AS ENUM ('L', 'S'); CREATE TABLE \"T\" (\"id\" INTEGER PRIMARY KEY, \"a\" \"Size\");",
                                "id Int @id\n  a Size?"),
}


def test_what_means_the_same(prisma, brant):
    """A table for each case, and Prisma's names for what it has no other word for."""
    text = BEFORE + "\nenum Size {\n  S\n  L\n}\n"
    for number, (sql, fields) in enumerate(SAME.values()):
        prisma.migration(f"202402{number + 1:02}000000_t", sql.replace('"T', f'"T{number}'))
        text += f"\nmodel T{number} {{\n  {fields}\n}}\n"
    text = text.replace("  posts     Post[]", "".join(f"  ts{n} T{n}[]\n" for n, (_, fields) in enumerate(SAME.values()) if "user User" in fields)
                        + "  posts     Post[]")
    prisma.schema.write_text(text)
    result = brant("diff", "more", expect=0)
    assert "nothing to change" in result.stdout, result.stdout + written(prisma)


LEGACY = """CREATE TYPE "Color" AS ENUM ('RED');
CREATE TABLE "Legacy" ("id" SERIAL PRIMARY KEY, "code" TEXT NOT NULL UNIQUE, "more" INTEGER, "color" "Color");
"""
EXTERNAL = """
enum Color {
  RED
}

model Legacy {
  id    Int    @id @default(autoincrement())
  code  String @unique
  color Color?
  notes Note[]
}

model Note {
  id     Int    @id
  color  Color
  code   String
  legacy Legacy @relation(fields: [code], references: [code])
}
"""
CONFIG = """import { readFileSync } from "node:fs";
export default defineConfig({
  schema: "prisma/schema.prisma",
  experimental: { externalTables: true },
  tables: { external: ["public.Legacy"] },
  enums: { external: ["public.Color"] },
  migrations: { path: "prisma/migrations"%s },
});
"""
SHADOWS = {
    "not said": "",
    "a literal": f", initShadowDb: `{LEGACY}`",
    "a text": ", initShadowDb: " + '"' + LEGACY.replace('"', '\\"').replace("\n", "\\n") + '"',
    "a file": ', initShadowDb: readFileSync("./prisma/shadow.sql", "utf8")',
    "a file by its URL": ', initShadowDb: fs.readFileSync(new URL("prisma/shadow.sql", import.meta.url), "utf8")',
    "a path": ', initShadowDb: "prisma/shadow.sql"',
}


@pytest.mark.parametrize("shadow", SHADOWS, ids=lambda shadow: shadow.replace(" ", "-"))
def test_tables_of_others(prisma, brant, shadow):
    """tables.external and enums.external of prisma.config: no migration makes or changes them, and keys lead there all the same."""
    prisma.project.write("prisma.config.ts", CONFIG % SHADOWS[shadow])
    prisma.project.write("prisma/shadow.sql", LEGACY)
    prisma.database.query(LEGACY + 'GRANT ALL ON "Legacy" TO PUBLIC')
    prisma.schema.write_text(BEFORE + EXTERNAL)
    brant("diff", "note", "--up", "--down", expect=0)
    assert re.findall(r"CREATE (?:TABLE|TYPE|UNIQUE INDEX) \S+", written(prisma)) == ['CREATE TABLE "Note"']
    assert 'REFERENCES "Legacy"("code")' in written(prisma)
    assert "nothing to change" in brant("diff", "more", expect=0).stdout
    filters = {"externalTables": ["public.Legacy"], "externalEnums": ["public.Color"]}
    assert "empty migration" in prisma.engine("diff", **{"from": {"url": prisma.url}, "to": {"path": prisma.schema}}, filters=filters)
    brant("down", expect=0)
    assert prisma.database.value('SELECT count(*) FROM "Legacy"') == 0


def test_tables_of_the_platform(prisma, brant):
    """schemas = ["auth", "public"], as "prisma db pull" writes it: what is in auth is left alone, and said; a key may lead there."""
    prisma.schema.write_text(HEAD.replace("env(\"DATABASE_URL\")", "env(\"DATABASE_URL\")\n  schemas  = [\"auth\", \"public\"]") + """
enum aal_level {
  aal1
  aal2
  @@schema("auth")
}

model users {
  id      String    @id @db.Uuid
  email   String?   @db.VarChar(255)
  level   aal_level @default(aal1)
  Profile Profile[]
  @@schema("auth")
}

model Profile {
  id     Int    @id
  userId String @db.Uuid
  user   users  @relation(fields: [userId], references: [id], onDelete: Cascade)
  @@schema("public")
}
""")
    for folder in prisma.migrations.glob("2*"):
        (folder / "migration.sql").unlink()
        folder.rmdir()
    result = brant("diff", "init", "--up", expect=0)
    assert 'the schema "auth" is the platform\'s: the tables of users are left as they are' in result.stdout + result.stderr
    assert "CREATE TABLE \"auth\"" not in written(prisma) and 'REFERENCES "auth"."users"("id")' in written(prisma)
    assert "nothing to change" in brant("diff", "more", expect=0).stdout


PARTIAL = """CREATE TABLE "T" ("id" INTEGER PRIMARY KEY, "a" INTEGER, "b" INTEGER, CONSTRAINT "T_a_b_key" UNIQUE NULLS NOT DISTINCT ("a", "b") INCLUDE ("id"));
CREATE INDEX "alike (1)" ON "T"("a") INCLUDE ("b") WITH (fillfactor = 70) WHERE ("a" > 1);
CREATE INDEX "other" ON "T"("a") INCLUDE ("b") WHERE ("a" > 1);
"""
PARTIAL_MODEL = """
model T {
  id Int @id
  a Int?
  b Int?

  @@unique([a, b])
  @@index([a], map: "alike (1)", where: raw("a > 1"))
  @@index([a], map: "other", where: raw("a > 2"))
}
"""


@pytest.mark.skipif(server_major() < 15, reason="NULLS NOT DISTINCT")
def test_partial_indexes_are_compared(prisma, brant):
    """By columns and condition; what stands between these Prisma does not see, nor is a name with a parenthesis an expression."""
    prisma.migration("20240201000000_t", PARTIAL)
    prisma.schema.write_text(BEFORE + PARTIAL_MODEL)
    assert brant("diff", "--print", expect=0).stdout.strip() == '-- DropIndex\nDROP INDEX "other";\n\n-- CreateIndex\nCREATE INDEX "other" ON "T"("a") WHERE (a > 2);'


def test_other_indexes_are_seen(prisma, brant):
    """A unique constraint is no plain index, and an operator class that the schema names is wanted."""
    prisma.migration("20240201000000_t", 'CREATE TABLE "T" ("id" INTEGER PRIMARY KEY, "a" TEXT, "b" TEXT, CONSTRAINT "T_a_key" UNIQUE ("a"));\nCREATE INDEX "T_b_idx" ON "T"("b");\n')
    prisma.schema.write_text(BEFORE + '\nmodel T {\n  id Int @id\n  a String?\n  b String?\n  @@index([a])\n  @@index([b(ops: raw("text_pattern_ops"))])\n}\n')
    printed = brant("diff", "--print", expect=0).stdout
    assert 'DROP CONSTRAINT "T_a_key"' in printed and 'CREATE INDEX "T_a_idx" ON "T"("a");' in printed
    assert 'DROP INDEX "T_b_idx"' in printed and 'CREATE INDEX "T_b_idx" ON "T"("b" text_pattern_ops);' in printed


def test_tables_of_one_name_in_two_schemas(prisma, brant):
    """What is special about a column is so in its own schema only."""
    prisma.schema.write_text(HEAD.replace("env(\"DATABASE_URL\")", "env(\"DATABASE_URL\")\n  schemas  = [\"public\", \"shop\"]") + "".join(f"""
model Item{number} {{
  id   Int    @id
  code String @default({value})
  @@map("Item")
  @@schema("{schema}")
}}
""" for number, (schema, value) in enumerate([("public", "dbgenerated()"), ("shop", '"new"')])))
    table = "CREATE TABLE {}.\"Item\" (\"id\" INTEGER NOT NULL, \"code\" TEXT NOT NULL DEFAULT 'old', CONSTRAINT \"Item_pkey\" PRIMARY KEY (\"id\"));\n"
    for folder in prisma.migrations.glob("2*"):
        (folder / "migration.sql").write_text("CREATE SCHEMA shop;\n" + table.format("public") + table.format("shop"))
    assert brant("diff", "--print", expect=0).stdout.strip() == '-- AlterTable\nALTER TABLE "shop"."Item" ALTER COLUMN "code" SET DEFAULT \'new\';'


def test_extensions_are_written_as_prisma_does(prisma, brant):
    prisma.schema.write_text(BEFORE.replace('env("DATABASE_URL")', 'env("DATABASE_URL")\n  extensions = [pg_trgm, citext(schema: "public")]').replace(
        "  age       Int?\n", "  age       Int?\n  nick      String? @db.Citext\n") + "\nenum Mood {\n  GOOD\n}\n")
    assert brant("diff", "--print", expect=0).stdout.strip() == """-- CreateExtension
CREATE EXTENSION IF NOT EXISTS "citext" WITH SCHEMA "public";

-- CreateExtension
CREATE EXTENSION IF NOT EXISTS "pg_trgm";

-- CreateEnum
CREATE TYPE "Mood" AS ENUM ('GOOD');

-- AlterTable
ALTER TABLE "User" ADD COLUMN     "nick" CITEXT;"""
    brant("diff", "citext", "--up", expect=0)
    assert "nothing to change" in brant("diff", "more", expect=0).stdout


def test_an_extension_that_the_history_drops(prisma, brant):
    """The platform has it to begin with, and the schema does not ask for it."""
    prisma.migration("20240201000000_once", 'CREATE EXTENSION IF NOT EXISTS "uuid-ossp";\nDROP EXTENSION "uuid-ossp";\n')
    assert brant("diff", "--print", expect=0).stdout == ""


def test_schemas(prisma, brant):
    """schemas = [...]: names are qualified, as Prisma writes them."""
    prisma.schema.write_text(HEAD.replace("env(\"DATABASE_URL\")", "env(\"DATABASE_URL\")\n  schemas  = [\"public\", \"shop\"]") + """
model User {
  id    Int     @id @default(autoincrement())
  email String
  items Item[]
  @@schema("public")
}

model Item {
  id     Int  @id @default(autoincrement())
  userId Int
  user   User @relation(fields: [userId], references: [id])
  @@schema("shop")
}
""")
    for folder in prisma.migrations.glob("2*"):
        (folder / "migration.sql").unlink()
        folder.rmdir()
    brant("diff", "init", "--up", expect=0)
    assert 'CREATE TABLE "shop"."Item" (' in written(prisma)
    prisma.assert_schema_reached()
    prisma.assert_clean()


def test_sequences_of_names_that_are_cut(prisma, brant):
    """The new table's SERIAL takes another name while the old one's has it; in an empty database it would have that one."""
    model = "model " + "a" * 50 + "%s {\n  id Int @id\n  identifier Int @default(autoincrement())\n}\n"
    prisma.schema.write_text(BEFORE + model % "Old")
    brant("diff", "old", "--up", expect=0)
    prisma.schema.write_text(BEFORE + model % "New")
    brant("diff", "new", "--up", "--allow-data-loss", "--rename", "none", expect=0)
    prisma.assert_schema_reached()
    assert "nothing to change" in brant("diff", "more", expect=0).stdout


def test_errors_of_the_schema_have_a_place(prisma, brant):
    prisma.schema.write_text(BEFORE.replace("String   @unique", "Strng   @unique"))
    result = brant("diff", "x", expect=2)
    assert re.search(r"prisma/schema\.prisma:\d+:\d+", result.stderr) and "Strng" in result.stderr


def test_dev_goes_on_behind_brant(prisma, brant):
    """migrate dev adds to what brant diff wrote, and brant to that."""
    prisma.schema.write_text(BEFORE.replace("age       Int?", "age       Int?\n  name      String?"))
    brant("diff", "name", "--up", expect=0)
    prisma.schema.write_text(BEFORE.replace("age       Int?", "age       Int?\n  name      String?\n  nick      String?"))
    assert prisma("dev", name="nick").endswith("_nick")
    brant("status", "--exit-code", expect=0)
    assert "nothing to change" in brant("diff", "more", expect=0).stdout
    with pytest.raises(PrismaError):
        prisma("resolve", applied="nothing_of_this_name")
