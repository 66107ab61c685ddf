"""
Alembic's command line for tests: one JSON request a line on standard input ({"args", "cwd", "env"}), one answer a line ({"status", "stdout", "stderr"}).

Each request is a process of its own, forked from this one, which has imported what takes most of Alembic's time.  It ends with its standard input.
"""
import gc
import json
import os
import sys
import tempfile

import alembic.autogenerate  # noqa: F401
import alembic.command  # noqa: F401
import alembic.config
import sqlalchemy.dialects.postgresql.psycopg2  # noqa: F401


def become(request, out, err):
    """As "python3 -m alembic" would be, in the forked process."""
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(out.fileno(), 1)
    os.dup2(err.fileno(), 2)
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    # The folder of this file is not Alembic's business.
    sys.path[:1] = [os.getcwd(), *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    sys.argv = ["alembic", *request["args"]]
    alembic.config.main(prog="alembic")


def run(request):
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        if not (pid := os.fork()):
            status = 0
            try:
                become(request, out, err)
            except SystemExit as end:
                status = end.code if isinstance(end.code, int) else int(bool(end.code))
                if isinstance(end.code, str):
                    print(end.code, file=sys.stderr)
            except BaseException:  # what the interpreter would do with it
                sys.excepthook(*sys.exc_info())
                status = 1
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        texts = [file.seek(0) or file.read() for file in (out, err)]
        return {"status": status, "stdout": texts[0], "stderr": texts[1]}


gc.freeze()
for line in sys.stdin:
    print(json.dumps(run(json.loads(line))), flush=True)
