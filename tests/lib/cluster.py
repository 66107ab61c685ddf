"""A private PostgreSQL and PgBouncers in front of it, as the platform has them.

Everything lives in one scratch folder on free loopback ports, runs as an unprivileged user when the tests run as root, and
dies with the tests (also when they are killed: the kernel tells the servers, see die_with_parent()).
"""
import base64
import ctypes
import functools
import hashlib
import hmac
import os
import pathlib
import pwd
import re
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

import psycopg2
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]

# The pooler of the platform allows 20 server connections per project.
PLATFORM_POOL_SIZE = 20
OWNER = "supabase_admin"


def platform_sql():
    """The platform's roles and schemas: what `brant dev` makes, so that there is one truth."""
    own = ROOT / "src/project/platform.sql"
    return own if own.exists() else ROOT / "tests/lib/platform.sql"


def find_bin_dir():
    """Where initdb and postgres are: BRANT_PG_BIN, Debian's folder of version 15, any other, PATH."""
    if given := os.environ.get("BRANT_PG_BIN"):
        return pathlib.Path(given)
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[4]))
    preferred = [p for p in found if p.parts[4] == "15"] or found
    if preferred:
        return preferred[-1].parent
    if on_path := shutil.which("initdb"):
        return pathlib.Path(on_path).resolve().parent
    raise RuntimeError("no PostgreSQL server found; run tools/install-deps run")


def find_client_bin_dir(server):
    """Where psql and pg_dump are: beside the server, else Debian's newest (its /usr/bin/psql is a slow wrapper)."""
    folders = [server, *sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: -int(p.parts[4]))]
    for folder in folders:
        if (folder / "psql").exists() and (folder / "pg_dump").exists():
            return folder
    return pathlib.Path(shutil.which("psql")).parent


def scram_secret(password, iterations):
    """As PostgreSQL keeps it."""
    def encoded(data):
        return base64.b64encode(data).decode()

    def proof(key, what):
        return hmac.digest(key, what, "sha256")
    salt = secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, iterations)
    stored = hashlib.sha256(proof(salted, b"Client Key")).digest()
    return f"SCRAM-SHA-256${iterations}:{encoded(salt)}${encoded(stored)}:{encoded(proof(salted, b'Server Key'))}"


@functools.cache
def major(program):
    return int(re.search(r"\) (\d+)", subprocess.check_output([program, "--version"], text=True)).group(1))


def server_major():
    return major(find_bin_dir() / "postgres")


def can_dump():
    """pg_dump refuses a server that is newer than itself."""
    return server_major() <= major(find_client_bin_dir(find_bin_dir()) / "pg_dump")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def can_connect(port):
    with socket.socket() as s:
        s.settimeout(1)
        return s.connect_ex(("127.0.0.1", port)) == 0


def wait_until(condition, seconds=20, what="it"):
    """The first true value of condition(), asked every few milliseconds."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > end:
            raise TimeoutError(f"waited {seconds} s in vain for {what}")
        time.sleep(0.01)
    return value


def die_with_parent():
    """In the child: the kernel sends SIGQUIT when the tests are gone, so that no server outlives them."""
    ctypes.CDLL(None).prctl(1, signal.SIGQUIT)  # PR_SET_PDEATHSIG
    # A shell starts what runs in the background with this one ignored, and PgBouncer would leave it so.
    signal.signal(signal.SIGQUIT, signal.SIG_DFL)


MEMORY = pathlib.Path("/dev/shm")
# Some servers at once, each with its WAL and the databases of one test.
MEMORY_ROOM = 6 << 30


def scratch_folder():
    """Where servers that may be lost are quickest: making and dropping a database is three hundred files each time."""
    if os.access(MEMORY, os.W_OK | os.X_OK):
        room = os.statvfs(MEMORY)
        if room.f_bavail * room.f_frsize >= MEMORY_ROOM:
            return MEMORY
    return pathlib.Path(tempfile.gettempdir())


def sweep():
    """Removes the scratch folders of tests that were killed; the folder's name tells whose it was."""
    places = {MEMORY, pathlib.Path(tempfile.gettempdir())}
    for path in [path for place in places for path in place.glob("brant-tests-*-*")]:
        if not pathlib.Path("/proc", path.name.split("-")[2]).exists():
            shutil.rmtree(path, ignore_errors=True)


