"""resolve and baseline: a claim is compared with what the history makes, what contradicts it is named, and --force overrides."""
import json
import re

import pytest

from lib import checks

NO_SERVER = {"BRANT_PG_BIN": "/nowhere"}


@pytest.fixture(autouse=True)
def cached(brant, shared_cache):
    brant.cache = shared_cache


def refused(brant, *args, **options):
    """What stands under the error, line by line."""
    result = brant(*args, expect=4, **options)
    assert "the database does not look as if" in result.stderr, str(result)
    return {line.strip() for line in result.stderr.splitlines()
            if re.match(r" +(missing|there|different)|detail: These", line)}


def test_resolve(brant, project, database):
    project.migration("0001_t.sql", """
        CREATE TABLE public.t (id int, name text, unwanted int);
        CREATE FUNCTION public.f() RETURNS int LANGUAGE sql AS 'SELECT 1';
        """)
    project.migration("0002_more.sql", """
        ALTER TABLE public.t ALTER COLUMN name SET NOT NULL, DROP COLUMN unwanted;
        REVOKE INSERT ON public.t FROM anon;
        CREATE OR REPLACE FUNCTION public.f() RETURNS int LANGUAGE sql AS 'SELECT 2';
        """)
    project.migration("0003_u.sql", "CREATE TABLE public.u (id int);\n")
    brant("up", "--to", "0001", expect=0)
    # What it does makes no object: the objects alone would have told nothing.
    assert refused(brant, "resolve", "0002", "--applied") == {
        "different: column public.t.name (not_null)", "there: column public.t.unwanted", "different: function public.f() (definition)",
        "missing: grant on table public.t: - anon"}
    brant("resolve", "0002", "--rolled-back", expect=0)
    # The half of it, and something that is no business of this migration's.
    database.query("ALTER TABLE public.t DROP COLUMN unwanted; REVOKE INSERT ON public.t FROM anon; "
                   "ALTER TABLE public.t ADD COLUMN mine int; CREATE TABLE public.other (id int)")
    assert refused(brant, "resolve", "0002", "--applied") == {
        "different: column public.t.name (not_null)", "different: function public.f() (definition)"}
    assert refused(brant, "resolve", "0002", "--rolled-back") == {
        "missing: column public.t.unwanted", "there: grant on table public.t: - anon"}
    database.query("ALTER TABLE public.t ALTER COLUMN name SET NOT NULL; "
                   "CREATE OR REPLACE FUNCTION public.f() RETURNS int LANGUAGE sql AS 'SELECT 2'")
    said = json.loads(brant("resolve", "0002", "--applied", "--json", expect=0).stdout)
    assert said["compared"] is True and said["evidence"] == 4
    assert database.applied() == ["0001", "0002"]
    brant("up", expect=0)
    checks.assert_pooler_rules(database)
    checks.assert_nothing_left(database)


def test_resolve_where_the_history_does_not_replay(brant, project, database):
    """The migration that failed is what one resolves: it may not run anywhere.  Its objects have to do then."""
    project.migration("0001_t.sql", "CREATE TABLE public.t (id int);\n")
    project.migration("0002_u.sql", "CREATE TABLE public.u (id int);\nCREATE INDEX CONCURRENTLY u_id ON public.u (id);\nSELECT 1/0;\n")
    brant("up", expect=1)
    database.query("DROP INDEX public.u_id")
    assert refused(brant, "resolve", "0002", "--applied") == {"detail: These objects of it are missing: index public.u_id."}
    database.query("CREATE INDEX u_id ON public.u (id)")
    result = brant("resolve", "0002", "--applied", expect=0)
    assert "the journal has seen only 2 end" in result.stderr
    assert "the schema was not compared" in result.stderr and "division by zero" in result.stderr
    assert database.applied() == ["0001", "0002"]


def test_baseline(brant, project, database):
    project.migration("0001_users.sql", """
        CREATE TABLE public.users (id bigint PRIMARY KEY, email text NOT NULL, bio text);
        CREATE INDEX users_email ON public.users (email);
        ALTER TABLE public.users ENABLE ROW LEVEL SECURITY;
        CREATE POLICY own ON public.users USING (id = 1);
        """)
    project.migration("0002_posts.sql", "CREATE TABLE public.posts (id bigint PRIMARY KEY);\n")
    project.migration("0003_later.sql", "CREATE TABLE public.later (id int);\n")
    brant("up", "--to", "0002", expect=0)
    database.query("DROP SCHEMA brant CASCADE; DROP TABLE public.schema_migrations")
    database.query("""ALTER TABLE public.users ALTER COLUMN email DROP NOT NULL, DROP COLUMN bio, DISABLE ROW LEVEL SECURITY;
        DROP INDEX public.users_email; ALTER POLICY own ON public.users USING (id = 2); DROP TABLE public.posts;
        CREATE TABLE public.mine (id int, note text)""")
    wrong = {"missing: table public.posts", "missing: index public.users_email", "missing: column public.users.bio",
             "different: column public.users.email (not_null)", "different: table public.users (row_security)",
             "different: policy public.users.own (using)"}
    assert refused(brant, "baseline", "0002", "--dry-run") == wrong == refused(brant, "baseline", "0002")
    assert refused(brant, "baseline") == wrong | {"missing: table public.later"}
    # Without a server: only what the migrations make, and it says so.
    result = brant("baseline", "0002", expect=4, env=NO_SERVER)
    assert "table public.posts" in result.stderr and "not_null" not in result.stderr
    database.query("""ALTER TABLE public.users ADD COLUMN bio text; CREATE TABLE public.posts (id bigint PRIMARY KEY);
        CREATE INDEX users_email ON public.users (email)""")
    result = brant("baseline", "0002", "--dry-run", expect=0, env=NO_SERVER)
    assert "the schema was not compared" in result.stderr and "BRANT_PG_BIN" in result.stderr or "/nowhere" in result.stderr, str(result)
    database.query("""ALTER TABLE public.users ALTER COLUMN email SET NOT NULL, ENABLE ROW LEVEL SECURITY;
        ALTER POLICY own ON public.users USING (id = 1)""")
    result = brant("baseline", "0002", expect=0)
    assert "made by none of these migrations: table public.mine" in result.stderr and "2 migrations recorded" in result.stdout
    assert database.applied() == ["0001", "0002"]
    brant("up", expect=0)
    # The whole history, and one that it contradicts by force.
    database.query("DROP SCHEMA brant CASCADE; DELETE FROM public.schema_migrations; DROP TABLE public.later")
    assert refused(brant, "baseline") == {"missing: table public.later"}
    brant("baseline", "--force", expect=0)
    assert database.applied() == ["0001", "0002", "0003"]
    checks.assert_pooler_rules(database)
    checks.assert_nothing_left(database)
