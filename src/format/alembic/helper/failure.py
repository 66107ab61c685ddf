"""What went wrong in the project's code, as brant shows it."""
import configparser
import contextlib
import linecache
import os
import re
import traceback
import types

from . import channel


def is_ours(path):
    """A file of the project, not of a package that it uses, nor of this helper."""
    path = os.path.abspath(path)
    return path.startswith(os.getcwd() + os.sep) and not re.search(r"[\\/](site|dist)-packages[\\/]|[\\/]lib[\\/]python3", path) and os.path.exists(path)


CALLED_WRONG = re.compile(r"missing \d+ required|unexpected keyword argument|positional arguments? but|multiple values for|invalid keyword argument|Additional arguments should be named")


def is_mistake(error):
    """
    Would a revision that raised this, without a database, raise it with one, too?  A name that a module does not have, or arguments that a function does not
    take.  Other errors may come of what a connection would have told (its dialect knows no version), and what the code raises of its own accord may, too.
    """
    frames = list(traceback.walk_tb(error.__traceback__))[1:]  # the first is our own call
    if not frames or any(frame.f_globals.get("__package__") == __package__ for frame, _ in frames) or _is_raised(*frames[-1]):
        return False
    if isinstance(error, AttributeError):
        return isinstance(getattr(error, "obj", None), (types.ModuleType, type)) or str(error).startswith("module ")
    from sqlalchemy.exc import ArgumentError  # not on top: this module says that there is no SQLAlchemy
    return isinstance(error, ArgumentError) or (isinstance(error, TypeError) and CALLED_WRONG.search(str(error))) or _missing_variable(error, frames[-1][0])


def _is_raised(frame, line):
    """By a statement of the project's code?"""
    path = frame.f_code.co_filename
    return is_ours(path) and linecache.getline(path, line).strip().startswith("raise")


def _missing_variable(error, frame):
    return isinstance(error, KeyError) and frame.f_code is type(os.environ).__getitem__.__code__


def _text_of(path):
    with contextlib.suppress(OSError, UnicodeDecodeError), open(path, encoding="utf-8") as file:
        return file.read()
    return ""


def _in_words(error):
    """What Python says too shortly for somebody who does not know that another program runs the code; and a hint.  None: it says enough."""
    if type(error).__module__.startswith(__package__):
        return str(error), None
    if isinstance(error, SystemExit):
        said = error.code if isinstance(error.code, str) else None
        return said or "the code ends the program: sys.exit(%s)" % ("" if error.code is None else error.code), None
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    if trace and _missing_variable(error, trace.tb_frame):
        return ("the environment variable %s is not set" % error.args[0],
                "The project's code runs in brant's own environment: set the variable as for the command \"alembic\".")
    if isinstance(error, KeyError) and error.args and trace and "get_x_argument" in _text_of(trace.tb_frame.f_code.co_filename):
        return None, "What it misses may be an argument of the command: -x %s=VALUE, as for the command \"alembic\"." % (error.args[0],)
    if "requires an async driver" in str(error):
        return None, "Name in the URL the driver that env.py needs: postgresql+asyncpg://, or postgresql+psycopg:// under SQLAlchemy 2."
    if isinstance(error, configparser.MissingSectionHeaderError) and "\ufeff" in str(error.line):
        return None, "The file begins with a byte order mark, which Python's reader of such files does not take: save it as UTF-8 without one."
    if isinstance(error, EOFError):
        return None, "Nobody can answer what the project's code asks for here: its standard input is empty."
    return None, None


def describe(error, kind):
    """Of a traceback what matters: the frames in the project's own files, and what was raised."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if is_ours(f.filename)]
    place = (os.path.relpath(frames[-1].filename), frames[-1].lineno) if frames else (None, 0)
    if isinstance(error, SyntaxError) and error.filename and is_ours(error.filename):
        place = (os.path.relpath(error.filename), error.lineno or 0)
    lines = ["%s:%d in %s: %s" % (os.path.relpath(f.filename), f.lineno, f.name, f.line) for f in frames[-6:]]
    said = "".join(traceback.format_exception_only(type(error), error)).strip()
    missing = getattr(error, "name", None) if isinstance(error, ModuleNotFoundError) else None
    message, hint = _in_words(error)
    lines_said = said.splitlines()  # Python puts the place of a syntax error in front; others have more to say behind their first line
    return {"kind": kind, "message": (message or lines_said[-1 if isinstance(error, SyntaxError) else 0])[:500], "hint": hint, "detail": "\n".join([*lines, said])[:4000],
            "file": place[0], "line": place[1], "module": missing}


def fail(error, kind):
    channel.finish({"error": describe(error, kind)})


def fail_with(message, kind):
    channel.finish({"error": {"kind": kind, "message": message, "detail": None, "file": None, "line": 0}})
