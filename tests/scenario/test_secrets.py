"""A password is in no output, error, log, process list, file of .brant/ and row of brant's own, whatever the command and however it ends."""
import pathlib
import re
import threading
import urllib.parse

import psycopg2
import pytest

# Two marks, so that a part of it is found too; between them what a URL, a shell, libpq, SQL, JSON and a terminal take for something else.
MARKS = ("Zq7vWm", "Xk9pLr")
PASSWORD = MARKS[0] + " \"it's\" 100%/@:?#[]{}$HOME`\\ é=&" + MARKS[1]

# How each command is run; one that is not named here is run without arguments.
RUNS = {
    "status": [["status"], ["status", "--json"], ["status", "-vv"]],
    "new": [["new", "add_bio"]],
    "up": [["up", "--dry-run"], ["up", "-vv"], ["up", "--json"], ["up", "--accept-edited"]],
    "down": [["down", "--dry-run"], ["down", "-v"], ["up", "-q"]],
    "diff": [["diff", "-v", "change"]],
    "drift": [["drift", "-v"]],
    "dump": [["dump"], ["dump", "--json"]],
    "check": [["check", "-v"], ["check", "--json"]],
    "resolve": [["resolve", "0001", "--applied", "--force"], ["resolve", "nothing", "--applied"]],
    "baseline": [["baseline", "-v"], ["baseline", "--dry-run"]],
    "doctor": [["doctor", "-vv"], ["doctor", "--json"]],
    "backfill": [["backfill", "status"], ["backfill", "UPDATE public.t SET a = 1 WHERE a IS NULL"]],
    "dev": [["dev", "status"]],
    "init": [["init", "--yes"]],
    "explain": [["explain", "boundary"]],
}


def find_secret(text):
    return next((mark for mark in MARKS if mark in text), None)


class ProcessList:
    """Looks at everybody's command lines for as long as the with block lasts."""

    def __enter__(self):
        self.found, self.seen, self.stopped = [], 0, threading.Event()
        self.thread = threading.Thread(target=self.watch, daemon=True)
        self.thread.start()
        return self

    def watch(self):
        while not self.stopped.wait(0.003):
            for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    line = path.read_bytes().decode(errors="replace")
                except OSError:
                    continue
                self.seen += "brant" in line
                if find_secret(line):
                    self.found.append(line)

    def __exit__(self, *exc):
        self.stopped.set()
        self.thread.join()


@pytest.fixture
def owner(database):
    """A role whose password is odd; the server's log does not hear of it from us."""
    connection = psycopg2.connect(database.cluster.url(database.name, "postgres"), application_name="tests")
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SET log_statement = 'none'")
        cursor.execute("DROP ROLE IF EXISTS odd")
        cursor.execute("CREATE ROLE odd LOGIN SUPERUSER PASSWORD %s", (PASSWORD,))
    yield "odd"
    with connection.cursor() as cursor:
        cursor.execute("REASSIGN OWNED BY odd TO postgres")
        cursor.execute("DROP OWNED BY odd")
        cursor.execute("DROP ROLE odd")
    connection.close()


@pytest.fixture
def odd_url(database, owner):
    return f"postgresql://{owner}:{urllib.parse.quote(PASSWORD, safe='')}@127.0.0.1:{database.pooler.port}/{database.name}"


def commands(brant):
    overview = brant("help", expect=0).stdout
    return re.findall(r"^  ([a-z]+) ", overview[:overview.index("Common options")], re.M)


def run_all(brant, **options):
    """Every command; what they printed."""
    printed = []
    for command in commands(brant):
        for args in RUNS.get(command, [[command]]):
            result = brant(*args, timeout=120, **options)
            assert result.status in range(0, 7), str(result)
            printed.append(str(result))
    return "\n".join(printed)


def write_project(project):
    project.migration("0001_t.sql", "CREATE TABLE public.t (id bigint PRIMARY KEY, a int);\nINSERT INTO public.t VALUES (1);\n")
    project.migration("0001_t.down.sql", "DROP TABLE public.t;\n")
    project.migration("0002_i.sql", "CREATE INDEX CONCURRENTLY t_a ON public.t (a);\n")
    project.migration("0003_bad.sql", "SELECT 1;\nVACUUM public.t;\nCREATE TABLE public.t (id int);\n")


