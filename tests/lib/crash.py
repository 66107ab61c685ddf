"""A project of mixed migrations, and everything that can die while it is applied.

Each step of each migration leaves a mark in public.ran, in the same transaction as its work, so that "nothing was lost and nothing ran
twice" is a question that SQL can answer.
"""
import json
import os
import signal
import threading
import time

from lib.cluster import wait_until

# (file, SQL, marks it leaves in public.ran, indexes it builds alone)
MIGRATIONS = [
    ("0001_begin", """
        CREATE TABLE public.ran (mark text NOT NULL);
        CREATE TABLE public.users (id bigint PRIMARY KEY, name text, state text);
        INSERT INTO public.users SELECT n, 'user ' || n, NULL FROM generate_series(1, 500) n;
        INSERT INTO public.ran VALUES ('1');
     """, ["1"], []),
    ("0002_mixed", """
        CREATE TABLE public.posts (id bigint PRIMARY KEY, author bigint REFERENCES public.users);
        INSERT INTO public.ran VALUES ('2a');
        CREATE INDEX CONCURRENTLY posts_author_idx ON public.posts (author);
        CREATE UNIQUE INDEX CONCURRENTLY users_name_idx ON public.users (lower(name)) WHERE name IS NOT NULL;
        INSERT INTO public.ran VALUES ('2b');
     """, ["2a", "2b"], ["posts_author_idx", "users_name_idx"]),
    ("0003_enum", """
        CREATE TYPE public.state AS ENUM ('new', 'old');
        INSERT INTO public.ran VALUES ('3');
     """, ["3"], []),
    ("0004_enum_value", """
        INSERT INTO public.ran VALUES ('4a');
        ALTER TYPE public.state ADD VALUE 'gone';
        CREATE TABLE public.things (id bigint PRIMARY KEY, state public.state DEFAULT 'gone');
        INSERT INTO public.ran VALUES ('4b');
     """, ["4a", "4b"], []),
    ("0005_own_transactions", """
        BEGIN;
        CREATE TABLE public.five (id bigint);
        INSERT INTO public.ran VALUES ('5a');
        COMMIT;
        BEGIN;
        ALTER TABLE public.five ADD COLUMN note text;
        INSERT INTO public.ran VALUES ('5b');
        COMMIT;
     """, ["5a", "5b"], []),
    ("0006_index_alone", """
        CREATE INDEX CONCURRENTLY IF NOT EXISTS users_state_idx ON public.users (state);
     """, [], ["users_state_idx"]),
    ("0007_batch", """
        UPDATE public.users SET state = 'new' WHERE state IS NULL;
        INSERT INTO public.ran VALUES ('7');
     """, ["7"], []),
    ("0008_end", """
        CREATE VIEW public.authors AS SELECT u.name, p.id FROM public.users u JOIN public.posts p ON p.author = u.id;
        INSERT INTO public.ran VALUES ('8');
     """, ["8"], []),
]


def write_project(project):
    for name, sql, _marks, _indexes in MIGRATIONS:
        project.migration(f"{name}.sql", sql)


def marks(database):
    if not database.value("SELECT to_regclass('public.ran')"):
        return []
    return sorted(row[0] for row in database.query("SELECT mark FROM public.ran"))


def indexes(database):
    return {row[0] for row in database.query(
        "SELECT relname FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid WHERE c.relnamespace = 'public'::regnamespace AND i.indisvalid")}


def assert_status_true(brant, database):
    """What `brant status` says of each migration is what the catalog says."""
    """Asked again where it is not: what the dead had sent may just have been committed, between one question and the next."""
    def contradiction():
        return status_contradiction(brant, database)
    begin = time.monotonic()
    while (found := contradiction()) and time.monotonic() - begin < 3:
        time.sleep(0.2)
    assert not found, found


def status_contradiction(brant, database):
    status = json.loads(brant("status", "--json", expect=0).stdout)
    there, built = set(marks(database)), indexes(database)
    for (name, _sql, wanted, wanted_indexes), row in zip(MIGRATIONS, status["migrations"]):
        found = len(there & set(wanted)) + len(built & set(wanted_indexes))
        whole = len(wanted) + len(wanted_indexes)
        said = row["state"]
        true = {"applied": found == whole, "pending": found == 0, "partly applied": True}[said]
        if not true or (0 < found < whole and said != "partly applied"):
            return f"{name}: status says {said}, but {found} of {whole} of its steps are in the database"
    return None


def assert_finished(database, reference):
    assert marks(database) == sorted(m for _, _, ms, _ in MIGRATIONS for m in ms)
    assert database.applied() == [name[:4] for name, *_ in MIGRATIONS]
    assert database.value("SELECT count(*) FROM brant.step") == 0
    assert database.dump() == reference


def count_messages(brant, project, database, proxy):
    """How many messages an undisturbed run sends, and the schema it leaves."""
    write_project(project)
    brant("up", url=proxy.url(database.url), expect=0)
    return proxy.client_messages, database.dump()


def settle(database):
    """Until what the dead had sent has been worked off, and their lease has expired: time passes faster here."""
    # By database, not by name: a migration's RESET ALL takes the application's name off the backend.
    wait_until(lambda: not database.query("SELECT FROM pg_stat_activity WHERE datname = current_database() "
                                          "AND pid <> pg_backend_pid() AND state <> 'idle'"), 20,
        "what was sent before the kill to be worked off")
    if database.value("SELECT to_regclass('brant.lease')"):
        database.query("UPDATE brant.lease SET expires_at = clock_timestamp() WHERE holder IS NOT NULL")


def kill_after(brant, database, proxy, messages):
    """kill -9 once exactly so many messages have reached the other side."""
    process = None
    ready = threading.Event()

    def kill(_proxy):
        ready.wait(10)
        os.kill(process.pid, signal.SIGKILL)
        proxy.cut()
    proxy.stop_after, proxy.on_stop = messages, kill
    process = brant.start("up", url=proxy.url(database.url))
    ready.set()
    process.communicate(timeout=60)
    return process.returncode


def disturb_after(brant, database, proxy, messages, disturb):
    """Something else breaks at that moment and comes back; brant is left alone and has to get through."""
    reached = threading.Event()
    proxy.stop_after, proxy.on_stop = messages, lambda _proxy: reached.set()
    process = brant.start("up", url=proxy.url(database.url))
    # Here and not in the proxy's thread: what a thread starts is told to die with it.
    if reached.wait(30):
        proxy.stop_after = None
        disturb()
        proxy.cut()
    return brant.finish(process, 90)
