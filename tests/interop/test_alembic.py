"""brant and the real Alembic on one project and one ledger, through the pooler."""
import json
import re
import time

import pytest

from lib import checks
from lib.alembic_project import ENV, AlembicProject, schema_of, with_python


@pytest.fixture
def made(project, database):
    return AlembicProject(project.path, database)


@pytest.fixture
def brant(brant):
    return with_python(brant)


def wait_until(holds, seconds=40):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.05)


def shop(made):
    """A bit of everything that needs care."""
    made.table("a1")
    made.revision("b1", "a1", """
        op.create_table("items", sa.Column("id", sa.BigInteger, primary_key=True), sa.Column("t_a1_id", sa.Integer, sa.ForeignKey("t_a1.id")),
                        sa.Column("state", sa.Enum("new", "it's", name="item_state"), server_default="new"),
                        sa.Column("price", sa.Numeric(10, 2), server_default=sa.text("0")), sa.CheckConstraint("price >= 0", name="price_positive"))
        op.create_index("ix_items_state", "items", ["state"], postgresql_where=sa.text("price > 0"))
        """, 'op.drop_table("items")\nop.execute("DROP TYPE item_state")')
    made.revision("c1", "a1", '''
        op.execute("""
            CREATE FUNCTION half(n int) RETURNS int LANGUAGE plpgsql AS $$
            BEGIN
            \treturn n / 2; -- 50 % of it; \\\\:n is no parameter
            END $$;
            COMMENT ON FUNCTION half IS '100%% \\\\:x';
        """)
        op.bulk_insert(sa.table("t_a1", sa.column("id", sa.Integer)), [{"id": 1}, {"id": 2}])
        op.execute(sa.text("UPDATE t_a1 SET id = :n WHERE id = 2").bindparams(n=3))
        ''', 'op.execute("DROP FUNCTION half")', labels="functions")
    made.revision("d1", ("b1", "c1"), """
        bind = op.get_bind()
        if bind.dialect.name == "postgresql":
            op.add_column("items", sa.Column("note", sa.Text))
        postgresql.ENUM("a", "b", name="kind").create(bind, checkfirst=True)
        bind.execute(sa.text("INSERT INTO t_a1 VALUES (:id)"), {"id": 9})
        """, 'op.drop_column("items", "note")\npostgresql.ENUM(name="kind").drop(op.get_bind(), checkfirst=True)',
                  head="from sqlalchemy.dialects import postgresql")
    made.revision("e1", "d1", """
        with op.get_context().autocommit_block():
            op.create_index("ix_note", "items", ["note"], postgresql_concurrently=True)
            op.execute("ALTER TYPE kind ADD VALUE 'c'")
        op.execute("ALTER TABLE items ADD COLUMN kind kind DEFAULT 'c'")
        """, 'op.drop_column("items", "kind")\nop.drop_index("ix_note")')
    made.table("x1", labels="other")
    made.table("y1", "x1", depends_on="d1")
    made.revision("z1", "y1", """
        rows = op.get_bind().execute(sa.text("SELECT id FROM t_a1 ORDER BY id")).fetchall()
        for row in rows:
            op.execute("CREATE TABLE made_%d ()" % row[0])
        """, """
        for row in op.get_bind().execute(sa.text("SELECT id FROM t_a1")).fetchall():
            op.execute("DROP TABLE made_%d" % row[0])
        """)


def test_the_schema_is_the_one_that_alembic_makes(made, brant, database, new_database):
    shop(made)
    theirs = new_database()
    made.alembic("upgrade", "heads", url=theirs.direct)
    result = brant("up", expect=0)
    assert "applied 8 migrations" in result.stdout
    assert "z1_change: run by Alembic itself: it reads the result of a statement" in result.stderr
    assert result.stderr.count("run by Alembic") == 1
    assert "env.py says hello" not in result.stdout + result.stderr
    assert schema_of(database) == schema_of(theirs)
    assert database.query("SELECT * FROM t_a1 ORDER BY 1") == theirs.query("SELECT * FROM t_a1 ORDER BY 1") == [(1,), (3,), (9,)]
    assert database.value("SELECT obj_description('half(int)'::regprocedure)") == theirs.value("SELECT obj_description('half(int)'::regprocedure)")
    assert made.heads() == ["e1", "z1"] == [r[0] for r in theirs.query("SELECT version_num FROM alembic_version ORDER BY 1")]
    assert made.alembic("upgrade", "heads") == "env.py says hello\n"
    assert brant("up", expect=0).stdout.startswith("nothing to apply")
    checks.assert_nothing_left(database)
    assert json.loads(brant("status", "--json").stdout)["pending"] == 0
    # And down again, step by step, with one ledger.
    for _ in range(8):
        brant("down", expect=0)
    assert made.heads() == []
    assert database.value("SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'") == 0


