"""`brant check --fix`: every rewrite is proved by brant itself; here it is run on a real database with data, beside the form as it was."""
import json
import pathlib
import signal
import subprocess
import tempfile
import time

import pytest

from lib import checks
from lib.cluster import wait_until

BEFORE = """CREATE TABLE public.teams (id int PRIMARY KEY, code text UNIQUE);
CREATE TABLE public.t (id int NOT NULL, "Odd" text, n int, team int, code text);
CREATE TYPE public.mood AS ENUM ('sad', 'ok');
CREATE TABLE public.person (id int PRIMARY KEY, m public.mood DEFAULT 'ok');
INSERT INTO public.teams SELECT i, 'c' || i FROM generate_series(1, 10) i;
INSERT INTO public.t SELECT i, 'o' || i, i, i % 10 + 1, 'k' || i FROM generate_series(1, 1000) i;
INSERT INTO public.person SELECT i, 'sad' FROM generate_series(1, 100) i;
"""

UNSAFE = {
    "index": "CREATE INDEX t_n ON public.t (n) WHERE n > 3",
    "index without a name": 'CREATE INDEX ON public.t USING btree ("Odd" DESC)',
    "unique": "ALTER TABLE public.t ADD CONSTRAINT t_odd UNIQUE (\"Odd\", n) DEFERRABLE INITIALLY DEFERRED",
    "unique without a name": "ALTER TABLE public.t ADD UNIQUE (code) INCLUDE (n)",
    "primary key": "ALTER TABLE public.t ADD PRIMARY KEY (n, id)",
    "foreign key": "ALTER TABLE public.t ADD CONSTRAINT t_team FOREIGN KEY (team) REFERENCES public.teams (id) ON DELETE CASCADE",
    "foreign key without a name": "ALTER TABLE public.t ADD FOREIGN KEY (team) REFERENCES public.teams",
    "check": "ALTER TABLE public.t ADD CONSTRAINT positive CHECK (n > 0 AND id > 0)",
    "check without a name": "ALTER TABLE public.t ADD CHECK (n > 0)",
    "not null": 'ALTER TABLE public.t ALTER COLUMN "Odd" SET NOT NULL',
    "volatile default": "ALTER TABLE public.t ADD COLUMN key uuid NOT NULL DEFAULT gen_random_uuid()",
    "several at once": "ALTER TABLE public.t ALTER n SET NOT NULL, ADD COLUMN more int, ADD CONSTRAINT few CHECK (n < 5000)",
    "enum rebuild": "ALTER TYPE public.mood RENAME TO mood_old;\nCREATE TYPE public.mood AS ENUM ('awful', 'sad', 'so-so', 'ok', 'happy');\n"
                    "ALTER TABLE public.person ALTER m DROP DEFAULT;\n"
                    "ALTER TABLE public.person ALTER COLUMN m TYPE public.mood USING m::text::public.mood;\n"
                    "ALTER TABLE public.person ALTER m SET DEFAULT 'ok';\nDROP TYPE public.mood_old",
}

# As people write them: comments with semicolons in them, several statements on a line, names in quotes, any case, parts that stand on later ones.
ODD = {
    "comments": "ALTER TABLE ONLY public.t -- the table; not its children\n  ADD CONSTRAINT big /* ; */ CHECK (n > -5), -- nearly positive\n  -- and this one\n"
                "  alter \"Odd\" set not null, ADD COLUMN IF NOT EXISTS extra int -- last; of all\n",
    "an index": 'CREATE UNIQUE INDEX IF NOT EXISTS "T ""odd""" ON public.t ("Odd", id)',
    "a key on the same line": 'alter table if exists "public"."t" add constraint "Q ""u" unique (id, code)',
    "and one more": "create index on only public.t(n)where n>3",
    "order": "ALTER TABLE public.t ADD CONSTRAINT later_c CHECK (later > 0), ADD CONSTRAINT later_u UNIQUE (later), ADD COLUMN later int",
    "small letters": "alter table public.t add k2 uuid not null default gen_random_uuid(), add k3 uuid default gen_random_uuid ( )not null",
    "as drizzle-kit wrote it": 'DO $$ BEGIN\n ALTER TABLE "public"."t" ADD CONSTRAINT "t_code_fk" FOREIGN KEY ("team") REFERENCES "public"."teams"("id") ON DELETE no action;\n'
                               'EXCEPTION\n WHEN duplicate_object THEN null; -- it may be there\nEND $$',
    "a column with a long name": 'ALTER TABLE public.t ALTER COLUMN "äääääääääääääääääääääääääääääää" SET NOT NULL',
}


