"""brant diff, drift and dump: what is asked, what is refused, what is kept."""
import concurrent.futures
import json
import pathlib
import re
import tarfile

import pytest

from lib.brant import ROOT

USERS = "CREATE TABLE users (id integer PRIMARY KEY, name text NOT NULL, note text);\n"


@pytest.fixture
def users(project):
    project.migration("0001_users.sql", USERS)
    return project


def wanted(project, sql):
    (project.path / "schema.sql").write_text(sql)


def written(project):
    return {path.name: path.read_text() for path in sorted((project.path / "migrations").iterdir())}


# -- migrations

def test_writes_what_leads_there_and_back(users, brant, database):
    wanted(users, USERS + "CREATE TABLE posts (id integer PRIMARY KEY, author integer REFERENCES users);\n")
    brant("diff", "add_posts", expect=0)
    files = written(users)
    assert "CREATE TABLE public.posts" in files["0002_add_posts.sql"]
    assert "DROP TABLE public.posts" in files["0002_add_posts.down.sql"]
    brant("up", expect=0)
    brant("drift", expect=0)
    assert "nothing to change" in brant("diff", "again", expect=0).stdout
    assert written(users) == files


def test_what_cannot_share_a_transaction_is_a_migration_of_its_own(users, brant, database):
    wanted(users, USERS.replace(");", ", CHECK (name <> ''));") + "CREATE INDEX users_name ON users (name);\n")
    brant("diff", "safe", expect=0)
    texts = [text for name, text in written(users).items() if name > "0002" and "down" not in name]
    assert [text for text in texts if "CREATE INDEX CONCURRENTLY" in text and text.count(";") == 1]
    assert [text for text in texts if "NOT VALID" in text] and [text for text in texts if "VALIDATE CONSTRAINT" in text]
    brant("up", expect=0)
    brant("drift", expect=0)


def test_rows_survive_a_safe_not_null(users, brant, database):
    brant("up", expect=0)
    database.query("INSERT INTO users VALUES (1, 'a', 'b'), (2, 'c', 'd')")
    wanted(users, USERS.replace("note text", "note varchar(20) NOT NULL"))
    brant("diff", "tight", "--allow-data-loss", expect=0)
    brant("up", expect=0)
    assert database.value("SELECT string_agg(note, ',' ORDER BY id) FROM users") == "b,d"


def test_loss_is_refused(users, brant):
    wanted(users, "CREATE TABLE users (id integer PRIMARY KEY, name text NOT NULL);\n")
    result = brant("diff", "less", expect=4)
    assert "column public.users.note" in result.stderr and "--allow-data-loss" in result.stderr
    assert list(written(users)) == ["0001_users.sql"]
    brant("diff", "less", "--allow-data-loss", expect=0)
    assert "-- loses what is in column public.users.note" in written(users)["0002_less.sql"]


def test_a_child_leaves_its_parent(users, brant):
    """What it had from it is its own then, or goes; the way back makes it ready to join again (and PostgreSQL merges)."""
    child = "CREATE TABLE leaf (colour text) INHERITS (stem);\n"
    users.migration("0002_leaf.sql", "CREATE TABLE stem (id serial, kind text NOT NULL DEFAULT 'a' CHECK (kind <> ''), size integer CHECK (size > 0));\n"
                    + child + "INSERT INTO leaf (kind, size, colour) VALUES ('b', 1, 'green');\n")
    wanted(users, USERS + "CREATE TABLE stem (id serial, kind text, size integer CHECK (size > 0));\n"
           "CREATE TABLE leaf (kind text, colour text, CONSTRAINT stem_kind_check CHECK (kind <> ''));\n")
    brant("diff", "--allow-data-loss", "alone", expect=0)
    assert "INHERIT public.stem" in written(users)["0003_alone.down.sql"]


def test_a_wanted_schema_that_does_not_run(users, brant):
    wanted(users, USERS + "CREATE TABLE posts (id integer REFERENCES nowhere);\n")
    result = brant("diff", "x", expect=1)
    assert 'relation "nowhere" does not exist' in result.stderr and "schema.sql:2" in result.stderr


# -- renames

def renamed(project):
    wanted(project, USERS.replace("name text", "full_name text"))


