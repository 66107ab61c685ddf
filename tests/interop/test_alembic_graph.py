"""The graph of revisions, read without Python: brant and the real Alembic see the same."""
import json
import os
import re
import shutil
from random import Random

import pytest

from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.script.revision import Revision, RevisionMap

from lib.alembic_project import ENV, AlembicProject, with_python

FORMS = {
    "a1": 'revision = "a1"\ndown_revision = None\n',
    "b1": "revision: str = 'b1'  # it's one\ndown_revision: Union[str, None] = 'a1'\nbranch_labels: Union[str, None] = None\n",
    "c1": 'revision = (\n    "c"\n    "1"\n)\ndown_revision = ("a1")\nbranch_labels = ("tags", "labels")\n',
    "d1": 'revision = u"d1"; down_revision = ["b1", "c1"]\n',
    "e1": 'revision = """e1"""\ndown_revision = \\\n    r"d1"\n',
    "f1": 'PARENT = "d1"\nrevision = "f1"\ndown_revision = PARENT\ndepends_on = ("e1",)\n',
    "x1": 'revision = "x1"\ndown_revision = None\nbranch_labels = "other"\n',
    "y1": 'revision = "y1"\ndown_revision = "x1"\ndepends_on = "tags"\n',
}


@pytest.fixture
def made(project, database):
    return AlembicProject(project.path, database)


def status(brant, *args, **options):
    return json.loads(brant("status", "--json", *args, expect=0, **options).stdout)


def as_list(text):
    return sorted(text.split(", ")) if text else []


def test_reads_what_alembic_reads(made, brant):
    for version, text in FORMS.items():
        body = "def upgrade():\n    x = '''\nrevision = \"no\"\n'''\n\n\ndef downgrade():\n    pass\n"
        made.write(f"alembic/versions/{version}.py",
                   f'"""message of {version}\n\nmore\n"""\nfrom typing import Union\n{text}' + ("" if "branch_labels" in text else "branch_labels = None\n") + body)
    made.write("alembic/versions/__init__.py", "revision = no")
    made.write("alembic/versions/.#a1.py", "revision = no")
    config = Config(str(made.path / "alembic.ini"))
    config.set_main_option("script_location", str(made.path / "alembic"))
    script = ScriptDirectory.from_config(config)
    real = {r.revision: r for r in script.walk_revisions()}
    ours = {m["version"]: m for m in status(brant)["migrations"]}
    assert set(real) == set(ours) == set(FORMS)
    for version, revision in real.items():
        mine = ours[version]
        assert as_list(mine["parents"]) == sorted(revision._versioned_down_revisions)
        assert as_list(mine["needs"]) == sorted(revision._resolved_dependencies)
        assert as_list(mine["labels"]) == sorted(revision._orig_branch_labels)
        assert mine["name"] == revision.doc
    assert sorted(h["version"] for h in status(brant)["heads"]) == sorted(
        h for h in script.get_heads() if h != "e1")  # f1 depends on it: nothing is left to apply above it
    order = [m["version"] for m in status(brant)["migrations"]]
    for version, revision in real.items():
        for above in (*revision._versioned_down_revisions, *revision._resolved_dependencies):
            assert order.index(above) < order.index(version)


def random_graph(seed):
    """Names of revisions, and what each stands on: parents (in any order) and at most one need, since Alembic has several in no order."""
    random = Random(seed)
    names = random.sample([f"{n:03d}" for n in range(1000)], random.randint(5, 40))
    graph = {}
    for n, name in enumerate(names):
        near = names[max(0, n - 6):n]
        parents = random.sample(near, min(len(near), random.choice([0, 1, 1, 1, 1, 1, 2, 2, 3]) if n else 0))
        others = [other for other in names[:n] if other not in parents]
        graph[name] = parents, random.choice(others) if others and random.random() < 0.15 else None
    return graph


def alembics_order(graph):
    revisions = RevisionMap(lambda: [Revision(name, tuple(parents) or None, dependencies=need) for name, (parents, need) in sorted(graph.items())])
    return [r.revision for r in revisions.iterate_revisions("heads", "base", implicit_base=True)][::-1]


