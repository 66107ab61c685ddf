"""Data changed in batches: what is done, how it is cut, what is refused, and what happens when something dies."""
import json
import threading
import time

import pytest

from lib import checks
from lib.cluster import wait_until

MARK = "-- brant: backfill"


def numbers(database, rows=10000, extra=""):
    """A table whose rows count how often they were changed."""
    database.psql("-c", f"CREATE TABLE public.t (id bigint PRIMARY KEY, n int NOT NULL DEFAULT 0, lower text, name text{extra}); "
                        f"INSERT INTO public.t (id, name) SELECT i, 'Name' || i FROM generate_series(1, {rows}) i; ANALYZE public.t")


def counts(database, table="public.t"):
    """How often rows were changed: {times: rows}."""
    return dict(database.query(f"SELECT n, count(*) FROM {table} GROUP BY n"))


def test_in_a_migration(brant, project, database):
    numbers(database, 30000)
    project.migration("0001_lower.sql", "ALTER TABLE public.t ADD COLUMN more int;\n"
                      f"{MARK} batch=2000 pause=1ms\n"
                      "UPDATE public.t SET lower = lower(name), n = n + 1 WHERE lower IS NULL;\n"
                      "ALTER TABLE public.t ALTER COLUMN lower SET NOT NULL;\n")
    result = brant("up", expect=0)
    assert "30000 rows changed" in result.stderr, str(result)
    assert counts(database) == {1: 30000}
    assert database.applied() == ["0001"]
    row = database.query("SELECT state, pass, left_over FROM brant.backfill")
    assert row == [("done", 1, 0)]
    assert database.value("SELECT sum(batches) FROM brant.backfill_range") >= 15
    checks.assert_pooler_rules(database)
    checks.assert_nothing_left(database)
    # Nothing to do again, and the journal is empty.
    assert "nothing to apply" in brant("up", expect=0).stdout
    assert database.value("SELECT count(*) FROM brant.step") == 0


def test_its_tables_come_with_the_first_one(brant, project, database):
    there = "SELECT to_regclass('brant.backfill_range') IS NOT NULL"
    project.tables(1)
    brant("up", expect=0)
    assert not database.value(there)
    assert "there are no backfills" in brant("backfill", "status", expect=0).stdout
    numbers(database, 10)
    project.migration("0002_n.sql", f"{MARK}\nUPDATE public.t SET n = n + 1;\n")
    brant("up", expect=0)
    assert database.value(there) and counts(database) == {1: 10}
    # Of an earlier version: all is brought up to date.
    database.query("COMMENT ON SCHEMA brant IS 'state of brant, version 7'; UPDATE brant.lease SET schema_version = 7; DROP FUNCTION brant.backfill_measure")
    project.migration("0003_n.sql", f"{MARK}\nUPDATE public.t SET n = n + 1;\n")
    brant("up", expect=0)
    assert counts(database) == {2: 10}
    checks.assert_nothing_left(database)


def test_dry_run_shows_it(brant, project, database):
    numbers(database, 10)
    project.migration("0001_lower.sql", f"{MARK} batch=7\nUPDATE public.t SET n = 1;\n")
    assert "a backfill: in batches" in brant("up", "--dry-run", expect=0).stdout
    assert counts(database) == {0: 10}


def test_by_hand(brant, database):
    numbers(database, 20000)
    result = brant("backfill", "--table", "t", "--set", "n = n + 1, lower = 'x' -- all", "--where", "lower IS NULL -- not yet",
                   "--json", expect=0)
    lines = result.stdout.strip().split("\n{\n")
    report = json.loads("{\n" + lines[-1] if len(lines) > 1 else result.stdout)
    assert report["changed"] == 20000 and report["left_over"] == 0, str(result)
    assert counts(database) == {1: 20000}
    checks.assert_pooler_rules(database)