class Unprivileged:
    """The user that the servers run as: ourselves, or "postgres" (else "nobody") when we are root."""

    def __init__(self):
        self.entry = None
        if os.geteuid() == 0:
            names = {entry.pw_name: entry for entry in pwd.getpwall()}
            self.entry = names.get("postgres") or names["nobody"]

    def popen_options(self):
        options = {"preexec_fn": die_with_parent, "stdin": subprocess.DEVNULL, "cwd": "/"}
        if self.entry:
            options |= {"user": self.entry.pw_uid, "group": self.entry.pw_gid, "extra_groups": []}
        return options

    def own(self, path):
        if self.entry:
            os.chown(path, self.entry.pw_uid, self.entry.pw_gid)


class Pooler:
    """A PgBouncer in transaction mode; any database of the cluster can be reached by its name."""

    def __init__(self, cluster, pool_size=PLATFORM_POOL_SIZE, **settings):
        self.cluster = cluster
        self.pool_size = pool_size
        self.settings = settings
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="pooler-", dir=cluster.dir))
        cluster.user.own(self.dir)
        self.port = free_port()
        self.process = None

    def write_config(self):
        settings = {
            "listen_addr": "127.0.0.1", "listen_port": self.port, "unix_socket_dir": "",
            "pool_mode": "transaction", "default_pool_size": self.pool_size, "max_client_conn": 200,
            "auth_type": "scram-sha-256", "auth_file": self.dir / "users.txt",
            # Roles that a test makes are looked up; the well-known ones are in the file.
            "auth_user": "postgres",
            "auth_query": "SELECT usename, passwd FROM pg_catalog.pg_shadow WHERE usename = $1",
            "admin_users": "postgres", "logfile": self.dir / "pgbouncer.log", "server_login_retry": 1,
            "ignore_startup_parameters": "extra_float_digits", "so_reuseport": 0,
        } | self.settings
        lines = ["[databases]", f"* = host=127.0.0.1 port={self.cluster.port}", "[pgbouncer]"]
        lines += [f"{key} = {value}" for key, value in settings.items()]
        # It asks the server itself as the first, for which it needs the password; as the others it goes on with what the client proved.
        known = {"postgres": self.cluster.password, OWNER: self.cluster.secret, "authenticator": self.cluster.secret}
        users = "".join(f'"{name}" "{word}"\n' for name, word in known.items())
        for name, text in (("pgbouncer.ini", "\n".join(lines) + "\n"), ("users.txt", users)):
            path = self.dir / name
            path.write_text(text)
            path.chmod(0o600)
            self.cluster.user.own(path)

    def start(self):
        self.write_config()
        program = shutil.which("pgbouncer") or "/usr/sbin/pgbouncer"
        with open(self.dir / "output", "wb") as output:
            self.process = subprocess.Popen([program, "-q", self.dir / "pgbouncer.ini"], stdout=output, stderr=output,
                                            **self.cluster.user.popen_options())
        wait_until(lambda: can_connect(self.port) or self.process.poll() is not None, what="PgBouncer")
        if self.process.poll() is not None:
            raise RuntimeError("PgBouncer did not start:\n" + (self.dir / "output").read_text())
        return self

    def stop(self, sig=signal.SIGTERM):
        """SIGTERM closes at once (in PgBouncer's words: immediate shutdown; from 1.23 on it takes two of them); SIGKILL is a crash."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(sig)
            try:
                self.process.wait(1)
            except subprocess.TimeoutExpired:
                self.process.send_signal(sig)
                self.process.wait(10)
        self.process = None

    def restart(self, sig=signal.SIGTERM):
        self.stop(sig)
        return self.start()

    def url(self, database, user=OWNER, password=None):
        return self.cluster.url(database, user, password, self.port)

    def admin(self, command):
        """A command of PgBouncer's console, e.g. "SHOW POOLS"; rows as dictionaries."""
        connection = psycopg2.connect(self.url("pgbouncer", "postgres"))
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute(command)
                if not cursor.description:
                    return []
                names = [column.name for column in cursor.description]
                return [dict(zip(names, row)) for row in cursor.fetchall()]
        finally:
            connection.close()