def test_a_rename_is_a_question(users, brant):
    renamed(users)
    result = brant("diff", "x", "--json", expect=3)
    said = json.loads(result.stdout)
    assert said["error"]["name"] == "rename-or-drop"
    assert said["questions"][0]["rename"] == "--rename public.users.name=full_name"
    assert "same position" in said["questions"][0]["evidence"]
    assert list(written(users)) == ["0001_users.sql"]


def test_print_notes_it(users, brant):
    renamed(users)
    result = brant("diff", "--print", expect=0)
    assert "DROP COLUMN name" in result.stdout and "--rename public.users.name=full_name" in result.stderr


def check_renamed(project, brant, database):
    brant("up", expect=0)
    assert database.value("SELECT full_name FROM users") == "Ann"
    assert written(project)["0002_x.down.sql"].strip() == "ALTER TABLE public.users RENAME COLUMN full_name TO name;"


@pytest.mark.parametrize("how", ["option", "file", "terminal"])
def test_a_rename_keeps_the_values(users, brant, database, how):
    brant("up", expect=0)
    database.query("INSERT INTO users VALUES (1, 'Ann', NULL)")
    renamed(users)
    if how == "option":
        brant("diff", "x", "--rename", "users.name=full_name", expect=0)
    elif how == "file":
        (users.path / "brant.yaml").write_text("renames: [users.name=full_name]\n")
        brant("diff", "x", expect=0)
    else:
        result = brant.on_terminal("diff", "x", typed="y\n")
        assert "was column public.users.name renamed to full_name" in result.stdout and result.status == 0
    check_renamed(users, brant, database)


def test_no_on_a_terminal_is_a_drop(users, brant):
    renamed(users)
    result = brant.on_terminal("diff", "x", typed="n\n")
    assert result.status == 4 and "loses data" in result.stdout


def test_a_rename_that_is_none(users, brant):
    wanted(users, USERS)
    result = brant("diff", "x", "--rename", "users.nothing=other", expect=2)
    assert "rename-unknown" in result.stderr or "no table or column" in result.stderr


def test_another_name_between_two_databases(project, brant, new_database):
    """Where the one can be built again it is a rename; with the platform's privileges it comes out otherwise, which is no difference between the two."""
    places = []
    for name in ("one", "two"):
        database = new_database()
        database.query(f"CREATE TABLE t (n integer); CREATE INDEX {name} ON t (n); CREATE TABLE u (); CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1';"
                       "ALTER TABLE t OWNER TO service_role; ALTER TABLE u OWNER TO service_role")
        places.append(database.direct)
    said = brant("diff", "--print", "--from", places[0], "--to", places[1], expect=0).stdout.split()
    assert {"one;", "two"} & set(said) and not {"OWNER", "REVOKE", "GRANT"} & set(said), said


OPEN = ("GRANT SELECT ON users TO anon;\nCREATE POLICY reading ON users FOR SELECT TO anon USING ({0} <> '');\n"
        "ALTER TABLE users ENABLE ROW LEVEL SECURITY;\nCREATE INDEX users_by_name ON users ({0});\n"
        "CREATE VIEW names AS SELECT {0} AS name FROM users;\n")


def test_clients_of_an_api_are_thought_of(users, brant, database):
    """A rename is add, move and drop there, with what else has changed in between."""
    users.migration("0002_open.sql", OPEN.format("name"))
    brant("up", expect=0)
    database.query("INSERT INTO users VALUES (1, 'Ann', NULL)")
    wanted(users, USERS.replace("name text", "full_name text") + OPEN.format("full_name") + "CREATE TABLE more (id integer);\n")
    result = brant("diff", "x", "--rename", "users.name=full_name", expect=0)
    assert "--contract" in result.stdout
    names = [name for name in written(users) if name > "0003" and "down" not in name]
    for step, name in zip(["add_users", "move_users", "use_users", "_x", "drop_users"], names, strict=True):
        assert step in name, names
    brant("up", expect=0)
    assert database.query("SELECT name, full_name FROM users") == [("Ann", "Ann")] and database.value("SELECT name FROM names") == "Ann"
    database.query("UPDATE users SET name = 'Bea'")
    assert database.value("SELECT full_name FROM users") == "Bea"
    brant("up", "--contract", expect=0)
    brant("drift", expect=0)
    assert brant("diff", "again", expect=0).stdout.strip().startswith("nothing to change")