@pytest.fixture(autouse=True)
def cache(brant, shared_cache):
    brant.cache = shared_cache


@pytest.mark.parametrize("names, end", [(list(UNSAFE)[:7], ";\n"), (list(UNSAFE)[7:], ";\n"), (list(ODD), "; ")], ids=["keys", "columns", "odd"])
def test_same_schema_without_the_locks(brant, project, new_database, database, names, end):
    before = BEFORE.replace("code text);", 'code text, "äääääääääääääääääääääääääääääää" int DEFAULT 1);')
    project.migration("0001_before.sql", before if names[0] == "index" else before.replace("id int NOT NULL,", "id int PRIMARY KEY,"))
    text = "-- what follows is unsafe\nSELECT 1;\n" + "".join(f"{(UNSAFE | ODD)[name]}{end}" for name in names) + "SELECT 2; -- the end\n"
    file = project.migration("0002_unsafe.sql", text)
    plain = new_database()
    brant("up", url=plain.url, expect=0)
    result = brant("check", "--fix", "0002", expect=0)
    path = project.path / "migrations" / "0002_unsafe.sql"
    assert path.read_text() == text and f"{len(names)} statements in 1 file rewritten" in result.stdout, str(result)
    diff = json.loads(brant("check", "--fix", "0002", "--json", expect=0).stdout)["diff"]
    subprocess.run(["git", "apply", "-"], cwd=project.path, input=diff, text=True, check=True)
    patched = path.read_text()
    path.write_text(text)
    brant("check", "--fix", "0002", "--write", expect=0)
    assert path.read_text() == patched != text
    assert "no statement that locks" in brant("check", "--fix", "0002", expect=0).stdout
    brant("up", expect=0)
    assert database.dump() == plain.dump()
    checks.assert_pooler_rules(database)
    checks.assert_nothing_left(database)


def test_what_is_harmless_stays(brant, project):
    project.migration("0001_before.sql", BEFORE)
    project.migration("0002_harmless.sql", "CREATE TABLE public.fresh (id int);\nCREATE INDEX ON public.fresh (id);\n"
                      "ALTER TABLE public.fresh ADD PRIMARY KEY (id);\nALTER TABLE public.t ADD COLUMN c int NOT NULL DEFAULT 7;\n"
                      "ALTER TABLE public.t ADD CONSTRAINT c_c CHECK (c > 0) NOT VALID;\nCREATE INDEX CONCURRENTLY t_c ON public.t (c);\n")
    assert "no statement that locks" in brant("check", "--fix", expect=0).stdout


def test_what_cannot_be_rewritten_is_told(brant, project):
    project.migration("0001_before.sql", BEFORE + "CREATE TABLE public.empty (id int);\n")
    project.migration("0002_type.sql", "ALTER TABLE public.t ALTER COLUMN n TYPE bigint;\n")
    project.migration("0003_own.sql", "BEGIN;\nCREATE INDEX t_n ON public.t (n);\nCOMMIT;\n")
    project.migration("0004_enum.sql", "ALTER TYPE public.mood RENAME TO mood_old;\nCREATE TYPE public.mood AS ENUM ('ok');\n"
                      "ALTER TABLE public.person ALTER m DROP DEFAULT, ALTER m TYPE public.mood USING 'ok';\nDROP TYPE public.mood_old;\n")
    project.migration("0005_column.sql", "CREATE TABLE public.fresh (id int); ALTER TABLE public.empty ADD COLUMN more text NOT NULL, ADD COLUMN n serial NOT NULL;\n")
    result = brant("check", "--fix", expect=0)
    for what in ("0002_type.sql:1: it locks t while it works; \"brant retype\"", "0005_column.sql:1: it fails where empty has rows", "0003_own.sql:2: its safe form cannot be inside", "0004_enum.sql:1: it rewrites a table"):
        assert what in result.stderr, str(result)


