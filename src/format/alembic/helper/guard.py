"""What brant says in each transaction of the project's own code: its timeouts when it begins, its own look at it just before COMMIT.

Through the connection of the driver, so that no listener of the project, and none of ours, takes it for something that the project says.
"""
import sqlalchemy
from sqlalchemy import event


def is_autocommit(connection):
    """Each statement is a transaction by itself: there is nothing that could be set for it, or looked at before it is done."""
    driver = connection.connection
    driver = getattr(driver, "dbapi_connection", None) or getattr(driver, "connection", None) or driver
    return getattr(driver, "autocommit", False) is True


def _say(connection, sql):
    cursor = connection.connection.cursor()
    try:
        cursor.execute(sql)
    finally:
        cursor.close()


def watch(guard, committing):
    """guard(): the two texts of what is under way, or None; committing(): a transaction is about to be committed."""
    def say(connection, word):
        texts = guard()
        if texts and connection.dialect.name == "postgresql" and not is_autocommit(connection):
            _say(connection, texts[word])

    @event.listens_for(sqlalchemy.engine.Engine, "begin")
    def on_begin(connection):
        say(connection, "begin")

    @event.listens_for(sqlalchemy.engine.Engine, "commit")
    def on_commit(connection):
        say(connection, "commit")
        committing()
