"""asyncpg behind a pooler in transaction mode.

SQLAlchemy has it prepare each statement under a name that counts from 1 in each process, which another client of the same backend has taken already.  So each
gets a name that nobody else has.  Outside of a transaction what was prepared on one backend would be run on another: what has no values and returns no
rows, as most of a revision does, is sent as one message.  What was prepared is given up before the transaction ends, and with it the backend.
"""
import contextlib
import re
import uuid

import sqlalchemy

# No rows come back.
BARE = re.compile(r"(?is)\s*(ALTER|ANALYZE|CLUSTER|COMMENT|CREATE|DELETE|DO|DROP|GRANT|INSERT|LOCK|REFRESH|REINDEX|RESET|REVOKE|SET|TRUNCATE|UPDATE|VACUUM)\b"
                  r"(?!.*\bRETURNING\b)")


def use(params):
    """For the arguments of a connection."""
    params["statement_cache_size"] = params["prepared_statement_cache_size"] = 0
    params.pop("prepared_statement_name_func", None)
    with contextlib.suppress(ImportError, AttributeError):
        _name_each()
        _send_bare()


def _name_each():
    from asyncpg.connection import Connection
    real = Connection._get_unique_id
    if getattr(real, "by_brant", False):
        return

    def unique(self, prefix):
        return "__asyncpg_%s__" % uuid.uuid4().hex if prefix == "stmt" else real(self, prefix)

    unique.by_brant = True
    Connection._get_unique_id = unique


def _send_bare():
    from sqlalchemy.dialects.postgresql.asyncpg import AsyncAdapt_asyncpg_cursor as Cursor
    real = Cursor._prepare_and_execute
    if getattr(real, "by_brant", False):
        return

    async def prepare_and_execute(self, operation, parameters):
        if parameters or not BARE.match(operation):
            return await real(self, operation, parameters)
        connection = self._adapt_connection
        if parameters is not None and sqlalchemy.__version__.startswith("1."):
            operation = operation % ()
        async with connection._execute_mutex:
            if not connection._started:
                await connection._start_transaction()
            try:
                await self._connection._cleanup_stmts()
                said = await self._connection.execute(operation)
            except Exception as error:
                self._handle_exception(error)
            told = re.match(r"(?:UPDATE|DELETE|INSERT \d+) (\d+)", said or "")
            self._rows, self.description, self.rowcount = type(self._rows)(), None, int(told.group(1)) if told else -1

    prepare_and_execute.by_brant = True
    Cursor._prepare_and_execute = prepare_and_execute