def test_a_rename_in_place_all_the_same(users, brant):
    users.migration("0002_open.sql", OPEN.format("name"))
    wanted(users, USERS.replace("name text", "full_name text") + OPEN.format("full_name"))
    assert "-- add users full_name" in brant("diff", "--print", "--rename", "users.name=full_name", expect=0).stdout
    brant("diff", "x", "--rename", "users.name=full_name", "--in-place", expect=0)
    assert "RENAME COLUMN name TO full_name" in written(users)["0003_x.sql"]


# -- what is kept of a history

def images(brant):
    return sorted((brant.home / "cache/brant").glob("history-*.image.tar"))


def test_a_history_is_replayed_once(users, brant):
    wanted(users, USERS)
    brant("diff", "x", expect=0)
    first, = images(brant)
    stamp = first.stat().st_mtime_ns
    brant("diff", "x", expect=0)
    assert images(brant) == [first] and first.stat().st_mtime_ns > stamp  # used, not made again
    # Only what is new is replayed: the old file could not run any more.
    users.migration("0002_more.sql", "CREATE TABLE more (id integer);\n")
    brant("diff", "x", "--rename", "none", "--allow-data-loss", expect=0)
    assert len(images(brant)) == 2


def kept(brant):
    return sorted((brant.home / "cache/brant").glob("wanted-*.schema"))


def test_what_was_loaded_is_not_asked_again(users, brant):
    wanted(users, USERS + "CREATE TABLE more (id integer);\n")
    first = brant("diff", "--print", expect=0)
    one, = kept(brant)
    # No server is needed for what is known: nobody unpacks the image, which could not be used.
    image, = images(brant)
    with tarfile.open(image) as tar:
        largest = max(tar.getmembers(), key=lambda member: member.size)
    data = bytearray(image.read_bytes())
    data[largest.offset_data + 100] ^= 1
    image.write_bytes(data)
    assert brant("diff", "--print", expect=0).stdout == first.stdout and image.read_bytes() == data
    # Nor is one that is not whole believed.
    one.write_bytes(one.read_bytes()[:-7])
    assert brant("diff", "--print", expect=0).stdout == first.stdout
    wanted(users, USERS + "CREATE TABLE other (id integer);\n")
    assert "CREATE TABLE public.other" in brant("diff", "--print", expect=0).stdout
    assert len(kept(brant)) == 2
    # The proof is made on a server all the same.
    brant("diff", "x", expect=0)


def test_an_edited_history_is_another_one(users, brant):
    wanted(users, USERS)
    brant("diff", "x", expect=0)
    users.migration("0001_users.sql", USERS.replace("note text", "remark text"))
    result = brant("diff", "--print", expect=0)
    assert "remark" in result.stdout


@pytest.mark.parametrize("harm", ["cut", "flipped", "empty"])
def test_a_damaged_image_is_made_again(users, brant, harm):
    wanted(users, USERS + "CREATE TABLE more (id integer);\n")
    brant("diff", "--print", expect=0)
    image, = images(brant)
    good = image.read_bytes()
    middle = len(good) // 2
    bad = {"cut": good[:middle], "empty": b"", "flipped": good[:middle] + bytes(b ^ 1 for b in good[middle:middle + 4096]) + good[middle + 4096:]}
    image.write_bytes(bad[harm])
    wanted(users, USERS + "CREATE TABLE more (id bigint);\n")  # which is not known: it takes a server
    assert "CREATE TABLE public.more" in brant("diff", "--print", expect=0).stdout
    assert len(images(brant)[0].read_bytes()) > middle


def test_two_at_once(users, brant):
    wanted(users, USERS + "CREATE TABLE more (id integer);\n")
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda _: brant("diff", "--print", timeout=180), range(2)))
    assert [result.status for result in results] == [0, 0], results
    assert results[0].stdout == results[1].stdout


def test_few_images_are_kept(users, brant):
    wanted(users, USERS)
    for i in range(6):
        users.migration("0002_other.sql", f"CREATE TABLE other (id integer DEFAULT {i});\n")
        brant("dump", "--from", "history", expect=0)
    assert len(images(brant)) == 4


def parts_kept(brant):
    """Of the wanted schemas that are kept, those that stand on another one."""
    heads = [path.read_bytes().split(b"\n")[0].split() for path in (brant.home / "cache/brant").glob("wanted-*.schema")]
    return sum(head[2] != b"0" for head in heads)


