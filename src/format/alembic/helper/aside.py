"""Statements that a revision means to run outside of any transaction, handed over to brant.

On the project's own connection none could have a lock timeout that ends with it: behind a pooler a bare SET is left to whoever comes next.  brant sends the
statement with its settings and their RESET in one go, asserts its lease before, and tries again what fails on a lock.

Only what changes the schema, has no values, and asks for nothing.  What the session was told (keeper.py) goes with it.  Where the session is not like any other,
since env.py listens to it, or the revision has made temporary tables in it, its statements are its own; so are those between a BEGIN of its own and the
COMMIT: what it has locked there, nobody else gets.
"""
import re

import sqlalchemy
from sqlalchemy import event

from . import channel, keeper, session

DDL = keeper.statement(r"(ALTER|ANALYZE|CLUSTER|COMMENT|CREATE(?!\s+((LOCAL|GLOBAL)\s+)?TEMP)|DROP|GRANT|REFRESH|REINDEX|REVOKE|TRUNCATE|VACUUM)\b")
TEMPORARY = re.compile(r"(?i)\bTEMP(ORARY)?\b")

_own = []  # not empty: it has made something in that session that another would not have


def begin():
    """A revision begins."""
    del _own[:]


def hand_over(is_plain):
    """is_plain(connection): is its session like any other?"""
    def on_execute(cursor, statement, parameters, context):
        connection = context.root_connection
        if connection.dialect.name != "postgresql" or not session.is_autocommit(connection):
            return False
        if "%" in statement and connection.dialect.paramstyle in ("format", "pyformat") and parameters is not None:
            statement = statement.replace("%%", "%")
        if session.is_in_transaction(connection):
            return False
        settings = session.of_engines(connection).settings()
        if not parameters and not _own and settings is not None and ";" not in statement.rstrip("; \n\t") and DDL.match(statement) and is_plain(connection):
            return _ask(connection.dialect, statement, settings)
        if TEMPORARY.search(statement):
            _own.append(statement)
        return False

    event.listen(sqlalchemy.engine.Engine, "do_execute", on_execute)
    event.listen(sqlalchemy.engine.Engine, "do_execute_no_params", lambda cursor, statement, context: on_execute(cursor, statement, None, context))


def _ask(dialect, statement, settings):
    """Whether brant has run it."""
    reply = channel.ask({"aside": {"sql": statement, "settings": settings}})
    if reply.get("error"):
        raise _as_drivers(dialect, reply["error"])
    return bool(reply.get("done"))


def _as_drivers(dialect, told):
    """The error that the driver would have raised: a revision may wait for it."""
    driver = getattr(dialect, "dbapi", None)
    kind = getattr(driver, "OperationalError" if told.get("sqlstate") == "55P03" else "ProgrammingError", RuntimeError)
    state = told.get("sqlstate")
    lines = [told["message"] or "brant did not run it", *("%s:  %s" % (name.upper(), told[name]) for name in ("detail", "hint") if told.get(name))]
    return type(kind.__name__, (kind,), {"sqlstate": state, "pgcode": state, "__module__": kind.__module__})("\n".join(lines))
