"""A change of each kind in the models leads to a right revision: those that autogenerate knows, and those that it misses.

All kinds share one project: each has a table (or more) of its own, and all change at once, there and back again.  What went wrong with one of them is looked
for alone with BRANT_ALEMBIC_KINDS=NAME,... (or "all").
"""
import os
import re
from dataclasses import dataclass

import pytest

from lib.alembic_project import ENV, AlembicProject, schema_of, with_python

HEAD = '''
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.orm import declarative_base

Base = declarative_base()
M = Base.metadata


def table(name, *items, **options):
    """A table with a key and what it is about."""
    return sa.Table(name, M, sa.Column("id", sa.Integer, primary_key=True), *items, **options)

'''


@dataclass
class Kind:
    """T in the models is the name of the kind.  up: what the revision says on the way there, back: on the way back; None in front of a text: it must not."""
    before: str = ""
    after: str = ""
    up: tuple = ()
    back: tuple = ()
    renames: tuple = ()  # there, and back


def column(before, after, up, back, *more, **options):
    """A column "c" whose declaration changes; more is declared beside it, both times."""
    beside = "".join(f", {text}" for text in more)
    return Kind(f'table("T", sa.Column("c", {before}){beside})', f'table("T", sa.Column("c", {after}){beside})', up, back, **options)


def argument(before, after, up, back, *columns, **options):
    """An argument of the table changes: an index, a constraint."""
    beside = "".join(f", sa.Column({text})" for text in columns or ('"c", sa.Integer', '"d", sa.Integer'))
    with_comma = [f", {text}" if text else "" for text in (before, after)]
    return Kind(f'table("T"{beside}{with_comma[0]})', f'table("T"{beside}{with_comma[1]})', up, back, **options)