MANY = """CREATE TYPE mood AS ENUM ('a', 'b');
CREATE TABLE t1 (id integer PRIMARY KEY, of_mood mood DEFAULT 'a');
CREATE TABLE t2 (id serial PRIMARY KEY, t1 integer REFERENCES t1, note text);
CREATE TABLE t3 (id integer PRIMARY KEY, t2 integer);
CREATE INDEX ON t3 (t2);
CREATE TABLE t4 (id integer GENERATED ALWAYS AS IDENTITY, t3 integer);
CREATE TABLE t5 (id integer CHECK (id > 0));
CREATE TABLE t6 (id integer, a text);
CREATE TABLE t7 (id integer, a text);
CREATE INDEX t7_a_idx ON t7 (a);
CREATE VIEW v AS SELECT id FROM t6;
ALTER TABLE t3 ADD CONSTRAINT t3_t2 FOREIGN KEY (t2) REFERENCES t2 (id);
ALTER TABLE t4 ADD CONSTRAINT t4_t3 FOREIGN KEY (t3) REFERENCES t3 (id);
ALTER TABLE t5 ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON t5 USING (id > 1);
"""


# Nothing but tables: what is made of them is asked for alone.
TABLES = """CREATE TABLE t1 (id serial PRIMARY KEY, kind text DEFAULT 'a' CHECK (kind <> ''));
CREATE TABLE t2 (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, t1 integer REFERENCES t1, note text UNIQUE);
CREATE TABLE t3 (id integer PRIMARY KEY, t2 bigint, a text);
CREATE INDEX ON t3 (lower(a)) WHERE t2 > 3;
CREATE TABLE t4 (id integer, t3 integer);
CREATE TABLE t5 (id integer);
CREATE TABLE t6 (id integer, a text, b text GENERATED ALWAYS AS (a || 'x') STORED);
CREATE INDEX ON t6 (id, a);
CREATE TABLE t9 (id integer);
CREATE TABLE t10 (id integer);
CREATE TABLE t11 (id integer);
COMMENT ON TABLE t6 IS 'sixth';
COMMENT ON COLUMN t6.a IS 'a';
ALTER TABLE t3 ADD CONSTRAINT t3_t2 FOREIGN KEY (t2) REFERENCES t2 (id);
ALTER TABLE t4 ADD CONSTRAINT t4_t3 FOREIGN KEY (t3) REFERENCES t3 (id) ON DELETE CASCADE;
ALTER TABLE t5 ENABLE ROW LEVEL SECURITY;
GRANT SELECT (id) ON t5 TO PUBLIC;
"""
MANY_CHANGES = [("note text", "note text, more mood", True), ("t1 (id integer", "t1 (id bigint", True), ("t1 (id integer", "t1 (id text", False), ("'b')", "'b', 'c')", False),
                ("CREATE TABLE t7", "CREATE TABLE t8 (id integer REFERENCES t1);\nCREATE TABLE t7", True), ("(id integer, a text);\nCREATE TABLE t7", "(id integer);\nCREATE TABLE t7", False),
                ("USING (id > 1)", "USING (id > 2)", True), ("CREATE INDEX t7_a_idx ON t7 (a);\n", "", True)]
TABLES_CHANGES = [("note text UNIQUE", "note text UNIQUE, more numeric(9, 2)", True), ("t1 (id serial", "t1 (id bigserial", True), ("a text);\nCREATE INDEX", "a text, b text DEFAULT 'b');\nCREATE INDEX", True),
                  ("CREATE TABLE t4", "CREATE TABLE t8 (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, t6 integer REFERENCES t1);\nCREATE TABLE t4", True),
                  ("'sixth'", "'6th'", True), ("ON DELETE CASCADE", "ON DELETE SET NULL", True), (" ON DELETE CASCADE", " ", True), ("GRANT SELECT (id)", "GRANT SELECT (id), UPDATE (id)", True), ("a || 'x'", "a || 'y'", True),
                  ("CREATE TABLE t5 (id integer);", "CREATE TABLE t5 (id integer, t4 integer UNIQUE);", True)]


