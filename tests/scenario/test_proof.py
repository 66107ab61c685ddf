"""What `brant diff NAME` writes was run before, also where only the tables that it names were looked at afterwards: what else happened is seen."""
import pytest

from lib.brant import Brant

HEAD = 'datasource db {\n  provider = "postgresql"\n  url = env("DATABASE_URL")\n}\n'
MODELS = """
model author {
  id Int @id @default(autoincrement())
  name String @unique
  books book[]
  EXTRA
}

model book {
  id Int @id
  writer Int?
  author author? @relation(fields: [writer], references: [id])
  note String?
}
"""
HISTORY = """
CREATE TABLE "author" ("id" SERIAL NOT NULL, "name" TEXT NOT NULL, CONSTRAINT "author_pkey" PRIMARY KEY ("id"));
CREATE TABLE "book" ("id" INTEGER NOT NULL, "writer" INTEGER, "note" TEXT, CONSTRAINT "book_pkey" PRIMARY KEY ("id"));
CREATE UNIQUE INDEX "author_name_key" ON "author"("name");
ALTER TABLE "book" ADD CONSTRAINT "book_writer_fkey" FOREIGN KEY ("writer") REFERENCES "author"("id") ON DELETE SET NULL ON UPDATE CASCADE;
"""
# Nothing in the schema says that they make a table.  The wanted schema itself is made without ALTER TABLE author.
SURPRISE = """
CREATE FUNCTION surprise() RETURNS integer LANGUAGE plpgsql AS $$BEGIN CREATE TABLE IF NOT EXISTS surprise (); RETURN 1; END$$;
CREATE FUNCTION on_change() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN
  IF tg_tag = 'ALTER TABLE' AND EXISTS (SELECT FROM pg_event_trigger_ddl_commands() WHERE object_identity = 'public.author') THEN PERFORM surprise(); END IF;
END$$;
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


class Project:
    def __init__(self, folder, home):
        self.folder = folder
        (folder / "prisma/migrations/20240101000000_init").mkdir(parents=True)
        (folder / "brant.yaml").write_text('boundary: { allow: ["event trigger e"] }\n')
        (folder / "prisma/migrations/migration_lock.toml").write_text('provider = "postgresql"\n')
        self.brant = Brant(folder, home)

    def history(self, more=""):
        (self.folder / "prisma/migrations/20240101000000_init/migration.sql").write_text(HISTORY + more)

    def models(self, extra="", old="", new=""):
        assert old in MODELS
        (self.folder / "prisma/schema.prisma").write_text(HEAD + MODELS.replace("EXTRA", extra).replace(old, new, 1))

    def diff(self, name, **options):
        return self.brant("diff", name, "--allow-data-loss", "--rename", "none", **options)

    def written(self, name):
        path, = self.folder.glob(f"prisma/migrations/*_{name}/migration.sql")
        return path.read_text()


@pytest.fixture
def prisma(tmp_path, home):
    made = Project(tmp_path / "p", home)
    yield made
    made.brant.stop_all()


def test_changes_of_tables(prisma):
    prisma.history()
    prisma.models()
    prisma.brant("diff", "--print", expect=0)
    changes = [("column", {"extra": "born DateTime? @default(now())"}, 'ADD COLUMN'),
               ("gone", {"old": "  note String?\n"}, 'DROP COLUMN "note"'),
               ("type", {"old": "note String?", "new": "note Int?"}, '"note"'),
               ("index", {"old": " @unique"}, 'DROP INDEX "author_name_key"'),
               ("key", {"old": "references: [id])", "new": "references: [id], onDelete: Cascade)"}, "ON DELETE CASCADE"),
               ("key_type", {"old": "id Int @id\n", "new": "id BigInt @id\n"}, "BIGINT"),
               ("another", {"extra": "}\n\nmodel third {\n  id Int @id @default(autoincrement())\n  at DateTime\n  @@index([at])"}, 'CREATE TABLE "third"')]
    for name, change, text in changes:
        prisma.models(**change)
        prisma.diff(name, expect=0)
        assert text in prisma.written(name)
        for path in prisma.folder.glob(f"prisma/migrations/*_{name}/*"):
            path.unlink()
            path.parent.rmdir()


@pytest.mark.parametrize("planted, change", [
    ("CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION on_change();", {"extra": "born DateTime?"}),
    ("INSERT INTO author (name) VALUES ('x');", {"extra": 'rank Int @default(dbgenerated("surprise()"))'}),
    ("ALTER TABLE author ADD CHECK (length(name) > 0 OR surprise() = 1);", {"extra": "born DateTime?"}),
], ids=["event trigger", "default", "nothing runs"])
def test_what_happens_beside_it_is_seen(prisma, planted, change):
    prisma.history(SURPRISE + planted)
    prisma.models()
    prisma.brant("diff", "--print", expect=0)
    prisma.models(**change)
    if "length" in planted:
        prisma.diff("x", expect=0)
        return
    result = prisma.diff("x", expect=1)
    assert "does not lead to the wanted schema" in result.stderr and "surprise" in result.stderr
    assert not list(prisma.folder.glob("prisma/migrations/*_x"))