KINDS = {
    "a_table": Kind("", 'table("T", sa.Column("c", sa.Text, nullable=False), comment="one")', ("CREATE TABLE public.T", "COMMENT ON TABLE public.T IS 'one'"),
                    ("DROP TABLE public.T",)),
    "a_column": Kind('table("T")', 'table("T", sa.Column("c", sa.Text))', ("ALTER TABLE public.T ADD COLUMN c text",), ("ALTER TABLE public.T DROP COLUMN c",)),
    "a_column_that_must_have_a_value": Kind('table("T")', 'table("T", sa.Column("c", sa.Text, server_default="x", nullable=False))',
                                            ("ALTER TABLE public.T ADD COLUMN c text", "DEFAULT 'x'::text"), ("DROP COLUMN c",)),
    "an_index": argument("", 'sa.Index("ix_T", "c", "d")', ("CREATE INDEX CONCURRENTLY ix_T ON public.T USING btree (c, d)", "autocommit_block"),
                         ("DROP INDEX CONCURRENTLY public.ix_T",)),
    "a_unique_index": argument('sa.Index("ix_T", "c")', 'sa.Index("ix_T", "c", unique=True)', ("CREATE UNIQUE INDEX CONCURRENTLY ix_T",), ("CREATE INDEX CONCURRENTLY ix_T",)),
    "an_index_of_an_expression": argument("", 'sa.Index("ix_T", sa.text("lower(c) DESC"))', ("(lower(c) DESC)",), ("DROP INDEX",), '"c", sa.Text'),
    "an_index_where": argument('sa.Index("ix_T", "c", postgresql_where=sa.text("c > 1"))', 'sa.Index("ix_T", "c", postgresql_where=sa.text("c > 2"))',
                               ("WHERE (c > 2)",), ("WHERE (c > 1)",)),
    "an_index_using": argument('sa.Index("ix_T", "c")', 'sa.Index("ix_T", "c", postgresql_using="hash")', ("USING hash (c)",), ("USING btree (c)",)),
    "an_index_with_ops": argument('sa.Index("ix_T", "c")', 'sa.Index("ix_T", "c", postgresql_ops={"c": "text_pattern_ops"})', ("(c text_pattern_ops)",), ("(c)",),
                                  '"c", sa.Text'),
    "an_index_with_gin": argument("", 'sa.Index("ix_T", "c", postgresql_using="gin", postgresql_ops={"c": "jsonb_path_ops"})', ("USING gin (c jsonb_path_ops)",),
                                  ("DROP INDEX",), '"c", pg.JSONB'),
    "an_index_include": argument('sa.Index("ix_T", "c")', 'sa.Index("ix_T", "c", postgresql_include=["d"])', ("(c) INCLUDE (d)",), ("(c)",)),
    "an_index_with": argument('sa.Index("ix_T", "c")', 'sa.Index("ix_T", "c", postgresql_with={"fillfactor": 50})', ("fillfactor",), ("ix_T",)),
    "an_index_concurrently": argument("", 'sa.Index("ix_T", "c", postgresql_concurrently=True)', ("CREATE INDEX CONCURRENTLY ix_T",), ("DROP INDEX CONCURRENTLY",)),
    "an_index_with_nulls": argument('sa.Index("ix_T", "c")', 'sa.Index("ix_T", sa.column("c").desc().nullslast())', ("(c DESC NULLS LAST)",), ("(c)",)),
    "a_unique": argument("", 'sa.UniqueConstraint("c", name="uq_T")', ("UNIQUE INDEX CONCURRENTLY uq_T", "ADD CONSTRAINT uq_T UNIQUE USING INDEX"),
                         ("DROP CONSTRAINT uq_T",)),
    "a_unique_without_a_name": argument("", 'sa.UniqueConstraint("c", "d")', ("T_c_d_key",), ("DROP CONSTRAINT T_c_d_key",)),
    "a_unique_of_more": argument('sa.UniqueConstraint("c", name="uq_T")', 'sa.UniqueConstraint("c", "d", name="uq_T", deferrable=True, initially="DEFERRED")',
                                 ("uq_T", "DEFERRABLE INITIALLY DEFERRED"), ("uq_T",)),
    "a_foreign_key": Kind('table("T_of")\ntable("T", sa.Column("c", sa.Integer))', 'table("T_of")\ntable("T", sa.Column("c", sa.Integer, sa.ForeignKey("T_of.id")))',
                          ("ADD CONSTRAINT T_c_fkey FOREIGN KEY (c) REFERENCES public.T_of(id) NOT VALID", "VALIDATE CONSTRAINT T_c_fkey"), ("DROP CONSTRAINT T_c_fkey",)),
    "a_foreign_key_on_delete": Kind('table("T", sa.Column("c", sa.Integer, sa.ForeignKey("T.id", name="fk_T")))',
                                    'table("T", sa.Column("c", sa.Integer, sa.ForeignKey("T.id", name="fk_T", ondelete="CASCADE", onupdate="SET NULL")))',
                                    ("ON UPDATE SET NULL ON DELETE CASCADE",), ("REFERENCES public.T(id)",)),
    "a_foreign_key_of_two": argument(
        'sa.UniqueConstraint("c", "d", name="uq_T")',
        'sa.UniqueConstraint("c", "d", name="uq_T"), sa.ForeignKeyConstraint(["c", "e"], ["T.c", "T.d"], name="fk_T", deferrable=True, initially="DEFERRED")',
        ("FOREIGN KEY (c, e) REFERENCES public.T(c, d)", "DEFERRABLE INITIALLY DEFERRED"), ("DROP CONSTRAINT fk_T",), '"c", sa.Integer', '"d", sa.Integer', '"e", sa.Integer'),
    "a_key": Kind('sa.Table("T", M, sa.Column("c", sa.Integer, primary_key=True, autoincrement=False), sa.Column("d", sa.Integer, nullable=False))',
                  'sa.Table("T", M, sa.Column("c", sa.Integer, primary_key=True, autoincrement=False), sa.Column("d", sa.Integer, primary_key=True))',
                  ("T_pkey",), ("T_pkey",)),
    "not_null": column("sa.Text", "sa.Text, nullable=False", ("ALTER COLUMN c SET NOT NULL",), ("ALTER COLUMN c DROP NOT NULL",)),
    "a_longer_type": column("sa.String(10)", "sa.String(20)", ("TYPE character varying(20)",), ("TYPE character varying(10)",)),
    "a_type": column("sa.Integer", "sa.BigInteger", ("ALTER COLUMN c TYPE bigint",), ("ALTER COLUMN c TYPE integer",)),
    "a_type_that_needs_a_cast": column('sa.Text, server_default="1"', 'sa.Integer, server_default="1"', ("TYPE integer USING", "SET DEFAULT 1"), ("TYPE text",)),
    "a_precision": column("sa.Numeric(10, 2)", "sa.Numeric(12, 4)", ("TYPE numeric(12,4)",), ("TYPE numeric(10,2)",)),
    "a_time_zone": column("sa.DateTime", "sa.DateTime(timezone=True)", ("TYPE timestamp with time zone",), ("TYPE timestamp without time zone",)),
    "json": column("sa.JSON", "pg.JSONB", ("TYPE jsonb",), ("TYPE json",)),
    "an_array": column("pg.ARRAY(sa.Integer)", "pg.ARRAY(sa.BigInteger)", ("TYPE bigint[]",), ("TYPE integer[]",)),
    "a_collation": column("sa.Text", 'sa.Text(collation="C")', (r'COLLATE pg_catalog.\"C\"',), ("ALTER COLUMN c TYPE text",)),
    "an_interval": column("sa.Interval", "sa.Interval(second_precision=2)", ("interval(2)",), ("TYPE interval",)),
    "a_default": column("sa.Text", 'sa.Text, server_default="it\'s 100% :x"', ("SET DEFAULT 'it''s 100% ",), ("ALTER COLUMN c DROP DEFAULT",)),
    "another_default": column('sa.DateTime, server_default=sa.text("now()")', 'sa.DateTime, server_default=sa.text("(now() + interval \'1 day\')")',
                              ("SET DEFAULT (now() + '1 day'::interval)",), ("SET DEFAULT now()",)),
    "a_comment": column("sa.Text", """sa.Text, comment='a "one", 100% : b'""", (r"COMMENT ON COLUMN public.T.c IS 'a \"one\", 100% : b'",),
                        ("COMMENT ON COLUMN public.T.c IS NULL",)),
    "a_comment_of_a_table": Kind('table("T", comment="one")', 'table("T", comment="two")', ("COMMENT ON TABLE public.T IS 'two'",), ("COMMENT ON TABLE public.T IS 'one'",)),
    "identity": column("sa.Integer, nullable=False", "sa.Integer, sa.Identity(start=5)", ("ADD GENERATED BY DEFAULT AS IDENTITY (START WITH 5)",), ("DROP IDENTITY",)),
    "identity_options": column("sa.Integer, sa.Identity()", "sa.Integer, sa.Identity(always=True, increment=3)", ("SET GENERATED ALWAYS", "INCREMENT BY 3"),
                               ("SET GENERATED BY DEFAULT",)),
    "serial": Kind('sa.Table("T", M, sa.Column("id", sa.Integer, primary_key=True, autoincrement=False))', 'sa.Table("T", M, sa.Column("id", sa.Integer, primary_key=True))',
                   ("CREATE SEQUENCE public.T_id_seq", "nextval"), ("DROP DEFAULT", "DROP SEQUENCE public.T_id_seq")),
    "computed": Kind('table("T", sa.Column("d", sa.Integer))', 'table("T", sa.Column("d", sa.Integer), sa.Column("c", sa.Integer, sa.Computed("d * 2", persisted=True)))',
                     ("ADD COLUMN c integer GENERATED ALWAYS AS ((d * 2)) STORED",), ("DROP COLUMN c",)),
    "computed_otherwise": column('sa.Integer, sa.Computed("d * 2", persisted=True)', 'sa.Integer, sa.Computed("d * 3", persisted=True)', ("GENERATED ALWAYS AS ((d * 3))",),
                                 ("GENERATED ALWAYS AS ((d * 2))",), 'sa.Column("d", sa.Integer)'),
    "no_longer_computed": column('sa.Integer, sa.Computed("d * 2", persisted=True)', "sa.Integer", ("DROP EXPRESSION",), ("GENERATED ALWAYS",),
                                 'sa.Column("d", sa.Integer)'),
    "an_enum": Kind('table("T")', 'table("T", sa.Column("c", sa.Enum("x", "y", name="e_T"), server_default="x"))', ("CREATE TYPE public.e_T AS ENUM", "ADD COLUMN c public.e_T"),
                    ("DROP COLUMN c",)),  # the type stays: another's column may have it
    "an_enum_value": column('sa.Enum("x", "z", name="e_T")', 'sa.Enum("x", "y", "z", name="e_T"), server_default="y"', ("ADD VALUE 'y' AFTER 'x'", "SET DEFAULT 'y'"), ("e_T",)),
    "an_enum_in_an_array": column('pg.ARRAY(sa.Enum("x", name="e_T"))', 'pg.ARRAY(sa.Enum("x", "y", name="e_T"))', ("ADD VALUE 'y' AFTER 'x'",), ("e_T",)),
    "an_enum_of_text": column('sa.Text, nullable=False', 'sa.Enum("x", "y", name="e_T"), nullable=False', ("CREATE TYPE public.e_T", "TYPE public.e_T USING"), ("TYPE text",)),
    "an_enum_that_is_none": column('sa.Enum("x", name="e_T", native_enum=False, create_constraint=True, length=9)',
                                   'sa.Enum("x", "y", name="e_T", native_enum=False, create_constraint=True, length=9)', ("CONSTRAINT e_T CHECK", "'y'"), ("e_T",)),
    "a_check": argument("", 'sa.CheckConstraint("c > 0", name="ck_T")', ("ADD CONSTRAINT ck_T CHECK ((c > 0)) NOT VALID", "VALIDATE CONSTRAINT ck_T"), ("DROP CONSTRAINT ck_T",)),
    "another_check": argument('sa.CheckConstraint("c > 0", name="ck_T")', 'sa.CheckConstraint("c > 1", name="ck_T")', ("CHECK ((c > 1))",), ("CHECK ((c > 0))",)),
    "an_exclusion": argument("", 'pg.ExcludeConstraint(("c", "&&"), name="ex_T", using="gist", where=sa.text("NOT isempty(c)"))',
                             ("ADD CONSTRAINT ex_T EXCLUDE USING gist (c WITH &&) WHERE ((NOT isempty(c)))",), ("DROP CONSTRAINT ex_T",), '"c", pg.TSRANGE'),
    "a_partitioned_table": Kind("", 'table("T", sa.Column("at", sa.DateTime, primary_key=True), postgresql_partition_by="RANGE (at)")', ("PARTITION BY RANGE (at)",),
                                ("DROP TABLE public.T",)),
    "a_child": Kind('table("T_of")', 'table("T_of")\nsa.Table("T", M, sa.Column("c", sa.Integer), postgresql_inherits="T_of")', ("INHERITS (public.T_of)",), ()),
    "a_child_that_changes": Kind('table("T_of")\nsa.Table("T", M, sa.Column("c", sa.Integer), postgresql_inherits="T_of")',
                                 'table("T_of")\nsa.Table("T", M, sa.Column("c", sa.Integer), sa.Column("d", sa.Text), sa.Index("ix_T", "c"), postgresql_inherits="T_of")',
                                 ("ADD COLUMN d text", "ix_T"), ("DROP COLUMN d",)),
    "a_table_in_a_schema": Kind("", 'table("T", sa.Column("c", sa.Enum("x", name="e_T", schema="s_T")), schema="s_T")', ("CREATE SCHEMA s_T", "CREATE TABLE s_T.T"), ()),
    "a_type_in_a_schema": Kind('table("T")', 'table("T", sa.Column("c", sa.Enum("x", name="e_T", schema="s_T")))', ("CREATE SCHEMA s_T", "CREATE TYPE s_T.e_T AS ENUM"), ("DROP COLUMN c",)),
    "a_change_in_a_schema": Kind('table("T", schema="side")', 'table("T", sa.Column("c", sa.Text), schema="side")', ("ALTER TABLE side.T ADD COLUMN c text",), ("DROP COLUMN c",)),
    "a_sequence": Kind("", 'sa.Sequence("T", start=10, increment=5, metadata=M)', ("CREATE SEQUENCE public.T INCREMENT BY 5 START WITH 10|CREATE SEQUENCE public.T START WITH 10",), ()),
    "a_sequence_that_changes": Kind('sa.Sequence("T", metadata=M)', 'sa.Sequence("T", increment=5, metadata=M)', ("ALTER SEQUENCE public.T",), ("ALTER SEQUENCE public.T",)),
    "a_default_from_a_sequence": Kind('s = sa.Sequence("q_T", metadata=M)\ntable("T", sa.Column("c", sa.Integer))',
                                      's = sa.Sequence("q_T", metadata=M)\ntable("T", sa.Column("c", sa.Integer, s, server_default=s.next_value()))',
                                      ("SET DEFAULT nextval('public.q_T'::regclass)|SET DEFAULT nextval('q_T'::regclass)",), ("DROP DEFAULT",)),
    "a_renamed_column": Kind('table("T", sa.Column("c", sa.Text))', 'table("T", sa.Column("d", sa.Text))', ("RENAME COLUMN c TO d",), ("RENAME COLUMN d TO c",),
                             ("public.T.c=d", "public.T.d=c")),
    "a_renamed_table": Kind('table("T_1", sa.Column("c", sa.Text))', 'table("T_2", sa.Column("c", sa.Text))', ("ALTER TABLE public.T_1 RENAME TO T_2",),
                            ("ALTER TABLE public.T_2 RENAME TO T_1",), ("public.T_1=T_2", "public.T_2=T_1")),
    "a_name_that_needs_quotes": Kind('table("T")', 'table("T", sa.Column("Order", sa.Text), sa.Column("a%b:c", sa.Text, server_default="x"), sa.Index("Ix T", "Order"))',
                                     ('ADD COLUMN \\"Order\\" text', '\\"Ix T\\"', 'a%b:c'), ('DROP COLUMN \\"Order\\"',)),
}


