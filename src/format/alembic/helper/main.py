"""What brant asks of a project's own Python: the SQL of revisions, the schema of its models, a new revision file, Alembic itself.

    channel    requests and answers
    failure    errors as brant shows them
    database   the URL, and connections that go where brant goes
    project    alembic.ini, env.py, the application
    pretend    a connection that is none, so that env.py needs no database
    record     the statements that a revision sends
    literals   the values in them
    render     "render": the SQL of revisions
    models     "models": the DDL of target_metadata, and what env.py keeps autogenerate away from
    ledger     "ledger": where env.py has Alembic keep it
    create     "create": a new revision file
    run        "run": Alembic itself, a revision up or down
    pooled     a driver that does not know poolers
    guard      what brant says in the transactions of that
    keeper     what is said to a session, as it is said to each transaction
    session    the drivers' cursors, which say it so
    aside      what it runs outside of them, handed over

Alembic and SQLAlchemy take longer to load than most requests to answer, so one process loads them, and each request is answered by a fork of it: whatever the
project's code leaves behind in its modules, the next request does not see.  Works with Alembic 1.5 and later, SQLAlchemy 1.4 and 2.
"""
import importlib
import json
import os
import signal
import sys

from . import channel
from .failure import fail

try:
    import alembic.command  # noqa: F401: all of Alembic

    from . import database, project, session
except Exception as error:
    channel.only_one = True
    fail(error, "alembic")


def end_with_parent():
    """A function for a child: that the kernel ends it when its parent ends.  None where there is no such thing."""
    try:
        import ctypes
        prctl = ctypes.CDLL(None).prctl
    except (ImportError, OSError, AttributeError):
        return None
    PR_SET_PDEATHSIG = 1
    return lambda: prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def is_alone():
    """Are there no threads, which a fork would cut off in the middle of what they do?  Whatever starts with Python itself may have some."""
    threading = sys.modules.get("threading")
    return not threading or threading.active_count() == 1


def handle(request):
    try:
        os.chdir(request["folder"])
        database.use(request)
        session.keep(request)
        with project.application(request):
            importlib.import_module("." + request["verb"], __package__).handle(request)
    except (Exception, SystemExit) as error:
        fail(error, "env")


def end_like(status):
    """As the child has ended, which gave no answer."""
    if os.WIFSIGNALED(status):
        signal.signal(os.WTERMSIG(status), signal.SIG_DFL)
        os.kill(os.getpid(), os.WTERMSIG(status))
    os._exit(os.waitstatus_to_exitcode(status) & 255)


def fork(request, bind):
    """How it ended, and what it said of its failure."""
    ours, channel.parent = os.pipe()
    us = os.getpid()
    child = os.fork()
    if not child:
        bind()
        if os.getppid() != us:
            os._exit(1)
        os.close(ours)
        handle(request)
    os.close(channel.parent)
    _, status = os.waitpid(child, 0)
    with os.fdopen(ours) as said:
        return status, os.WIFEXITED(status) and os.WEXITSTATUS(status), said.read()


def serve(request, bind):
    """By one fork after the other, as long as there is another way to try."""
    del channel.failures[:]
    while True:
        status, code, said = fork(request, bind)
        if code == channel.ANSWERED:
            return
        if code != channel.TRY_AGAIN or not said:
            end_like(status)
        channel.failures.append(json.loads(said))


def main():
    bind = end_with_parent() if is_alone() else None
    while True:
        request = channel.next_request()
        if request is None:
            os._exit(0)
        if bind:
            serve(request, bind)
        else:
            channel.only_one = True
            handle(request)
