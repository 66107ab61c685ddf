"""The connections of the project's code, kept (keeper.py): by the cursors of the drivers, whoever made them."""
import contextlib
import weakref

import sqlalchemy
from sqlalchemy import event

from . import database, keeper, pooled

has_pooler = True  # in between, as far as is known
_kept = weakref.WeakKeyDictionary()  # a driver's connection -> what it was told
_plain = []  # not empty: what is sent is brant's own
last_words = []  # functions of a connection of SQLAlchemy's, called just before it commits


def of(connection):
    """What a driver's connection was told."""
    if connection not in _kept:
        _kept[connection] = keeper.Kept(database.session, has_pooler)
    return _kept[connection]


def of_engines(connection):
    """Likewise of a connection of SQLAlchemy's."""
    driver = connection.connection
    driver = getattr(driver, "driver_connection", None) or getattr(driver, "dbapi_connection", None) or getattr(driver, "connection", None) or driver
    return of(driver)


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


def say(connection, sql):
    """brant's own, through a connection of SQLAlchemy's."""
    cursor = connection.connection.cursor()
    _plain.append(True)
    try:
        cursor.execute(sql)
    finally:
        _plain.pop()
        cursor.close()


def _before_commit(connection):
    """What the session would keep is taken back; and whoever it is, brant has its last words as itself."""
    kept = of_engines(connection)
    for undo in kept.undo():
        say(connection, undo)
    if "session authorization" in kept.said:
        say(connection, "SET LOCAL SESSION AUTHORIZATION DEFAULT")
    for speak in last_words:
        speak(connection)
    if has_pooler and not is_autocommit(connection):  # once nothing is said any more that should have brant's timeouts
        say(connection, kept.take_back())


def say_again(connection):
    """What the project has said goes before what brant has: a timeout of its own, for instance."""
    if connection.dialect.name == "postgresql":
        of_engines(connection).fresh = True


def begin_step(connection):
    """What env.py has said stays."""
    kept = of_engines(connection)
    kept.base = dict(kept.said)


def end_step(connection):
    """What the revision has set ends with it."""
    kept = of_engines(connection)
    kept.said = dict(kept.base)


def _plan(connection, sql, values, idle, alone):
    """None: it is sent as it is."""
    kept = of(connection)
    if hasattr(sql, "as_string"):  # psycopg's own sql.SQL()
        sql = sql.as_string(connection)
    if isinstance(sql, bytes):
        sql = sql.decode(errors="surrogateescape")
    if _plain or not isinstance(sql, str):
        kept.begins(idle)
        return None
    return kept.plan(sql, values, idle, alone)


# ---- psycopg2, psycopg ----

def _send_around(plan, send, other):
    """What was planned: the statement by send(), what goes around it by another cursor."""
    for said in plan.before:
        other.execute(*said)
    try:
        result = send(plan.sql)
    except Exception:
        for undo in plan.failed:
            other.execute(undo)
        raise
    for said in plan.after:
        other.execute(said)
    return result


def _cursor_of_psycopg2(params):
    from psycopg2.extensions import cursor

    class Cursor(params.get("cursor_factory") or cursor):
        def _send(self, real, sql, values):
            connection = self.connection
            plan = _plan(connection, sql, values, connection.info.transaction_status == 0, connection.autocommit)
            if not plan:
                return real(self, sql, values)
            with contextlib.closing(cursor(connection)) as other:
                return _send_around(plan, lambda planned: real(self, planned, values), other)

        def execute(self, query, vars=None):
            return self._send(kind.execute, query, vars)

        def executemany(self, query, vars_list):
            return self._send(kind.executemany, query, vars_list)

    kind = Cursor.__mro__[1]
    return Cursor


def _cursor_of_psycopg(psycopg, kind):
    class Cursor(kind or psycopg.Cursor):
        def _send(self, real, sql, values, options):
            connection = self.connection
            plan = _plan(connection, sql, values, connection.info.transaction_status == 0, connection.autocommit)
            if not plan:
                return real(sql, values, **options)
            with psycopg.Cursor(connection) as other:
                return _send_around(plan, lambda planned: real(planned, values, **options), other)

        def execute(self, query, params=None, **options):
            return self._send(super().execute, query, params, options)

        def executemany(self, query, params_seq, **options):
            return self._send(super().executemany, query, params_seq, options)

    return Cursor


