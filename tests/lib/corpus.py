"""A corpus of schema changes: for each folder, does brant's plan lead from one schema to the other, and back?

A case is a folder with old.sql and new.sql (or a.sql and b.sql), loaded by psql after setup.sql where there is one.  For each
direction the plan is run on a copy of the first schema; then

    brant must see no difference between the result and the wanted schema;
    pg_dump --schema-only must see none, up to the order of columns of tables that were there before: PostgreSQL adds
    columns at the end only;
    rows that the first schema had must be there still, with the same values in all columns that both schemas have.

What a file expects of its surroundings is made where it is missing: roles, and the platform's schemas.
"""
import dataclasses
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import threading

import psycopg2

from . import cluster as clusters
from .brant import program

PAIRS = (("old.sql", "new.sql"), ("a.sql", "b.sql"))
PLATFORM_SCHEMAS = ("auth", "storage", "realtime", "vault", "extensions", "graphql_public")


class Failure(Exception):
    """Why a case failed, in one line."""


@dataclasses.dataclass
class Outcome:
    name: str
    failure: str = ""
    reordered: bool = False  # columns stand in another order


def cases(folder):
    """Folders below it (or itself) that have both files, as (folder, first file, second file)."""
    found = []
    for path, folders, files in os.walk(folder):
        folders.sort()
        found += [(pathlib.Path(path), *pair) for pair in PAIRS if set(pair) <= set(files)][:1]
    return found


class Server(clusters.Cluster):
    """In memory, without a log of statements; the platform is made when a case first asks for it."""

    def __init__(self):
        memory = pathlib.Path("/dev/shm")
        room = memory.is_dir() and shutil.disk_usage(memory).free > 2 << 30
        saved, tempfile.tempdir = tempfile.tempdir, str(memory) if room else tempfile.tempdir
        super().__init__()
        tempfile.tempdir = saved
        self.platform_ready = True  # no template yet
        self.names = 0
        self.lock = threading.Lock()

    def settings(self):
        return super().settings() | {"log_statement": "none", "max_locks_per_transaction": 1024, "logging_collector": "off",
                                     "log_destination": "stderr", "shared_buffers": "128MB", "jit": "off"}

    def connect(self, database="postgres"):
        connection = psycopg2.connect(self.own_url(database))
        connection.autocommit = True
        return connection

    def run(self, sql, database="postgres"):
        connection = self.connect(database)
        with connection.cursor() as cursor:
            cursor.execute(sql)
            rows = cursor.fetchall() if cursor.description else []
        connection.close()
        return rows

    def create(self, template="template0"):
        self.names += 1
        name = f"c{self.names}_{os.urandom(3).hex()}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY" if clusters.server_major() >= 15
                 else f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def drop(self, name):
        try:
            self.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        except psycopg2.errors.ObjectInUse:
            for subscription, in self.run("SELECT quote_ident(subname) FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid "
                                          f"WHERE datname = '{name}'"):
                for change in ("ALTER SUBSCRIPTION {} DISABLE", "ALTER SUBSCRIPTION {} SET (slot_name = NONE)", "DROP SUBSCRIPTION {}"):
                    self.run(change.format(subscription), name)
            self.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def need_platform(self):
        with self.lock:
            if not self.run("SELECT 1 FROM pg_database WHERE datname = 'platform'"):
                self.make_template()


class Corpus:
    """
    One server for all cases; run() may be called from several threads.

    With watch, changed is the set of (kind, attribute) that differed between the schemas of any case, and printed that of all
    that `dump --json` told.
    """

    def __init__(self, options=(), watch=False):
        self.changed, self.printed = set(), set()
        self.watch = watch
        self.server = Server().start()
        self.options = list(options)
        self.brant = shutil.copy(program(), self.server.dir / "brant")  # a build in the meantime does no harm
        self.home = self.server.dir / "home"
        self.projects = {}
        for name, boundary in (("plain", "boundary: off\n"), ("platform", "")):
            self.projects[name] = self.server.dir / name
            self.projects[name].mkdir()
            (self.projects[name] / "migrations").mkdir()
            (self.projects[name] / "brant.yaml").write_text(boundary)

    def close(self):
        self.server.remove()

    def run(self, folder, first, second, name=None):
        outcome = Outcome(name or folder.name)
        case = Case(self, folder)
        try:
            for there, wanted in ((first, second), (second, first)):
                outcome.reordered |= case.lead(there, wanted)
        except Failure as failure:
            outcome.failure = " ".join(str(failure).split())
        except Exception as error:  # whatever it is, the other cases go on
            outcome.failure = f"{type(error).__name__}: {' '.join(str(error).split())}"
        finally:
            case.clear()
        return outcome