@pytest.mark.parametrize("first", ["brant", "alembic"])
def test_each_goes_on_where_the_other_stopped(made, brant, database, first):
    made.table("a1")
    made.table("b1", "a1")
    made.table("c1", "a1")
    made.table("d1", ("b1", "c1"))
    made.table("e1", "d1")
    made.table("f1", "d1", labels="side")
    turns = ["a1", "b1", "c1", "d1", "e1", "f1"]
    rows = [["a1"], ["b1"], ["b1", "c1"], ["d1"], ["e1"], ["e1", "f1"]]
    for n, (version, want) in enumerate(zip(turns, rows)):
        if (n % 2 == 0) == (first == "brant"):
            brant("up", "--to", version, expect=0)
        else:
            made.alembic("upgrade", version)
        assert made.heads() == want
    for want in (["f1"], ["d1"], ["b1", "c1"], ["c1"], ["a1"], []):
        brant("down", expect=0)
        assert made.heads() == want


def test_down_is_downgrade(made, brant, database, new_database):
    made.table("a1")
    made.table("b1", "a1")
    made.table("c1", "a1")
    made.table("x1")
    made.table("d1", ("b1", "c1"), depends_on="x1")
    made.table("e1", "d1")
    theirs = new_database()
    brant("up", expect=0)
    made.alembic("upgrade", "heads", url=theirs.direct)
    made.alembic("downgrade", "-1", url=theirs.direct)
    brant("down", expect=0)
    assert made.heads() == [r[0] for r in theirs.query("SELECT version_num FROM alembic_version")] == ["d1"]
    brant("down", expect=0)
    assert made.heads() == ["b1", "c1", "x1"]
    made.alembic("upgrade", "d1")  # the rows are what it would have left
    assert made.heads() == ["d1"]
    made.alembic("downgrade", "base")
    assert made.heads() == [] and json.loads(brant("status", "--json").stdout)["pending"] == 6


def test_a_ledger_of_its_own(made, brant, database):
    database.query("CREATE SCHEMA side AUTHORIZATION CURRENT_USER; GRANT ALL ON SCHEMA side TO PUBLIC")
    made.write("alembic/env.py", (made.path / "alembic/env.py").read_text().replace(
        "OPTIONS = {}", 'OPTIONS = {"version_table": "versions", "version_table_schema": "side"}'))
    made.table("a1")
    made.table("b1", "a1")
    brant("up", "--to", "a1", expect=0)
    made.alembic("upgrade", "head")
    assert made.heads("side.versions") == ["b1"]
    brant("down", expect=0)
    assert made.heads("side.versions") == ["a1"] and made.heads() == []
    assert "a1" in made.alembic("current")


def test_baseline_is_stamp(made, brant, database, new_database):
    made.table("a1")
    made.table("b1", "a1")
    made.table("c1", "a1")
    made.table("d1", ("b1", "c1"), depends_on="x1")
    made.table("x1")
    made.table("y1", "x1")
    theirs = new_database()
    made.alembic("stamp", "d1", url=theirs.direct)
    assert brant("baseline", "d1", expect=4).status == 4  # its tables are missing
    brant("baseline", "d1", "--force", expect=0)
    assert made.heads() == ["d1"] == [r[0] for r in theirs.query("SELECT version_num FROM alembic_version")]
    brant("baseline", "--force", expect=0)
    made.alembic("stamp", "heads", url=theirs.direct)
    assert made.heads() == [r[0] for r in theirs.query("SELECT version_num FROM alembic_version ORDER BY 1")] == ["d1", "y1"]


