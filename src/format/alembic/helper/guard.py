"""What brant says in each transaction of the project's own code: its timeouts when it begins, its own look at it just before COMMIT.

What a revision SETs ends with its transaction: through a pooler its session is somebody else's a moment later.

Through the connection of the driver, so that no listener of the project, and none of ours, takes it for something that the project says.
"""
import re

import sqlalchemy
from sqlalchemy import event

from . import database

FRONT = r"(?is)(?:\s|--[^\n]*\n|/\*.*?\*/)*"  # of a statement, before its first word
SET = re.compile(FRONT + r"SET\s+(?!(?:LOCAL|TRANSACTION|CONSTRAINTS|SESSION\s+CHARACTERISTICS)\b)(?:SESSION\s+(?!AUTHORIZATION\b))?"
                 r"(ROLE|SESSION\s+AUTHORIZATION|TIME\s+ZONE|NAMES|SCHEMA|[\w.]+)")
SET_CONFIG = re.compile(r"(?is)\bset_config\s*\(\s*'([\w.]+)'[^)]*,\s*'?f(?:alse)?'?\s*\)")
OTHER_NAMES = {"NAMES": "client_encoding", "SCHEMA": "search_path"}
_set = []  # by the revision, in the transaction that is open


def is_autocommit(connection):
    """Each statement is a transaction by itself: there is nothing that could be set for it, or looked at before it is done."""
    driver = connection.connection
    driver = getattr(driver, "dbapi_connection", None) or getattr(driver, "connection", None) or driver
    return getattr(driver, "autocommit", False) is True


def is_in_transaction(connection):
    """Of one that commits by itself: has the revision said BEGIN?"""
    driver = getattr(connection.connection, "driver_connection", None) or connection.connection
    asks = getattr(driver, "is_in_transaction", None)  # asyncpg
    return asks() if asks else bool(getattr(getattr(driver, "info", None), "transaction_status", 0))


def _say(connection, sql):
    cursor = connection.connection.cursor()
    try:
        cursor.execute(sql)
    finally:
        cursor.close()


def overhear(statement):
    """A revision's statement."""
    found = SET.match(statement)
    for name in [found.group(1)] if found else SET_CONFIG.findall(statement):
        _set.append("RESET " + OTHER_NAMES.get(name.upper(), name))


def watch(guard, committing):
    """guard(): the two texts of what is under way, or None; committing(): a transaction is about to be committed."""
    def say(connection, word):
        texts = guard()
        if texts and connection.dialect.name == "postgresql" and not is_autocommit(connection):
            _say(connection, texts[word])

    @event.listens_for(sqlalchemy.engine.Engine, "begin")
    def on_begin(connection):
        del _set[:]
        for name, value in database.session:
            if connection.dialect.name == "postgresql" and not is_autocommit(connection):
                _say(connection, "SET LOCAL %s TO %s" % (name, value))
        say(connection, "begin")

    @event.listens_for(sqlalchemy.engine.Engine, "commit")
    def on_commit(connection):
        for reset in _set:
            _say(connection, reset)
        del _set[:]
        say(connection, "commit")
        committing()
