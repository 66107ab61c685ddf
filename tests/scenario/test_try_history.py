"""tools/try-history: it says equal, and it can say that something is not."""
import json
import subprocess
import sys

import pytest

from lib import cluster
from lib.brant import program
from lib.checks import EXAMPLE, ROOT, needs_example_server


needs_pg_dump = pytest.mark.skipif(not cluster.can_dump(), reason="this pg_dump is older than the server")


def try_history(*args):
    run = subprocess.run([sys.executable, ROOT / "tools/try-history", *args, "--json", "--brant", program()], capture_output=True, text=True)
    assert run.stdout, run.stderr
    return run.returncode, json.loads(run.stdout)


@pytest.mark.slow
@needs_pg_dump
def test_example_is_what_psql_makes_of_it():
    needs_example_server()
    status, report = try_history(EXAMPLE, "--platform")
    assert (status, report["wrong"], report["psql_failed"]) == (0, [], None)
    assert report["migrations"] >= 12


@pytest.mark.slow
@needs_pg_dump
def test_a_difference_is_seen(tmp_path):
    (tmp_path / "0001_a.sql").write_text("CREATE TABLE a AS SELECT 1 AS x WHERE current_setting('application_name') LIKE 'brant%';\n"
                                         "DO $$ BEGIN IF current_setting('application_name') LIKE 'brant%' THEN CREATE ROLE r; END IF; END $$;\n")
    (tmp_path / "0002_b.sql").write_text("DO $$ BEGIN IF current_setting('application_name') LIKE 'brant%' THEN\n"
                                         "CREATE TABLE b (); END IF; END $$;\n")
    status, report = try_history(tmp_path)
    assert status == 1
    assert [text.split(":")[1] for text in report["wrong"]] == [" the schema differs", " the globals differ", " the rows differ"] * 2
