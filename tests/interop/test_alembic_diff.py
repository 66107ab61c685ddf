"""From models to revisions: brant diff, and the real Alembic applies what it wrote."""
import json
import re

import pytest

from lib.alembic_project import ENV, AlembicProject, schema_of, with_python

MODELS = '''
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.orm import declarative_base

Base = declarative_base()


class User(Base):
    __tablename__ = "users"
    id = sa.Column(sa.Integer, primary_key=True)
    email = sa.Column(sa.String(80), nullable=False)
    gone = sa.Column(sa.Text)
    state = sa.Column(sa.Enum("new", "old", name="user_state"), server_default="new")
    score = sa.Column(sa.Integer)
    note = sa.Column(sa.Text, comment="a note")
    __table_args__ = (sa.CheckConstraint("score > 0", name="score_positive"), sa.UniqueConstraint("email", name="one_email"),
                      sa.Index("ix_old", "score"))


class Post(Base):
    __tablename__ = "posts"
    id = sa.Column(sa.BigInteger, sa.Identity(), primary_key=True)
    user_id = sa.Column(sa.ForeignKey("users.id", name="posts_user"))


class Dropped(Base):
    __tablename__ = "dropped"
    id = sa.Column(sa.Integer, primary_key=True)
'''

CHANGED = '''
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.orm import declarative_base

Base = declarative_base()


class User(Base):
    __tablename__ = "users"
    id = sa.Column(sa.Integer, primary_key=True)
    email = sa.Column(sa.String(200), nullable=True)
    state = sa.Column(sa.Enum("new", "mid", "old", name="user_state"), server_default="old")
    score = sa.Column(sa.BigInteger, server_default=sa.text("7"), nullable=False)
    note = sa.Column(sa.Text, comment="another: it's %s \\\\ note")
    tags = sa.Column(pg.ARRAY(sa.Text), server_default=sa.text("'{a:b}'"))
    __table_args__ = (sa.CheckConstraint("score >= 0", name="score_positive"), sa.CheckConstraint("email <> '\\\\:x'", name="email_real"),
                      sa.UniqueConstraint("email", "note", name="one_email"), sa.Index("ix_new", sa.text("lower(email)"), postgresql_where=sa.text("score > 1")))


class Post(Base):
    __tablename__ = "posts"
    id = sa.Column(sa.BigInteger, sa.Identity(), primary_key=True)
    user_id = sa.Column(sa.ForeignKey("users.id", name="posts_user", ondelete="CASCADE"), index=True)


class Side(Base):
    __tablename__ = "things"
    __table_args__ = {"schema": "side"}
    id = sa.Column(sa.Integer, primary_key=True)
    kind = sa.Column(sa.Enum("a", "b", name="kind", schema="side"))
'''

# What metadata has no words for, and what autogenerate does not look at.
OTHERS = '''
op.execute("""
    CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.note = 'x'; RETURN NEW; END $$;
    CREATE TRIGGER touched BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch();
    ALTER TABLE users ENABLE ROW LEVEL SECURITY;
    CREATE POLICY everybody ON users USING (true);
    CREATE VIEW names AS SELECT id, note FROM users;
    GRANT SELECT ON users TO anon;
    CREATE TYPE orphan AS ENUM ('x');
    CREATE SEQUENCE loose;
    CREATE SCHEMA other;
    CREATE TABLE other.thing (id int);
    CREATE TABLE kept_by_name (id int PRIMARY KEY);
    CREATE TABLE parts (id int) PARTITION BY RANGE (id);
    CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (1) TO (2);
    CREATE EXTENSION IF NOT EXISTS citext SCHEMA public;
""")
'''

FILTER = '''
def include_object(object, name, type_, reflected, compare_to):
    return not (type_ == "table" and (name.startswith("kept_") or name == "parts"))


OPTIONS = {"include_object": include_object}
'''


@pytest.fixture
def made(project, database):
    return AlembicProject(project.path, database, env=ENV.replace("OPTIONS = {}\n", FILTER).replace(
        "config = context.config", "import sys\nsys.path.insert(0, '.')\nconfig = context.config"))


@pytest.fixture
def brant(brant):
    return with_python(brant)


def texts(made):
    return "".join(path.read_text() for path in sorted((made.path / "alembic/versions").glob("*.py")))