def test_resolve(made, brant, database):
    made.table("a1")
    made.table("b1", "a1")
    database.query("CREATE TABLE t_a1 (); CREATE TABLE t_b1 ()")
    assert "already exists" in brant("up", "--to", "a1", expect=1).stderr
    assert "missing: column public.t_a1.id" in brant("resolve", "a1", "--applied", expect=4).stderr
    database.query("DROP TABLE t_a1, t_b1; CREATE TABLE t_a1 (id serial PRIMARY KEY); CREATE TABLE t_b1 (id serial PRIMARY KEY)")
    brant("resolve", "a1", "--applied", expect=0)
    assert made.heads() == ["a1"]
    brant("resolve", "b1", "--applied", expect=0)
    assert made.heads() == ["b1"] and "b1 (head)" in made.alembic("current")
    brant("resolve", "b1", "--rolled-back", "--force", expect=0)
    assert made.heads() == ["a1"]


def test_a_crash_in_an_autocommit_block_resumes(made, brant, database):
    made.revision("a1", None, """
        op.create_table("t", sa.Column("id", sa.Integer))
        op.execute("INSERT INTO t VALUES (1), (1)")
        with op.get_context().autocommit_block():
            op.execute("CREATE INDEX CONCURRENTLY one ON t (id)")
            op.execute("CREATE UNIQUE INDEX CONCURRENTLY two ON t (id)")
        op.execute("ALTER TABLE t ADD COLUMN after int")
        """)
    result = brant("up", expect=1)
    assert "alembic/versions/a1_change.py:16" in result.stderr and "CREATE UNIQUE INDEX CONCURRENTLY two" in result.stderr
    assert made.heads() == []
    assert database.value("SELECT count(*) FROM pg_indexes WHERE tablename = 't' AND indexname = 'one'") == 1
    database.query("DELETE FROM t WHERE ctid = '(0,1)'")
    brant("up", expect=0)
    assert made.heads() == ["a1"]
    assert database.value("SELECT count(*) FROM pg_index WHERE indrelid = 't'::regclass AND indisvalid") == 2


def test_an_edited_revision(made, brant, database):
    made.table("a1")
    brant("up", expect=0)
    path = made.path / "alembic/versions/a1_t_a1.py"
    text = path.read_text()
    path.write_text("# a comment\n" + text.replace("primary_key=True)", "primary_key = True\n        )"))
    assert json.loads(brant("status", "--json").stdout)["migrations"][0]["state"] == "applied (layout changed)"
    path.write_text(text.replace("sa.Integer", "sa.BigInteger"))
    assert json.loads(brant("status", "--json").stdout)["migrations"][0]["state"] == "edited"
    brant("up", expect=4)
    brant("up", "--accept-edited", expect=0)
    assert json.loads(brant("status", "--json").stdout)["migrations"][0]["state"] == "applied"


def test_an_error_names_the_revision_and_shows_the_statement(made, brant, database):
    made.revision("a1", None, 'op.create_table("t", sa.Column("id", sa.Integer))\nop.create_index("i", "t", ["nope"])')
    stderr = brant("up", expect=1).stderr
    assert 'column "nope" does not exist' in stderr and "--> alembic/versions/a1_change.py:13" in stderr
    assert "The statement was: CREATE INDEX i ON t (nope)" in stderr
    assert database.value("SELECT to_regclass('t')") is None and made.heads() == []


def test_rendering_is_kept(made, brant, database):
    """Python runs once for what did not change, also when a module that a revision imports did."""
    made.write("names.py", 'TABLE = "one"\n')
    made.revision("a1", None, 'op.create_table(TABLE, sa.Column("id", sa.Text, server_default=sa.text("gen_random_uuid()")))', head="from names import TABLE")
    first = brant("up", "--dry-run", expect=0, env={"PYTHONPATH": made.path})
    assert "CREATE TABLE one" in first.stdout
    trap = made.write("trap", "#!/bin/sh\nexec /usr/bin/python3 \"$@\"\n")
    trap.chmod(0o755)
    broken = {"PYTHONPATH": made.path, "PYTHONHOME": "/nowhere"}  # any Python fails to start
    assert "CREATE TABLE one" in brant("up", "--dry-run", expect=0, env=broken).stdout
    made.write("names.py", 'TABLE = "another"\n')  # of another length: Python itself takes a file of the same second and length for the same
    brant("up", "--dry-run", expect=1, env=broken)
    assert "CREATE TABLE another" in brant("up", "--dry-run", expect=0, env={"PYTHONPATH": made.path}).stdout