@pytest.mark.parametrize("columns, key, extra", [
    ("id uuid PRIMARY KEY DEFAULT gen_random_uuid()", None, ""),
    ("id text PRIMARY KEY DEFAULT 'k''\"\\,' || chr(1) || random()", None, ""),
    ("a int, b text COLLATE \"C\", c uuid DEFAULT gen_random_uuid(), PRIMARY KEY (b, a, c)", None, ""),
    ("id int NOT NULL, CONSTRAINT \"My Key\" UNIQUE (id)", "My Key", ""),
    ("at timestamptz NOT NULL UNIQUE DEFAULT clock_timestamp()", "t_at_key", ""),
    ("id int PRIMARY KEY, x int", None, " PARTITION BY RANGE (id)"),
    ("x int", "ctid", ""),
])
def test_keys(brant, database, columns, key, extra):
    database.psql("-c", f"CREATE TABLE public.t ({columns}, n int NOT NULL DEFAULT 0, i int){extra}")
    if extra:
        database.psql("-c", "CREATE TABLE public.t1 PARTITION OF public.t FOR VALUES FROM (0) TO (2000);"
                            "CREATE TABLE public.t2 PARTITION OF public.t DEFAULT")
    own = [name for name in ("id", "a", "b") if columns.startswith(f"{name} int") or f" {name} text" in columns]
    first = ", ".join(own) + ", " if own else ""
    values = "".join("i % 7, " if name == "a" else "'b' || i % 5, " if name == "b" else "i, " for name in own)
    database.psql("-c", f"INSERT INTO public.t ({first}i) SELECT {values}i FROM generate_series(1, 5000) i; ANALYZE public.t")
    options = ["--key", key] if key else []
    brant("backfill", "--table", "public.t", "--set", "n = n + 1", "--where", "n = 0", "--batch", "700", "--workers", "2", *options,
          expect=0)
    assert counts(database) == {1: 5000}
    assert database.value("SELECT left_over FROM brant.backfill") == 0
    checks.assert_pooler_rules(database)
    checks.assert_nothing_left(database)


def test_without_where_each_row_once(brant, database):
    numbers(database, 5000)
    brant("backfill", "--table", "t", "--set", "n = n + 1", "--batch", "300", expect=0)
    assert counts(database) == {1: 5000}


def test_a_where_that_stays_true_is_not_repeated(brant, database):
    numbers(database, 5000)
    result = brant("backfill", "--table", "t", "--set", "n = n + 1", "--where", "id > 1000", "--batch", "300", expect=0)
    assert counts(database) == {0: 1000, 1: 4000}
    assert "still holds for 4000 rows" in result.stderr, str(result)


def test_delete(brant, database):
    numbers(database, 5000)
    brant("backfill", "--table", "public.t", "--delete", "--where", "id % 2 = 0", "--batch", "300", expect=0)
    assert database.value("SELECT count(*) FROM t") == 2500


def test_insert_select(brant, database, project):
    numbers(database, 5000)
    database.psql("-c", "CREATE TABLE public.copy (id bigint UNIQUE, name text)")
    project.migration("0001_copy.sql", f"{MARK} batch=400\nINSERT INTO public.copy (id, name) SELECT s.id, (SELECT max(u.name) FROM public.t u "
                      "WHERE u.id = s.id) AS \"where\" FROM public.t AS s WHERE s.id <= 4000 ON CONFLICT (id) DO NOTHING;\n")
    brant("up", expect=0)
    assert database.query("SELECT count(*), min(name) FROM public.copy") == [(4000, "Name1")]


def test_rows_that_come_meanwhile(brant, database):
    """New rows behind the cursor, and rows that become due again, are found by the last look."""
    numbers(database, 20000)

    def write(stopped):
        connection = database.connect(database.url)
        i = 0
        with connection.cursor() as cursor:
            while not stopped.is_set():
                i += 1
                cursor.execute("INSERT INTO public.t (id, name) VALUES (%s, 'new')", (-i,))
                time.sleep(0.002)
    process = brant.start("backfill", "--table", "t", "--set", "n = n + 1", "--where", "n = 0", "--batch", "500", "--pause", "10ms")
    stop = threading.Event()
    writer = threading.Thread(target=write, args=(stop,))
    writer.start()
    wait_until(lambda: database.value("SELECT to_regclass('brant.backfill_range')") and
               database.value("SELECT sum(batches) >= 15 FROM brant.backfill_range"), what="some batches")
    stop.set()
    writer.join()
    result = brant.finish(process)
    assert result.status == 0, str(result)
    assert set(counts(database)) == {1}
    assert database.query("SELECT pass > 1, left_over FROM brant.backfill") == [(True, 0)]