@pytest.mark.slow
def test_models_lead_to_revisions(made, brant, database, new_database):
    made.write("models.py", MODELS)
    brant("diff", "first", expect=0)
    first = texts(made)
    assert "op.execute(" in first and "CREATE TYPE public.user_state" in first and "op.drop" not in first
    assert "nothing to change" in brant("diff", "again", expect=0).stdout
    made.alembic("upgrade", "head")
    head = made.heads()[0]
    made.revision("0123456789ab", head, OTHERS, 'pass')
    assert "nothing to change" in brant("diff", "again", expect=0).stdout

    made.write("models.py", CHANGED)
    assert brant("diff", "second").status == 4  # it loses a table and a column
    brant("diff", "second", "--allow-data-loss", expect=0)
    second = texts(made)
    for wanted in ("ADD VALUE 'mid' AFTER 'new'", "CHECK ((score >= 0))", "<> '\\\\:x'", "SET DEFAULT 7", "SET NOT NULL",
                   "DROP NOT NULL", "TYPE character varying(200)", "DROP COLUMN gone", "DROP TABLE public.dropped", "'{a:b}'",
                   "CREATE TABLE side.things", "ON DELETE CASCADE", "DROP INDEX", "autocommit_block():",
                   "COMMENT ON COLUMN public.users.note IS "):
        assert wanted in second, f"{wanted}\n{second}"
    for kept in ("names", "touched", "everybody", "loose", "orphan", "other.thing", "kept_by_name", "parts", "citext", "GRANT", "REVOKE"):
        assert not re.search(rf"op.execute\(\"+(DROP|REVOKE|ALTER SEQUENCE)[^\"]*\b{kept}", second), kept
    assert "nothing to change" in brant("diff", "again", expect=0).stdout

    theirs = new_database()
    made.alembic("upgrade", "head", url=theirs.direct)
    brant("up", expect=0)
    assert schema_of(database) == schema_of(theirs)
    assert database.value("SELECT col_description('users'::regclass, (SELECT attnum FROM pg_attribute WHERE attrelid = 'users'::regclass "
                          "AND attname = 'note'))") == "another: it's %s \\ note"
    # Nothing is left for autogenerate but what it always reports: models in a schema that it does not look at, and a partition; since SQLAlchemy 2.0 it sees
    # the tables of all schemas on the search path, the platform's among them, and would drop those that are in no model.
    made.alembic("revision", "--autogenerate", "-m", "left", url=theirs.direct)
    left = next((made.path / "alembic/versions").glob("*_left.py")).read_text().split("def downgrade")[0]
    platform = {row[0] for row in database.query("SELECT relname FROM pg_class WHERE relnamespace = 'auth'::regnamespace")}
    found = [(op, name) for op, name in re.findall(r"op\.(\w+)\('(\w+)'", left) if name not in platform]
    assert found == [("create_table", "things"), ("drop_table", "parts_1")], left


@pytest.mark.slow
def test_a_rename_is_asked_for(made, brant, database):
    made.write("models.py", MODELS)
    brant("diff", "first", expect=0)
    made.write("models.py", MODELS.replace("gone = ", "kept = "))
    result = brant("diff", "renamed", expect=3)
    assert "--rename public.users.gone=kept" in result.stdout + result.stderr
    brant("diff", "renamed", "--rename", "public.users.gone=kept", expect=0)
    written = next((made.path / "alembic/versions").glob("*renamed.py")).read_text()
    assert 'op.execute("ALTER TABLE public.users RENAME COLUMN gone TO kept")' in written
    assert 'op.execute("ALTER TABLE public.users RENAME COLUMN kept TO gone")' in written
    made.alembic("upgrade", "head")
    made.alembic("downgrade", "-1")
    assert database.value("SELECT count(*) FROM pg_attribute WHERE attrelid = 'users'::regclass AND attname = 'gone'") == 1


def test_new_and_merge(made, brant, database):
    made.write("alembic.ini", "[alembic]\nscript_location = alembic\nfile_template = %%(year)d_%%(rev)s_%%(slug)s\ntruncate_slug_length = 8\n")
    made.table("a1")
    path = brant("new", "Add a bio to users", expect=0).stdout.strip()
    assert re.fullmatch(r"alembic/versions/\d{4}_[0-9a-f]{12}_add_a_\w*\.py", path), path
    text = (made.path / path).read_text()
    assert '"""Add a bio to users' in text and "down_revision = 'a1'" in text and "def downgrade():\n    pass" in text
    assert "a1 ->" in made.alembic("history") and brant("up", expect=0)
    made.table("b1", "a1")
    stderr = brant("new", "third", expect=3).stderr
    assert "several heads" in stderr and "b1 (t_b1)" in stderr and "--head" in stderr and "brant diff --merge" in stderr
    # Like "alembic revision --head": any name of the place, or its branch.
    for place in "b1", "b1@head":
        path = brant("new", "on b1", "--head", place, "--as", f"on{len(place)}", expect=0).stdout.strip()
        assert f"down_revision = '{'b1' if place == 'b1' else 'on2'}'" in (made.path / path).read_text()
    assert "is no head" in brant("new", "no", "--head", "a1", expect=2).stderr
    assert "down_revision = 'a1'" in (made.path / brant("new", "beside", "--head", "a1", "--splice", expect=0).stdout.strip()).read_text()
    assert "down_revision = None" in (made.path / brant("new", "anew", "--head", "base", "--as", "anew", expect=0).stdout.strip()).read_text()
    assert "no migration" in brant("new", "no", "--head", "nowhere", expect=2).stderr
    assert "--head" in brant("new", "no", "--splice", expect=2).stderr
    made.alembic("heads")
    brant("diff", "--merge", "join them", expect=0)
    heads = json.loads(brant("status", "--json").stdout)["heads"]
    assert len(heads) == 1 and heads[0]["version"] in made.alembic("heads")
    assert "mergepoint" in made.alembic("history")
    assert brant("diff", "--merge", expect=2).status == 2


