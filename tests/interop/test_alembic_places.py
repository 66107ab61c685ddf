"""Where "up" and "down" lead to, in Alembic's own words: the real one goes the same way."""
import re

import pytest

from alembic.config import Config
from alembic.script import ScriptDirectory

from lib.alembic_project import AlembicProject, with_python


@pytest.fixture
def made(project, database):
    made = AlembicProject(project.path, database)
    made.table("a1")
    made.table("b1", "a1", labels="tags")
    made.table("b2", "b1")
    made.table("b3", "b2")
    made.table("c1", "a1", labels="notes")
    made.table("c2", "c1", depends_on="b2")
    made.table("x1", labels="other")
    return made


@pytest.fixture
def brant(brant):
    return with_python(brant)


WALKS = [
    ("", "up", "tags@head"), ("", "up", "notes@head"), ("", "up", "tags@+1"), ("a1", "up", "tags@+1"), ("b1", "up", "notes@+1"), ("", "up", "heads"),
    ("", "up", "other@head"), ("a1", "up", "b1+1"), ("", "up", "b3-1"), ("", "up", "c1@head"), ("", "up", "notes@c1"), ("b1", "up", "+1"),
    ("b3 c2 x1", "down", "tags@-1"), ("b3 c2 x1", "down", "notes@-1"), ("b3 c2 x1", "down", "b1"), ("b3 c2 x1", "down", "a1"), ("b3 c2 x1", "down", "base"),
    ("b3 c2 x1", "down", "other@base"), ("b3 c2 x1", "down", "notes@a1"), ("b3 c2 x1", "down", "b3-2"), ("b3", "down", "-2"), ("b3 c1", "down", "notes@-1"),
    ("b3 c2", "down", "c1"), ("b2 c1", "down", "tags@b1"),
]


def test_places(made, brant, database):
    """Nothing is run: what brant would do is what Alembic would do."""
    config = Config(str(made.path / "alembic.ini"))
    config.set_main_option("script_location", str(made.path / "alembic"))
    script = ScriptDirectory.from_config(config)
    database.query("CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY); GRANT ALL ON alembic_version TO PUBLIC")
    for rows, way, place in WALKS:
        steps = (script._upgrade_revs if way == "up" else script._downgrade_revs)(place, tuple(rows.split()))
        want = {step.revision.revision for step in steps}
        database.query("DELETE FROM alembic_version; INSERT INTO alembic_version SELECT regexp_split_to_table(%s, ' ') WHERE %s <> ''", rows, rows)
        plan = brant(way, "--to", place, "--dry-run", expect=0).stdout
        assert set(re.findall(r"^-- alembic/versions/(\w\w)_", plan, re.M)) == want, (rows, way, place, plan)


def test_unclear_places(made, brant, database):
    for args, told in [(("up", "head"), "several heads"), (("up", "a1+1"), "branches on the way"), (("up", "nothing@head"), "The branches are: "), (("up", "b3+1"), "not so many"),
                       (("up", "notes@b3"), "not on that branch"), (("down", "--to", "b1"), "not applied"), (("up", "a1", "--to", "b1"), "both say")]:
        result = brant(*args, expect=2)
        assert told in result.stderr, result
    assert database.value("SELECT to_regclass('alembic_version')") is None
    brant("up", expect=0)
    assert all("several branches" in brant("down", *place, expect=2).stderr for place in (["--to", "-1"], ["-1"]))
    brant("down", "notes@-1", expect=0)
    assert made.heads() == ["b3", "c1", "x1"]
    brant("down", "b1", expect=0)
    assert made.heads() == ["b1", "c1", "x1"]
    brant("baseline", "notes@head", "--force", expect=0)
    assert made.heads() == ["c2", "x1"]
    brant("up", "tags@head", expect=0)
    assert made.heads() == ["b3", "c2", "x1"]


def test_a_row_that_is_in_no_file(made, brant, database):
    """The real one refuses all of it, too: "Can't locate revision identified by 'gone'"."""
    brant("up", "b2", expect=0)
    database.query("INSERT INTO alembic_version VALUES ('gone')")
    rows = made.heads()
    told = brant("status", expect=0).stdout
    assert re.search(r"current: +gone \(in no file\), b2\n", told) and told.rstrip().endswith('the database is at "gone", which is in no file: nothing is applied or undone before that file is back')
    for command in (["up"], ["down"], ["baseline"], ["baseline", "--force"], ["resolve", "b3", "--applied"]):
        assert 'the database is at "gone", which is in no file' in brant(*command, expect=4).stderr
    assert made.heads() == rows
    assert "Can't locate revision" in made.alembic("stamp", "heads", expect=None)


def test_no_configuration(made, brant):
    (made.path / "alembic.ini").unlink()
    (made.path / "migrations").rmdir()  # which plain SQL would be in
    assert 'there is "alembic/env.py", but no Alembic configuration "alembic.ini"' in brant("status", expect=2).stderr