class Project(AlembicProject):
    def models(self, kinds, which):
        text = "".join(f"# {name}\n{re.sub(r'(?<![A-Za-z])T(?![A-Za-z])', name, getattr(KINDS[name], which))}\n" for name in kinds)
        self.write("models.py", HEAD + text)
        return self

    def upgrades(self, name):
        """What the revisions of that name do; a rename is one of its own, in front of the rest."""
        files = [path for path in (self.path / "alembic/versions").glob("*.py") if re.search(rf"_{name}(_\d)?\.py$", path.name)]
        return "".join(path.read_text().split("def downgrade")[0].split("def upgrade")[1] for path in sorted(files))


# Columns that a child has from its parent; and a child that no model has any more, which brant leaves alone, as it does partitions.
ALWAYS_REPORTED = r"drop_column\('a_child(_that_changes)?', 'id'\)|drop_table\('a_child'\)"


def says(text, name, wanted):
    return any(re.sub(r"(?<![A-Za-z])T(?![A-Za-z])", name, choice) in text for choice in wanted.split("|"))


def walk(kinds, made, brant, database, theirs):
    """There and back; what is wrong, in words."""
    wrong = []
    for turn, (which, name) in enumerate((("before", "first"), ("after", "there"), ("before", "back"))):
        made.models(kinds, which)
        renames = [text for kind in kinds if turn and KINDS[kind].renames for text in ("--rename", re.sub(r"\bT(?=\b|_\d)", kind, KINDS[kind].renames[turn - 1]))]
        brant("diff", name, "--allow-data-loss", *(renames or ["--rename", "none"]), expect=0)
        made.alembic("upgrade", "head", url=theirs.direct)
        brant("up", expect=0)
        if schema_of(database) != schema_of(theirs):
            wrong.append(f"{name}: brant up and alembic upgrade do not agree")
        again = brant("diff", "again", "--print", expect=0).stdout
        if "nothing to change" not in again and again.strip():
            wrong.append(f"{name}: there is something left: {again}")
        made.alembic("revision", "--autogenerate", "-m", f"left {name}", url=theirs.direct)
        left = made.upgrades(f"left_{name}")
        next((made.path / "alembic/versions").glob(f"*_left_{name}.py")).unlink()
        wrong += [f"{name}: autogenerate has more to do: {call}" for call in re.findall(r"^    (?!pass|#)(\S.*)", left, re.M) if not re.search(ALWAYS_REPORTED, call)]
        text = made.upgrades(name)
        for kind in kinds if turn else ():
            wanted = KINDS[kind].up if turn == 1 else KINDS[kind].back
            wrong += [f"{kind}: the revision does not say: {word}" for word in wanted if not says(text, kind, word)]
    return wrong, text


@pytest.fixture
def made(project, database):
    env = ENV.replace("OPTIONS = {}", 'OPTIONS = {"include_schemas": True, "include_name": lambda name, kind, parents: kind != "schema" or name in (None, "side", "s_a_table_in_a_schema"), '
                                      '"compare_type": True}').replace("config = context.config", "import sys\nsys.path.insert(0, '.')")
    return Project(project.path, database, env=env)


@pytest.fixture
def brant(brant):
    return with_python(brant)


@pytest.mark.slow
def test_each_kind(made, brant, database, new_database):
    wrong, text = walk(KINDS, made, brant, database, new_database())
    assert not wrong, "\n".join(wrong) + "\n" + text


SINGLE = os.environ.get("BRANT_ALEMBIC_KINDS", "")


@pytest.mark.parametrize("kind", [name for name in KINDS if SINGLE == "all" or name in SINGLE.split(",")])
def test_one_kind_alone(made, brant, database, new_database, kind):
    wrong, text = walk([kind], made, brant, database, new_database())
    assert not wrong, "\n".join(wrong) + "\n" + text