def test_types_that_others_make(made, brant, database):
    """create_type=False: made where nobody has made it yet, and left as it is where somebody has."""
    made.write("models.py", """
        import sqlalchemy as sa
        from sqlalchemy.dialects.postgresql import ARRAY, ENUM
        from sqlalchemy.orm import declarative_base
        Base = declarative_base()

        class Talk(Base):
            __tablename__ = "talks"
            id = sa.Column(sa.Integer, primary_key=True)
            kind = sa.Column(ENUM("a", "b", name="kind", create_type=False), server_default="a")
            more = sa.Column(ARRAY(ENUM("x", name="more", create_type=False)))
    """)
    made.revision("a1", None, """op.execute("CREATE TYPE kind AS ENUM ('a', 'z', 'b')")""", 'op.execute("DROP TYPE kind")')
    written = brant("diff", "talks", "--up", expect=0)
    text = texts(made)
    assert "CREATE TYPE public.more" in text and "TYPE public.kind" not in text, text
    assert database.value("SELECT enum_range(NULL::kind)::text") == "{a,z,b}", str(written)
    assert "nothing to change" in brant("diff", "again", expect=0).stdout


NAMELESS = """
import sqlalchemy as sa
from sqlalchemy.orm import declarative_base
Base = declarative_base()

class Team(Base):
    __tablename__ = "teams"
    id = sa.Column(sa.Integer, primary_key=True)
    code = sa.Column(sa.Text, unique=True)

class User(Base):
    __tablename__ = "users"
    id = sa.Column(sa.Integer, primary_key=True)
    team_id = sa.Column(sa.ForeignKey("teams.id"NAME))
    other_id = sa.Column(sa.ForeignKey("teams.id"))
"""


def test_a_name_that_nobody_gave(made, brant, database):
    """The models leave it to PostgreSQL, and a revision has given one: as for autogenerate, that is no difference.  A name that they give is one."""
    made.write("models.py", NAMELESS.replace("NAME", ""))
    made.revision("a1", None, """
        op.create_table("teams", sa.Column("id", sa.Integer, nullable=False), sa.Column("code", sa.Text), sa.PrimaryKeyConstraint("id", name="teams_key"), sa.UniqueConstraint("code", name="one_code"))
        op.create_table("users", sa.Column("id", sa.Integer, primary_key=True), sa.Column("team_id", sa.Integer), sa.Column("other_id", sa.Integer))
        op.create_foreign_key("of_team", "users", "teams", ["team_id"], ["id"])
        op.create_foreign_key("of_other", "users", "teams", ["other_id"], ["id"])
    """)
    assert "nothing to change" in brant("diff", "no", expect=0).stdout
    made.write("models.py", NAMELESS.replace("NAME", ', name="users_team"'))
    text = brant("diff", "--print", expect=0).stdout
    assert "users_team" in text and "of_team" in text and "of_other" not in text and "teams_key" not in text, text
    made.write("models.py", NAMELESS.replace("NAME", ', ondelete="CASCADE"'))
    text = brant("diff", "--print", expect=0).stdout
    assert "ON DELETE CASCADE" in text and "of_team" in text and "of_other" not in text, text


def test_no_models(made, brant):
    made.table("a1")
    assert "env.py gives no target_metadata" in brant("diff", "x", expect=1).stderr