def test_the_search_path_of_the_file(brant, project, database):
    database.psql("-c", "CREATE SCHEMA shop; CREATE TABLE shop.u (id int PRIMARY KEY, n int DEFAULT 0); "
                        "INSERT INTO shop.u SELECT generate_series(1, 100)")
    project.migration("0001_u.sql", f"SET search_path = shop;\n{MARK}\nUPDATE u SET n = n + 1;\n")
    brant("up", expect=0)
    assert counts(database, "shop.u") == {1: 100}
    checks.assert_pooler_rules(database)
    checks.assert_nothing_left(database)


BAD = {
    "no key": ("CREATE TABLE public.k (id int)", "UPDATE public.k SET id = 1", "no primary key"),
    "nullable key": ("CREATE TABLE public.l (id int UNIQUE, n int)", "UPDATE public.l SET n = 1", "no primary key"),
    "unknown table": ("", "UPDATE public.nowhere SET id = 1", "there is no table public.nowhere"),
    "view": ("CREATE VIEW public.v AS SELECT 1 AS id", "UPDATE public.v SET id = 1", "is not a table"),
    "join": ("", "UPDATE public.t SET n = 1 FROM public.t b WHERE b.id = t.id", "a join"),
    "using": ("", "DELETE FROM public.t USING public.t b WHERE b.id = t.id", "a join"),
    "cte": ("", "WITH x AS (SELECT 1) UPDATE public.t SET n = 1 WHERE id IN (SELECT * FROM x)", "WITH"),
    "returning": ("", "UPDATE public.t SET n = 1 RETURNING id", "RETURNING"),
    "limit": ("", "INSERT INTO public.u SELECT id FROM public.t LIMIT 3", "LIMIT"),
    "group": ("", "INSERT INTO public.u SELECT n FROM public.t GROUP BY n", "GROUP BY"),
    "aggregate": ("CREATE TABLE public.u (id bigint)", "INSERT INTO public.u SELECT count(*) FROM public.t", "aggregate count"),
    "window": ("", "INSERT INTO public.u SELECT row_number() OVER () FROM public.t", "window"),
    "values": ("", "INSERT INTO public.t (id) VALUES (1)", "no SELECT"),
    "own table": ("", "UPDATE public.t SET n = 1 WHERE id IN (SELECT max(id) FROM public.t)", "queries the table that it changes"),
    "key set": ("", "UPDATE public.t SET id = id + 1", "column of the key"),
    "union": ("", "INSERT INTO public.u SELECT id FROM public.t UNION SELECT 1", "UNION"),
    "in parentheses": ("", "INSERT INTO public.u (SELECT id FROM public.t)", "in parentheses"),
    "other statement": ("", "TRUNCATE public.t", "it is TRUNCATE"),
    "generated column": ("CREATE TABLE public.g (id int PRIMARY KEY, n int GENERATED ALWAYS AS (id + 1) STORED)", "UPDATE public.g SET n = 1", "can only be updated to DEFAULT"),
    "missing column": ("", "UPDATE public.t SET nothing = 1", 'column "nothing"'),
}


def test_refused(brant, project, database):
    numbers(database, 10)
    for name, (make, statement, wanted) in BAD.items():
        if make:
            database.psql("-c", make)
        project.migration("0001_bad.sql", f"{MARK}\n{statement};\n")
        result = brant("up", expect=1)
        assert wanted in result.stderr and "0001_bad.sql:2" in result.stderr, f"{name}: {result}"
    assert database.applied_or_none() == []
    assert counts(database) == {0: 10}
    checks.assert_nothing_left(database)