def test_the_order_is_alembics(made, brant):
    """Where branches meet it decides in which order a table gets its columns."""
    for seed in range(int(os.environ.get("BRANT_ALEMBIC_GRAPHS", 12))):
        graph = random_graph(seed)
        shutil.rmtree(made.path / "alembic/versions")
        for name, (parents, need) in graph.items():
            made.write(f"alembic/versions/{name}.py", f"revision = {name!r}\ndown_revision = {tuple(parents) or None}\ndepends_on = {need!r}\n")
        assert [m["version"] for m in status(brant)["migrations"]] == alembics_order(graph), (seed, graph)


def test_a_part_has_alembics_order(made, brant, database):
    """What is pending behind something that is applied, a place, and what is undone: not always as among all of them."""
    brant = with_python(brant)
    for seed in range(int(os.environ.get("BRANT_ALEMBIC_GRAPHS", 24)) // 12):
        graph, random = random_graph(seed), Random(seed)
        revisions = RevisionMap(lambda: [Revision(name, tuple(parents) or None, dependencies=need) for name, (parents, need) in sorted(graph.items())])
        above = {name: [*parents, need] if need else parents for name, (parents, need) in graph.items()}
        order = alembics_order(graph)
        applied = set(order if seed == 0 else order[:random.randint(len(order) // 3, len(order) - 2)])
        rows = sorted(applied - {parent for name in applied for parent in above[name]})
        place = random.choice([name for name in order if name not in applied] or order)
        stays = random.choice(sorted(applied))
        shutil.rmtree(made.path / "alembic/versions")
        for name, (parents, need) in graph.items():
            made.write(f"alembic/versions/{name}.py", f"revision = {name!r}\ndown_revision = {tuple(parents) or None}\ndepends_on = {need!r}\n"
                       "def upgrade():\n    pass\ndef downgrade():\n    pass\n")
        database.query("DROP TABLE IF EXISTS alembic_version; CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY); ALTER TABLE alembic_version OWNER TO supabase_admin; "
                       "INSERT INTO alembic_version SELECT unnest(%s::text[])", rows)

        def names(real):
            return [revision.revision for revision in real]

        for args, wanted in ((["up"], names(revisions.iterate_revisions("heads", tuple(rows), implicit_base=True))[::-1]),
                             (["up", place] if len(applied) < len(order) else ["up"], names(revisions.iterate_revisions(place if len(applied) < len(order) else "heads", tuple(rows), implicit_base=True))[::-1]),
                             (["down", "--to", "base"], names(revisions.iterate_revisions(tuple(rows), "base", select_for_downgrade=True))),
                             (["down", "--to", stays], names(revisions.iterate_revisions(tuple(rows), stays, select_for_downgrade=True)))):
            planned = re.findall(r"^-- alembic/versions/(\d+)\.py", brant(*args, "--dry-run", expect=0).stdout, re.M)
            assert planned == wanted, (seed, args, rows, graph)


def test_the_drawing(made, brant):
    made.table("a1")
    made.table("b1", "a1")
    made.table("c1", "a1", labels="tags")
    made.table("d1", ("b1", "c1"))
    shown = brant("status", expect=0).stdout
    assert ["heads:", "d1"] in [line.split() for line in shown.splitlines()]
    assert ["current:", "nothing"] in [line.split() for line in shown.splitlines()]
    lines = [line.split(" t_")[0].rstrip() for line in shown.splitlines()]
    at = lines.index("*    a1")
    assert lines[at:at + 6] == ["*    a1", "|\\", "* |  c1", "| *  b1", "|/", "*    d1"]


@pytest.mark.parametrize("files, name, told", [
    ({"a1": ("None", ""), "a1_copy": ("None", 'revision = "a1"')}, "duplicate-version", ["a1.py", "a1_copy.py"]),
    ({"b1": ("'a1'", "")}, "parent-missing", ["b1", "a1"]),
    ({"a1": ("'b1'", ""), "b1": ("'a1'", "")}, "revision-circle", ["a1.py", "b1.py"]),
    ({"a1": ("None", "depends_on = 'b1'"), "b1": ("'a1'", "")}, "revision-circle", ["a1.py", "b1.py"]),
    ({"a1": ("None", "depends_on = 'zz'")}, "parent-missing", ["zz"]),
    ({"a1": ("None", "revision = ''")}, "revision-unreadable", ["a1.py"]),
    ({"a1": ("f()", "")}, "revision-unreadable", ["down_revision", "a1.py:2"]),
    ({"a1": ("'x", "")}, "python-syntax", ["a1.py:2"]),
    ({"a1": ("None", "\0")}, "nul-byte", ["a1.py"]),
])
def test_a_broken_graph_is_refused(made, brant, files, name, told):
    for file, (down, more) in files.items():
        made.write(f"alembic/versions/{file}.py", f'revision = "{file}"\ndown_revision = {down}\n{more}\n')
    result = brant("status", "--json", expect=1)
    error = json.loads(result.stdout)["error"]
    assert error["name"] == name
    text = json.dumps(error) + brant("status").stderr
    assert all(word in text for word in told), text


def test_no_revision_in_the_folder_of_revisions(made, brant):
    made.write("alembic/versions/helpers.py", "def f():\n    pass\n")
    assert 'the file has no "revision"' in brant("status", expect=1).stderr


CONFIGURATIONS = {
    "sections": ({"alembic.ini": "[alembic]\nscript_location = elsewhere\n\n[tenants]\n# why\nscript_location = alembic\n",
                  "brant.yaml": "migrations: alembic.ini#tenants\n"}, {}),
    "here": ({"alembic.ini": "[DEFAULT]\nname = ale\n[alembic]\nscript_location = %(here)s/%(name)smbic\n"}, {}),
    "locations": ({"alembic.ini": "[alembic]\nscript_location: alembic\nversion_path_separator = os\n"
                                  "version_locations = %(here)s/one:%(here)s/alembic/versions\n", "one/.keep": ""}, {}),
    "old locations": ({"alembic.ini": "[alembic]\nscript_location = alembic\nversion_locations = one, alembic/versions\n", "one/.keep": ""}, {}),
    "lines": ({"alembic.ini": "[alembic]\nscript_location = ./alembic/\npath_separator = newline\nversion_locations =\n    one\n"
                              "    alembic/versions\n", "one/.keep": ""}, {}),
    "package": ({"alembic.ini": "[alembic]\nscript_location = shop.db:migrations\nprepend_sys_path = lib\n",
                 "lib/shop/db/migrations/env.py": ENV, "lib/shop/db/migrations/versions/a1.py": 'revision = "a1"\ndown_revision = None\n'}, {}),
    "pyproject": ({"alembic.ini": None, "pyproject.toml": "[project]\nname = 'it''s'\n[tool.alembic]\nscript_location = \"%(here)s/alembic\"\n"
                                                          "version_locations = [\n  \"alembic/versions\", # one\n]\n[tool.x]\ny = 1\n"}, {}),
    "below": ({"alembic.ini": None, "backend/alembic.ini": "[alembic]\nscript_location = db\n", "backend/db/env.py": ENV,
               "backend/db/versions/a1.py": 'revision = "a1"\ndown_revision = None\n'}, {}),
    "named": ({"alembic.ini": None, "conf/a.ini": "[alembic]\nscript_location = alembic\n", "brant.yaml": "migrations: conf/a.ini\n"}, {}),
    "variable": ({"alembic.ini": None, "conf/a.ini": "[alembic]\nscript_location = alembic\n"}, {"ALEMBIC_CONFIG": "conf/a.ini"}),
    "flask": ({"alembic.ini": None, "migrations/alembic.ini": "[alembic]\nfile_template = %%(rev)s\n", "migrations/env.py": ENV,
               "migrations/versions/a1.py": 'revision = "a1"\ndown_revision = None\n'}, {}),
    "recursive": ({"pyproject.toml": "[tool.alembic]\nscript_location = 'alembic'\nrecursive_version_locations = true\n",
                   "alembic/versions/2024/b1.py": 'revision = "b1"\ndown_revision = "a1"\n'}, {}),
}


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_configurations(made, brant, name):
    files, env = CONFIGURATIONS[name]
    made.table("a1")
    for path, text in files.items():
        if text is None:
            (made.path / path).unlink()
        else:
            made.write(path, text)
    versions = [m["version"] for m in status(brant, env=env)["migrations"]]
    assert versions == (["a1", "b1"] if name == "recursive" else ["a1"])


@pytest.mark.parametrize("call, table", [
    ('version_table="v", version_table_schema="side"', "side.v"),
    ('version_table=TABLE', "public.named"),
    ('**{"version_table_schema": "side", "version_table": TABLE}', "side.named"),
    ('version_table_schema=None', "public.alembic_version"),
    ('version_table=version_table', "public.alembic_version"),
])
def test_the_ledger_that_env_py_names(made, brant, call, table):
    made.table("a1")
    made.write("alembic/env.py", f'TABLE = "named"\nversion_table = None\ndef f():\n    context.configure(x=1, {call}, y=g(2))\n')
    assert status(brant)["ledger"] == table


def test_a_ledger_that_is_computed(made, brant):
    made.table("a1")
    made.write("alembic/env.py", "context.configure(version_table=f())\n")
    assert "can only be known by running env.py" in brant("up", expect=2).stderr
    found = status(brant)
    assert (found["ledger"], found["pending"]) == ("alembic_version", 1) and "version_table is computed" in found["notes"][0]["message"]
    made.write("brant.yaml", "ledger: side.v\n")
    assert status(brant)["ledger"] == "side.v" and not status(brant).get("notes")


SIDE = """
import os

open("env.runs", "a").write("x")
version_table_schema = (context.get_x_argument(as_dictionary=True).get("schema") or os.environ.get("SIDE") or "").lower() or None
OPTIONS = {}
"""


def test_a_ledger_that_is_computed_is_found_by_its_rows(made, brant, database):
    """Nothing of the project's code runs for it."""
    env = ENV.replace("OPTIONS = {}", SIDE).replace("**OPTIONS", "version_table_schema=version_table_schema").replace("import os\n\nfrom", "from", 1)
    made.write("alembic/env.py", env)
    made.table("a1")
    made.table("b1", "a1")
    runs = made.path / "env.runs"
    for schema in "side", "other":
        database.query(f"CREATE SCHEMA {schema}")

    def up(*args, **options):
        with_python(brant)("up", *args, expect=0, **options)
        runs.unlink()

    # One of somebody else, and one that is empty.
    database.query("CREATE SCHEMA theirs")
    database.query("CREATE TABLE theirs.alembic_version (version_num varchar(32) PRIMARY KEY)")
    database.query("INSERT INTO theirs.alembic_version VALUES ('zzz')")
    found = status(brant)
    assert found["pending"] == 2 and "theirs.alembic_version" in found["notes"][0]["message"]
    up("--to", "a1", env={"SIDE": "side"})
    found = status(brant)
    assert (found["ledger"], found["ledger_exists"], found["applied"], found["pending"]) == ("side.alembic_version", True, 1, 1) and not found.get("notes")
    # A second one with these revisions: which of them it is, only env.py knows.
    database.query("DROP TABLE t_a1")
    up("-x", "schema=other")
    error = json.loads(brant("status", "--json", expect=3).stdout)["error"]
    assert error["name"] == "version-table" and "other.alembic_version, side.alembic_version" in error["message"]
    assert status(brant, "-x", "schema=other")["pending"] == 0 and status(brant, "-x", "schema=side")["pending"] == 1
    assert "other.alembic_version" in brant("status", "-x", "schema=third", expect=3).stderr
    made.write("brant.yaml", "ledger: side.alembic_version\n")
    assert status(brant)["pending"] == 1
    assert not runs.exists()


def test_rows_are_ends_of_branches(made, brant, database):
    """Applied by the real one: what the rows stand on is applied too."""
    made.table("a1")
    made.table("b1", "a1")
    made.table("c1", "a1")
    made.table("d1", "c1", depends_on="b1")
    made.table("e1", "d1")
    made.alembic("upgrade", "d1")
    assert made.heads() == ["d1"]
    found = status(brant)
    assert {m["version"]: m["state"] for m in found["migrations"]} == {
        "a1": "applied", "b1": "applied", "c1": "applied", "d1": "applied", "e1": "pending"}
    assert (found["applied"], found["pending"], found["current"]) == (4, 1, [{"version": "d1"}])
    database.query("UPDATE alembic_version SET version_num = 'zzz'")
    assert status(brant)["missing"][0]["version"] == "zzz"
    assert "zzz" in brant("up", "--dry-run", expect=4).stderr


def test_nothing_of_the_project_runs(made, brant):
    made.table("a1", head="raise SystemExit('it ran')")
    made.write("alembic/env.py", "raise SystemExit('it ran')\n")
    assert status(brant, env={"PATH": "/nowhere"})["pending"] == 1
