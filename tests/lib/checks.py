"""What tests ask again and again."""
import pathlib

import psycopg2
import pytest

from lib.cluster import server_major, wait_until
from lib.log import session_state_used

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples/shop"

# What a client could inherit from the one before it on the same backend.
SETTINGS = ["lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout", "search_path", "role",
            "session_authorization", "row_security", "check_function_bodies", "standard_conforming_strings",
            "client_min_messages", "default_transaction_read_only", "work_mem"]


def needs_example_server():
    """The example is written for the platform's PostgreSQL 15 (security_invoker, BEGIN ATOMIC)."""
    if server_major() < 15:
        pytest.skip("the example needs PostgreSQL 15")


class Project:
    def __init__(self, path):
        self.path = pathlib.Path(path)
        self.migrations = self.path / "migrations"
        self.migrations.mkdir(parents=True, exist_ok=True)

    def write(self, name, text):
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(text, bytes):
            path.write_bytes(text)
        else:
            path.write_text(text)
        return path

    def migration(self, name, text):
        return self.write(f"migrations/{name}", text)

    def tables(self, count, start=1, width=4):
        """count migrations that make one table each."""
        for number in range(start, start + count):
            self.migration(f"{number:0{width}}_t{number}.sql", f"CREATE TABLE public.t{number} (id bigint PRIMARY KEY);\n")


def assert_pooler_rules(database):
    """No session state was used in anything brant sent."""
    statements = database.statements()
    assert statements, "the log shows no statement of brant's: the check would prove nothing"
    violations = session_state_used(statements)
    assert not violations, "\n".join(violations)
    return statements


def settings_of(connection):
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join("current_setting(%s)" for _ in SETTINGS), SETTINGS)
        return dict(zip(SETTINGS, cursor.fetchone()))


def assert_nothing_left(database):
    """No advisory lock, no open transaction, and no setting that the next client through the pooler would inherit."""
    def idle():
        return not database.cluster.run("SELECT 1 FROM pg_stat_activity WHERE datname = %s AND application_name LIKE 'brant%%' AND state <> 'idle'",
                                        database.name)
    wait_until(idle, 5, "transactions of brant's to end")
    locks, backends = database.cluster.run("""SELECT
        (SELECT array_agg(ROW(pid, classid, objid)::text) FROM pg_locks WHERE locktype = 'advisory' AND database = d.oid),
        (SELECT count(*) FROM pg_stat_activity WHERE datid = d.oid AND usename = 'supabase_admin')
        FROM pg_database d WHERE datname = %s""", database.name)[0]
    assert not locks, f"advisory locks are left: {locks}"

    fresh = psycopg2.connect(database.direct, application_name="tests")
    wanted = settings_of(fresh)
    fresh.close()
    # As many clients at once as there are backends in the pool, each in a transaction, meet every one of them.
    clients = [psycopg2.connect(database.url, application_name="tests") for _ in range(min(max(1, backends), database.pooler.pool_size))]
    try:
        for client in clients:
            found = settings_of(client)
            assert found == wanted, {k: (found[k], wanted[k]) for k in wanted if found[k] != wanted[k]}
    finally:
        for client in clients:
            client.close()
