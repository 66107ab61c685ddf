"""A column renamed in three steps in an Alembic project: old and new models at work between them, and the real Alembic beside brant."""
import json
import subprocess
import textwrap

import pytest

from lib.alembic_project import ENV, LIBS, AlembicProject, python_path, schema_of, with_python

MODELS = '''
import sqlalchemy as sa
from sqlalchemy.orm import declarative_base

Base = declarative_base(metadata=sa.MetaData(naming_convention={
    "ix": "ix_%(table_name)s_%(column_0_name)s", "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s", "pk": "pk_%(table_name)s"}))


class User(Base):
    __tablename__ = "users"
    id = sa.Column(sa.Integer, primary_key=True)
    NAME = sa.Column(sa.String(80), nullable=False, unique=True)
    nick = sa.Column(sa.Text, index=True)
'''

# What the application does: it writes and reads by its own model, in a session of its own.
APPLICATION = '''
import os, sys
import sqlalchemy as sa
from sqlalchemy.orm import Session
from models import User
engine = sa.create_engine(os.environ["DATABASE_URL"])
with Session(engine) as session:
    session.add(User(NAME=sys.argv[1], nick="n"))
    session.commit()
    for user in session.execute(sa.select(User)).scalars().all():
        user.NAME = user.NAME + "."
    session.commit()
    print(",".join(sorted(user.NAME for user in session.execute(sa.select(User)).scalars())))
'''


@pytest.fixture
def made(project, database):
    made = AlembicProject(project.path, database, env=ENV.replace("config = context.config", "import sys\nsys.path.insert(0, '.')\nconfig = context.config").replace(
        "OPTIONS = {}", 'OPTIONS = {"transaction_per_migration": True}'))
    for name in "name", "full_name":
        made.write(f"{name}/models.py", MODELS.replace("NAME", name))
        made.write(f"{name}/work.py", APPLICATION.replace("NAME", name))
    made.write("models.py", MODELS.replace("NAME", "name"))
    return made


@pytest.fixture
def brant(brant):
    return with_python(brant)


def work(made, name, who):
    """The application of these models, through the pooler; the names that it sees in the end."""
    done = subprocess.run(["/usr/bin/python3", "work.py", who], cwd=made.path / name, capture_output=True, text=True,
                          env={"PATH": "/usr/bin:/bin", "DATABASE_URL": made.database.url, "PYTHONPATH": python_path(made.path / name)})
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def status(brant):
    return json.loads(brant("status", "--json", expect=0).stdout)


def test_a_column_is_renamed_while_both_models_are_at_work(made, brant, database, new_database):
    brant("diff", "first", "--up", expect=0)
    assert work(made, "name", "ann") == "ann."
    before = made.heads()
    brant("rename", "users.name", "full_name", expect=0)
    held = [m for m in status(brant)["migrations"] if m["remark"]]
    assert [m["remark"] for m in held] == ["held back until --contract"], held
    brant("up", expect=0)
    # Old code, new code, and old code again; each sees what the other wrote.
    assert work(made, "name", "bob") == "ann..,bob."
    assert work(made, "full_name", "cat") == "ann...,bob..,cat."
    assert work(made, "name", "dan") == "ann....,bob...,cat..,dan."
    shown = brant("status", expect=0).stdout
    assert "held back until --contract" in shown and '"brant up --contract"' in shown
    # The real Alembic knows where brant stopped; the models still say the old name, or the new one, and ask for nothing.
    current = made.alembic("current")
    assert made.heads()[0] in current and "(head)" not in current
    assert "nothing to change" in brant("diff", "no", expect=0).stdout
    made.write("models.py", MODELS.replace("NAME", "full_name"))
    assert "nothing to change" in brant("diff", "no", expect=0).stdout
    # What is written meanwhile goes on from there.
    made.write("models.py", MODELS.replace("NAME", "full_name") + "    more = sa.Column(sa.Integer)\n")
    brant("diff", "more", expect=0)
    assert "nothing to change" in brant("diff", "no", expect=0).stdout
    brant("up", "--contract", expect=0)
    assert work(made, "full_name", "eve").startswith("ann.....,")
    assert "(head)" in made.alembic("current") and status(brant)["pending"] == 0
    assert database.query("SELECT conname FROM pg_constraint WHERE conrelid = 'users'::regclass AND contype = 'u'") == [("uq_users_full_name",)]
    made.alembic("revision", "--autogenerate", "-m", "left")
    left = next((made.path / "alembic/versions").glob("*_left.py"))
    assert "op." not in left.read_text().split("def upgrade")[1].split("def downgrade")[0] or LIBS, left.read_text()
    left.unlink()
    # All of it by the real one alone: the same schema.
    other = new_database()
    made.alembic("upgrade", "head", url=other.direct)
    assert schema_of(other) == schema_of(database)
    assert before != made.heads()


def test_step_one_and_two_are_undone_by_alembic(made, brant, database):
    brant("diff", "first", "--up", expect=0)
    first = made.heads()[0]
    work(made, "name", "ann")
    schema = schema_of(database)
    brant("rename", "users.name", "full_name", expect=0)
    brant("up", expect=0)
    work(made, "full_name", "bob")
    made.alembic("downgrade", first)
    assert schema_of(database) == schema and made.heads() == [first]
    assert work(made, "name", "cat") == "ann...,bob..,cat."
    brant("up", expect=0)
    brant("down", "--to", first, expect=0)
    assert schema_of(database) == schema
