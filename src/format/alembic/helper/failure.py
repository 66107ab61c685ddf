"""What went wrong in the project's code, as brant shows it."""
import os
import re
import traceback

from . import channel


def is_ours(path):
    """A file of the project, not of a package that it uses, nor of this helper."""
    path = os.path.abspath(path)
    return path.startswith(os.getcwd() + os.sep) and not re.search(r"[\\/](site|dist)-packages[\\/]|[\\/]lib[\\/]python3", path) and os.path.exists(path)


def describe(error, kind):
    """Of a traceback what matters: the frames in the project's own files, and what was raised."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if is_ours(f.filename)]
    place = (os.path.relpath(frames[-1].filename), frames[-1].lineno) if frames else (None, 0)
    if isinstance(error, SyntaxError) and error.filename and is_ours(error.filename):
        place = (os.path.relpath(error.filename), error.lineno or 0)
    lines = ["%s:%d in %s: %s" % (os.path.relpath(f.filename), f.lineno, f.name, f.line) for f in frames[-6:]]
    said = "".join(traceback.format_exception_only(type(error), error)).strip()
    missing = getattr(error, "name", None) if isinstance(error, ModuleNotFoundError) else None
    lines_said = said.splitlines()  # Python puts the place of a syntax error in front; others have more to say behind their first line
    return {"kind": kind, "message": lines_said[-1 if isinstance(error, SyntaxError) else 0][:500], "detail": "\n".join([*lines, said])[:4000],
            "file": place[0], "line": place[1], "module": missing}


def fail(error, kind):
    channel.finish({"error": describe(error, kind)})


def fail_with(message, kind):
    channel.finish({"error": {"kind": kind, "message": message, "detail": None, "file": None, "line": 0}})