@pytest.mark.parametrize("prefix", ["postgresql+psycopg2", "postgresql+psycopg", "postgresql+asyncpg", "postgresql+psycopg_async", "postgresql"])
def test_urls_of_sqlalchemy(made, brant, database, prefix):
    made.table("a1")
    url = database.url.replace("postgresql", prefix, 1)
    brant("up", expect=0, url=url)
    assert made.heads() == ["a1"]


def test_the_tool_goes_where_brant_goes(made, brant, database, new_database):
    """env.py makes its URL from something else: its connection still goes to the database that brant has the lease of."""
    other = new_database()
    made.revision("a1", None, 'op.get_bind().execute(sa.text("SELECT 1")).scalar()\nop.execute("CREATE TABLE here ()")')
    made.write("alembic/env.py", (made.path / "alembic/env.py").read_text().replace('os.environ["DATABASE_URL"]', repr(other.direct)))
    brant("up", expect=0)
    assert made.heads() == ["a1"] and database.value("SELECT to_regclass('here')") and not other.value("SELECT to_regclass('here')")


ASKS = {
    "it reads the rows of a query": "try:\n    names = [row[0] for row in op.get_bind().execute(sa.text('SELECT relname FROM pg_class'))]\nexcept Exception:\n    names = []",
    "it inspects the database": "try:\n    tables = sa.inspect(op.get_bind()).get_table_names()\nexcept Exception:\n    tables = []",
    "it asks whether it is in offline mode": "if not op.get_context().as_sql:\n    op.execute('CREATE TABLE online ()')",
    "TypeError: '>=' not supported between instances of 'NoneType' and 'tuple'": "assert op.get_bind().dialect.server_version_info >= (13,)",
    None: "bind = op.get_bind()\nassert bind.dialect.name == 'postgresql'\nwith op.get_context().autocommit_block():\n    op.execute('CREATE TABLE alone ()')",
}


def test_what_asks_the_database_is_left_to_alembic(made, brant, database):
    """Also where the revision would go on without an answer: in offline mode that is a guess."""
    for n, up in enumerate(ASKS.values()):
        made.revision(f"r{n}", f"r{n - 1}" if n else None, up)
    plan = brant("up", "--dry-run", expect=0).stdout
    assert re.findall(r"-- run by Alembic itself: (.*)", plan) == [why for why in ASKS if why]
    assert "CREATE TABLE alone ()" in plan
    brant("up", expect=0)
    assert database.value("SELECT to_regclass('online') IS NOT NULL AND to_regclass('alone') IS NOT NULL")


VALUES = '''
import datetime, decimal, uuid
from sqlalchemy.dialects import postgresql as pg
COLUMNS = [sa.Column("id", sa.Integer), sa.Column("j", sa.JSON), sa.Column("jb", pg.JSONB), sa.Column("jn", pg.JSONB(none_as_null=True)), sa.Column("at", sa.DateTime(timezone=True)), sa.Column("local", sa.DateTime),
           sa.Column("day", sa.Date), sa.Column("hour", sa.Time), sa.Column("span", sa.Interval), sa.Column("raw", sa.LargeBinary), sa.Column("texts", pg.ARRAY(sa.Text)),
           sa.Column("numbers", pg.ARRAY(sa.Integer)), sa.Column("key", pg.UUID(as_uuid=True)), sa.Column("n", sa.Numeric), sa.Column("yes", sa.Boolean)]
ROWS = [dict(id=1, j=["x'y%s", 1], jb={"k": None, "\\\\": "ä"}, jn=None, at=datetime.datetime(2026, 1, 2, 3, 4, 5, 6, datetime.timezone(datetime.timedelta(hours=5))), local=datetime.datetime(2026, 1, 2),
             day=datetime.date(2026, 1, 2), hour=datetime.time(1, 2, 3), span=datetime.timedelta(-1, 5, 7), raw=b"\\\\x41\\x00\\xff'", texts=["a'b", "c,d", "", None], numbers=[1, -2],
             key=uuid.UUID(int=7), n=decimal.Decimal("1.20"), yes=False),
        dict(id=2, j=None, jb="text", jn={"a": [True]}, at=datetime.datetime(2026, 1, 2, tzinfo=datetime.timezone.utc), local=None, day=None, hour=None, span=datetime.timedelta(40), raw=b"", texts=[], numbers=[],
             key=None, n=None, yes=None)]
'''


