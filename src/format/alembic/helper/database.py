"""The database that brant works on: as a URL of SQLAlchemy's where the project looks for one, and as the place where its connections go."""
import contextlib
import importlib.util
import os
import re

import sqlalchemy
from sqlalchemy import event
from sqlalchemy.engine import make_url

place = {}  # host, port, user, password, database, sslmode; empty: nobody connects
_request = {}


def use(request):
    place.update(request.get("database") or {})
    _request.update(request)
    _set_environment(request.get("variable") or "DATABASE_URL")


# ---- the URL ----

def known_url(written):
    try:
        url = make_url(written)
        return url if url.get_backend_name() == "postgresql" else None
    except Exception:
        return None


def first_driver():
    for name in ("psycopg2", "psycopg", "asyncpg", "pg8000"):
        with contextlib.suppress(Exception):
            if importlib.util.find_spec(name):
                return name
    return "psycopg2"


def url_for(like):
    """The database as a URL of SQLAlchemy's, for the driver that the project uses."""
    driver = like.drivername if like and "+" in like.drivername else "postgresql+" + first_driver()
    host = place.get("host")
    socket = host and host.startswith("/")
    query = dict(like.query) if like else {}
    for key in ("host", "pgbouncer", "connection_limit", "pool_timeout", "schema"):
        query.pop(key, None)
    if socket:
        query["host"] = host
    return sqlalchemy.engine.URL.create(driver, place.get("user"), place.get("password"), None if socket else host,
                                        int(place["port"]) if place.get("port") else None, place.get("database"), query)


def _is_there(url):
    return url is not None and (url.host, url.port or 5432, url.database, url.username) == (
        place.get("host"), int(place.get("port") or 5432), place.get("database"), place.get("user"))


def _text(url):
    return url.render_as_string(hide_password=False)


def _set_environment(name):
    """The variable that env.py reads, kept as the user has it where that is this database already."""
    if not place:  # an env.py that insists on a URL shall have one
        os.environ[name] = os.environ.get(name) or "postgresql+%s://localhost/brant" % first_driver()
        return
    brants = known_url(_request.get("url") or "")
    for variable in {name, "DATABASE_URL"}:
        written = os.environ.get(variable)
        if _is_there(known_url(written or "")):
            continue
        url = brants if not written and _is_there(brants) else url_for(known_url(written or _request.get("url") or ""))
        os.environ[variable] = _text(url)


def set_option(config):
    """sqlalchemy.url, for an env.py that reads it."""
    written = known_url(config.get_main_option("sqlalchemy.url") or "")
    if place:
        url = url_for(written or known_url(_request.get("url") or ""))
        config.set_main_option("sqlalchemy.url", _text(url).replace("%", "%%"))
    elif not written:
        config.set_main_option("sqlalchemy.url", "postgresql+%s://localhost/brant" % first_driver())


# ---- drivers and connections ----

def know_drivers():
    """To write SQL no driver is needed: one that this SQLAlchemy does not know yet is as good as one that it does."""
    for name in ("psycopg", "psycopg_async", "psycopg2", "asyncpg"):
        try:
            sqlalchemy.dialects.registry.load("postgresql." + name)
        except Exception:
            sqlalchemy.dialects.registry.register("postgresql." + name, "sqlalchemy.dialects.postgresql.psycopg2", "PGDialect_psycopg2")


opened = []  # the pools' records of connections
session = []  # what a connection's own arguments say names are resolved by: no pooler takes such arguments, so it is told to each transaction


def own_listeners(pool):
    """What the project has called with each connection of the pool; SQLAlchemy has some of its own."""
    return [fn for fn in [*pool.dispatch.connect, *pool.dispatch.checkout] if not (getattr(fn, "__module__", None) or "").startswith("sqlalchemy")]


def session_settings(arguments):
    """options="-csearch_path=shop", or asyncpg's server_settings."""
    written = re.findall(r"-c\s*(\w+)=((?:\\.|[^\s\\])*)", str(arguments.get("options") or ""))
    told = [(name, re.sub(r"\\(.)", r"\1", value)) for name, value in written] + list((arguments.get("server_settings") or {}).items())
    return [(name.lower(), value) for name, value in told if name.lower() in ("search_path", "role")]


def lead_connections():
    """Whatever env.py makes its URL from, a connection to PostgreSQL goes to the database that brant works on."""
    @event.listens_for(sqlalchemy.engine.Engine, "do_connect")
    def on_connect(dialect, record, args, params):
        if dialect.name != "postgresql" or not place:
            return None
        opened.append(record)
        session[:] = session_settings(params)
        for name, value in session:
            params.get("server_settings", {}).pop(name, None)
        other = dialect.driver in ("asyncpg", "pg8000")  # they are not libpq
        name = "database" if other else "dbname"
        for key in ("host", "port", "user", "password", "database", "dbname", "dsn", "options"):
            params.pop(key, None)
        args[:] = []
        wanted = {"host": place.get("host"), "user": place.get("user"), "password": place.get("password"), name: place.get("database")}
        params.update({key: value for key, value in wanted.items() if value is not None})
        if place.get("port"):
            params["port"] = int(place["port"])
        if place.get("sslmode") and not other:
            params["sslmode"] = place["sslmode"]
        return None


def close_connections():
    """As the end of a command would: one that env.py has left open would keep its locks."""
    for record in opened:
        connection = getattr(record, "dbapi_connection", None) or getattr(record, "connection", None)
        with contextlib.suppress(BaseException):
            getattr(connection, "terminate", connection.close)()
        with contextlib.suppress(BaseException):
            record.dbapi_connection = None  # its pool makes another one
    del opened[:]
