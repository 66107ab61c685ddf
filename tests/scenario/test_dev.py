"""The local project: brant dev, and --local on other commands.  It starts servers of its own; the cluster fixture is not used."""
import contextlib
import json
import os
import pathlib
import pwd
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import time
import urllib.parse

import psycopg2
import pytest

from lib.brant import Brant, program
from lib.checks import EXAMPLE, needs_example_server
from lib.cluster import wait_until

ROOT = os.geteuid() == 0


def processes(*words):
    """Process ids by a part of their command line."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdigit() and any(str(word).encode() in (entry / "cmdline").read_bytes() for word in words):
                found.append(int(entry.name))
    return [pid for pid in found if pid != os.getpid()]


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    """One cache for all: a cluster is initialised once."""
    return tmp_path_factory.mktemp("cache")


class Local:
    """A folder with a local project that is removed, and must be gone, when the test ends."""

    def __init__(self, path, home, cache, **options):
        self.path, self.home, self.options = pathlib.Path(path), home, options
        self.env = {"XDG_CACHE_HOME": cache}
        self.brant = Brant(path, home)

    def __call__(self, *args, expect=0, env=None, **options):
        return self.brant(*args, expect=expect, env=self.env | (env or {}), **self.options, **options)

    def dev(self, *args, **options):
        return self("dev", *args, **options)

    def start(self, *args, env=None):
        return self.brant.start(*args, env=self.env | (env or {}), **self.options)

    def status(self):
        return json.loads(self.dev("status", "--json").stdout)

    @property
    def url(self):
        return self.dev("url", "-q").stdout.strip()

    def folder(self):
        return pathlib.Path(self.status()["folder"])

    def connect(self, **more):
        connection = psycopg2.connect(self.url, **more)
        connection.autocommit = True
        return contextlib.closing(connection)

    def query(self, sql, *args):
        with self.connect() as connection, connection.cursor() as cursor:
            cursor.execute(sql, args or None)
            return cursor.fetchall() if cursor.description else None

    def value(self, sql, *args):
        return self.query(sql, *args)[0][0]

    def close(self):
        self.brant.stop_all()
        if not (self.path / ".brant/state").exists():
            return
        folder = self.folder()
        self.dev("remove", "--yes")
        assert not processes(folder), "dev remove left processes"
        assert not folder.exists() and not (self.path / ".brant").exists()


@pytest.fixture
def new_local(tmp_path, cache, open_folder):
    """A function that makes a Local in a folder (default: tmp_path/NAME); open_folder goes after them."""
    made = []

    def make(name="shop", path=None, **options):
        path = pathlib.Path(path or tmp_path / name)
        path.mkdir(parents=True, exist_ok=True)
        made.append(Local(path, tmp_path / "home", cache, **options))
        return made[-1]
    yield make
    for local in made:
        local.close()


@pytest.fixture
def local(new_local):
    return new_local()


@pytest.fixture(scope="module")
def running(tmp_path_factory, cache):
    """A running one for tests that only look, or that clean up behind them."""
    path = tmp_path_factory.mktemp("running") / "shop"
    path.mkdir()
    local = Local(path, path.parent / "home", cache)
    local.dev("start")
    yield local
    local.close()


@pytest.fixture
def open_folder():
    """A folder that every user may enter."""
    path = pathlib.Path(tempfile.mkdtemp(prefix="brant-test-dev-", dir="/tmp"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path, ignore_errors=True)


# -- start, stop, status, url


def test_start_status_stop(local):
    first = local.dev("start")
    assert "made and started PostgreSQL" in first.stdout and "PgBouncer" in first.stdout
    assert "running already" in local.dev("start").stdout
    status = local.status()
    assert status["running"] and status["server_pid"] and status["pooler_pid"] and status["data_bytes"] > 10e6
    assert status["server_version"][0].isdigit() and status["pooler_version"][0].isdigit()
    assert local.value("SELECT 1") == 1
    folder = local.folder()
    assert "stopped" in local.dev("stop").stdout
    assert not processes(folder)
    assert local.status()["running"] is False
    assert "not running" in local.dev("stop").stdout
    url = local.url
    again = local.dev("start")
    assert again.seconds < 3 and local.url == url and local.value("SELECT 1") == 1


def test_nothing_there(local):
    for word in ("stop", "status", "url", "reset", "remove"):
        result = local.dev(word, expect=1)
        assert "there is no local project" in result.stderr and "brant dev start" in result.stderr
    assert not (local.path / ".brant").exists()


def test_usage(local):
    assert local.dev(expect=2).stderr
    assert "start, stop" in local.dev("begin", expect=2).stderr
    assert "takes no arguments" in local.dev("start", "now", expect=2).stderr


def test_url(running):
    url = urllib.parse.urlsplit(running.url)
    assert (url.scheme, url.hostname, url.username, url.path) == ("postgresql", "127.0.0.1", "shop", "/shop")
    assert len(url.password) >= 32
    assert json.loads(running.dev("url", "--json").stdout)["url"] == running.url


def test_url_of_a_stopped_one(local):
    local.dev("start")
    url = local.url
    local.dev("stop")
    result = local.dev("url")
    assert result.stdout.strip() == url and "not running" in result.stderr


def test_pipe_ends(local):
    """The servers hold none of our files open: a reader behind us sees the end."""
    begin = time.monotonic()
    run = subprocess.run(f'"{program()}" dev start | cat', shell=True, cwd=local.path, capture_output=True, text=True, timeout=60,
                         env=local.brant.environment(None, local.env))
    assert "started PostgreSQL" in run.stdout and time.monotonic() - begin < 60
    for pid in processes(local.folder()):
        files = {os.readlink(f"/proc/{pid}/fd/{fd}") for fd in (0, 1, 2)}
        assert not any(file.startswith("pipe:") for file in files)
        assert os.getsid(pid) != os.getsid(0)


def test_psql(running):
    result = running.dev("psql", "--", "-XAt", "-c", "SELECT current_user, current_database()", "-c", "SHOW search_path")
    assert result.stdout.splitlines() == ["supabase_admin|postgres", '"$user", public, auth, extensions']
    assert running.dev("psql", "--", "-Xc", "SELECT nonsense", expect=1).stderr


def test_local_option_starts_it(local):
    needs_example_server()
    shutil.copytree(EXAMPLE, local.path, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".brant"))
    local("up", "--local")
    assert local.value("SELECT count(*) FROM public.schema_migrations") == len(list((EXAMPLE / "migrations").glob("*[a-z].sql"))) \
        - len(list((EXAMPLE / "migrations").glob("*.down.sql")))
    local.dev("stop")
    assert "0 pending" in local("status", "--local").stdout


# -- the endpoint is the platform's


def test_behaves_like_the_platforms_pooler(running):
    with pytest.raises(psycopg2.OperationalError, match="unsupported startup parameter"):
        psycopg2.connect(running.url, options="-c work_mem=1MB")
    with pytest.raises(psycopg2.OperationalError, match="(password authentication|SASL authentication|auth) failed"):
        psycopg2.connect(running.url, password="wrong")
    with pytest.raises(psycopg2.OperationalError):
        psycopg2.connect(running.url, user="postgres")
    psycopg2.connect(running.url, dbname="postgres").close()
    running.query("CREATE DATABASE shadow")
    try:
        with pytest.raises(psycopg2.OperationalError, match="no such database"):
            psycopg2.connect(running.url, dbname="shadow")
    finally:
        running.query("DROP DATABASE shadow")
    # Transaction mode: two open transactions are on two backends, and idle clients hold none.
    with running.connect() as one, running.connect() as two:
        pids = []
        for connection in (one, two):
            connection.autocommit = False
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                pids.append(cursor.fetchone()[0])
        assert pids[0] != pids[1]


def test_only_the_pooler_can_be_reached(running):
    status = running.status()
    listening = set()
    for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:] + \
            pathlib.Path("/proc/net/tcp6").read_text().splitlines()[1:]:
        words = line.split()
        if words[3] == "0A":
            listening.add((words[9], words[1]))
    ours = {}
    for pid in (status["server_pid"], status["pooler_pid"]):
        for fd in pathlib.Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                link = os.readlink(fd)
                for inode, address in listening:
                    if link == f"socket:[{inode}]":
                        ours[address] = pid
    assert list(ours.values()) == [status["pooler_pid"]]
    assert [address.split(":")[0] for address in ours] == ["0100007F"]  # 127.0.0.1
    assert [int(address.split(":")[1], 16) for address in ours] == [status["port"]]


def test_roles(running):
    roles = {row[0]: row[1:] for row in running.query(
        "SELECT rolname, rolcanlogin, rolinherit, rolbypassrls FROM pg_roles WHERE rolname !~ '^pg_'")}
    assert roles["anon"] == (False, False, False) and roles["authenticated"] == (False, False, False)
    assert roles["service_role"] == (False, False, True) and roles["authenticator"] == (True, False, False)
    assert {"supabase_admin", "supabase_auth_admin", "supabase_storage_admin", "pgbouncer", "postgres"} <= set(roles)
    settings = dict(running.query("SELECT rolname, rolconfig FROM pg_roles WHERE rolconfig IS NOT NULL"))
    assert set(settings["authenticator"]) == {"statement_timeout=30s", "lock_timeout=8s"}
    assert settings["anon"] == ["statement_timeout=3s"] and settings["authenticated"] == ["statement_timeout=8s"]


def test_schemas(running):
    owners = dict(running.query("SELECT nspname, pg_get_userbyid(nspowner) FROM pg_namespace"))
    assert owners["auth"] == "supabase_auth_admin" and owners["storage"] == "supabase_storage_admin" and owners["ai"] == "supabase_admin"
    assert {"public", "extensions", "realtime", "vault", "net", "graphql_public"} <= set(owners)
    for table in ("auth.users", "auth.schema_migrations", "storage.buckets", "storage.objects", "realtime.messages", "ai.alembic_version"):
        assert running.value("SELECT to_regclass(%s) IS NOT NULL", table), table
    assert running.value("SELECT bool_and(relrowsecurity) FROM pg_class WHERE oid IN "
                         "('storage.objects'::regclass, 'storage.buckets'::regclass, 'realtime.messages'::regclass)")
    assert running.query("SELECT pubname FROM pg_publication") == [("supabase_realtime",)]
    assert running.value("SELECT extensions.crypt('x', extensions.gen_salt('bf')) <> ''")
    assert running.value("SELECT uuid_generate_v4() IS NOT NULL")
    assert running.value("SELECT storage.foldername('a/b/c.png') || storage.filename('a/b/c.png') || storage.extension('a/b/c.png')") \
        == ["a", "b", "c.png", "png"]
    assert running.value("SELECT storage.foldername('c.png')") == []


def test_what_a_new_table_is_open_to(running):
    running.query("CREATE TABLE public.notes (id int, owner uuid DEFAULT auth.uid()); INSERT INTO public.notes VALUES (1, NULL)")
    try:
        with running.connect() as connection, connection.cursor() as cursor:
            cursor.execute("BEGIN; SET LOCAL ROLE anon; SELECT count(*) FROM public.notes")
            assert cursor.fetchone() == (1,)
            cursor.execute("ROLLBACK")
            running.query("ALTER TABLE public.notes ENABLE ROW LEVEL SECURITY")
            cursor.execute("BEGIN; SET LOCAL ROLE anon; SELECT count(*) FROM public.notes")
            assert cursor.fetchone() == (0,)
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                cursor.execute("SELECT * FROM auth.users")
            cursor.execute("ROLLBACK")
            claims = '{"sub": "6f0e0dcb-0d2b-4a3d-a2f5-0a5d1b6c7e11", "role": "authenticated", "email": "a@example.com"}'
            cursor.execute("BEGIN; SET LOCAL ROLE authenticated; SELECT set_config('request.jwt.claims', %s, true)", (claims,))
            cursor.execute("SELECT auth.uid()::text, auth.role(), auth.email(), auth.jwt() ->> 'sub'")
            uid = "6f0e0dcb-0d2b-4a3d-a2f5-0a5d1b6c7e11"
            assert cursor.fetchone() == (uid, "authenticated", "a@example.com", uid)
            cursor.execute("ROLLBACK; SELECT auth.uid(), auth.role(), auth.jwt()")
            assert cursor.fetchone() == (None, None, None)
    finally:
        running.query("DROP TABLE public.notes")


def test_what_users_put_beside_the_platform(running):
    """A foreign key to auth.users, a profile trigger, policies on storage.objects and realtime.messages, the publication."""
    running.query("""
        BEGIN;
        CREATE TABLE public.profiles (id uuid PRIMARY KEY REFERENCES auth.users (id) ON DELETE CASCADE, name text);
        CREATE FUNCTION public.on_user() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS
            $$ BEGIN INSERT INTO public.profiles VALUES (NEW.id, NEW.raw_user_meta_data ->> 'name'); RETURN NEW; END $$;
        CREATE TRIGGER on_user AFTER INSERT ON auth.users FOR EACH ROW EXECUTE FUNCTION public.on_user();
        CREATE POLICY p ON storage.objects FOR SELECT USING ((storage.foldername(name))[1] = auth.uid()::text);
        CREATE POLICY p ON realtime.messages FOR SELECT TO authenticated USING (realtime.topic() = 'x');
        ALTER PUBLICATION supabase_realtime ADD TABLE public.profiles;
        CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION public.on_ddl();
        ROLLBACK""".replace("CREATE EVENT TRIGGER", """CREATE FUNCTION public.on_ddl() RETURNS event_trigger LANGUAGE plpgsql AS
            $$ BEGIN NOTIFY pgrst, 'reload schema'; END $$;
        INSERT INTO auth.users (id, email, raw_user_meta_data) VALUES (gen_random_uuid(), 'a@example.com', '{"name": "A"}');
        SELECT vault.create_secret('s', 'n'), net.http_post('http://localhost/x', '{}'::jsonb), realtime.send('{}', 'e', 't');
        CREATE EVENT TRIGGER"""))


# -- two at once


def test_two_starts_at_once(local):
    both = [local.start("dev", "start", "--json") for _ in range(2)]
    results = [json.loads(local.brant.finish(process).stdout) for process in both]
    assert all(result["running"] for result in results)
    folder = local.folder()
    assert len([pid for pid in processes(folder / "data")]) == 1 and len(processes(folder / "pgbouncer.ini")) == 1


def test_two_projects(new_local):
    one, two = new_local("one"), new_local("two")
    processes_of = [local.start("dev", "start") for local in (one, two)]
    for local, process in zip((one, two), processes_of):
        assert local.brant.finish(process).status == 0
    assert one.status()["port"] != two.status()["port"] and one.url != two.url
    one.query("CREATE TABLE public.mine (id int)")
    assert two.value("SELECT to_regclass('public.mine')") is None
    one.dev("stop")
    assert two.value("SELECT 1") == 1


# -- crashes


def test_killed_servers(local):
    local.dev("start")
    local.query("CREATE TABLE public.kept (id int)")
    status = local.status()
    os.kill(status["server_pid"], signal.SIGKILL)
    os.kill(status["pooler_pid"], signal.SIGKILL)
    wait_until(lambda: not local.status()["running"])
    assert "started PostgreSQL" in local.dev("start").stdout
    assert local.value("SELECT count(*) FROM public.kept") == 0


@pytest.mark.parametrize("which", ["server_pid", "pooler_pid"])
def test_one_of_them_killed(running, which):
    before = running.status()
    os.kill(before[which], signal.SIGKILL)
    wait_until(lambda: not running.status()["running"])
    other = "pooler_pid" if which == "server_pid" else "server_pid"
    assert running.status()[other] == before[other]
    running("status", "--local", expect=None)
    assert running.status()["running"] and running.status()[other] == before[other]
    assert running.value("SELECT 1") == 1


def test_a_strangers_number(local):
    """After a reboot the numbers in the lock files belong to others: they are not signalled, and do not keep it from starting."""
    local.dev("start")
    folder = local.folder()
    local.dev("stop")
    owner = {"user": (folder / "data").stat().st_uid, "group": (folder / "data").stat().st_gid, "extra_groups": []} if ROOT else {}
    with subprocess.Popen(["sleep", "600"], cwd="/", **owner) as stranger:
        try:
            lines = [str(stranger.pid), str(folder / "data"), "1700000000", "5432", str(folder / "run"), "", "  5432001    131113", "ready"]
            for path, text in ((folder / "data/postmaster.pid", "\n".join(lines) + "\n"), (folder / "pgbouncer.pid", f"{stranger.pid}\n")):
                path.write_text(text)
                if ROOT:
                    os.chown(path, owner["user"], owner["group"])
            assert local.status()["running"] is False
            local.dev("stop")
            assert stranger.poll() is None
            local.dev("start")
            assert local.value("SELECT 1") == 1
            local.dev("stop")
            assert stranger.poll() is None
        finally:
            stranger.kill()


@pytest.mark.parametrize("moment", [0.02, 0.1, 0.3, 0.6])
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_killed_while_starting(local, moment, how):
    process = local.start("dev", "start")
    time.sleep(moment)
    os.kill(process.pid, how)
    local.brant.finish(process)
    local.dev("start")
    assert local.value("SELECT to_regclass('auth.users')::text") in ("users", "auth.users")
    folder = local.folder()
    assert len(processes(folder / "pgbouncer.ini")) == 1 and len(processes(folder / "data")) == 1


def test_a_reboot_while_it_ran(local):
    local.dev("start")
    status, folder = local.status(), local.folder()
    state = local.path / ".brant/state"
    os.kill(status["server_pid"], signal.SIGKILL)
    wait_until(lambda: not local.status()["server_pid"])
    state.write_text("\n".join("boot = another" if line.startswith("boot") else line for line in state.read_text().splitlines()) + "\n")
    assert (folder / "data/postmaster.pid").exists()
    assert "may be damaged" in local.dev("start").stderr
    assert "may be damaged" not in local.dev("stop").stderr + local.dev("start").stderr


def test_project_deleted_while_it_ran(new_local, open_folder):
    gone = new_local(path=open_folder / "gone")
    gone.dev("start")
    status = gone.status()
    shutil.rmtree(gone.path)
    gone.path.mkdir()
    try:
        other = new_local("other")
        other.dev("start")
        wait_until(lambda: not pathlib.Path(f"/proc/{status['pooler_pid']}").exists())
    finally:
        # PostgreSQL notices by itself, within a minute.
        with contextlib.suppress(ProcessLookupError):
            os.kill(status["server_pid"], signal.SIGQUIT)


def test_project_moved(new_local, open_folder):
    here = new_local(path=open_folder / "here")
    here.dev("start")
    here.query("CREATE TABLE public.kept (id int)")
    port, server = here.status()["port"], here.status()["server_pid"]
    (open_folder / "here").rename(open_folder / "there")
    there = new_local(path=open_folder / "there")
    there.dev("start")
    assert there.value("SELECT count(*) FROM public.kept") == 0
    assert there.status()["port"] == port and there.status()["server_pid"] == server
    assert len(processes(open_folder)) == 2
    there.dev("stop")
    assert not processes(open_folder)


def test_project_copied_while_it_runs(new_local, open_folder):
    one = new_local(path=open_folder / "one")
    one.dev("start")
    one.dev("stop")
    subprocess.run(["cp", "-a", open_folder / "one", open_folder / "two"], check=True)
    one.dev("start")
    two = new_local(path=open_folder / "two")
    assert two.status()["running"] is False
    assert "another" in two.dev("start").stderr
    assert one.status()["port"] != two.status()["port"]
    two.dev("stop")
    assert one.value("SELECT 1") == 1


# -- places


@pytest.mark.parametrize("name, ref", [
    ("my shop", "my_shop"), ("it's \"quoted\"", "it_s_quoted"), ("Größe €", "gre"), ("日本", "project"), ("x" * 200, "x" * 40),
    ("-rf", "rf"), ("2nd", "p2nd"), ("postgres", "postgres_project"), ("a,b;c=d#e%f", "a_b_c_d_e_f"), ("new\nline", "new_line"),
    ("trailing ", "trailing"),
])
def test_odd_paths(new_local, open_folder, name, ref):
    local = new_local(path=open_folder / "in here" / name)
    (open_folder / "in here").chmod(0o755)
    local.path.chmod(0o755)
    local.dev("start")
    assert urllib.parse.urlsplit(local.url).username == ref
    assert local.value("SELECT 1") == 1
    assert local.folder() == local.path / ".brant"
    local.dev("stop")
    assert not processes(open_folder)


def test_long_path(new_local, open_folder):
    path = open_folder
    for _ in range(12):
        path = path / ("long" * 15)
    path.mkdir(parents=True)
    for folder in (path, *path.parents):
        if str(folder).startswith(str(open_folder)):
            folder.chmod(0o755)
    before = set(pathlib.Path("/tmp").glob("brant-run-*"))
    local = new_local(path=path)
    local.dev("start")
    assert local.value("SELECT 1") == 1
    local.dev("stop")
    assert set(pathlib.Path("/tmp").glob("brant-run-*")) <= before
    too_long = new_local(path=path / ("more" * 50) / ("more" * 50))
    assert "too long" in too_long.dev("start", expect=1).stderr


def test_taken_port(local):
    local.dev("start")
    port, url = local.status()["port"], local.url
    local.dev("stop")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        result = local.dev("start")
    assert "port of before is taken" in result.stderr
    assert local.status()["port"] != port and local.url != url and local.value("SELECT 1") == 1


def test_files_are_private(local, open_folder):
    local.dev("start")
    password = urllib.parse.urlsplit(local.url).password
    for top in {local.path / ".brant", local.folder()}:
        for path in [top, *top.rglob("*")]:
            mode = stat.S_IMODE(path.lstat().st_mode)
            if path.is_socket():
                assert mode & 0o077 == 0 or path.parent.stat().st_mode & 0o077 == 0
            elif path.is_dir() and path in (top, local.path / ".brant") and ROOT:
                assert mode == 0o711
            else:
                assert mode & 0o077 == 0, f"{path} has mode {mode:o}"
    assert (local.path / ".brant/.gitignore").read_text() == "*\n"
    for entry in pathlib.Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdigit():
                assert password.encode() not in (entry / "cmdline").read_bytes()
    for word in ("status", "start"):
        result = local.dev(word)
        assert password not in result.stdout + result.stderr


@pytest.mark.skipif(not ROOT, reason="only root may go where the servers cannot")
def test_closed_folder_as_root(new_local, open_folder):
    closed = open_folder / "closed"
    closed.mkdir(mode=0o700)
    local = new_local(path=closed / "shop")
    local.dev("start")
    assert str(local.folder()).startswith("/var/lib/brant/shop-")
    assert local.value("SELECT 1") == 1
    assert pwd.getpwuid(os.stat(f"/proc/{local.status()['server_pid']}").st_uid).pw_name != "root"
    # A copy is another project.
    subprocess.run(["cp", "-a", closed / "shop", closed / "copy"], check=True)
    copy = new_local(path=closed / "copy")
    assert copy.folder() != local.folder() and copy.status()["running"] is False


@pytest.mark.skipif(not ROOT, reason="only root may become another user")
def test_as_an_ordinary_user(new_local, open_folder, tmp_path):
    nobody = pwd.getpwnam("nobody")
    path, home = open_folder / "shop", open_folder / "home"
    for folder in (path, home):
        folder.mkdir()
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    brant = open_folder / "brant"
    shutil.copy(program(), brant)
    brant.chmod(0o755)

    def run(*args, status=0):
        result = subprocess.run([brant, *args], cwd=path, user=nobody.pw_uid, group=nobody.pw_gid, extra_groups=[], text=True,
                                capture_output=True, timeout=60, env={"HOME": str(home), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"})
        assert result.returncode == status, result.stderr
        return result
    assert "made and started" in run("dev", "start").stdout
    try:
        assert stat.S_IMODE((path / ".brant").stat().st_mode) == 0o700
        assert run("dev", "psql", "--", "-XAtc", "SELECT 1").stdout == "1\n"
        as_root = new_local(path=path)
        assert "belongs to another user" in as_root.dev("start", expect=1).stderr
        run("dev", "stop")
        assert not processes(path)
        run("dev", "start")
    finally:
        run("dev", "remove", "--yes")
    assert not processes(path) and not (path / ".brant").exists()


# -- reset


def test_reset(local):
    local.dev("start")
    url = local.url
    local.query("CREATE TABLE public.mine (id int); CREATE ROLE of_mine; ALTER ROLE supabase_admin SET work_mem = '9MB'")
    asked = local.dev("reset", expect=3)
    assert "--yes" in asked.stderr and local.value("SELECT count(*) FROM public.mine") == 0
    local.dev("reset", "--yes")
    assert local.url == url
    assert local.query("SELECT to_regclass('public.mine'), to_regrole('of_mine')") == [(None, None)]
    assert local.value("SHOW work_mem") != "9MB"
    assert local.value("SELECT count(*) FROM auth.users") == 0


def test_reset_asks_on_a_terminal(local):
    local.dev("start")
    local.query("CREATE TABLE public.mine (id int)")
    answer = local.brant.on_terminal("dev", "reset", typed="n\n", env=local.env)
    assert answer.status != 0 and "throw away" in answer.stdout
    assert local.value("SELECT count(*) FROM public.mine") == 0
    assert local.brant.on_terminal("dev", "reset", typed="y\n", env=local.env).status == 0
    assert local.value("SELECT to_regclass('public.mine')") is None


# -- what can be missing


def test_missing_programs(local, tmp_path):
    result = local.dev("start", expect=1, env={"BRANT_PG_BIN": tmp_path / "nowhere"})
    assert "no PostgreSQL server" in result.stderr and "BRANT_PG_BIN" in result.stderr
    result = local.dev("start", expect=1, env={"BRANT_PGBOUNCER": tmp_path / "nowhere"})
    assert "BRANT_PGBOUNCER" in result.stderr
    local.dev("start")
    folder = local.folder()
    (folder / "data/PG_VERSION").write_text("12\n")
    local.dev("stop")
    result = local.dev("start", expect=1, env={"BRANT_PG_BIN": ""})
    assert "PostgreSQL 12" in result.stderr or "did not start" in result.stderr
    local.dev("reset", "--yes")
    assert local.value("SELECT 1") == 1


def test_damaged_image(local, cache):
    local.dev("start")
    images = list((cache / "brant").glob("platform-*.image.tar"))
    assert images and all(stat.S_IMODE(image.stat().st_mode) == 0o600 for image in images)
    assert stat.S_IMODE((cache / "brant").stat().st_mode) == 0o700
    for image in images:
        image.write_bytes(image.read_bytes()[:5_000_000])
    local.dev("reset", "--yes")
    assert local.value("SELECT to_regclass('auth.users') IS NOT NULL")
    assert all(image.stat().st_size > 10_000_000 for image in images)


def test_without_a_cache(new_local, tmp_path):
    local = new_local()
    (tmp_path / "file").write_text("")
    local.dev("start", env={"XDG_CACHE_HOME": tmp_path / "file"})
    assert local.value("SELECT to_regclass('auth.users') IS NOT NULL")
