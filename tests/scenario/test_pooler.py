"""What the pooler sees: no session state, few round trips, nothing for the next client to inherit."""
import re
import subprocess
import threading

import psycopg2
import pytest

from lib import checks
from lib.cluster import wait_until

# The header of a pg_dump: it empties the search path of its session.
BASELINE = """--
-- PostgreSQL database dump
--
SET statement_timeout = 0;
SET lock_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
CREATE TABLE public.accounts (id bigint NOT NULL, name text);
ALTER TABLE public.accounts OWNER TO supabase_admin;
COPY public.accounts (id, name) FROM stdin;
1\tone
2\t\\N
\\.
ALTER TABLE ONLY public.accounts ADD CONSTRAINT accounts_pkey PRIMARY KEY (id);
"""


def applies_like_psql(brant, project, database, reference, *args):
    """The same schema as the files give when psql runs them, one after the other."""
    brant("up", *args, expect=0)
    reference.psql("-c", "CREATE TABLE public.schema_migrations (version text PRIMARY KEY, "
                         "applied_at timestamptz NOT NULL DEFAULT now())", user="supabase_admin")
    for path in sorted(project.migrations.glob("*.sql")):
        if not path.name.endswith(".down.sql"):
            reference.psql("-f", path, user="supabase_admin")
    # The ledger has row security and no grants for the API's roles: that is brant's own addition.
    without = ("--exclude-table=public.schema_migrations", "--exclude-schema=brant")
    assert database.cluster.dump(database.name, *without) == database.cluster.dump(reference.name, *without)


@pytest.mark.parametrize("way", ["pooler", "direct"])
def test_the_example(brant, example, database, new_database, way):
    brant.url = database.url if way == "pooler" else database.direct
    applies_like_psql(brant, example, database, new_database())
    assert database.applied() == [f"{n:04}" for n in range(1, 17)]
    statements = checks.assert_pooler_rules(database)
    assert any(s.head.startswith("CREATE INDEX CONCURRENTLY") for s in statements)
    brant("down", "3", expect=0)
    assert database.applied() == [f"{n:04}" for n in range(1, 14)]
    brant("up", expect=0)
    checks.assert_pooler_rules(database)
    checks.assert_nothing_left(database)


def test_a_dump_as_baseline_leaks_nothing(brant, project, database, new_database):
    project.migration("0001_baseline.sql", BASELINE)
    project.migration("0002_next.sql", "CREATE TABLE notes (id int);\n")  # needs a search path again
    applies_like_psql(brant, project, database, new_database())
    assert database.value("SELECT count(*) FROM public.accounts") == 2
    checks.assert_pooler_rules(database)
    checks.assert_nothing_left(database)


def test_a_session_lock_of_a_migration_ends_with_it(brant, project, database):
    project.migration("0001_lock.sql", "SELECT pg_advisory_lock(77);\nCREATE TABLE public.t (id int);\n")
    brant("up", expect=0)
    checks.assert_nothing_left(database)
    project.migration("0002_lock.sql", "SELECT pg_advisory_lock(78);\nSELECT 1/0;\n")
    brant("up", expect=1)
    checks.assert_nothing_left(database)


def test_round_trips(brant, project, database, proxy):
    """A thousand migrations cost a few waits, not thousands."""
    through = proxy(database.pooler.port)
    url = through.url(database.url)

    def cost(*args):
        through.reset_counts()
        brant(*args, url=url, expect=0)
        return through.round_trips
    project.tables(1, width=5)
    cost("up")  # creates the ledger and schema brant
    nothing = cost("up")
    project.tables(100, start=2, width=5)
    hundred = cost("up")
    project.tables(900, start=102, width=5)
    thousand = cost("up")
    print(f"round trips: nothing pending {nothing}, 100 pending {hundred}, 900 pending {thousand}")
    assert nothing <= 12 and hundred <= 30 and thousand <= 40, (nothing, hundred, thousand)
    assert len(database.applied()) == 1001