def file_error(text):
    """The first ERROR of psql that matters: "FILE:LINE: message", or None."""
    for line in text.splitlines():
        if match := re.match(r"psql:(.*?):(\d+): (?:ERROR|FATAL|error):\s+(.*)", line):
            path, number, message = match.groups()
            if not re.fullmatch(r'(role ".*"|(extension|language) "plpgsql") already exists', message):
                return f"{pathlib.Path(path).name}:{number}: {message}"
    return None


class Case:
    def __init__(self, corpus, folder):
        self.corpus, self.server, self.folder = corpus, corpus.server, folder
        self.platform = False
        self.loaded = {}
        self.made = []

    def clear(self):
        for name in self.made:
            self.server.drop(name)

    def new_database(self, template):
        name = self.server.create(template)
        self.made.append(name)
        return name

    # -- loading

    def psql(self, database, file):
        """Runs a file without stopping at errors; roles are the server's, so an earlier case may have made them."""
        text = self.without_made_roles(file.read_text(errors="surrogateescape"))
        copy = file if text is None else self.server.dir / f"{database}-{file.name}"
        if text is not None:
            copy.write_text(text, errors="surrogateescape")
        run = subprocess.run([self.server.client_bin / "psql", "-Xqb", "-v", "ON_ERROR_STOP=0", "-d", self.server.own_url(database),
                              "-f", copy], cwd=file.parent, capture_output=True, text=True, errors="replace", timeout=120,
                             env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "PGOPTIONS": "-c client_min_messages=warning"})
        if "server closed the connection" in run.stderr or run.returncode == 2:
            raise Failure(f"{file.name}: {run.stderr.strip() or 'psql lost its connection'}")
        return file_error(run.stderr)

    def without_made_roles(self, text):
        """CREATE ROLE of a role that is there already becomes a comment, on the same line; None: nothing to do."""
        found = re.findall(r"""^[ \t]*CREATE[ \t]+(?:ROLE|USER|GROUP)[ \t]+("(?:[^"]|"")+"|\w+)[^;]*;""", text, re.I | re.M)
        if not found:
            return None
        there = {row[0] for row in self.server.run("SELECT quote_ident(rolname) FROM pg_roles UNION SELECT rolname FROM pg_roles")}
        for role in found:
            if role.strip('"') in there or role.lower() in there:
                text = re.sub(rf"^([ \t]*)(CREATE[ \t]+(?:ROLE|USER|GROUP)[ \t]+{re.escape(role)}[^;]*;)",
                              lambda m: m[1] + "/* " + m[2].replace("*/", "") + " */", text, flags=re.I | re.M)
        return text

    def mend(self, error):
        """Makes what a file missed; can it be loaded now?"""
        if match := re.search(r'role "(.*?)" does not exist', error):
            try:
                self.server.run('CREATE ROLE "{}"'.format(match[1].replace('"', '""')))
            except psycopg2.errors.DuplicateObject:
                pass  # another thread was quicker
            return True
        match = re.search(r'schema "(.*?)" does not exist', error) or re.search(r'relation "(.*?)\..*" does not exist', error)
        if match and match[1] in PLATFORM_SCHEMAS and not self.platform:
            self.platform = True
            return True
        return False

    def load(self, file):
        """A database with the file in it; loaded once and then copied."""
        if file not in self.loaded:
            self.loaded[file] = self.fill(file)
        return self.loaded[file]

    def fill(self, file):
        for _ in range(12):
            database = self.new_database(self.template())
            error = None
            for part in ("setup.sql", file):
                if (self.folder / part).exists() and not error:
                    error = self.psql(database, self.folder / part)
            if not error:
                return database
            platform = self.platform
            if not self.mend(error):
                raise Failure(error)
            if platform != self.platform:
                self.loaded.clear()
        raise Failure(error)

    def template(self):
        if self.platform:
            self.server.need_platform()
        return "platform" if self.platform else "template0"

    # -- brant

    def plan(self, there, wanted):
        return self.ask("diff", "--print", *self.corpus.options, "--from", self.server.own_url(there),
                        "--to", self.server.own_url(wanted))["sql"]

    def attributes(self, database):
        """(kind, object) -> {attribute: value}"""
        if ("attributes", database) not in self.loaded:
            said = self.ask("dump", "--from", self.server.own_url(database))
            found = self.loaded["attributes", database] = {row["id"]: (row["kind"], {}) for row in said["objects"]}
            for row in said["attributes"]:
                found[row["object"]][1][row["name"]] = row["value"]
                self.corpus.printed.add((found[row["object"]][0], row["name"]))
        return self.loaded["attributes", database]

    def ask(self, verb, *args):
        """What brant says, as JSON."""
        command = [self.corpus.brant, "-C", self.corpus.projects["platform" if self.platform else "plain"], verb, "--json", *args]
        run = subprocess.run(list(map(str, command)), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120,
                             env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": str(self.corpus.home)}
                             | {k: v for k, v in os.environ.items() if k in ("ASAN_OPTIONS", "UBSAN_OPTIONS")})
        if run.returncode:
            raise Failure(f"brant {verb}: {(run.stderr or run.stdout).strip()}")
        return json.loads(run.stdout)

    def apply(self, database, sql, what):
        file = self.server.dir / f"{database}.plan.sql"
        file.write_text(sql)
        run = subprocess.run([self.server.client_bin / "psql", "-Xqb", "-v", "ON_ERROR_STOP=1", "-d", self.server.own_url(database), "-f", file],
                             capture_output=True, text=True, timeout=120,
                             env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "PGOPTIONS": "-c client_min_messages=error"})
        if run.returncode:
            match = re.match(r"psql:.*?:(\d+): ERROR:\s+(.*)", run.stderr)
            line = sql.splitlines()[int(match[1]) - 1] if match else ""
            raise Failure(f"{what}: the plan fails: {match[2] if match else run.stderr} ({line.strip()})")

    def lead(self, there, wanted):
        """One direction; were columns put in another order?"""
        what = f"{there} to {wanted}"
        start, goal = self.load(there), self.load(wanted)
        start = self.load(there)  # again: loading the other may have asked for the platform
        if self.corpus.watch:
            self.corpus.changed |= changes(self.attributes(start), self.attributes(goal))
        plan = self.plan(start, goal)
        copy = self.copy(start)
        shared = shared_columns(self.server, copy, goal)
        before = rows_of(self.server, copy, shared)
        self.apply(copy, plan, what)
        if left := self.plan(copy, goal):
            raise Failure(f"{what}: a difference is left: {left}")
        check_rows(what, before, rows_of(self.server, copy, shared, after=True))
        return same_dump(what, self.dump(copy), self.dump(goal), set(tables_of(self.dump(start))))

    def copy(self, database):
        """With its subscriptions, which belong to the server."""
        copy = self.new_database(database)
        if self.server.run(f"SELECT 1 FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid WHERE d.datname = '{database}'"):
            said = [line for part in self.dump(database).values() for line in part]
            for line in said:
                if re.match(r"(CREATE|ALTER|COMMENT ON) SUBSCRIPTION ", line):
                    self.server.run(line, copy)
        return copy

    def dump(self, database):
        """Nothing where the server is newer than pg_dump, which then refuses it: what brant sees and the rows remain."""
        if not clusters.can_dump():
            return {}
        if database not in self.loaded:
            run = subprocess.run([self.server.client_bin / "pg_dump", "--schema-only", "-d", self.server.own_url(database)],
                                 check=True, capture_output=True, text=True, env={"PATH": os.environ["PATH"]})
            self.loaded[database] = sections(run.stdout)
        return self.loaded[database]