def test_values_are_those_that_a_driver_sends(made, brant, database, new_database):
    """In SQL that needs no database: JSON, bytes and times too."""
    made.revision("a1", None, 'op.bulk_insert(op.create_table("t", *COLUMNS), ROWS)\nop.execute(sa.table("t", sa.column("raw", sa.LargeBinary)).update().values(raw=b"\\\\141\'"))', head=VALUES)
    assert "by Alembic" not in brant("up", expect=0).stderr
    theirs = new_database()
    made.alembic("upgrade", "head", url=theirs.direct)
    rows = "SELECT t::text, j::text IS NULL, jn IS NULL FROM t ORDER BY id"
    assert database.query(rows) == theirs.query(rows)


BROKEN = {
    "no python": ({}, {"BRANT_PYTHON": "/nowhere/python"}, "python-missing", ["/nowhere/python"]),
    "no alembic": ({}, {"BRANT_PYTHON": "/usr/bin/python3", "PYTHONPATH": "{path}/fake"}, "alembic-missing", ["/usr/bin/python3"]),
    "broken env.py": ({"alembic/env.py": "import os\n\n\ndef f():\n    return os.environ['NOT_THERE']\n\n\nf()\n"}, {}, "env-failed",
                      ["KeyError: 'NOT_THERE'", "alembic/env.py:5"]),
    "half loaded, and whole the next time": ({"app/__init__.py": "import app.models\nraise NameError('not here')\n", "app/models.py": "", "alembic/env.py": "from app.models import __name__\n" + ENV},
                                             {"PYTHONPATH": "{path}"}, "env-failed", ["NameError: not here", "app/__init__.py:2"]),
    "env.py that exits": ({"alembic/env.py": "import sys\nsys.exit('no settings')\n"}, {}, "env-failed", ["no settings", "alembic/env.py:2"]),
    "missing driver": ({"alembic/env.py": "import sys\nsys.modules['psycopg'] = None\nimport psycopg\n"}, {}, "module-missing", ['"psycopg"', "driver", "alembic/env.py:3"]),
    "missing module": ({"alembic/env.py": "import nowhere.models\n"}, {}, "module-missing", ['"nowhere"', "alembic/env.py:1"]),
    "syntax error": ({"alembic/versions/b1.py": 'revision = "b1"\ndown_revision = "a1"\ndef upgrade():\n    op.execute(]\n'}, {}, "python-syntax|revision-failed",
                     ["b1.py:4"]),
    "a name that a module does not have": ({"alembic/versions/b1.py": 'import sqlalchemy as sa\nrevision = "b1"\ndown_revision = "a1"\ndef upgrade():\n    sa.Colum("x")\n'}, {}, "revision-failed",
                                           ["AttributeError: module 'sqlalchemy' has no attribute 'Colum'", "b1.py:5"]),
    "arguments that a function does not take": ({"alembic/versions/b1.py": 'from alembic import op\nrevision = "b1"\ndown_revision = "a1"\ndef upgrade():\n    op.create_index("x")\n'}, {}, "revision-failed",
                                                ["TypeError", "missing 2 required", "b1.py:5"]),
    "unknown name": ({"alembic/versions/b1.py": 'revision = "b1"\ndown_revision = "a1"\ndef upgrade():\n    nope()\n'}, {}, "revision-failed",
                     ["NameError", "b1.py:4"]),
}


