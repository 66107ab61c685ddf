"""A lease that came with a backup is nobody's, however late it expires: `up` takes it over at once and says why."""
import os
import re
import signal
import subprocess

import pytest

from lib import checks
from lib.checks import wait_until
from lib.cluster import major, server_major

# Backups take longer than this in life, and clocks differ: the expiry must not be what decides.
LATE = "UPDATE brant.lease SET expires_at = clock_timestamp() + interval '1 hour'"
SLEEPS = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' " \
         "AND query LIKE '%%pg_sleep(61)%%' AND pid <> pg_backend_pid()"


def dump(database):
    if server_major() > major(database.cluster.client_bin / "pg_dump"):
        pytest.skip("this pg_dump is older than the server")
    run = subprocess.run([database.cluster.client_bin / "pg_dump", "-n", "public", "-n", "brant", "-d",
                          database.cluster.url(database.name, "postgres")], check=True, capture_output=True, text=True)
    return run.stdout.replace("CREATE SCHEMA public;", "")


def restore(text, database, folder):
    file = folder / "dump.sql"
    file.write_text(text)
    database.psql("-f", file)
    database.query(LATE)


def takes_over(brant, database, why):
    status = re.sub(r"\s+", " ", brant("status", url=database.url, expect=0).stdout)
    assert "last runner:" in status and why in status, status
    result = brant("up", "--no-wait", url=database.url, expect=0)
    assert "taking over from" in result.stderr and why in result.stderr, str(result)
    assert result.seconds < 5
    assert database.applied() == ["0001", "0002"]
    assert database.query("SELECT outcome, count(*) FROM brant.run WHERE outcome <> 'done' GROUP BY 1") == [("overtaken", 1)]
    assert "at work" not in brant("status", url=database.url, expect=0).stdout


def test_a_lease_from_a_backup(brant, project, database, new_database, own_cluster, tmp_path):
    project.migration("0001_t.sql", "CREATE TABLE public.t (id int);\n")
    project.migration("0002_u.sql", "CREATE TABLE public.u (id int);\nSELECT pg_sleep(61);\n")
    runner = brant.start("up")
    wait_until(lambda: database.query(SLEEPS), what="the migration to sleep")
    text = dump(database)
    database.query(LATE)
    assert "is at work on this database" in brant("up", "--no-wait", expect=5).stderr  # it lives, and the lease is its own
    project.migration("0002_u.sql", "CREATE TABLE public.u (id int);\n")

    beside = new_database()
    restore(text, beside, tmp_path)
    takes_over(brant, beside, "came with a backup: it was taken in another database")
    elsewhere = new_database(own_cluster, own_cluster.pooler())
    restore(text, elsewhere, tmp_path)
    takes_over(brant, elsewhere, "came with a backup: it was taken on another server")

    os.kill(runner.pid, signal.SIGKILL)
    runner.communicate()
    # The server works on for a client that has died: who that was is said, and where it can be stopped.
    database.query("UPDATE brant.lease SET expires_at = clock_timestamp()")
    busy = brant("up", "--no-wait", expect=5).stderr
    assert f"pid {runner.pid}," in busy and "but the server still works on its last transaction" in busy, busy
    assert re.search(r"0002_u, for \d+ s \(server process \d+\)", brant("status", expect=0).stdout)
    database.query("SELECT pg_terminate_backend(pid) FROM (" + SLEEPS + ") s")
    database.query("DROP SCHEMA brant CASCADE; DROP TABLE public.schema_migrations, public.t")
    restore(text, database, tmp_path)
    takes_over(brant, database, "came with a backup: it was taken before this one was restored")
    for each in database, beside, elsewhere:
        checks.assert_nothing_left(each)


def held_by_somebody(database, renewed):
    database.query(f"UPDATE brant.lease SET holder = 'deploy@elsewhere, pid 1, run 0badcafe', renewed_at = {renewed}, "
                   "acquired_at = clock_timestamp(), expires_at = clock_timestamp() + interval '1 hour'")


def test_a_copy_of_the_files_and_of_an_earlier_version(brant, project, database):
    project.migration("0001_t.sql", "CREATE TABLE public.t (id int);\n")
    brant("up", expect=0)
    for n, renewed, why in (2, "pg_postmaster_start_time() - interval '1 second'", "is older than the server"), \
            (3, "clock_timestamp() + interval '40 minutes'", "was renewed in the future"):
        project.migration(f"000{n}_t.sql", f"CREATE TABLE public.t{n} (id int);\n")
        held_by_somebody(database, renewed)
        assert why in re.sub(r"\s+", " ", brant("status", expect=0).stdout)
        assert why in brant("up", "--no-wait", expect=0).stderr
    database.query("UPDATE brant.lease SET holder = 'somebody', acquired_at = NULL, expires_at = NULL, renewed_at = NULL, anchored_at = NULL")
    assert "somebody" in brant("status", expect=0).stdout
    # A schema of the version before, which knows nothing of origins: read as it is, and brought up to date by the next run.
    database.query("DROP FUNCTION brant.stale, brant.here; ALTER TABLE brant.lease DROP COLUMN origin, DROP COLUMN schema_version; "
                   "COMMENT ON SCHEMA brant IS 'state of brant, version 4'")
    held_by_somebody(database, "clock_timestamp()")
    assert "at work" in brant("status", expect=0).stdout
    project.migration("0004_t.sql", "CREATE TABLE public.t4 (id int);\n")
    brant("up", "--no-wait", expect=5)
    database.query("UPDATE brant.lease SET expires_at = clock_timestamp()")
    assert "has expired" in brant("up", "--no-wait", expect=0).stderr
    assert database.value("SELECT schema_version FROM brant.lease") == database.value(
        "SELECT substring(obj_description('brant'::regnamespace, 'pg_namespace') from '[0-9]+$')::int")
    assert database.value("SELECT origin[2]::oid FROM brant.lease") == database.value(
        "SELECT oid FROM pg_database WHERE datname = current_database()")


def test_a_newer_brant_has_been_here(brant, project, database):
    """What it counts on is not put back, and status tells all the same."""
    project.tables(2)
    brant("up", "--to", "0001", expect=0)
    database.query("CREATE TABLE public.b (id integer PRIMARY KEY, n integer); UPDATE brant.lease SET schema_version = 99; "
                   "COMMENT ON SCHEMA brant IS 'state of brant, version 99'")
    assert "newer brant" in brant("up", expect=4).stderr
    assert "newer brant" in brant("backfill", "--table", "b", "--set", "n = 1", expect=4).stderr
    assert "1 applied, 1 pending" in brant("status", expect=0).stdout
    assert not database.value("SELECT to_regclass('public.t2')")
    assert database.value("SELECT schema_version FROM brant.lease") == 99
