"""A new revision, by Alembic's own code: the file's name, its date and its template are what the project has chosen."""
import contextlib
import inspect
import os

from alembic import util
from alembic.script import ScriptDirectory

from . import channel
from .database import know_drivers
from .failure import fail
from .project import load


def handle(request):
    know_drivers()
    config, script = load(request)
    heads = request["heads"] or ["base"]
    options = dict(refresh=True, splice=bool(request.get("splice")), upgrades=request.get("upgrades") or "pass",
                   downgrades=request.get("downgrades") or "pass", imports="")
    try:
        with open(os.path.join(script.dir, "script.py.mako"), encoding="utf-8") as template:
            if "config" in template.read():
                options["config"] = config
        made = script.generate_revision(request.get("id") or util.rev_id(), request["message"],
                                        head=heads[0] if len(heads) == 1 else tuple(heads), **options)
    except Exception as error:
        fail(error, "create")
    _run_hooks(script, made.path)
    channel.finish({"path": os.path.relpath(made.path), "revision": made.revision})


def _run_hooks(script, path):
    """black, ruff and the like, as alembic.ini has them; newer Alembics run them from the command, not from generate_revision()."""
    with contextlib.suppress(Exception):
        from alembic.script import write_hooks
        section = getattr(script, "hooks", None) or getattr(script, "hook_config", None)
        runs = inspect.getsource(getattr(ScriptDirectory, "_generate_template", ScriptDirectory.generate_revision))
        if section and "write_hooks" not in runs:
            write_hooks._run_hooks(path, section)