class Cluster:
    """A PostgreSQL server with log_statement = all, a template database of the platform, and poolers."""

    other_settings = {}  # of a subclass
    # With the usual 4096 each connection costs the client, the pooler and the server more than what is asked over most of them.
    scram_iterations = 1
    # WAL of each page, the default from 15 on, costs twice as much as a copy of the files.
    copies_files = True

    def __init__(self, place=None):
        """In the folder `place`, by default the one for temporary files."""
        self.user = Unprivileged()
        self.bin = find_bin_dir()
        self.client_bin = find_client_bin_dir(self.bin)
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix=f"brant-tests-{os.getpid()}-", dir=place))
        self.dir.chmod(0o755)
        self.user.own(self.dir)
        self.data = self.dir / "data"
        # Whoever can reach it is the superuser, without a password.
        self.socket_dir = self.dir / "socket"
        self.socket_dir.mkdir(mode=0o700)
        self.user.own(self.socket_dir)
        self.log_path = self.data / "log/server.csv"
        self.password = secrets.token_hex(8)
        self.secret = scram_secret(self.password, self.scram_iterations)
        self.port = free_port()
        self.process = None
        self.poolers = []
        self.databases = 0
        self.platform_ready = self.known = False
        self.control, self.asking = None, threading.Lock()

    # -- the server

    def settings(self):
        return {
            "listen_addresses": "127.0.0.1", "port": self.port, "unix_socket_directories": self.socket_dir,
            "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "wal_level": "logical",
            "max_connections": 300, "shared_buffers": "64MB", "max_wal_size": "512MB", "max_wal_senders": 2,
            "logging_collector": "on", "log_destination": "csvlog", "log_directory": "log", "log_filename": "server.log",
            "log_rotation_size": 0, "log_rotation_age": 0, "log_statement": "all", "log_min_messages": "warning",
            "log_min_error_statement": "panic", "log_line_prefix": "%m [%p] %a ", "log_timezone": "UTC", "timezone": "UTC",
            "lc_messages": "C", "deadlock_timeout": "200ms", "autovacuum": "off", "max_locks_per_transaction": 256,
        } | ({"shared_preload_libraries": "pg_stat_statements"} if (self.bin.parent / "lib/pg_stat_statements.so").exists() else {}) | self.other_settings

    def initdb(self):
        password_file = self.dir / "password"
        password_file.write_text(self.password)
        self.user.own(password_file)
        subprocess.run([self.bin / "initdb", "-D", self.data, "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "-N",
                        "--auth-host=scram-sha-256", "--auth-local=trust", f"--pwfile={password_file}"],
                       check=True, stdout=subprocess.DEVNULL, **self.user.popen_options())
        with open(self.data / "postgresql.conf", "a") as conf:
            conf.writelines(f"{key} = '{value}'\n" for key, value in self.settings().items())

    def start(self):
        if not self.data.exists():
            self.initdb()
        with open(self.dir / "postgres.out", "ab") as output:
            self.process = subprocess.Popen([self.bin / "postgres", "-D", self.data], stdout=output, stderr=output,
                                            **self.user.popen_options())
        wait_until(lambda: self.answers() or self.process.poll() is not None, 60, "PostgreSQL")
        if self.process.poll() is not None:
            raise RuntimeError("PostgreSQL did not start:\n" + (self.dir / "postgres.out").read_text())
        if not self.known:
            self.run(f"ALTER ROLE postgres PASSWORD '{self.secret}'")
            self.known = True
        if not self.platform_ready:
            self.make_template()
        return self

    def answers(self):
        try:
            # By the port, as everybody else.
            psycopg2.connect(self.url("postgres", "postgres"), connect_timeout=2).close()
            return True
        except psycopg2.OperationalError:
            return False

    def stop(self, sig=signal.SIGINT):
        """SIGINT is a fast shutdown, SIGQUIT a crash."""
        self.hang_up()
        if self.process and self.process.poll() is None:
            self.process.send_signal(sig)
            self.process.wait(30)
        self.process = None

    def restart(self, sig=signal.SIGINT):
        self.stop(sig)
        return self.start()

    def remove(self):
        for pooler in self.poolers:
            pooler.stop()
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.dir, ignore_errors=True)

    def pooler(self, pool_size=PLATFORM_POOL_SIZE, **settings):
        pooler = Pooler(self, pool_size, **settings).start()
        self.poolers.append(pooler)
        return pooler

    # -- databases

    def hang_up(self):
        if self.control:
            self.control.close()
        self.control = None

    def run(self, sql, *args):
        """Rows of what the superuser asks in database postgres, over one connection for all of it."""
        with self.asking:
            try:
                return self.ask(sql, args)
            except psycopg2.OperationalError:
                # Where the server was restarted, or a test ended this session with others.
                if not self.control or not self.control.closed:
                    raise
                self.hang_up()
                return self.ask(sql, args)

    def ask(self, sql, args):
        if not self.control:
            self.control = psycopg2.connect(self.own_url("postgres"), application_name="tests")
            self.control.autocommit = True
        with self.control.cursor() as cursor:
            cursor.execute(sql, args or None)
            return cursor.fetchall() if cursor.description else []

    def make_template(self):
        self.run("CREATE DATABASE platform")
        self.psql("platform", "-1", "-f", platform_sql(), *(f"-cALTER ROLE {role} PASSWORD '{self.secret}'" for role in (OWNER, "authenticator")))
        self.platform_ready = True

    def create_database(self, template="platform"):
        self.databases += 1
        name = f"tested{self.databases}"
        strategy = "STRATEGY FILE_COPY" if self.copies_files and server_major() >= 15 else ""
        self.run(f'CREATE DATABASE {name} TEMPLATE "{template}" OWNER {OWNER} {strategy}')
        return name

    def drop_database(self, name):
        self.run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def url(self, database, user=OWNER, password=None, port=None):
        return f"postgresql://{user}:{password or self.password}@127.0.0.1:{port or self.port}/{database}"

    def own_url(self, database, user="postgres"):
        """For the tests' own questions: without a password, whose proof takes longer than most of them."""
        return f"postgresql://{user}@/{database}?host={self.socket_dir}&port={self.port}"

    def psql(self, database, *args, user="postgres", check=True):
        """psql straight to the server, stopping at the first error; its standard output (without check: and its errors)."""
        run = subprocess.run([self.client_bin / "psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", self.own_url(database, user), *args],
                             capture_output=True, text=True, timeout=300,
                             env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "PGAPPNAME": "tests"})
        if check and run.returncode:
            raise RuntimeError(f"psql: {run.stderr}")
        return run.stdout if check else run.stdout + re.sub(r"^psql:.*?:\d+: ", "", run.stderr, flags=re.M)

    def dump(self, database, *args):
        """pg_dump --schema-only without what differs from dump to dump."""
        if not can_dump():
            pytest.skip("this pg_dump is older than the server")
        run = subprocess.run([self.client_bin / "pg_dump", "--schema-only", *args, "-d", self.own_url(database)],
                             check=True, capture_output=True, text=True, env={"PATH": os.environ["PATH"], "PGAPPNAME": "tests"})
        return "\n".join(line for line in run.stdout.splitlines() if not line.startswith(("\\restrict", "\\unrestrict")))