@pytest.mark.parametrize("whole, changes", [(MANY, MANY_CHANGES), (TABLES, TABLES_CHANGES)], ids=["many", "tables"])
def test_only_what_has_changed_is_made(users, brant, whole, changes):
    """...and it is what the whole would be.  Where it cannot be told what a change is about, the whole is made."""
    kept = brant.home / "cache/brant"

    def forget():
        for path in kept.glob("wanted-*.schema"):
            path.unlink()
    wanted(users, whole)
    brant("diff", "--print", expect=0)
    known, = kept.glob("wanted-*.schema")
    text = known.read_bytes()
    for old, new, part in changes:
        forget()
        known.write_bytes(text)
        assert old in whole
        wanted(users, whole.replace(old, new))
        first = brant("diff", "--print")
        assert parts_kept(brant) == part, (new, first)
        again = brant("diff", "--print") if old.startswith("note text") else first
        forget()
        long = brant("diff", "--print")
        assert first.stdout == again.stdout == long.stdout and first.status == again.status == long.status, new


def test_a_history_that_makes_a_database(users, brant):
    """From template1, which images have only then."""
    brant("dump", "--from", "history", expect=0)
    users.migration("0002_database.sql", "CREATE DATABASE of_the_history;\n")
    brant("dump", "--from", "history", expect=0)
    users.migration("0003_database.sql", "CREATE DATABASE another;\n")
    assert "CREATE TABLE public.users" in brant("dump", "--from", "history", expect=0).stdout


# -- drift and dump

def test_drift(users, brant, database):
    brant("up", expect=0)
    brant("drift", expect=0)
    database.query("ALTER TABLE users ADD COLUMN extra text; DROP INDEX IF EXISTS none; CREATE TABLE mine (id integer);"
                   "ALTER TABLE users ALTER COLUMN note SET NOT NULL")
    result = brant("drift", "--json", expect=4)
    said = json.loads(result.stdout)
    assert (said["extra"], said["missing"], said["different"]) == (3, 0, 1)
    assert "~ column public.users.note: not_null" in [row["difference"] for row in said["differences"]]


def test_dump_with_the_right_to_connect_alone(users, brant, database):
    """Through the pooler, as a role that owns nothing and may read nothing."""
    brant("up", expect=0)
    name = "reader_" + re.sub(r"\W", "", database.name)
    password = database.cluster.password
    database.psql("-c", f"CREATE ROLE {name} LOGIN PASSWORD '{password}'")
    full = brant("dump", expect=0).stdout
    poor = brant("dump", expect=0, url=re.sub(r"//[^@]*@", f"//{name}:{password}@", database.url)).stdout
    assert poor == full and "CREATE TABLE public.users" in full
    database.psql("-c", f"DROP ROLE {name}")


def test_dump_of_all_there_is_with_the_right_to_connect_alone(brant, own_cluster, new_database):
    """Every kind of object, on every version of the server: the catalogs differ from one to the next, and so do the rights to them."""
    database = new_database(own_cluster, own_cluster.pooler())
    for folder in sorted((ROOT / "tests/corpus").iterdir()):
        for file in filter(pathlib.Path.exists, (folder / "setup.sql", folder / "old.sql")):
            database.psql("-v", "ON_ERROR_STOP=0", "-f", file, check=False)  # names and roles of several are the same
    password = own_cluster.password
    database.psql("-c", f"CREATE ROLE poor LOGIN PASSWORD '{password}'")
    full = brant("dump", "--json", url=own_cluster.url(database.name, "postgres"), expect=0).stdout
    poor = brant("dump", "--json", url=re.sub(r"//[^@]*@", f"//poor:{password}@", database.url), expect=0).stdout
    # The options of a user mapping hold passwords, and so does the connection of a subscription: PostgreSQL shows them to few.
    shown = [[row for row in json.loads(dump)["attributes"] if not row["object"].startswith(("user mapping", "subscription"))] for dump in (poor, full)]
    assert shown[0] == shown[1]
    kinds = {row["kind"] for row in json.loads(poor)["objects"]}
    assert len(kinds) >= 38, sorted(kinds)


def test_a_dump_makes_the_same_again(users, brant, database, tmp_path):
    brant("up", expect=0)
    dump = tmp_path / "dump.sql"
    dump.write_text(brant("dump", expect=0).stdout)
    assert brant("diff", "--from", dump, "--to", "database", "--print", expect=0).stdout.strip() == ""


def test_a_dump_as_json(users, brant, database):
    brant("up", expect=0)
    said = json.loads(brant("dump", "--json", expect=0).stdout)
    assert {"id": "column public.users.name", "kind": "column", "schema": "public", "name": "name", "parent": "table public.users"} \
        in said["objects"]
    assert {"object": "column public.users.name", "name": "type", "value": "text"} in said["attributes"]
