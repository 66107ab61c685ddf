"""Files that only somebody else may read."""
import os
import pathlib

import pytest

from lib import checks
from lib.brant import program


def as_nobody():
    """In the child: root reads everything, so it must not be root."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)


def start_unprivileged(brant, *args):
    for folder in (brant.project, brant.home, *brant.project.parents):
        if os.geteuid() == 0 and folder.is_relative_to("/tmp") and folder != pathlib.Path("/tmp"):
            folder.chmod(0o755)
    # The build folder may be below somebody's private one (/root): what is opened before the change of user can be run after it.
    with open(program(), "rb") as executable:
        process = brant.start(*args, preexec_fn=as_nobody, pass_fds=[executable.fileno()], run=f"/proc/self/fd/{executable.fileno()}")
    return brant.finish(process)


@pytest.fixture
def broken(project):
    project.migration("0001_t.sql", "CREATE TABLE public.t (id int);\n")
    project.migration("0002_secret.sql", "CREATE TABLE public.u (id int);\n").chmod(0)
    return project


def test_an_unreadable_file(brant, broken, database):
    result = start_unprivileged(brant, "up")
    assert result.status == 1, str(result)
    assert "Permission denied" in result.stderr and "0002_secret.sql" in result.stderr
    # Nothing ran, not even what comes before it.
    assert database.value("SELECT to_regclass('public.t')") is None
    checks.assert_nothing_left(database)


def test_an_unreadable_folder(brant, broken, database):
    broken.migrations.chmod(0)
    try:
        result = start_unprivileged(brant, "status")
    finally:
        broken.migrations.chmod(0o755)
    assert result.status == 1, str(result)
    assert "Permission denied" in result.stderr and "migrations" in result.stderr


def test_a_pipe_is_no_migration(brant, project):
    """Whoever opens it waits for somebody to write."""
    project.migration("0001_t.sql", "CREATE TABLE public.t (id int);\n")
    os.mkfifo(project.path / "migrations" / "0002_pipe.sql")
    assert "0 applied, 1 pending" in brant("status", expect=0).stdout
    brant("up", expect=0)


def test_a_link_that_leads_nowhere(brant, project, database):
    project.migration("0001_t.sql", "CREATE TABLE public.t (id int);\n")
    (project.migrations / "0002_gone.sql").symlink_to("/nonexistent")
    result = brant("up", expect=1)
    assert "0002_gone.sql" in result.stderr
    assert database.value("SELECT to_regclass('public.t')") is None
