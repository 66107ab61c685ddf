"""The blind spots of each moment at which the boundary is held: the table of docs/boundary.md, a row each."""
import os
import pathlib
import re

import pytest

from lib.cluster import wait_until

DOC = pathlib.Path(__file__).parents[2] / "docs/boundary.md"

# what has to be there before the migration, by the superuser
FIRING = ("CREATE TABLE public.old (id int); CREATE FUNCTION public.fire() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
          "INSERT INTO storage.buckets (id, name) VALUES ('x', 'x'); RETURN NEW; END $$; "
          "CREATE TRIGGER t AFTER INSERT ON public.old FOR EACH ROW EXECUTE FUNCTION public.fire(); "
          "ALTER TABLE public.old OWNER TO supabase_admin; ALTER FUNCTION public.fire() OWNER TO supabase_admin")
BEFORE = {
    "a trigger that was there": FIRING,
    "a table that was there": FIRING,
    "a table that was there after all": FIRING,
    "what is dropped along": "CREATE TABLE public.base (id int); CREATE VIEW auth.on_base AS SELECT id FROM public.base",
}

# blind spot: {name: (SQL of the migration, who sees it first)}
BLIND_SPOTS = {
    "statements that say what they do": {
        "creates a table": (
            "CREATE TABLE auth.mine (id int)",
            "reading"),
        "alters a table": (
            "ALTER TABLE auth.users ADD COLUMN vip boolean",
            "reading"),
        "comments": (
            "COMMENT ON TABLE auth.users IS 'mine'",
            "reading"),
        "grants": (
            "GRANT SELECT ON auth.users TO anon",
            "reading"),
    },
    "rows of platform tables": {
        "inserts rows": (
            "INSERT INTO storage.buckets (id, name) VALUES ('a', 'a')",
            "reading"),
        "updates rows in a CTE": (
            "WITH x AS (UPDATE storage.buckets SET name = 'b' RETURNING id) SELECT count(*) FROM x",
            "reading"),
        "deletes rows": (
            "DELETE FROM auth.users",
            "reading"),
        "truncates": (
            "TRUNCATE storage.buckets CASCADE",
            "reading"),
        "copies rows": (
            "COPY storage.buckets (id, name) FROM stdin;\n"
            "a\ta\n"
            r"\."
            "\n"
            "SELECT 1",
            "reading"),
        "updates rows by a subquery": (
            "UPDATE auth.users SET email = (SELECT 'x')",
            "reading"),
    },
    "triggers, policies and foreign keys on platform tables": {
        "trigger": (
            "CREATE FUNCTION public.f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;\n"
            "CREATE TRIGGER t AFTER INSERT ON auth.users FOR EACH ROW EXECUTE FUNCTION public.f()",
            "reading"),
        "policy on auth.users": (
            "CREATE POLICY p ON auth.users USING (true)",
            "reading"),
        "foreign key to storage.buckets": (
            "CREATE TABLE public.t (b text REFERENCES storage.buckets (id))",
            "reading"),
        "a rule": (
            "CREATE RULE r AS ON INSERT TO auth.users DO ALSO NOTHING",
            "reading"),
        "disabling a trigger": (
            "ALTER TABLE auth.users DISABLE TRIGGER ALL",
            "reading"),
        "turning row security off": (
            "ALTER TABLE storage.objects DISABLE ROW LEVEL SECURITY",
            "reading"),
        "a policy in a DO block": (
            "DO $$ BEGIN EXECUTE 'CREATE POLICY p ON au' || 'th.users USING (true)'; END $$",
            "transaction"),
        "a trigger in a DO block": (
            "CREATE FUNCTION public.f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;\n"
            "DO $$ BEGIN EXECUTE 'CREATE TRIGGER t AFTER INSERT ON au' || 'th.users FOR EACH ROW EXECUTE FUNCTION public.f()'; END $$",
            "transaction"),
    },
    "search_path": {
        "search_path": (
            "SET search_path = auth;\n"
            "ALTER TABLE users ADD COLUMN x int",
            "reading"),
        "search_path, local": (
            "SET LOCAL search_path = auth, public;\n"
            "CREATE TABLE t (id int)",
            "reading"),
        "set schema": (
            "CREATE TABLE public.t (id int);\n"
            "ALTER TABLE public.t SET SCHEMA auth",
            "reading"),
        "set_config": (
            "SELECT set_config('search_path', 'auth', false);\n"
            "CREATE TABLE mine (id int)",
            "reading"),
        "SET inside EXECUTE": (
            "DO $$ BEGIN EXECUTE 'SET search_path = au' || 'th'; EXECUTE 'CREATE TABLE mine (id int)'; END $$",
            "transaction"),
        "a function with a path of its own": (
            "CREATE FUNCTION public.f() RETURNS void LANGUAGE plpgsql SET search_path = auth AS $$ BEGIN EXECUTE 'CREATE TABLE mine (id int)'; END $$;\n"
            "SELECT public.f()",
            "transaction"),
    },
    "quoted and Unicode identifiers": {
        "quoted name": (
            'ALTER TABLE "auth"."users" ADD COLUMN x int',
            "reading"),
        "unicode name": (
            r'ALTER TABLE U&"\0061uth".users ADD COLUMN x int',
            "reading"),
        "a Unicode name with its own escape": (
            'ALTER TABLE U&"!0061uth" UESCAPE \'!\'.users ADD COLUMN x int',
            "reading"),
        "a quoted name in a DO block": (
            "DO $$ BEGIN EXECUTE format('ALTER TABLE %I.%I ADD COLUMN x int', 'auth', 'users'); END $$",
            "transaction"),
    },
    "DROP ... CASCADE": {
        "drops a schema": (
            "DROP SCHEMA storage CASCADE",
            "reading"),
        "a schema, in a DO block": (
            "DO $$ BEGIN EXECUTE 'DROP SCHEMA sto' || 'rage CASCADE'; END $$",
            "transaction"),
        "what is dropped along": (
            "DROP TABLE public.base CASCADE",
            "transaction"),
    },
    "extensions": {
        "extension": (
            "CREATE EXTENSION citext SCHEMA auth",
            "reading"),
        "an extension, in a DO block": (
            "DO $$ BEGIN EXECUTE 'CREATE EXTENSION citext SCHEMA au' || 'th'; END $$",
            "transaction"),
        "an extension, by the search path": (
            "SET search_path = auth;\n"
            "CREATE EXTENSION citext",
            "transaction"),
    },
    "ALTER DEFAULT PRIVILEGES": {
        "default privileges": (
            "ALTER DEFAULT PRIVILEGES IN SCHEMA auth GRANT SELECT ON TABLES TO anon",
            "reading"),
    },
    "platform roles": {
        "role": (
            "ALTER ROLE anon SET statement_timeout = 0",
            "reading"),
        "role membership": (
            "GRANT service_role TO anon",
            "reading"),
        "another attribute": (
            "ALTER ROLE authenticator BYPASSRLS",
            "reading"),
        "a rename": (
            "ALTER ROLE anon RENAME TO nobody_else",
            "reading"),
        "what a role owns": (
            "REASSIGN OWNED BY supabase_auth_admin TO CURRENT_USER",
            "reading"),
        "membership, in a DO block": (
            "DO $$ BEGIN EXECUTE 'GRANT service_role TO ano' || 'n'; END $$",
            "transaction"),
    },
    "event triggers": {
        "event trigger": (
            "CREATE FUNCTION public.e() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$;\n"
            "CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION public.e()",
            "reading"),
    },
    "DO blocks": {
        "DO": (
            "DO $$ BEGIN ALTER TABLE auth.users ADD COLUMN x int; END $$",
            "transaction"),
        "in a subtransaction": (
            "DO $$ BEGIN BEGIN EXECUTE 'CREATE FUNCTION au' || 'th.g() RETURNS int LANGUAGE sql AS ''SELECT 1'''; EXCEPTION WHEN others THEN NULL; END; END $$",
            "transaction"),
    },
    "EXECUTE with built-up strings": {
        "EXECUTE with a built-up string": (
            "DO $$ BEGIN EXECUTE 'CREATE TABLE au' || 'th.mine (id int)'; END $$",
            "transaction"),
        "EXECUTE that inserts": (
            "DO $$ BEGIN EXECUTE 'INSERT INTO stor' || 'age.buckets (id, name) VALUES (''a'', ''a'')'; END $$",
            "transaction"),
        "EXECUTE that drops": (
            "DO $$ BEGIN EXECUTE 'DROP FUNCTION au' || 'th.email()'; END $$",
            "transaction"),
        "EXECUTE that truncates": (
            "DO $$ BEGIN EXECUTE 'TRUNCATE stor' || 'age.buckets CASCADE'; END $$",
            "transaction"),
        "EXECUTE that grants": (
            "DO $$ BEGIN EXECUTE 'GRANT ALL ON au' || 'th.users TO anon'; END $$",
            "transaction"),
        "EXECUTE of a foreign key": (
            "CREATE TABLE public.t (b text);\n"
            "DO $$ BEGIN EXECUTE 'ALTER TABLE public.t ADD FOREIGN KEY (b) REFERENCES stor' || 'age.buckets (id)'; END $$",
            "transaction"),
        "EXECUTE on a role": (
            "DO $$ BEGIN EXECUTE 'ALTER ROLE ano' || 'n SET statement_timeout = 0'; END $$",
            "transaction"),
        "EXECUTE of default privileges": (
            "DO $$ BEGIN EXECUTE 'ALTER DEFAULT PRIVILEGES IN SCHEMA au' || 'th GRANT SELECT ON TABLES TO anon'; END $$",
            "transaction"),
        "EXECUTE of an event trigger": (
            "CREATE FUNCTION public.e() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$;\n"
            "DO $$ BEGIN EXECUTE 'CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION public.e()'; END $$",
            "transaction"),
    },
    "functions and triggers that run": {
        "a function made and called": (
            "CREATE FUNCTION public.f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'ALTER TABLE au' || 'th.users ADD COLUMN x int'; RETURN 1; END $$;\n"
            "SELECT public.f()",
            "transaction"),
        "a trigger that fires": (
            "CREATE TABLE public.t (id int);\n"
            "CREATE FUNCTION public.f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO storage.buckets (id, name) VALUES ('x', 'x'); RETURN NEW; END $$;\n"
            "CREATE TRIGGER t AFTER INSERT ON public.t FOR EACH ROW EXECUTE FUNCTION public.f();\n"
            "INSERT INTO public.t VALUES (1)",
            "transaction"),
        "a trigger that was there": (
            "INSERT INTO public.old VALUES (1)",
            "transaction"),
        "a table that was there": (
            "CREATE TABLE IF NOT EXISTS public.old (id int);\n"
            "INSERT INTO public.old VALUES (1)",
            "transaction"),
        "a table that was there after all": (
            "SAVEPOINT a;\n"
            "DROP TABLE public.old;\n"
            "CREATE TABLE public.old (id int);\n"
            "ROLLBACK TO a;\n"
            "INSERT INTO public.old VALUES (1)",
            "transaction"),
        "a rule that fires": (
            "CREATE TABLE public.t (id int);\n"
            "CREATE RULE r AS ON INSERT TO public.t DO ALSO INSERT INTO storage.buckets (id, name) VALUES ('x', 'x');\n"
            "INSERT INTO public.t VALUES (1)",
            "transaction"),
        "a check of a domain": (
            "CREATE FUNCTION public.f(int) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'CREATE TABLE au' || 'th.mine (id int)'; RETURN true; END $$;\n"
            "CREATE DOMAIN public.d AS int CHECK (public.f(VALUE));\n"
            "CREATE TABLE public.t (id public.d);\n"
            "INSERT INTO public.t VALUES (1)",
            "transaction"),
        "a deferred trigger": (
            "CREATE TABLE public.t (id int);\n"
            "CREATE FUNCTION public.f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO storage.buckets (id, name) VALUES ('x', 'x'); RETURN NEW; END $$;\n"
            "CREATE CONSTRAINT TRIGGER t AFTER INSERT ON public.t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.f();\n"
            "INSERT INTO public.t VALUES (1)",
            "transaction"),
        "a procedure made and called": (
            "CREATE PROCEDURE public.p() LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'DELETE FROM au' || 'th.users'; END $$;\n"
            "CALL public.p()",
            "transaction"),
        "a function in a view's query": (
            "CREATE FUNCTION public.f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'CREATE TABLE au' || 'th.mine (id int)'; RETURN 1; END $$;\n"
            "CREATE TABLE public.t AS SELECT public.f()",
            "transaction"),
        "a column's default": (
            "CREATE FUNCTION public.f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'CREATE TABLE au' || 'th.mine (id int)'; RETURN 1; END $$;\n"
            "CREATE TABLE public.t (a int, b int DEFAULT public.f());\n"
            "INSERT INTO public.t VALUES (1)",
            "transaction"),
    },
}
REFUSED = {name: row for rows in BLIND_SPOTS.values() for name, row in rows.items()}