def test_what_cannot_be_proved_stays_and_the_others_do_not(brant, project):
    project.write("brant.yaml", "boundary: off\n")
    project.migration("0001_before.sql", "CREATE TABLE public.a (n int);\nCREATE TABLE public.b (n int);\n"
                      "CREATE FUNCTION public.no_concurrency() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN\n"
                      "  IF current_query() ~* 'concurrently.*a_n' THEN RAISE 'not on this table'; END IF;\nEND $$;\n"
                      "CREATE EVENT TRIGGER slow_and_sure ON ddl_command_start EXECUTE FUNCTION public.no_concurrency();\n")
    project.migration("0002_a.sql", "CREATE INDEX a_n ON public.a (n);\n")
    project.migration("0003_b.sql", "CREATE INDEX b_n ON public.b (n);\n")
    result = brant("check", "--fix", "--write", expect=0)
    assert "0002_a.sql stays as it is: its rewrite could not be proved: not on this table" in result.stderr, str(result)
    assert "1 statement in 1 file rewritten" in result.stdout, str(result)
    first, second = ((project.path / "migrations" / name).read_text() for name in ("0002_a.sql", "0003_b.sql"))
    assert "CONCURRENTLY" not in first and "CONCURRENTLY" in second
    report = json.loads(brant("check", "--fix", "0002", "--json", expect=0).stdout)
    assert (report["fixed"], report["unproved"]) == (0, 1), report


def test_an_interrupted_proof_is_none(brant, project):
    """The event trigger tells by a file when the rewritten form is tried, and lets it wait."""
    with tempfile.TemporaryDirectory(prefix="brant-tests-reached-") as folder:
        reached = pathlib.Path(folder) / "reached"
        reached.parent.chmod(0o777)
        project.write("brant.yaml", "boundary: off\n")
        project.migration("0001_before.sql", "CREATE TABLE public.a (n int);\n"
                          "CREATE FUNCTION public.wait() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN\n"
                          f"  IF current_query() ~* 'concurrently' THEN COPY (SELECT 1) TO '{reached}'; PERFORM pg_sleep(60); END IF;\nEND $$;\n"
                          "CREATE EVENT TRIGGER slow ON ddl_command_start EXECUTE FUNCTION public.wait();\n")
        project.migration("0002_a.sql", "CREATE INDEX a_n ON public.a (n);\n")
        running = brant.start("check", "--fix", "0002")
        wait_until(reached.exists, 30, "the rewritten form")
        running.send_signal(signal.SIGINT)
        result = brant.finish(running, 30)
    assert result.status == 130 and "stays as it is" not in result.stderr, str(result)


def test_transactions_are_those_of_up(brant, project, new_database, database):
    """A lock is held to the end of its transaction: what reads the table behind it, in the same one, keeps everybody out for as long as it takes."""
    project.migration("0001_before.sql", BEFORE)
    plain = new_database()
    project.migration("0002_filled.sql", "ALTER TABLE public.t ADD COLUMN twice int;\nUPDATE public.t SET twice = n * 2;\nALTER TABLE public.t ALTER twice SET NOT NULL;\n"
                      "UPDATE public.t SET code = upper(code);\nALTER TABLE public.teams ADD COLUMN size int;\nUPDATE public.teams SET size = 3 WHERE id = 1; SELECT count(*) FROM public.teams WHERE size > 2;\n")
    brant("up", url=plain.url, expect=0)
    result = brant("check", "--fix", "0002", "--write", expect=0)
    text = (project.path / "migrations" / "0002_filled.sql").read_text()
    assert "4 statements in 1 file rewritten" in result.stdout, str(result)
    for apart in "UPDATE public.t SET twice", "UPDATE public.t SET code", "SELECT count":
        assert f"-- brant: no-transaction\n{apart}" in text, text
    assert ";\nUPDATE public.teams SET size" in text, "a row is found by its key, however long the table is"
    assert "no statement that locks" in brant("check", "--fix", "0002", expect=0).stdout
    brant("up", expect=0)
    assert database.dump() == plain.dump()