def test_what_cannot_work_leaves_nothing_behind(brant, database):
    numbers(database, 10)
    result = brant("backfill", "--table", "t", "--set", "nothing = 1", expect=1)
    assert 'column "nothing"' in result.stderr and "Nothing was changed" in result.stderr, str(result)
    # Row security hides rows without a word, so it is asked for.
    database.psql("-c", "DO $$ BEGIN CREATE ROLE half_blind LOGIN PASSWORD 'x'; EXCEPTION WHEN duplicate_object THEN NULL; END $$; GRANT ALL ON public.t TO half_blind; "
                        "GRANT USAGE ON SCHEMA brant TO half_blind; GRANT ALL ON ALL TABLES IN SCHEMA brant TO half_blind; ALTER TABLE public.t ENABLE ROW LEVEL SECURITY")
    hidden = database.direct.replace(database.direct.split("//")[1].split("@")[0], "half_blind:x")
    result = brant("backfill", "--table", "t", "--set", "n = 1", url=hidden)
    assert result.status == 1 and "row security hides rows of public.t from the role half_blind" in result.stderr, str(result)
    assert database.value("SELECT count(*) FROM brant.backfill") == 0
    database.psql("-c", "DROP OWNED BY half_blind; DROP ROLE half_blind")


def test_the_one_at_work_is_meant(brant, database):
    """One was left half done: pause and cancel mean the one that somebody works on."""
    numbers(database, 4000)
    brant("backfill", "--table", "t", "--set", "n = 7 / (id - 2000)", "--batch", "500", expect=1)
    process = brant.start("backfill", "--table", "t", "--set", "n = n + 1", "--batch", "20", "--pause", "20ms")
    wait_until(lambda: database.value("SELECT count(*) FROM brant.backfill_range WHERE owner IS NOT NULL AND batches > 0") > 0, what="a batch")
    assert "(t) is paused" in brant("backfill", "pause", expect=0).stdout
    assert database.query("SELECT id, state FROM brant.backfill ORDER BY id") == [(1, "running"), (2, "paused")]
    brant("backfill", "cancel", "2", expect=0)
    assert brant.finish(process).status == 1


def test_bad_words(brant, project, database):
    numbers(database, 10)
    for words, wanted in [("batch=many", "batch=many"), ("speed=7", "speed"), ("key=", "key="), ("locked=maybe", "locked=maybe")]:
        project.migration("0001_bad.sql", f"{MARK} {words}\nUPDATE public.t SET n = 1;\n")
        result = brant("up", expect=2)
        assert wanted in result.stderr and "0001_bad.sql:1" in result.stderr, str(result)


def test_inside_a_transaction_of_the_file(brant, project, database):
    numbers(database, 10)
    project.migration("0001_bad.sql", f"BEGIN;\n{MARK}\nUPDATE public.t SET n = 1;\nCOMMIT;\n")
    assert "cannot be inside" in brant("up", expect=1).stderr


def test_volatile_values_are_made_once(brant, database):
    numbers(database, 3000)
    brant("backfill", "--table", "t", "--set", "lower = gen_random_uuid(), n = n + 1", "--where", "lower IS NULL", "--batch", "100", expect=0)
    assert database.query("SELECT count(DISTINCT lower), min(n), max(n) FROM t") == [(3000, 1, 1)]


def test_an_error_in_a_batch_keeps_those_before_it(brant, project, database):
    numbers(database, 5000)
    project.migration("0001_div.sql", f"{MARK} batch=100\nUPDATE public.t SET n = n + 1 + 0 / (4000 - id)::int WHERE n = 0;\n")
    result = brant("up", expect=1)
    assert "division by zero" in result.stderr and "0001_div.sql:2" in result.stderr, str(result)
    done = database.value("SELECT count(*) FROM t WHERE id < 4000 AND n <> 0")
    assert done > 2500
    database.psql("-c", "DELETE FROM t WHERE id = 4000")
    brant("up", expect=0)
    assert database.applied() == ["0001"]