def _cursor_of_psycopg_async(psycopg, kind):
    class Cursor(kind or psycopg.AsyncCursor):
        async def _send(self, real, sql, values, options):
            connection = self.connection
            plan = _plan(connection, sql, values, connection.info.transaction_status == 0, connection.autocommit)
            if not plan:
                return await real(sql, values, **options)
            async with psycopg.AsyncCursor(connection) as other:
                for said in plan.before:
                    await other.execute(*said)
                try:
                    result = await real(plan.sql, values, **options)
                except Exception:
                    for undo in plan.failed:
                        await other.execute(undo)
                    raise
                for said in plan.after:
                    await other.execute(said)
            return result

        async def execute(self, query, params=None, **options):
            return await self._send(super().execute, query, params, options)

        async def executemany(self, query, params_seq, **options):
            return await self._send(super().executemany, query, params_seq, options)

    return Cursor


def _use_cursors(dialect, params):
    if dialect.driver == "psycopg2":
        params["cursor_factory"] = _cursor_of_psycopg2(params)
    if dialect.driver in ("psycopg", "psycopg_async"):
        import psycopg
        params["prepare_threshold"] = None  # a pooler in transaction mode has no place for prepared statements
        cursor = _cursor_of_psycopg_async if getattr(dialect, "is_async", False) else _cursor_of_psycopg
        params["cursor_factory"] = cursor(psycopg, params.get("cursor_factory"))
    if dialect.driver == "asyncpg":
        pooled.use(params)
        with contextlib.suppress(ImportError, AttributeError):
            _keep_asyncpg()


# ---- asyncpg ----

def _keep_asyncpg():
    from sqlalchemy.dialects.postgresql.asyncpg import AsyncAdapt_asyncpg_cursor as Cursor
    if getattr(Cursor._prepare_and_execute, "is_kept", False):
        return
    real, real_many = Cursor._prepare_and_execute, Cursor._executemany

    async def send(self, how, sql, values):
        adapted, connection = self._adapt_connection, self._connection
        alone = adapted.isolation_level == "autocommit"
        plan = _plan(connection, sql, values, not connection.is_in_transaction() and not adapted._started, alone)
        if not plan:
            return await how(self, sql, values)
        if plan.before and not alone:
            async with adapted._execute_mutex:
                if not adapted._started:
                    await adapted._start_transaction()
        for said, with_values in plan.before:
            await connection.execute(_as_asyncpg(said, with_values), *(with_values or ()))
        try:
            result = await how(self, plan.sql, values)
        except Exception:
            for undo in plan.failed:
                await connection.execute(undo)
            raise
        for said in plan.after:
            await connection.execute(said)
        return result

    async def prepare_and_execute(self, operation, parameters):
        return await send(self, real, operation, parameters)

    async def executemany(self, operation, seq_of_parameters):
        return await send(self, real_many, operation, seq_of_parameters)

    prepare_and_execute.is_kept = prepare_and_execute.by_brant = True
    Cursor._prepare_and_execute, Cursor._executemany = prepare_and_execute, executemany


def _as_asyncpg(sql, values):
    """SQLAlchemy 1.4 has the placeholders of others up to here."""
    if values is None or not sqlalchemy.__version__.startswith("1."):
        return sql
    return sql % tuple("$%d" % n for n in range(1, len(values) + 1))


# ---- SQLAlchemy ----

def keep(request):
    """Every connection to PostgreSQL from now on."""
    global has_pooler
    has_pooler = request.get("pooled", True)

    @event.listens_for(sqlalchemy.engine.Engine, "do_connect")
    def on_connect(dialect, record, args, params):
        if dialect.name == "postgresql":
            _use_cursors(dialect, params)

    @event.listens_for(sqlalchemy.engine.Engine, "commit")
    def on_commit(connection):
        if connection.dialect.name == "postgresql":
            _before_commit(connection)

    @event.listens_for(sqlalchemy.engine.Engine, "rollback")
    def on_rollback(connection):
        with contextlib.suppress(Exception):
            of_engines(connection).rolled_back()
