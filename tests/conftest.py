"""Fixtures: a PostgreSQL and a PgBouncer per worker, a fresh database per test, brant in a scratch project."""
import collections
import contextlib
import fcntl
import os
import shutil
import signal
import threading

import psycopg2
import pytest

from lib import checks
from lib.brant import Brant, program
from lib.cluster import OWNER, Cluster, scratch_folder, sweep
from lib.log import ServerLog
from lib.proxy import Proxy


def pytest_configure(config):
    config.addinivalue_line("markers", "slow: takes more than ten seconds; begins before all others")
    # A shell starts what runs in the background with SIGINT ignored; brant would inherit that, and honour it.
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if not program().exists():
        raise pytest.UsageError(f"{program()} is not built; run make, or set BRANT")


def pytest_collection_modifyitems(items):
    """
    The long ones first: what begins last is what the other workers wait for at the end.  Of the others, the files of each folder by turns: those of
    interop/ keep a core busy, most scenarios wait for somebody, and together they leave none idle.
    """
    files, folders = collections.Counter(item.path for item in items), collections.Counter(item.path.parent for item in items)
    place, seen = {}, collections.Counter()
    for path, count in files.items():
        place[path] = (seen[path.parent] + count / 2) / folders[path.parent]
        seen[path.parent] += count
    items.sort(key=lambda item: (item.get_closest_marker("slow") is None, place[item.path]))


@pytest.fixture(scope="session")
def cluster():
    """The worker's PostgreSQL.  Do not restart it: that is what own_cluster is for."""
    sweep()
    cluster = Cluster(scratch_folder())
    try:
        yield cluster.start()
    finally:
        cluster.remove()


@pytest.fixture(scope="session")
def pooler(cluster):
    """The worker's PgBouncer: transaction mode, 20 server connections for each database."""
    return cluster.pooler()


@pytest.fixture
def own_cluster():
    """A server of the test's own, to be stopped, crashed and restarted."""
    cluster = Cluster(scratch_folder())
    try:
        yield cluster.start()
    finally:
        cluster.remove()


class Database:
    """A fresh database with the platform's schemas; url goes through the pooler, direct does not."""

    def __init__(self, cluster, pooler):
        self.cluster, self.pooler = cluster, pooler
        self.name = cluster.create_database()
        self.url, self.direct = pooler.url(self.name), cluster.url(self.name)
        self.log = ServerLog(cluster)
        self.since = self.log.mark()
        self.open = []

    def connect(self, url=None, autocommit=True, user=OWNER):
        """A psycopg2 connection (straight to the server unless a url is given) that is closed with the test."""
        connection = psycopg2.connect(url or self.cluster.own_url(self.name, user), application_name="tests")
        connection.autocommit = autocommit
        self.open.append(connection)
        return connection

    def query(self, sql, *args):
        """Rows of one query, asked by the superuser."""
        connection = psycopg2.connect(self.cluster.own_url(self.name), application_name="tests")
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute(sql, args or None)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def value(self, sql, *args):
        rows = self.query(sql, *args)
        return rows[0][0] if rows else None

    def psql(self, *args, **options):
        return self.cluster.psql(self.name, *args, **options)

    def applied(self, ledger="public.schema_migrations"):
        return [row[0] for row in self.query(f"SELECT version FROM {ledger} ORDER BY version")]

    def applied_or_none(self):
        """[] also where there is no ledger yet."""
        return self.applied() if self.value("SELECT to_regclass('public.schema_migrations')") else []

    def dump(self):
        """The schema as DDL, without what is brant's own."""
        return self.cluster.dump(self.name, "--exclude-schema=brant")

    def picture(self):
        """All that the catalogs say of what is not the server's own, as one word: nothing changed.  On every version, and faster than a dump."""
        own = "(SELECT oid FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'brant'))"
        tables = f"(SELECT oid FROM pg_class WHERE relnamespace IN {own})"
        whole = {"pg_namespace": f"oid IN {own}", "pg_proc": f"pronamespace IN {own}", "pg_type": f"typnamespace IN {own}",
                 "pg_attribute": f"attrelid IN {tables}", "pg_attrdef": f"adrelid IN {tables}", "pg_index": f"indrelid IN {tables}",
                 "pg_constraint": f"connamespace IN {own}", "pg_trigger": f"tgrelid IN {tables}", "pg_policy": f"polrelid IN {tables}",
                 "pg_rewrite": f"ev_class IN {tables}", "pg_description": "classoid <> 0", "pg_seclabel": "true", "pg_default_acl": "true",
                 "pg_event_trigger": "true", "pg_publication": "true", "pg_publication_rel": "true", "pg_extension": "true",
                 "pg_db_role_setting": "true", "pg_auth_members": "true", "pg_roles": "rolname !~ '^pg_'"}
        # Not the whole of pg_class: VACUUM counts pages in it.
        parts = [f"SELECT ROW(oid, relname, relnamespace, relowner, relacl, relkind, relrowsecurity, relforcerowsecurity, reloptions, relpersistence, "
                 f"relnatts, relchecks, relfilenode)::text FROM pg_class WHERE relnamespace IN {own}"]
        parts += [f"SELECT x::text FROM {catalog} x WHERE {condition}" for catalog, condition in whole.items()]
        return self.value("SELECT md5(string_agg(row, E'\n' ORDER BY row)) FROM (" + " UNION ALL ".join(parts) + ") rows (row)")

    @contextlib.contextmanager
    def holding(self, sql, application="blocker"):
        """Another session runs sql in a transaction that stays open; yields its pid."""
        connection = psycopg2.connect(self.cluster.own_url(self.name, OWNER), application_name=application)
        try:
            with connection.cursor() as cursor:
                cursor.execute(sql)
                yield connection.info.backend_pid
        finally:
            connection.close()

    def statements(self):
        """What brant sent since the test began (or since forget_statements())."""
        return self.log.statements(self.since, self.name)

    def forget_statements(self):
        self.since = self.log.mark()

    def close(self):
        for connection in self.open:
            connection.close()
        self.cluster.drop_database(self.name)


