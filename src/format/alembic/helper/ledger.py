"""Where env.py has Alembic keep its ledger."""
from . import channel
from .database import know_drivers
from .project import load, look_at_env


def handle(request):
    know_drivers()
    found = {}
    look_at_env(*load(request), lambda context: found.update(table=context.version_table, schema=context.version_table_schema))
    channel.finish(found)
