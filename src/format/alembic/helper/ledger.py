"""Where env.py has Alembic keep its ledger: in the schema that it names, else in the one that its session finds first."""
import sqlalchemy

from . import channel
from .database import know_drivers
from .pretend import first_schema, searched_path
from .project import load, look_at_env


def handle(request):
    know_drivers()
    found = {}
    earlier = [failure["path"] for failure in channel.failures if failure.get("path")]  # what env.py had said before it asked the database something
    look_at_env(*load(request), lambda context, connection: found.update(
        table=context.version_table, schema=context.version_table_schema or first_schema(searched_path() or (earlier or [None])[0]) or _current_schema(connection)))
    channel.finish(found)


def _current_schema(connection):
    """As the session has it that env.py really has opened."""
    if isinstance(connection, sqlalchemy.engine.Connection):
        return connection.execute(sqlalchemy.text("SELECT pg_catalog.current_schema()")).scalar()
    return None