def own_rows(database):
    """All that is in schema brant, and the ledger."""
    names = [row[0] for row in database.query("SELECT tablename FROM pg_tables WHERE schemaname = 'brant'")]
    assert {"run", "step", "lease", "checksum"} <= set(names)
    tables = [f"brant.{name}" for name in names] + ["public.schema_migrations"]
    return "\n".join(str(database.query(f"SELECT t::text FROM {table} t")) for table in tables)


def server_log(database):
    with open(database.cluster.log_path, "rb") as log:
        log.seek(database.since)
        text = log.read().decode(errors="replace")
    database.log.mark()
    assert "brant.enter" in text, "the log shows nothing of brant's: the check would prove nothing"
    return text + "".join(path.read_text(errors="replace") for path in database.cluster.dir.glob("pooler-*/pgbouncer.log"))


def files_of(project):
    return "\n".join(path.read_text(errors="replace") for path in (project.path / ".brant").rglob("*") if path.is_file())


@pytest.mark.slow
def test_no_command_lets_it_out(brant, project, database, odd_url):
    write_project(project)
    assert find_secret(odd_url)
    with ProcessList() as processes:
        printed = run_all(brant, url=odd_url)
    assert processes.seen, "the process list showed no brant: the check would prove nothing"
    for where, text in {"output": printed, "process list": "\n".join(processes.found), "rows": own_rows(database),
                        "server's log": server_log(database), ".brant/": files_of(project)}.items():
        assert not find_secret(text), f"the password is in the {where}:\n" + "\n".join(
            line for line in text.splitlines() if find_secret(line))


def broken_urls(database, owner):
    quoted = urllib.parse.quote(PASSWORD, safe="")
    host = f"127.0.0.1:{database.pooler.port}"
    return {
        "wrong password": f"postgresql://{owner}:{quoted}x@{host}/{database.name}",
        "unreachable": f"postgresql://{owner}:{quoted}@127.0.0.1:1/{database.name}",
        "unknown host": f"postgresql://{owner}:{quoted}@no-such-host.invalid/{database.name}",
        "no such database": f"postgresql://{owner}:{quoted}@{host}/no_such_database",
        "not encoded": f"postgresql://{owner}:{PASSWORD}@{host}/{database.name}",
        "half encoded": f"postgresql://{owner}:{PASSWORD.replace(' ', '%2')}@{host}/{database.name}",
        "a bad port": f"postgresql://{owner}:{quoted}@127.0.0.1:port/{database.name}",
        "an unknown scheme": f"mysql://{owner}:{quoted}@{host}/{database.name}",
        "a bad parameter": f"postgresql://{owner}:{quoted}@{host}/{database.name}?sslmode=perhaps&password={quoted}",
        "TLS that is not there": f"postgresql://{owner}:{quoted}@{host}/{database.name}?sslmode=require",
    }


@pytest.mark.parametrize("what", ["wrong password", "unreachable", "unknown host", "no such database", "not encoded", "half encoded",
                                  "a bad port", "an unknown scheme", "a bad parameter", "TLS that is not there"])
def test_no_error_lets_it_out(brant, project, database, what):
    write_project(project)
    url = broken_urls(database, "nobody")[what]
    for args in (["up", "-vv"], ["status", "--json"], ["doctor"]):
        for source in ("environment", ".env", "brant.yaml"):
            (project.path / ".env").unlink(missing_ok=True)
            (project.path / "brant.yaml").unlink(missing_ok=True)
            if source == ".env":
                project.write(".env", f"DATABASE_URL={url}\n")
            elif source == "brant.yaml":
                project.write("brant.yaml", f"url: \"{url}\"\n")
            result = brant(*args, url=url if source == "environment" else None)
            assert result.status != 0 and not find_secret(str(result)), f"{source}: {result}"