ALLOWED = {
    "foreign key to auth.users": "CREATE TABLE public.t (id uuid REFERENCES auth.users (id) ON DELETE CASCADE)",
    "foreign key in a DO block": "CREATE TABLE public.t (id uuid);\n"
                                 "DO $$ BEGIN ALTER TABLE public.t ADD FOREIGN KEY (id) REFERENCES auth.users (id); END $$",
    "reading in a view": "CREATE VIEW public.v AS SELECT id FROM auth.users",
    "reading in a query": "SELECT count(*) FROM auth.users",
    "policy on storage.objects": "CREATE POLICY p ON storage.objects FOR SELECT USING (bucket_id = 'a')",
    "dropping that policy": "CREATE POLICY q ON storage.objects FOR SELECT USING (true);\nDO $$ BEGIN DROP POLICY q ON storage.objects; END $$",
    "publication": "CREATE TABLE public.t (id int PRIMARY KEY);\nALTER PUBLICATION supabase_realtime ADD TABLE public.t",
    "grants on one's own": "CREATE TABLE public.t (id int);\nGRANT SELECT ON public.t TO anon, authenticated",
    "a DO block of one's own": "DO $$ BEGIN CREATE TABLE public.t (id int); END $$",
    "a schema of one's own": "CREATE SCHEMA shop;\nCREATE TABLE shop.t (id int);\nDROP SCHEMA shop CASCADE",
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(brant, project, database, name):
    sql, moment = REFUSED[name]
    if name in BEFORE:
        database.query(BEFORE[name])
    # Looked at from inside, so that what 0002 is compared with was seen by another transaction.
    project.migration("0001_before.sql", "DO $$ BEGIN CREATE TABLE public.before (id int); END $$;\n")
    project.migration("0002_it.sql", sql + ";\n")
    before = database.picture()
    result = brant("up", expect=4)
    assert "platform" in result.stderr or "whole database" in result.stderr, str(result)
    assert ("inside the transaction" in result.stderr) == (moment == "transaction"), str(result)
    assert "0002_it.sql" in result.stderr, str(result)
    # Reading refuses before anything runs; from inside, what came before it stays.
    assert database.applied_or_none() == (["0001"] if moment == "transaction" else [])
    if moment == "reading":
        assert database.picture() == before


@pytest.mark.parametrize("name", ALLOWED)
def test_allowed(brant, project, database, name):
    project.migration("0001_it.sql", ALLOWED[name] + ";\n")
    brant("up", expect=0)
    assert database.applied() == ["0001"]


def test_a_lone_statement_is_seen_by_check(brant, project, database):
    """There is no transaction to look into; the comparison of before and after finds it."""
    project.migration("0001_it.sql", "CREATE PROCEDURE public.p() LANGUAGE plpgsql AS $$ BEGIN "
                                     "EXECUTE 'ALTER TABLE au' || 'th.users ADD COLUMN x int'; COMMIT; END $$;\n"
                                     "-- brant: no-transaction\nCALL public.p();\n")
    result = brant("check", expect=4, url=None)
    assert "created column x on auth.users" in result.stdout, str(result)


def test_allowed_by_name(brant, project, database):
    project.write("brant.yaml", "boundary:\n  allow: ['trigger on auth.users', 'rows of storage.buckets']\n")
    project.migration("0001_it.sql", REFUSED["trigger"][0] + ";\n" + REFUSED["EXECUTE that inserts"][0] + ";\n")
    brant("up", expect=0)
    assert database.value("SELECT count(*) FROM storage.buckets WHERE id = 'a'") == 1


def test_what_others_do_meanwhile(brant, project, database):
    """The platform's services may work between two migrations, and beside one."""
    project.migration("0001_first.sql", "DO $$ BEGIN CREATE TABLE public.first (id int); END $$;\n")
    project.migration("0002_slow.sql", "DO $$ BEGIN PERFORM pg_sleep(1); CREATE TABLE public.second (id int); END $$;\n")
    process = brant.start("up")
    wait_until(lambda: "0001" in (database.applied_or_none() or []), what="the first migration")
    database.query("DROP FUNCTION auth.email(); CREATE TABLE auth.theirs (id int); GRANT SELECT ON auth.theirs TO anon")
    result = brant.finish(process)
    assert result.status == 0, str(result)
    assert database.applied() == ["0001", "0002"]


def test_a_new_table_of_ones_own_is_not_looked_at(brant, project, database):
    project.migration("0001_it.sql", "CREATE TABLE public.kind (id serial PRIMARY KEY, name text);\nINSERT INTO public.kind (name) VALUES ('a'), ('b');\n")
    brant("up", expect=0)
    assert not [s for s in database.statements() if s.head.startswith("SELECT brant.boundary_")]
    project.migration("0002_more.sql", "INSERT INTO public.kind (name) VALUES ('c');\n")
    brant("up", expect=0)
    assert [s for s in database.statements() if s.head.startswith("SELECT brant.boundary_end")]


def test_a_platform_schema_on_the_path(brant, project, database):
    """A name that only the platform's schema has means the platform's table; reading knows which names are there, and has the transaction looked at."""
    database.query("ALTER ROLE supabase_admin IN DATABASE " + database.name + " SET search_path = public, auth")
    project.migration("0001_more.sql", "CREATE TABLE sessions_of_mine (id int);\nALTER TABLE users ADD COLUMN vip boolean;\n")
    result = brant("up", url=database.cluster.url(database.name), expect=4)  # a connection that is new has the setting
    assert "auth.users" in result.stderr and database.applied_or_none() in ([], None), str(result)
    assert not database.value("SELECT to_regclass('public.sessions_of_mine')")


LOOKS = "FROM pg_proc WHERE pronamespace = 'brant'::regnamespace AND proname LIKE 'boundary%%'"


def test_what_looks_at_the_platform_is_made_when_it_is_needed(brant, project, database):
    """A first migration does not wait for what it has no use for; an earlier version's database gets all of it."""
    project.migration("0001_t.sql", "CREATE TABLE public.t (id int);\n")
    brant("up", expect=0)
    assert database.value(f"SELECT count(*) {LOOKS}") == 0
    bad = project.migration("0002_do.sql", "DO $$ BEGIN EXECUTE 'CREATE TABLE auth.x (id int)'; END $$;\n")
    assert "auth.x" in brant("up", expect=4).stderr
    made = database.value(f"SELECT array_agg(oid || ':' || xmin ORDER BY oid) {LOOKS}")
    assert len(made) == 3
    bad.write_text("DO $$ BEGIN EXECUTE 'CREATE TABLE public.x (id int)'; END $$;\n")
    brant("up", expect=0)
    assert database.value(f"SELECT array_agg(oid || ':' || xmin ORDER BY oid) {LOOKS}") == made, "made once"
    database.query("COMMENT ON SCHEMA brant IS 'state of brant, version 10'; UPDATE brant.lease SET schema_version = 10; ALTER TABLE brant.lease DROP COLUMN boundary; "
                   "DROP FUNCTION brant.boundary_end")
    brant("status", expect=0)
    project.migration("0003_t.sql", "CREATE TABLE public.t3 (id int);\n")
    brant("up", expect=0)
    assert database.value(f"SELECT count(*) {LOOKS}") == 3 and database.value("SELECT boundary FROM brant.lease")


def test_default_privileges_do_not_reach_what_is_brants(brant, project, database):
    for privilege in "ALL ON TABLES TO anon", "USAGE ON SCHEMAS TO anon, authenticated", "EXECUTE ON FUNCTIONS TO authenticated":
        database.query(f"ALTER DEFAULT PRIVILEGES FOR ROLE supabase_admin GRANT {privilege}")
    project.migration("0001_t.sql", "CREATE TABLE public.t (id int);\nDO $$ BEGIN NULL; END $$;\n")
    brant("up", expect=0)
    for role in "anon", "authenticated":
        assert not database.value("SELECT has_schema_privilege(%s, 'brant', 'USAGE, CREATE')", role)
        assert not database.value("SELECT bool_or(has_table_privilege(%s, oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')) FROM pg_class "
                                  "WHERE relnamespace = 'brant'::regnamespace AND relkind = 'r'", role)
        assert not database.value("SELECT bool_or(proacl::text LIKE '%%' || %s || '%%') FROM pg_proc WHERE pronamespace = 'brant'::regnamespace", role)


def table():
    """The blind spots as docs/boundary.md prints them."""
    seen = {"reading": "1, reading", "transaction": "3, inside the transaction"}
    lines = ["| blind spot | test | seen first by moment |", "|---|---|---|"]
    return "\n".join(lines + [f"| {spot} | {name} | {seen[moment]} |" for spot, rows in BLIND_SPOTS.items()
                              for name, (_sql, moment) in rows.items()])


def test_the_table_is_printed():
    text = DOC.read_text()
    wanted = re.sub(r"(?<=<!-- blind spots -->\n).*(?=\n<!-- end -->)", lambda _: table(), text, flags=re.S)
    if os.environ.get("UPDATE"):
        DOC.write_text(wanted)
    assert "<!-- blind spots -->" in text and DOC.read_text() == wanted