def changes(old, new):
    """The attributes whose values differ, and "exists" for objects that only one side has."""
    found = {(kind, "exists") for id, (kind, _) in (old | new).items() if (id in old) != (id in new)}
    for id in old.keys() & new.keys():
        (kind, before), (_, after) = old[id], new[id]
        found |= {(kind, name) for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    return found


# -- what pg_dump says

def sections(text):
    """The parts of a dump by their headings ("public.users: TABLE"), as lists of lines."""
    text = re.sub(r"^\\(un)?restrict .*$", "", text, flags=re.M)
    parts = re.split(r"^--\n-- (?=Name: )", text, flags=re.M)
    found = {}
    for part in parts[1:]:
        heading, _, body = part.partition("\n--\n")
        name, kind, schema = re.match(r"Name: (.*?); Type: (.*?); Schema: (.*?); Owner", heading, re.S).groups()
        body = re.split(r"^--\n-- PostgreSQL database dump complete", body, flags=re.M)[0]
        # What pg_dump sets along the way depends on what stands before.
        lines = [line for line in body.splitlines() if line.strip() and not re.match(r"SET default_(table_access_method|tablespace) = ", line)]
        found.setdefault(f"{schema}.{name}: {kind}", []).extend(sorted(lines) if kind in ("ACL", "DEFAULT ACL") else lines)
    return found


def tables_of(dump):
    return [heading for heading in dump if heading.endswith(": TABLE") or heading.endswith(": TYPE")]


def plainly(lines):
    """Options stand in the order in which they were set, which says nothing."""
    return lines and [re.sub(r"(WITH|SET) \((.*?)\)", lambda m: f"{m[1]} ({', '.join(sorted(m[2].split(', ')))})", line) for line in lines]


def in_any_order(lines):
    return sorted(line.strip().rstrip(",") for line in lines)


def lists_table_order(heading):
    """PostgreSQL lists the columns of these in the order of their table."""
    return heading.endswith((": STATISTICS", ": PUBLICATION TABLE"))


def by_name(lines):
    return [sorted(line.replace("(", " ").replace(")", " ").replace(",", " ").split()) for line in lines]


def same_dump(what, result, goal, there):
    """Fails where they differ; True where only the order of columns does."""
    reordered = False
    for heading in sorted(set(result) | set(goal)):
        left, right = plainly(result.get(heading)), plainly(goal.get(heading))
        if left == right:
            continue
        # A new partition has the columns of its table, in the order in which that came to have them.
        if left and right and (heading in there or f"{heading} ATTACH" in goal) and in_any_order(left) == in_any_order(right):
            reordered = True
            continue
        if left and right and lists_table_order(heading) and by_name(left) == by_name(right):
            reordered = True
            continue
        missing = [line for line in right or [] if line not in (left or [])]
        extra = [line for line in left or [] if line not in (right or [])]
        raise Failure(f"{what}: pg_dump differs in {heading}: wanted {missing[:2]}, is {extra[:2]}")
    return reordered


# -- rows

COLUMNS = """
    SELECT format('%I.%I', n.nspname, c.relname), quote_ident(a.attname), format_type(a.atttypid, a.atttypmod),
        (SELECT string_agg(p.attname, ', ' ORDER BY p.attnum) FROM pg_type t JOIN pg_attribute p ON p.attrelid = t.typrelid
         WHERE a.atttypid IN (t.oid, t.typarray) AND p.attnum > 0 AND NOT p.attisdropped)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped AND n.nspname !~ '^(pg_|information_schema)' AND a.attgenerated = ''
    ORDER BY 1, 2
"""


def columns_of(server, database):
    found = {}
    for table, column, kind, parts in server.run(COLUMNS, database):
        found.setdefault(table, {})[column] = kind, parts
    return found


def shared_columns(server, there, wanted):
    """Columns that both have, with their type in the wanted schema; not rows of a type that has other parts then."""
    old, new = columns_of(server, there), columns_of(server, wanted)
    return {table: {column: new[table][column][0] for column, (_, parts) in old[table].items()
                    if column in new[table] and (not parts or parts == new[table][column][1])} for table in old if table in new}


def rows_of(server, database, shared, after=False):
    """Each row of each table as text, in the wanted columns' types."""
    found = {}
    connection = server.connect(database)
    with connection.cursor() as cursor:
        for table, columns in shared.items():
            cursor.execute(f"SELECT count(*) FROM ONLY {table}")
            count = cursor.fetchone()[0]
            if not count and not after:
                continue
            found[table] = {None: [str(count)]}
            for column, kind in columns.items():
                found[table][column] = values_of(cursor, table, column, kind)
    connection.close()
    return found


def values_of(cursor, table, column, kind):
    """None where the old values have no form in the new type by a cast alone."""
    try:
        cursor.execute(f"SELECT {column}::text::{kind}::text FROM ONLY {table} ORDER BY 1")
        return [row[0] for row in cursor.fetchall()]
    except psycopg2.Error:
        return None


def check_rows(what, before, after):
    for table, columns in before.items():
        for column, values in columns.items():
            now = after.get(table, {}).get(column)
            if values is not None and sorted(map(str, values)) != sorted(map(str, now or [])) and not filled(values, now):
                raise Failure(f"{what}: rows of {table}{'.' + column if column else ''} were {values[:3]} and are {(now or [])[:3]}")


def filled(values, now):
    """A type of another precision may say the same differently: 1 and 1.00."""
    try:
        return sorted(float(value) for value in values) == sorted(float(value) for value in now)
    except (TypeError, ValueError):
        return False