def test_what_must_be_in_one_transaction_stays(brant, project):
    project.migration("0001_before.sql", BEFORE)
    project.migration("0002_temporary.sql", "CREATE TEMP TABLE kept ON COMMIT DROP AS SELECT id, n FROM public.t;\nALTER TABLE public.t ADD COLUMN m int;\n"
                      "UPDATE public.t SET m = kept.n FROM kept WHERE kept.id = t.id;\nCREATE INDEX t_m ON public.t (m);\n")
    project.migration("0003_savepoint.sql", "SAVEPOINT a;\nCREATE INDEX t_n ON public.t (n);\nRELEASE SAVEPOINT a;\nCOPY public.t (id, n) FROM stdin;\n1\t2\n\\.\n")
    project.migration("0004_procedure.sql", "CREATE PROCEDURE public.p() LANGUAGE plpgsql AS 'BEGIN COMMIT; END';\n-- brant: no-transaction\nCALL public.p();\n"
                      "DO $$ BEGIN IF NOT EXISTS (SELECT FROM public.t WHERE n = 2) THEN RAISE 'the rows of 0003'; END IF; END $$;\n")
    result = brant("check", "--fix", expect=0)
    assert "no statement that locks" in result.stdout, str(result)
    for line in "0002_temporary.sql:3", "0002_temporary.sql:4", "0003_savepoint.sql:2":
        assert f"{line}: its safe form cannot be in one transaction with the rest" in result.stderr, str(result)


def test_a_history_that_makes_the_platform_itself(brant, project):
    """It is for servers without one, and is replayed on such a one."""
    (project.path / "brant.yaml").write_text("boundary: off\n")
    project.migration("0001_auth.sql", "CREATE SCHEMA IF NOT EXISTS auth;\nCREATE ROLE authenticated;\nCREATE TABLE auth.users (id int PRIMARY KEY);\n"
                      "CREATE FUNCTION auth.uid() RETURNS int LANGUAGE sql AS 'SELECT 1';\nCREATE TABLE public.t (id int PRIMARY KEY, n int);\n")
    project.migration("0002_index.sql", "CREATE INDEX t_n ON public.t (n);\n")
    assert "1 statement in 1 file rewritten" in brant("check", "--fix", expect=0).stdout
    assert "nothing to object to" in brant("check", expect=0).stdout
    assert "auth.users" in brant("dump", "--from", "history", expect=0).stdout


def test_a_broken_file_is_an_error(brant, project):
    project.migration("0001_before.sql", BEFORE)
    project.migration("0002_broken.sql", "SELECT 1;\nALTER TABLE public.nowhere ADD CHECK (n > 0);\n")
    result = brant("check", "--fix", expect=1)
    assert "0002_broken.sql:2" in result.stderr, str(result)


