"""Values in SQL, as the driver would have sent them: where SQLAlchemy writes none, and where what it writes means something else.

Bytes it writes as text, whose backslashes bytea reads as escapes, None of JSON as NULL, days as seconds, and an empty array without a type.  JSON it does not write at all, and
before 2.0 neither times nor arrays.  The forms are psycopg2's.
"""
import datetime

import sqlalchemy
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql import sqltypes


def quoted(text):
    return "'%s'" % text.replace("'", "''")


def _json(self, dialect):
    as_text = sqltypes.JSON.bind_processor(self, dialect)

    def write(value):
        text = as_text(value)
        return "NULL" if text is None else quoted(text)
    return write


def _bytes(self, dialect):
    return lambda value: "'\\x%s'::bytea" % bytes(value).hex()


def _time(value):
    if isinstance(value, datetime.datetime):
        return "'%s'::timestamp%s" % (value.isoformat(), "tz" if value.tzinfo else "")
    if isinstance(value, datetime.time):
        return "'%s'::time%s" % (value.isoformat(), "tz" if value.tzinfo else "")
    if isinstance(value, datetime.date):
        return "'%s'::date" % value.isoformat()
    if isinstance(value, datetime.timedelta):
        return "'%d days %d.%06d seconds'::interval" % (value.days, value.seconds, value.microseconds)
    raise NotImplementedError("a value of %s" % type(value))


def _array(self, dialect):
    element = self.item_type.dialect_impl(dialect).literal_processor(dialect)

    def write(value):
        if not isinstance(value, (list, tuple)):
            raise NotImplementedError("an array that is no list")
        if not value:
            return "'{}'"
        return "ARRAY[%s]" % ", ".join("NULL" if v is None else write(v) if isinstance(v, (list, tuple)) else element(v) for v in value)
    return write if element else None


def _write_none(compiler):
    """None is a value of some types: JSON's null, where the model does not say that it is NULL."""
    real = compiler.render_literal_bindparam

    def render_literal_bindparam(self, bindparam, *args, **options):
        if not args and "render_literal_value" not in options and bindparam.value is None and bindparam.callable is None and bindparam.type.should_evaluate_none:
            return self.render_literal_value(None, bindparam.type)
        return real(self, bindparam, *args, **options)

    compiler.render_literal_bindparam = render_literal_bindparam


def install():
    sqltypes.JSON.literal_processor = _json
    sqltypes._Binary.literal_processor = _bytes
    postgresql.ARRAY.literal_processor = _array
    _write_none(postgresql.base.PGCompiler)
    older = sqlalchemy.__version__.startswith("1.")
    for kind in (sqltypes.Interval, postgresql.INTERVAL, *((sqltypes.DateTime, sqltypes.Date, sqltypes.Time) if older else ())):
        kind.literal_processor = lambda self, dialect: _time