def test_down_and_up_again_begins_anew(brant, project, database):
    numbers(database, 100)
    project.migration("0001_n.sql", f"{MARK}\nUPDATE public.t SET n = n + 1;\n")
    project.migration("0001_n.down.sql", f"{MARK}\nUPDATE public.t SET n = n - 1;\n")
    brant("up", expect=0)
    assert counts(database) == {1: 100}
    brant("down", expect=0)
    assert counts(database) == {0: 100}
    brant("up", expect=0)
    assert counts(database) == {1: 100}


AUDIT = """CREATE FUNCTION public.note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body}; RETURN NULL; END $$;
CREATE {kind} TRIGGER note AFTER UPDATE ON public.t {timing} FOR EACH ROW WHEN (NEW.id > {above}) EXECUTE FUNCTION public.note();"""

REACHES = {
    "rows of storage.buckets": "INSERT INTO storage.buckets (id, name) VALUES (NEW.id::text, NEW.id::text)",
    "table auth.made": "CREATE TABLE IF NOT EXISTS auth.made (id int)",
    "function auth.uid": "EXECUTE 'CREATE OR REPLACE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql AS ''SELECT NULL::uuid'''",
}


@pytest.mark.parametrize("what", REACHES)
def test_a_trigger_that_reaches_the_platform(brant, project, database, what):
    """Seen inside of the batch that does it, which is rolled back; those before it did nothing of the kind."""
    numbers(database, 3000)
    deferred = "buckets" in what
    database.psql("-c", AUDIT.format(body=REACHES[what], above=1500, kind="CONSTRAINT" if deferred else "", timing="DEFERRABLE INITIALLY DEFERRED" if deferred else ""))
    before = database.dump()
    result = brant("backfill", "--table", "t", "--set", "n = n + 1", "--batch", "300", expect=4)
    assert what in result.stderr and "inside of a batch" in result.stderr, str(result)
    assert database.dump() == before and database.value("SELECT count(*) FROM storage.buckets") == 0
    assert counts(database) == {0: 1500, 1: 1500}
    project.migration("0001_n.sql", f"{MARK} batch=300\nUPDATE public.t SET n = n + 1;\n")
    result = brant("up", expect=4)
    assert what in result.stderr and "0001_n.sql:2" in result.stderr and "are committed" in result.stderr, str(result)
    # Allowed by name it goes on where it was.
    if deferred:
        (project.path / "brant.yaml").write_text('boundary:\n  allow: ["rows of storage.buckets"]\n')
        brant("up", expect=0)
        assert counts(database) == {1: 1500, 2: 1500}
        assert database.value("SELECT count(*) FROM storage.buckets") == 1500
    checks.assert_nothing_left(database)


def test_a_trigger_that_makes_things_of_ours(brant, database):
    """A write to the catalog alone is no offence: the batch is done again with the thorough look, once."""
    numbers(database, 2000)
    database.psql("-c", AUDIT.format(body="CREATE TABLE IF NOT EXISTS public.made (id int); INSERT INTO public.made VALUES (NEW.id)", above=500, kind="", timing=""))
    brant("backfill", "--table", "t", "--set", "n = n + 1", "--batch", "200", expect=0)
    assert counts(database) == {1: 2000}
    assert database.value("SELECT count(*) FROM public.made") == 1500
    assert database.value("SELECT count(*) FROM brant.run") == 0


def test_what_is_no_sql_is_shown_where(brant, database):
    database.query("CREATE TABLE t (id int PRIMARY KEY, n int)")
    result = brant("backfill", "--table", "t", "--set", "n = 1", "--where", "n IS IS NULL", expect=1)
    assert 'syntax error at or near "IS"' in result.stderr and "the command line:3:12" in result.stderr and "WHERE n IS IS NULL" in result.stderr, str(result)
    assert "the end of" not in brant("backfill", "--table", "t", "--set", "n = (1", expect=1).stderr