def test_each_step_has_its_own_time(brant, project):
    project.migration("0001_t.sql", "CREATE TABLE public.t (id int);\nSELECT pg_sleep(0.1);\nCREATE INDEX CONCURRENTLY t_id ON public.t (id);\n")
    said = brant("up", expect=0).stderr
    seconds = [float(number) * (1e-3 if unit == "ms" else 1)
               for number, unit in re.findall(r"(?:step \d of \d|applied 0001_t)  ([\d.]+) (m?s)", said)]
    assert len(seconds) > 2 and seconds[0] >= 0.1, said
    assert abs(sum(seconds[:-1]) - seconds[-1]) < 0.01 + seconds[-1] / 10, said


def test_nothing_pending_nearby(brant, project, database):
    """What the server is and may do costs a new connection more than the ledger, and only matters where there is something to do."""
    project.tables(2)
    brant("up", expect=0)
    for _ in range(9):  # a busy machine answers as if it were far away
        database.forget_statements()
        assert "all 2 migrations" in brant("up", expect=0).stdout
        if not any("pg_event_trigger" in statement.text for statement in database.statements()):
            break
    else:
        assert False, "everything was asked"
    project.tables(1, start=3)
    assert "applied 1" in brant("up", expect=0).stdout


@pytest.mark.parametrize("command", ["up", "status"])
def test_a_connection_that_was_dead_already(brant, project, database, proxy, command):
    """The pooler's connection to a server that has died since: it is seen by the first question, and the next connection answers it."""
    project.tables(1)
    through = proxy(database.pooler.port)
    begun = threading.Event()
    login = 3  # the startup message and two of SCRAM
    through.stop_after, through.on_stop = login + 2, lambda _proxy: begun.set()
    process = brant.start(command, url=through.url(database.url))
    assert begun.wait(30)
    through.stop_after = None
    through.cut()
    result = brant.finish(process, 30)
    assert result.status == 0, str(result)
    assert database.applied_or_none() == (["0001"] if command == "up" else [])


@pytest.mark.parametrize("pool_size", [1, 2])
def test_small_pools(brant, example, cluster, new_database, pool_size):
    database = new_database(cluster, cluster.pooler(pool_size))
    brant("up", url=database.url, expect=0)
    assert len(database.applied()) == 16
    checks.assert_pooler_rules(database)
    checks.assert_nothing_left(database)


@pytest.mark.parametrize("settings", [{}, {"server_lifetime": 1}, {"server_reset_query_always": 0, "server_round_robin": 1}],
                         ids=["plain", "short-lived-backends", "round-robin"])
