"""Alembic itself, for revisions whose SQL nobody can write down: a step up or down for each request.

One run of env.py does for all of them where each step is committed when it is done, and env.py has told its session nothing that the next step would have to know;
else env.py is run again for the next one.  Between two steps brant works on the same ledger.
"""
import re

import sqlalchemy
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import HeadMaintainer, MigrationStep
from sqlalchemy import event, text

from . import aside, channel, database, guard, keeper, session
from .failure import describe
from .project import load


def handle(request):
    database.lead_connections()
    listen()
    guard.watch(lambda: Work.current.request and Work.current.request.get("guard"), on_commit)
    aside.hand_over(lambda connection: Work.current.stepping and not Work.current.told and not has_listeners(connection))
    read_heads_each_time()
    first = True
    while request:
        work = Work(request)
        result = work.run_env(first)
        request = work.request
        if result and result.get("again"):
            channel.finish(result)
        if result:
            channel.answer(result)
            request = channel.next_request()
        first = False
    channel.leave()


class Work:
    """A run of env.py, and the requests that it answers."""

    current = None  # the one that is under way

    def __init__(self, request):
        self.request = request  # that is not answered yet; None: there are no more
        self.began = False  # has anything of it been done?
        self.stepping = False  # is a revision at work, and not env.py?
        self.committed = False  # has anything of it reached the database?  Then it cannot simply be tried again
        self.told = []  # what env.py told the server, beside questions: another transaction would not know it
        Work.current = self

    def run_env(self, first):
        """The answer to the request that came last; None where there is none any more."""
        config, script = load(self.request)
        environment = EnvironmentContext(config, script, fn=lambda heads, context: self.steps(script, context), as_sql=False, starting_rev=None,
                                         destination_rev=self.request["revision"])
        configure = environment.configure
        environment.configure = lambda *args, **options: configure(*args, **(options | {"transaction_per_migration": True}))
        asked = self.request
        try:
            with environment:
                script.run_env()
        except (Exception, SystemExit) as error:
            if not self.request:
                return None
            if not self.began and (not first or self.request is not asked):
                return {"again": True}  # env.py may bear no second run in a process, or its connection was cut: another process does it
            return {"error": describe(error, "run") | server_error(error) | {"committed": self.committed}}
        finally:
            database.close_connections()
        return {"done": True} if self.request else None

    def steps(self, script, context):
        """As "alembic upgrade" and "alembic downgrade" would take them; with branches neither names just one."""
        while self.request:
            revision = script.get_revision(self.request["revision"])
            make = MigrationStep.downgrade_from_script if self.request["down"] else MigrationStep.upgrade_from_script
            self.began = self.stepping = True
            self.committed = False
            aside.begin()
            session.begin_step(context.connection)
            yield make(script.revision_map, revision)
            self.stepping = False
            session.end_step(context.connection)
            if not self.can_stay(context):
                return
            channel.answer({"done": True})
            self.began = False
            self.request = channel.next_request()
            if self.request:
                context.connection.execute(text("SELECT 1"))  # it may have been cut meanwhile

    def can_stay(self, context):
        """Is the step committed, and would the next one in this run of env.py find all as the first has found it?"""
        connection = context.connection
        if self.told or connection is None or connection.in_transaction() or getattr(context, "_in_external_transaction", True):
            return False
        return not has_listeners(connection)


def has_listeners(connection):
    """Does the project do something with each connection, which another one would not have?"""
    return bool(database.own_listeners(connection.engine.pool))


QUESTION = re.compile(r"(?is)\s*(SELECT|SHOW)\b(?!.*(set_config|advisory))")


def listen():
    @event.listens_for(sqlalchemy.engine.Engine, "before_cursor_execute")
    def on_execute(connection, cursor, statement, *others):
        work = Work.current
        if QUESTION.match(statement) or keeper.is_kept(statement):
            return
        if not work.stepping:
            work.told.append(statement)
        elif session.is_autocommit(connection):
            work.committed = True


def on_commit():
    Work.current.committed |= Work.current.stepping


def server_error(error):
    """What the server itself said, where it did."""
    statement = getattr(error, "statement", None)
    error = getattr(error, "orig", None) or error
    state = getattr(error, "sqlstate", None) or getattr(error, "pgcode", None)
    told = getattr(error, "diag", None)
    cause = error.__cause__  # asyncpg's own, behind what SQLAlchemy makes of it
    return {} if not isinstance(state, str) else {
        "sqlstate": state,
        "said": getattr(told, "message_primary", None) or getattr(cause, "message", None) or str(error),
        "statement": statement if isinstance(statement, str) else None,
        "advice": getattr(told, "message_hint", None) or getattr(cause, "hint", None),
    }


def read_heads_each_time():
    real = HeadMaintainer.update_to_step

    def update_to_step(self, step):
        self.heads = set(self.context.get_current_heads())
        real(self, step)

    HeadMaintainer.update_to_step = update_to_step
