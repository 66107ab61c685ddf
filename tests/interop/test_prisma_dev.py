"""brant diff --up as migrate dev: what it does where the database, the history and the schema do not agree.  It never resets anything."""
import pytest

from test_prisma_diff import BEFORE, prisma, written  # noqa: F401 (a fixture)

NAME = ("age       Int?", "age       Int?\n  name      String?")


@pytest.fixture
def drifted(prisma, brant):  # noqa: F811
    """Somebody added a column by hand, and the schema wants another one."""
    brant("up", expect=0)
    prisma.database.psql("-c", 'ALTER TABLE "User" ADD COLUMN "nick" TEXT')
    prisma.schema.write_text(BEFORE.replace(*NAME))
    return prisma


def test_drift_is_said_and_nothing_is_written(drifted, brant):
    result = brant("diff", "name", "--up", expect=3)
    assert "nick" in result.stderr and "--drift adopt" in result.stderr and "reset" not in result.stderr
    assert len(list(drifted.migrations.glob("2*"))) == 1


def test_adopt(drifted, brant):
    """The history takes it over; Prisma has no objection to any of it."""
    drifted.schema.write_text(BEFORE.replace(NAME[0], NAME[1] + "\n  nick      String?"))
    brant("diff", "name", "--up", "--drift", "adopt", expect=0)
    folders = sorted(drifted.migrations.glob("2*"))
    assert [folder.name[15:] for folder in folders] == ["init", "adopt_drift", "name"]
    assert '"nick" TEXT' in (folders[1] / "migration.sql").read_text()
    drifted.assert_clean()
    drifted.assert_schema_reached()


def test_revert_shows_the_sql(drifted, brant):
    result = brant("diff", "name", "--up", "--drift", "revert", expect=0)
    assert 'DROP COLUMN "nick"' in result.stdout
    assert drifted.database.value("SELECT count(*) FROM pg_attribute WHERE attname = 'nick'") == 1
    assert len(list(drifted.migrations.glob("2*"))) == 1


def test_ignore(drifted, brant):
    brant("diff", "name", "--up", "--drift", "ignore", expect=0)
    assert written(drifted) == '-- AlterTable\nALTER TABLE "User" ADD COLUMN     "name" TEXT;\n'
    assert drifted.database.value("SELECT count(*) FROM pg_attribute WHERE attname IN ('nick', 'name') AND attrelid = '\"User\"'::regclass") == 2


def test_in_a_schema_of_its_own(prisma, brant):  # noqa: F811
    """?schema=app: made with the first migration, and all of it looks there and nowhere else."""
    brant.url, prisma.url = brant.url + "?schema=app&pgbouncer=true&connection_limit=1", prisma.url + "?schema=app"
    brant("diff", "nothing", "--up", expect=0)
    prisma.database.psql("-c", 'ALTER TABLE app."User" ADD COLUMN "nick" TEXT; CREATE TABLE public."User" (id int)')
    prisma.schema.write_text(BEFORE.replace(*NAME))
    assert 'app."User".nick' in brant("diff", "name", "--up", expect=3).stderr
    assert 'ALTER TABLE app."User" DROP COLUMN nick' in brant("diff", "name", "--up", "--drift", "revert", expect=0).stdout
    prisma.schema.write_text(BEFORE.replace(NAME[0], NAME[1] + "\n  nick      String?"))
    brant("diff", "name", "--up", "--drift", "adopt", expect=0)
    assert written(prisma) == '-- AlterTable\nALTER TABLE "User" ADD COLUMN     "name" TEXT;\n'
    assert "app." not in brant("drift", expect=4).stdout
    prisma.assert_clean()
    prisma.assert_schema_reached()


def test_what_prisma_cannot_say_is_no_drift(prisma, brant):  # noqa: F811
    brant("up", expect=0)
    prisma.database.psql("-c", 'CREATE INDEX ON "User"(lower(email)); CREATE VIEW v AS SELECT 1')
    prisma.schema.write_text(BEFORE.replace(*NAME))
    brant("diff", "name", "--up", expect=0)
    prisma.assert_schema_reached()


def test_rows_in_the_way_are_seen_before_anything_is_written(prisma, brant):  # noqa: F811
    """As migrate dev does: a required column without a default, one that has NULLs; without --up it is for the user to complete."""
    brant("up", expect=0)
    prisma.schema.write_text(BEFORE.replace("age       Int?", "age       Int?\n  size      Int"))
    prisma.database.psql("-c", """INSERT INTO "User"(email) VALUES ('a')""")
    assert 'size is to have a value in each row of public."User"' in brant("diff", "size", "--up", expect=3).stderr
    prisma.schema.write_text(BEFORE.replace("age       Int?", "age       Int"))
    assert "some rows have none" in brant("diff", "age", "--up", expect=3).stderr
    assert len(list(prisma.migrations.glob("2*"))) == 1
    prisma.database.psql("-c", 'UPDATE "User" SET age = 1')
    brant("diff", "age", "--up", expect=0)
    prisma.assert_schema_reached()
    # Nor behind a pending migration that fails on them: what it stands on is going to change.
    prisma.migration("20990101000000_pending", 'ALTER TABLE "User" ADD CHECK (age > 5);')
    prisma.schema.write_text(BEFORE.replace("age       Int?", "age       Int").replace("email     String", "name      String?\n  email     String"))
    result = brant("diff", "name", "--up", expect=1)
    assert '"name" is not written' in result.stdout + result.stderr and len(list(prisma.migrations.glob("2*"))) == 3
    (prisma.migrations / "20990101000000_pending/migration.sql").write_text('ALTER TABLE "User" ADD CHECK (age > 0);')
    assert "applied 2 migrations" in brant("diff", "name", "--up", expect=0).stdout
    prisma.assert_schema_reached()


def test_edited_and_missing_migrations(prisma, brant):  # noqa: F811
    prisma.migration("20240201000000_more", "CREATE TABLE public.more (id int);")
    brant("up", expect=0)
    prisma.schema.write_text(BEFORE.replace(*NAME))
    file = prisma.migrations / "20240201000000_more/migration.sql"
    file.write_text("CREATE TABLE public.other (id int);")
    assert "edited" in brant("diff", "name", "--up", expect=4).stderr
    file.unlink()
    file.parent.rmdir()
    result = brant("diff", "name", "--up", expect=3)
    assert "20240201000000_more" in result.stderr and "version control" in result.stderr
    assert len(list(prisma.migrations.glob("2*"))) == 1
    prisma.migration("20240301000000_last", "ALTER TABLE public.more ADD COLUMN x int;")
    result = brant("diff", "name", expect=1)
    assert "throwaway server" in result.stderr and "rolled back" not in result.stderr