PARTS = '''
import sqlalchemy as sa
from sqlalchemy.orm import declarative_base

Base = declarative_base()


class Owner(Base):
    __tablename__ = "owners"
    id = sa.Column(sa.Integer, primary_key=True)


class Thing(Base):
    __tablename__ = "things"
    id = sa.Column(sa.Integer, primary_key=True)
    owner_id = sa.Column(sa.Integer, sa.ForeignKey("owners.id"))
    name = sa.Column(sa.Text, index=True)
    amount = sa.Column(sa.Integer, server_default="1")
    later = sa.Column(sa.Text)
    __table_args__ = (sa.Index("ix_modelled", "amount"),)
'''

# As projects have it: what is only in the database stays, foreign keys are the application's, some columns are left alone.
PARTS_FILTER = '''
def include_object(object, name, type_, reflected, compare_to):
    if type_ == "foreign_key_constraint" or name == "ix_modelled":
        return False
    if type_ == "column" and name in ("amount", "later") and object.table.name == "things":
        return False
    return not (reflected and compare_to is None)


OPTIONS = {"include_object": include_object}
'''


@pytest.mark.parametrize("filtered", [True, False])
def test_parts_that_autogenerate_is_kept_away_from(made, brant, database, filtered):
    env = ENV.replace("OPTIONS = {}\n", PARTS_FILTER if filtered else "OPTIONS = {}\n")
    made.write("alembic/env.py", env.replace("config = context.config", "import sys\nsys.path.insert(0, '.')\nconfig = context.config"))
    made.write("models.py", PARTS)
    made.revision("0123456789ab", None, '''op.execute("""
        CREATE TABLE owners (id serial PRIMARY KEY);
        CREATE TABLE things (id serial PRIMARY KEY, owner_id int, name text, amount numeric DEFAULT 7, old text DEFAULT 'x', CONSTRAINT only_here UNIQUE (name, old));
        CREATE INDEX ix_things_name ON things (name);
        CREATE INDEX ix_only_here ON things (old);
        """)''', "pass")
    made.alembic("upgrade", "head")
    result = brant("diff", "--print", "--allow-data-loss", expect=0)
    if filtered:
        assert not result.stdout, result
    else:
        for word in ("ix_modelled", "FOREIGN KEY", "later", "DROP COLUMN old", "only_here", "TYPE integer", "SET DEFAULT 1"):
            assert word in result.stdout, f"{word}\n{result}"


IN_SHOP = '''
import sqlalchemy as sa
from sqlalchemy.orm import declarative_base
Base = declarative_base()


class Item(Base):
    __tablename__ = "items"
    id = sa.Column(sa.Integer, primary_key=True)
    state = sa.Column(sa.Enum("a", "b", name="state"))
    more = sa.Column(sa.Text)
'''
PATHS = {
    "said by env.py": (ENV.replace("import os\n", "import os\nimport sqlalchemy as sa\n", 1).replace("        context.configure(connection", '        connection.execute(sa.text("SET search_path TO shop, public"))\n        getattr(connection, "commit", str)()\n        context.configure(connection'), "", ""),
    "of the role": (ENV, "ALTER ROLE supabase_admin IN DATABASE {} SET search_path = shop, public", "search_path: shop, public\n"),
}


@pytest.mark.parametrize("path", PATHS)
def test_models_are_where_the_search_path_leads(project, database, brant, path):
    """What has no schema is not in public there: neither for the history, nor for the models, nor for the ledger."""
    env, said, config = PATHS[path]
    made = AlembicProject(project.path, database, env=env)
    database.query("CREATE SCHEMA shop AUTHORIZATION supabase_admin;" + said.format(database.name))
    made.write("brant.yaml", config)
    made.write("models.py", IN_SHOP)
    made.revision("a1", None, 'op.create_table("items", sa.Column("id", sa.Integer, primary_key=True), sa.Column("state", sa.Enum("a", "b", name="state")))',
                  'op.drop_table("items")\nop.execute("DROP TYPE state")')
    run, models = with_python(brant), {"PYTHONPATH": project.path}
    run("up", expect=0)
    assert run("diff", "more", "--print", env=models, expect=0).stdout.split() == "ALTER TABLE shop.items ADD COLUMN more text;".split()
    run("drift", expect=0)
    run("diff", "more", "--up", env=models, expect=0)
    assert "nothing to change" in run("diff", "again", env=models, expect=0).stdout
    run("drift", expect=0)
    assert "Running upgrade" not in made.alembic("upgrade", "heads", url=database.direct) and len(made.heads("shop.alembic_version")) == 1
    run("down", "2", expect=0)
    made.alembic("upgrade", "heads", url=database.direct)
    assert database.value("SELECT string_agg(table_schema || '.' || table_name, ' ' ORDER BY 1) FROM information_schema.tables WHERE table_schema IN ('shop', 'public') AND table_name <> 'alembic_version'") == "shop.items"
