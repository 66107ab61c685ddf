"""The SQL of revisions, from their own upgrade() and downgrade()."""
import ast
import contextlib
import functools
import hashlib
import os
import re
import sys

from alembic import __version__ as alembic_version
from alembic import context as context_module
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext

from . import channel
from .database import know_drivers
from .failure import describe, fail, is_mistake, is_ours
from .pretend import NeedsDatabase, prelude, pretending, rendering, translated, wanted_database
from .project import SeveralDatabases, load, run_env
from .record import Recorder, asked_url, asks_for_mode


def handle(request):
    know_drivers()
    config, script = load(request)
    done = []

    def fn(environment, context):
        recorder = Recorder(context)
        naming = _naming_files()
        done.extend(_cannot_load(script, request) or [])
        if not done:
            done.extend(_render(script, recorder, wanted, naming, environment) for wanted in request["revisions"])

    try:
        run_env(config, script, fn, insist=False)
    except NotImplementedError:
        pass
    except NeedsDatabase as error:  # it may make a schema, or do something else than to run revisions: what it does in offline mode says nothing of that
        done.extend(_all_by_tool(request, "env.py asks the database before it runs revisions: " + str(error)))
    except SeveralDatabases as error:
        fail(error, "several")
    except (Exception, SystemExit) as error:
        if not done:
            fail(error, "env")
    if not done:  # an env.py that has no offline mode: its models are loaded, and that is all that is wanted of it
        context = MigrationContext.configure(dialect_name="postgresql", opts={"as_sql": True, "literal_binds": True})
        with Operations.context(context):
            fn(None, context)
    channel.finish({"alembic": alembic_version, "revisions": done})


def _cannot_load(script, request):
    """Alembic loads every revision before it takes one; where one of them cannot be loaded, it would try all of them again for the next."""
    try:
        script.get_bases()
    except NeedsDatabase as error:
        return _all_by_tool(request, str(error))
    except (Exception, SystemExit) as error:
        fail(error, "revision")


def _render(script, recorder, wanted, naming, environment):
    entry = {"revision": wanted["revision"], "down": wanted["down"]}
    reason = _only_by_tool(recorder.context)
    if reason:
        return entry | {"by_tool": reason, "line": 0, "volatile": True}
    try:
        revision = script.get_revision(wanted["revision"])
        function = getattr(revision.module, "downgrade" if wanted["down"] else "upgrade", None)
    except (Exception, SystemExit) as error:
        return entry | {"error": describe(error, "revision")}
    if function is None:
        return entry | {"statements": None, "missing": True}
    # As the frames of its code call it: that need not be the path that it was loaded by.
    recorder.start(function.__code__.co_filename)
    online = context_module.is_offline_mode
    try:
        del wanted_database[:]
        rendering.append(recorder.path)
        context_module.is_offline_mode = asks_for_mode
        with pretending():
            function(**(environment.arguments if environment else {}))
    except NotImplementedError as error:
        told = describe(error, "not-implemented")
        return entry | ({"error": told} if _raised_it(function, error) else _by_tool(error))  # a library that has no words for a value is another matter
    except (SyntaxError, ImportError, NameError, SystemExit) as error:
        return entry | {"error": describe(error, "revision")}
    except Exception as error:
        return entry | ({"error": describe(error, "revision")} if not wanted_database and is_mistake(error) else _by_tool(error))
    finally:
        del rendering[:]
        context_module.is_offline_mode = online
        statements = recorder.finish()
    if wanted_database:
        return entry | _by_tool(wanted_database[0])
    if prelude and statements:
        statements = [{"sql": sql, "line": 0, "alone": False} for sql in prelude] + statements
    imported = _project_imports(revision.path, "")
    volatile = prelude or asked_url or any(map(_looks_elsewhere, imported))
    return entry | {"statements": statements, "volatile": bool(volatile), "needs": [[os.path.relpath(f), _digest(f)] for f in sorted(imported | naming)]}


# ---- left to Alembic ----

def _all_by_tool(request, why):
    return [dict(wanted, by_tool=why, line=0, volatile=True) for wanted in request["revisions"]]


def _only_by_tool(context):
    """What Alembic does around a revision, and SQL alone would not."""
    if translated:
        return "env.py has schemas translated"
    if getattr(context, "on_version_apply_callbacks", None):
        return "env.py wants to be called for each version"
    return None


def _raised_it(function, error):
    """Does the revision itself say so?"""
    trace = error.__traceback__
    while trace.tb_next:
        trace = trace.tb_next
    return is_ours(trace.tb_frame.f_code.co_filename) or trace.tb_frame.f_code.co_filename == function.__code__.co_filename


def _by_tool(error):
    told = describe(error, "revision")
    said = str(error) if isinstance(error, NeedsDatabase) else told["message"]
    return {"by_tool": said[:300], "line": told["line"]}


# ---- the files that its SQL depends on, beside its own ----

def _project_imports(path, package):
    """The project's own modules that a file imports, and theirs.  package: that the file is in, for what it imports relative to that."""
    seen, open_ = set(), [(path, package)]
    while open_:
        for module in _imported_modules(*open_.pop()):
            if module.__file__ not in seen:
                seen.add(module.__file__)
                open_.append((module.__file__, module.__package__ or ""))
    return seen


@functools.cache
def _imported_modules(path, package):
    found = []
    with contextlib.suppress(Exception):
        for node in ast.walk(ast.parse(_text_of(path))):
            for name in _imported_names(node, package):
                module = sys.modules.get(name)
                file = getattr(module, "__file__", None)
                if file and file.endswith(".py") and _is_written_here(file):
                    found.append(module)
    return found


def _imported_names(node, package):
    if isinstance(node, ast.Import):
        return [a.name for a in node.names]
    if not isinstance(node, ast.ImportFrom):
        return []
    above = package.split(".")[:len(package.split(".")) + 1 - node.level] if node.level else []
    name = ".".join([*above, *([node.module] if node.module else [])])
    return [name] + [name + "." + a.name for a in node.names]


@functools.cache
def _repository():
    """The folder that the project's code is in: a workspace may have it beside the project's own folder."""
    at = os.getcwd()
    while not os.path.exists(os.path.join(at, ".git")):
        at, below = os.path.dirname(at), at
        if at == below:
            return os.getcwd()
    return at


@functools.cache
def _is_written_here(file):
    """Not a package that is installed: those change with the Python that runs them."""
    path = os.path.abspath(file)
    return path.startswith(_repository() + os.sep) and not re.search(r"[\\/](site|dist)-packages[\\/]|[\\/]lib[\\/]python3", path) and os.path.exists(file)


@functools.cache
def _looks_elsewhere(file):
    """What a module takes from the environment or from a file is not the same the next time."""
    return re.search(r"\b(environ|getenv|BaseSettings|load_dotenv|configparser|open|read_text|read_bytes)\b", _text_of(file))


def _naming_files():
    """Names that the models give to constraints come into the SQL of revisions too."""
    found = set()
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if file and file.endswith(".py") and is_ours(file):
            with contextlib.suppress(Exception):
                if "naming_convention" in _text_of(file):
                    found.add(file)
    return found


def _text_of(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def _digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()