@pytest.fixture
def database(cluster, pooler):
    database = Database(cluster, pooler)
    try:
        yield database
    finally:
        database.close()


@pytest.fixture
def new_database(cluster, pooler):
    """A function that makes more databases."""
    made = []

    def make(cluster=cluster, pooler=pooler):
        made.append(Database(cluster, pooler))
        return made[-1]
    try:
        yield make
    finally:
        for database in made:
            with contextlib.suppress(psycopg2.OperationalError):  # the test may have left its own server down
                database.close()


@pytest.fixture
def project(tmp_path):
    """An empty project folder; project.migration(NAME, SQL) writes a file into migrations/."""
    return checks.Project(tmp_path / "project")


@pytest.fixture(scope="session")
def images(tmp_path_factory):
    """The images of new clusters that brant keeps in its cache, made by the first worker that needs them: to make one takes longer than most tests."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "images"
    folder.mkdir(exist_ok=True)
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        project = folder / "project"
        if not project.exists():
            (project / "migrations").mkdir(parents=True)
            (project / "schema.sql").touch()
            for place in ("history", "schema.sql"):
                Brant(project, folder)("dump", "--from", place, expect=0)
    return list((folder / "cache/brant").glob("*.image.tar"))


@pytest.fixture
def brant(project, database, tmp_path, images):
    """The program in the project's folder, with DATABASE_URL through the pooler, and with a cache that has the images."""
    brant = Brant(project.path, tmp_path / "home", database.url)
    brant.link(images)
    yield brant
    brant.stop_all()


@pytest.fixture(scope="session")
def shared_cache(tmp_path_factory):
    """A cache for tests that need a throwaway server and nothing of its making: brant.cache = shared_cache."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def proxy():
    """A function that puts a counting, delaying, cutting proxy in front of a port."""
    made = []

    def make(port, delay=0.0):
        made.append(Proxy(port, delay).start())
        return made[-1]
    yield make
    for proxy in made:
        proxy.stop()


@pytest.fixture
def example(project):
    """The example project, copied."""
    checks.needs_example_server()
    shutil.copytree(checks.EXAMPLE, project.path, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".brant"))
    return project


@pytest.fixture
def in_background():
    """Runs a function in a thread until the test ends: fn(stopped) where stopped is a threading.Event."""
    stopped, threads = threading.Event(), []

    def run(fn):
        thread = threading.Thread(target=fn, args=(stopped,), daemon=True)
        thread.start()
        threads.append(thread)
        return thread
    yield run
    stopped.set()
    for thread in threads:
        thread.join(30)
