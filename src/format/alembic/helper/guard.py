"""What brant says in each transaction of the project's own code: its timeouts when it begins, its own look at it just before COMMIT.

Through the connection of the driver, so that no listener of the project, and none of ours, takes it for something that the project says.
"""
import sqlalchemy
from sqlalchemy import event

from . import session


def watch(guard, committing):
    """guard(): the two texts of what is under way, or None; committing(): a transaction is about to be committed."""
    def say(connection, word):
        texts = guard()
        if texts and connection.dialect.name == "postgresql" and not session.is_autocommit(connection):
            session.say(connection, texts[word])

    @event.listens_for(sqlalchemy.engine.Engine, "begin")
    def on_begin(connection):
        say(connection, "begin")
        session.say_again(connection)

    def on_commit(connection):
        say(connection, "commit")
        committing()

    session.last_words.append(on_commit)