def test_under_load(brant, project, cluster, new_database, in_background, settings, tmp_path):
    """Twenty clients of pgbench share the pool; another one watches that its settings stay its own."""
    database = new_database(cluster, cluster.pooler(**settings))
    script = tmp_path / "load.sql"
    script.write_text("SELECT count(*) FROM pg_class;\n")
    wrong = []

    def watch(stopped):
        wanted = None
        while not stopped.is_set():
            connection = psycopg2.connect(database.url, application_name="watcher")
            connection.autocommit = True
            for _ in range(20):
                found = checks.settings_of(connection)
                wanted = wanted or found
                if found != wanted:
                    wrong.append({k: found[k] for k in found if found[k] != wanted[k]})
            connection.close()
    in_background(watch)
    project.migration("00001_baseline.sql", BASELINE)
    project.tables(300, start=2, width=5)
    for n in (50, 150, 250):
        project.migration(f"{n:05}_t{n}.sql", f"CREATE TABLE public.t{n} (id bigint);\n")
        project.migration(f"{n:05}5_i.sql", f"CREATE INDEX CONCURRENTLY t{n}_i ON public.t{n} (id);\n")
    load = subprocess.Popen([cluster.client_bin / "pgbench", "-n", "-c", "20", "-j", "2", "-T", "60", "-f", script, database.url],
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        brant("up", expect=0, url=database.url, timeout=120)
    finally:
        load.terminate()
        shown = load.communicate()[0]
    assert "error" not in shown.lower(), shown
    assert not wrong, wrong[:3]
    assert len(database.applied()) == 304
    checks.assert_pooler_rules(database)
    checks.assert_nothing_left(database)


def test_a_big_file(brant, project, database, tmp_path):
    """50 MB of rows, both ways."""
    row = "(%d, '" + "x" * 480 + "')"
    with open(project.migrations / "0001_insert.sql", "w") as out:
        out.write("CREATE TABLE public.big (id int, body text);\n")
        for start in range(0, 50_000, 500):
            out.write("INSERT INTO public.big VALUES\n" + ",\n".join(row % n for n in range(start, start + 500)) + ";\n")
    with open(project.migrations / "0002_copy.sql", "w") as out:
        out.write("COPY public.big FROM stdin;\n")
        out.writelines(f"{n}\t{'y' * 480}\n" for n in range(50_000, 100_000))
        out.write("\\.\nCREATE TABLE public.after_copy (id int);\n")
    assert (project.migrations / "0001_insert.sql").stat().st_size > 24_000_000
    assert (project.migrations / "0002_copy.sql").stat().st_size > 24_000_000
    brant("up", expect=0, timeout=120)
    assert database.query("SELECT count(*), count(DISTINCT id), min(length(body)) FROM public.big") == [(100_000, 100_000, 480)]
    checks.assert_nothing_left(database)


@pytest.mark.parametrize("migrations", ["transactions", "alone"])
def test_the_next_client_gets_its_own_answers(brant, project, cluster, new_database, migrations):
    """
    PgBouncer takes a backend for free that has answered a Sync, also when more was sent: killed with several Syncs under way,
    brant would leave its answers to whoever is next.
    """
    database = new_database(cluster, cluster.pooler(pool_size=2))
    if migrations == "transactions":
        for n in range(1, 30):
            project.migration(f"{n:03}_wait.sql", "SELECT 'not yours', pg_sleep(0.1);\n")
    else:
        project.migration("001_wait.sql", "-- brant: no-transaction\nDO $$ BEGIN PERFORM pg_sleep(5); END $$;\n")
    process = brant.start("up", url=database.url)
    waiting = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'"
    wait_until(lambda: database.query(waiting), what="brant to be at work")
    process.kill()
    process.communicate()
    # Under the same name: another one would make the pooler set it first, and swallow what it finds.
    client = psycopg2.connect(database.url, application_name="brant")
    client.autocommit = True
    with client.cursor() as cursor:
        for n in range(20):
            cursor.execute("SELECT 'mine', %s, current_setting('lock_timeout')", (n,))
            assert cursor.fetchall() == [("mine", n, "0")]


def test_a_function_that_changes_the_role(brant, project, database):
    """As helpers that act like a user do: nothing in the migration says "role", the ledger's row is the runner's all the same, and nobody inherits it."""
    project.migration("0001_act.sql", "CREATE FUNCTION public.act_as(who text, here boolean) RETURNS void LANGUAGE plpgsql AS "
                      "$$ BEGIN PERFORM pg_catalog.set_config('role', who, here); END $$;\n")
    project.migration("0002_here.sql", "SELECT public.act_as('authenticated', true);\n")
    project.migration("0003_twice.sql", "BEGIN;\nSELECT public.act_as('authenticated', true);\nEND;\nSELECT public.act_as('anon', false);\n")
    project.migration("0004_lone.sql", "-- brant: no-transaction\nDO $$ BEGIN PERFORM public.act_as('anon', false); END $$;\n")
    brant("up", expect=0)
    assert database.applied() == ["0001", "0002", "0003", "0004"]
    checks.assert_pooler_rules(database)
    checks.assert_nothing_left(database)