def test_the_application_is_not_stopped(brant, project, database):
    """On a table of some size: readers and writers wait for the unsafe file, and not for the fixed one."""
    project.migration("0001_big.sql", "CREATE TABLE public.big (id int PRIMARY KEY, n int, x text);\n"
                      "INSERT INTO public.big SELECT i, i, md5(i::text) FROM generate_series(1, 300000) i;\n")
    brant("up", expect=0)
    project.migration("0002_unsafe.sql", "SELECT 1;\nALTER TABLE public.big ADD CONSTRAINT big_x UNIQUE (x);\nALTER TABLE public.big ALTER n SET NOT NULL;\n"
                      "ALTER TABLE public.big ADD CHECK (length(x) > 3);\n")
    brant("check", "--fix", "0002", "--write", expect=0)
    process = brant.start("up")
    connection, worst = database.connect(database.url), 0
    with connection.cursor() as cursor:
        while process.poll() is None:
            begin = time.monotonic()
            cursor.execute("UPDATE public.big SET n = n WHERE id = 7; SELECT count(*) FROM public.big WHERE id < 10")
            worst = max(worst, time.monotonic() - begin)
            time.sleep(0.002)
    assert brant.finish(process).status == 0
    assert worst < 0.5, f"somebody waited for {worst:.2f} s"


def test_what_is_partitioned_or_elsewhere_is_told(brant, project):
    project.migration("0001_before.sql", BEFORE + "CREATE TABLE public.p (id int, at int) PARTITION BY RANGE (at); CREATE TABLE public.p1 PARTITION OF public.p DEFAULT;\n")
    (project.path / "more.sql").write_text("CREATE INDEX t_more ON public.t (n);\n")
    project.migration("0002_parts.sql", "CREATE INDEX p_id ON public.p (id);\nALTER TABLE public.p ADD CONSTRAINT few CHECK (id < 5000);\n"
                      "\\set t public.t\nCREATE INDEX t_n ON :t (n);\n\\i more.sql\nVACUUM public.t;\n")
    result = brant("check", "--fix", "0002", expect=0)
    assert "0002_parts.sql:1: it locks p1 while it works" in result.stderr or "0002_parts.sql:1: it locks p while it works" in result.stderr, str(result)
    assert "+ALTER TABLE public.p VALIDATE CONSTRAINT few;" in result.stdout and "1 statement in 1 file rewritten" in result.stdout, str(result)
    for what in ("0002_parts.sql:4: it locks a table while it works, and its text has a psql variable", "CREATE INDEX CONCURRENTLY t_n ON public.t (n)", "more.sql:1:"):
        assert what in result.stderr, str(result)


def test_what_the_databases_of_a_server_share(brant, project):
    """Each migration is run several times on the throwaway server: roles, their settings and memberships have to be as they were each time."""
    project.migration("0001_roles.sql", "CREATE ROLE fix_reader NOLOGIN;\nCREATE TABLE public.t (id int PRIMARY KEY, n int);\nGRANT SELECT ON public.t TO fix_reader;\n")
    project.migration("0002_more.sql", "CREATE INDEX t_n ON public.t (n);\nALTER ROLE fix_reader SET statement_timeout = '5s';\n"
                      "DO $$ BEGIN CREATE ROLE fix_writer; GRANT fix_reader TO fix_writer; END $$;\n")
    project.migration("0003_renamed.sql", "ALTER ROLE fix_writer RENAME TO fix_editor;\nGRANT fix_reader TO fix_editor WITH ADMIN OPTION;\nALTER TABLE public.t ADD UNIQUE (n);\n")
    project.migration("0004_gone.sql", "REVOKE ALL ON public.t FROM fix_reader;\nALTER TABLE public.t ADD CONSTRAINT n_ok CHECK (n > 0);\n"
                      "DROP ROLE fix_reader;\nDROP ROLE fix_editor;\n")
    project.migration("0005_last.sql", "CREATE INDEX t_n2 ON public.t (n, id);\n")
    result = brant("check", "--fix", expect=0)
    assert "4 statements in 4 files rewritten, same schema proved" in result.stdout, str(result)
    for what in ("+CREATE INDEX CONCURRENTLY t_n ON", "+ALTER TABLE public.t ADD CONSTRAINT t_n_key UNIQUE USING INDEX", "+ALTER TABLE public.t VALIDATE CONSTRAINT n_ok", "+CREATE INDEX CONCURRENTLY t_n2 ON"):
        assert what in result.stdout, str(result)