@pytest.mark.parametrize("name", BROKEN)
def test_bad_input(made, brant, database, name):
    files, env, error, told = BROKEN[name]
    made.table("a1")
    made.write("fake/alembic/__init__.py", "raise ImportError('no')\n")
    for path, text in files.items():
        made.write(path, text)
    env = {key: value.replace("{path}", str(made.path)) for key, value in env.items()}
    result = brant("up", "--json", env=env, expect=1)
    found = json.loads(result.stdout)["error"]
    assert re.fullmatch(error, found["name"]), found
    text = "\n".join(found.get(part, "") for part in ("message", "detail", "hint")) + f"\n{found.get('file')}:{found.get('line')}"
    if name in ("broken env.py", "syntax error", "half loaded, and whole the next time"):  # of the others the words are the same
        text = brant("up", env=env, expect=1).stderr
    assert all(word in text for word in told), text
    assert "site-packages" not in text and "dist-packages" not in text and made.heads() == []


def test_a_tool_that_fails(made, brant, database):
    made.table("a1")
    made.revision("b1", "a1", 'op.get_bind().execute(sa.text("SELECT 1")).scalar()\nop.execute("CREATE TABLE half ()")\nop.execute("SELECT nope()")')
    stderr = brant("up", expect=1).stderr
    assert "error: sqlalchemy.exc.ProgrammingError: (psycopg2.errors.UndefinedFunction) function nope() does not exist" in stderr and "b1_change.py" in stderr and 'Alembic ran "b1_change" itself' in stderr
    assert made.heads() == ["a1"] and database.value("SELECT to_regclass('half')") is None
    path = made.path / "alembic/versions/b1_change.py"
    path.write_text(path.read_text().replace("SELECT nope()", "SELECT 1"))
    brant("up", expect=0)
    assert made.heads() == ["b1"] and database.value("SELECT to_regclass('half')")


def test_no_downgrade(made, brant, database):
    made.write("alembic/versions/a1.py", 'revision = "a1"\ndown_revision = None\ndef upgrade():\n    pass\n')
    made.revision("b1", "a1", "pass", "raise NotImplementedError('never')")
    brant("up", expect=0)
    assert "never" in brant("down", expect=1).stderr
    (made.path / "alembic/versions/b1_change.py").unlink()
    database.query("UPDATE alembic_version SET version_num = 'a1'")
    assert "has no downgrade()" in brant("down", expect=1).stderr


def test_more_than_one_runner_and_the_pooler_rules(made, brant, database):
    made.table("a1")
    made.table("b1", "a1")
    runs = [brant.start("up") for _ in range(3)]
    assert [brant.finish(run).status for run in runs] == [0, 0, 0]
    assert made.heads() == ["b1"]
    checks.assert_pooler_rules(database)


def test_a_kill_in_an_autocommit_block_resumes(made, brant, database):
    """Killed while a statement of the block waits: what was done is known, and what was running is looked for."""
    made.revision("a1", None, 'op.execute("CREATE TABLE t (id int)")')
    brant("up", expect=0)
    made.revision("b1", "a1", """
        op.execute("CREATE TYPE mood AS ENUM ('a')")
        with op.get_context().autocommit_block():
            op.execute("ALTER TYPE mood ADD VALUE 'b'")
            op.execute("CREATE INDEX CONCURRENTLY i ON t (id)")
        op.execute("ALTER TABLE t ADD COLUMN after mood DEFAULT 'b'")
        """)
    blocker = database.connect(autocommit=False)
    blocker.cursor().execute("LOCK TABLE t IN ROW EXCLUSIVE MODE")
    run = brant.start("up")
    wait_until(lambda: database.value("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX CONCURRENTLY i%%' "
                                      "AND wait_event_type = 'Lock'"))
    run.kill()
    blocker.rollback()
    run.wait(10)
    assert made.heads() == ["a1"]
    brant("up", expect=0, timeout=90)
    assert made.heads() == ["b1"]
    assert database.value("SELECT indisvalid FROM pg_index WHERE indexrelid = 'i'::regclass")
    assert database.query("SELECT enumlabel FROM pg_enum WHERE enumtypid = 'mood'::regtype ORDER BY enumsortorder") == [("a",), ("b",)]


def test_a_partial_id_is_enough(made, brant, database):
    made.table("abcdef123456")
    made.table("abcdff123456", "abcdef123456")
    brant("up", "--to", "abcde", expect=0)
    assert made.heads() == ["abcdef123456"]
    assert brant("up", "--to", "abcd", expect=2).status == 2
