"""The project's configuration, its application where it has one, and its env.py."""
import argparse
import contextlib
import inspect
import os
import sys

from alembic import command
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory

from . import channel, database
from .failure import describe, fail, fail_with
from .pretend import NeedsDatabase, prelude, pretending, searched_path


def _command_line(request):
    """What env.py would find of the command that Alembic would have been given."""
    given = {"config": _from_here(request.get("config")), "name": request["section"], "x": request.get("x") or None, "raiseerr": False, "sql": False}
    if request["verb"] in ("models", "create"):
        return argparse.Namespace(**given, message=request.get("message"), autogenerate=request["verb"] == "models",
                                  cmd=(command.revision, [], ["message", "autogenerate", "sql"]))
    run = command.downgrade if request.get("down") else command.upgrade
    revision = request.get("revision") or (request.get("revisions") or [{}])[-1].get("revision") or "heads"
    return argparse.Namespace(**given, revision=revision, tag=None, cmd=(run, ["revision"], ["sql", "tag"]))


def _from_here(path):
    """As "alembic -c" would have been given it in the folder where it is run."""
    return path and os.path.relpath(os.path.join(channel.started_in, path))


def make_config(request):
    options = {"ini_section": request["section"], "cmd_opts": _command_line(request)}
    if "toml_file" in inspect.signature(Config.__init__).parameters and request.get("toml"):
        options["toml_file"] = _from_here(request["toml"])
    config = Config(_from_here(request.get("config")), **options)
    if request.get("flask"):
        config.set_main_option("script_location", _from_here(request["scripts"]))
    database.set_option(config)
    return config


def load(request):
    config = make_config(request)
    return config, ScriptDirectory.from_config(config)


@contextlib.contextmanager
def application(request):
    """Flask-Migrate's env.py asks the application, which "flask db" finds by FLASK_APP or by app.py and wsgi.py."""
    if not request.get("flask"):
        yield
        return
    sys.path.insert(0, os.getcwd())
    from flask.cli import ScriptInfo, load_dotenv
    load_dotenv()
    with ScriptInfo(os.environ.get("FLASK_APP")).load_app().app_context():
        yield


# ---- env.py without a database ----

class SeveralDatabases(Exception):
    pass


class OtherDatabase(Exception):
    pass


def _make_environment(config, script, online, **options):
    """
    Writes SQL, and lets env.py believe that it is online: what it tells Alembic there is what "alembic upgrade" goes by.  No class of its own: of such
    a one alembic.context would not know the names.
    """
    environment = EnvironmentContext(config, script, as_sql=True, dont_mutate=False, **options)
    real, configure = environment.run_migrations, environment.configure

    def remember(connection=None, *args, **options):
        environment.connected = connection
        return configure(connection, *args, **options)

    def run_migrations(**arguments):
        environment.arguments = arguments  # upgrade() gets them
        real(**arguments)

    environment.arguments, environment.connected, environment.configure = {}, None, remember
    environment.is_offline_mode = lambda: not online
    environment.run_migrations = run_migrations
    return environment


WAYS = ((True, pretending), (False, pretending), (False, contextlib.nullcontext))  # is env.py online, and what connects it


def run_env(config, script, fn, insist=True):
    """
    Calls fn(environment, context) where Alembic would run the revisions.  No database is needed: env.py gets a connection that is none.  One that
    looks into the database before that is NeedsDatabase; who insists has it run in offline mode, and where it does so even there, with a real connection.
    """
    while True:
        online, connections = WAYS[len(channel.failures)]
        reached = []
        try:
            return _run_env(config, script, fn, online, connections(), reached)
        except (Exception, SystemExit) as error:
            asks = isinstance(error, NeedsDatabase)
            if isinstance(error, OtherDatabase):
                fail(error, "env")
            if reached or (asks and not insist):
                raise
            if len(channel.failures) == len(WAYS) - 1 or (not online and not asks):
                _fail_at_last(error)
            channel.try_again(dict(describe(error, "env"), asks=asks, path=searched_path()))


def _run_env(config, script, fn, online, connections, reached):
    def once(heads, context):
        if reached:
            raise SeveralDatabases("env.py runs each revision more than once, as for several databases or schemas")
        if context.dialect.name != "postgresql":
            raise OtherDatabase("env.py runs the revisions on %s: have it take its URL from DATABASE_URL" % context.dialect.name)
        reached.append(True)
        fn(environment, context)
        return []

    del prelude[:]
    environment = _make_environment(config, script, online, fn=once, starting_rev="base", destination_rev="heads")
    with environment, connections:
        script.run_env()


def _fail_at_last(error):
    """With the first failure that was one, and no question."""
    for failure in channel.failures:
        if not failure.pop("asks"):
            channel.finish({"error": failure})
    raise error


def look_at_env(config, script, fn):
    """
    The same for fn(context, connection), which looks at what env.py has said by then, whether or not the rest of env.py fails.  Returns what it failed with; an env.py
    that does not come that far, and one that runs no migrations at all, is an error.
    """
    reached, failed = [], None

    def look(environment, context):
        fn(context, environment.connected)
        reached.append(True)

    try:
        run_env(config, script, look)
    except (Exception, SystemExit) as error:
        failed = error
    if not reached and failed:
        fail(failed, "env")
    if not reached:
        fail_with("env.py runs no migrations", "env")
    return failed
