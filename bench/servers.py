"""A PostgreSQL and a PgBouncer of the bench's own, and the proxy that stands for distance.

Everything lives in one scratch folder (on tmpfs where there is one) and on free loopback ports, and is gone with the bench, whatever
ends it.
"""
import ctypes
import glob
import json
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SETTINGS = """
listen_addresses = '127.0.0.1'
fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum = off
checkpoint_timeout = 1h
max_wal_size = 4GB
logging_collector = off
log_min_messages = fatal
"""
POOLER = """
[databases]
* = host=127.0.0.1 port={port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {home}/users.txt
pool_mode = transaction
default_pool_size = 20
max_client_conn = 200
log_connections = 0
log_disconnections = 0
"""


def bindir():
    """Not PATH's psql: Debian's is a Perl script that costs more than the psql it starts."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"), key=lambda p: int(p.split("/")[4]))
    found = found[-1] if found else shutil.which("initdb")
    if not found:
        raise SystemExit("bench: no PostgreSQL server is installed")
    return os.path.dirname(found)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def dies_with_us(sig):
    """For Popen's preexec_fn: the kernel sends the signal when this process ends, after kill -9 too."""
    return lambda: ctypes.CDLL(None).prctl(1, sig)  # PR_SET_PDEATHSIG


def sweep(base):
    """Removes the scratch folders of runs that were killed."""
    for old in glob.glob(os.path.join(base, "brant-bench.*.*")):
        if not os.path.exists("/proc/" + old.split(".")[-2]):
            shutil.rmtree(old, ignore_errors=True)


class Servers:
    def __init__(self, base=None):
        base = base or ("/dev/shm" if os.access("/dev/shm", os.W_OK) else tempfile.gettempdir())
        sweep(base)
        self.home = tempfile.mkdtemp(prefix="brant-bench.%d." % os.getpid(), dir=base)
        self.children = []  # (process, the signal that stops it at once)
        self.password = secrets.token_hex(8)
        self.bin = bindir()
        # PostgreSQL and PgBouncer refuse to run as root
        self.as_user = {"user": "postgres", "group": pwd.getpwnam("postgres").pw_gid,
                        "extra_groups": []} if os.getuid() == 0 else {}
        os.chmod(self.home, 0o711)
        self.env = dict(os.environ, PGPASSWORD=self.password, PATH=self.bin + ":" + os.environ["PATH"])
        for name in ("DATABASE_URL", "PGOPTIONS", "PGSERVICE", "PGHOST", "PGPORT", "PGUSER", "PGDATABASE"):
            self.env.pop(name, None)

    def start(self):
        self.start_postgres()
        self.start_pooler()

    def folder(self, name):
        path = os.path.join(self.home, name)
        os.mkdir(path, 0o700)
        if self.as_user:
            shutil.chown(path, self.as_user["user"], self.as_user["group"])
        return path

    def put(self, folder, name, text):
        path = os.path.join(folder, name)
        with open(path, "a") as f:
            f.write(text)
        os.chmod(path, 0o644)  # within a folder of 0700
        return path

    def spawn(self, argv, cwd, sig):
        with open(os.path.join(self.home, "log"), "a") as log:
            p = subprocess.Popen(argv, cwd=cwd, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                 preexec_fn=dies_with_us(sig), start_new_session=True, **self.as_user)
        self.children.append((p, sig))

    def start_postgres(self):
        home = self.folder("postgres")
        data = os.path.join(home, "data")
        secret = self.put(home, "password", self.password)
        subprocess.run([self.bin + "/initdb", "-N", "-D", data, "-U", "bench", "-A", "scram-sha-256", "--pwfile", secret,
                        "-E", "UTF8", "--locale", "C.UTF-8"], check=True, stdout=subprocess.DEVNULL, cwd=home,
                       **self.as_user)
        self.port = free_port()
        self.put(data, "postgresql.conf", SETTINGS + "port = %d\nunix_socket_directories = '%s'\n" % (self.port, home))
        self.spawn([self.bin + "/postgres", "-D", data], home, signal.SIGINT)
        self.wait(self.port)

    def start_pooler(self):
        home = self.folder("pgbouncer")
        self.put(home, "users.txt", '"bench" "%s"\n' % self.password)
        self.pool_port = free_port()
        ini = self.put(home, "pgbouncer.ini", POOLER.format(port=self.port, listen=self.pool_port, home=home))
        pgbouncer = shutil.which("pgbouncer") or "/usr/sbin/pgbouncer"
        self.spawn([pgbouncer, "-q", ini], home, signal.SIGTERM)
        self.wait(self.pool_port)

    def wait(self, port):
        end = time.monotonic() + 15
        while self.psql("SELECT 1", self.url("postgres", port), check=False).returncode:
            if time.monotonic() > end:
                raise SystemExit("bench: a server does not start:\n" + open(os.path.join(self.home, "log")).read())
            time.sleep(0.05)

    def url(self, database, port=None):
        return "postgresql://bench:%s@127.0.0.1:%d/%s?sslmode=disable" % (self.password, port or self.port, database)

    def psql(self, sql, url, check=True):
        r = subprocess.run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", url, "-c", sql], env=self.env, capture_output=True,
                           text=True)
        if check and r.returncode:
            raise SystemExit("bench: %s\n%s" % (sql[:200], r.stderr))
        return r

    def sql(self, sql, database="postgres"):
        return self.psql(sql, self.url(database)).stdout.strip()

    def create(self, database, template="template0"):
        self.sql("CREATE DATABASE %s TEMPLATE %s" % (database, template))

    def drop(self, database):
        self.sql("DROP DATABASE IF EXISTS %s WITH (FORCE)" % database)

    def warm_pool(self, database):
        """Opens two server connections: on a live system others have done so already, and who needs two is not to pay."""
        url = self.url(database, self.pool_port)
        waiting = [subprocess.Popen(["psql", "-XAtq", url, "-c", "SELECT pg_sleep(0.1)"], env=self.env,
                                    stdout=subprocess.DEVNULL) for _ in range(2)]
        for p in waiting:
            p.wait()

    def stop(self):
        for p, sig in reversed(self.children):
            p.send_signal(sig)
            try:
                p.wait(10)
            except subprocess.TimeoutExpired:
                p.kill()
                p.wait()
        shutil.rmtree(self.home, ignore_errors=True)


class Distance:
    """The delay proxy, for the length of a with block; afterwards `counts` holds what it counted."""

    def __init__(self, program, port, delay_ms):
        self.argv = [program, "127.0.0.1", str(port), str(delay_ms)]

    def __enter__(self):
        self.process = subprocess.Popen(self.argv, stdout=subprocess.PIPE, text=True,
                                        preexec_fn=dies_with_us(signal.SIGTERM))
        self.port = int(self.process.stdout.readline().split()[1])
        return self

    def __exit__(self, *exc):
        self.process.terminate()
        self.counts = json.loads(self.process.stdout.read())
        self.process.wait()
