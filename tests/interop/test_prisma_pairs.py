"""
From one schema to another: where brant's migration has led, there is nothing left for Prisma to change.

Several pairs are one project, the names of each with a prefix of its own, so that one diff, one database and one question do for all of them.  Where
that fails, each is tried alone, and the first that fails alone is what the test shows.
"""
import itertools
import os
import re

import pytest

from interop.prisma import psl
from interop.prisma.changes import changed
from interop.prisma.random_schema import head_of, random_schema
from lib.brant import Brant

MANY = int(os.environ.get("PRISMA_MANY", 60))
TOGETHER = 12
KINDS = ["", "", "", "schemas", "prisma"]  # what is special about the datasource


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    ours = psl.Ours(tmp_path_factory.mktemp("psl"))
    yield ours
    ours.stop()


def accepted(ours, texts):
    return next(text for text in texts if "ddl" in ours(text))


def pair(ours, number, kind):
    """A random schema and what it becomes; what is in a database only once has a prefix."""
    first = accepted(ours, (random_schema(1000 * number + n, True, f"P{number}_", kind) for n in itertools.count()))
    return first, accepted(ours, (changed(first, 1000 * number + n) for n in itertools.count()))


def joined(texts):
    return head_of(texts[0]) + "".join(text[len(head_of(text)):] for text in texts)


def in_order(statement):
    """Columns may stand in another order than in a database that is made at once."""
    match = re.match(r'(-- AlterTable\nALTER TABLE (?:"[^"]*"\.)?"[^"]*" )(.*);$', statement, re.S)
    return match[1] + ",\n".join(sorted(match[2].split(",\n"))) + ";" if match else statement


def statements(ddl):
    return set() if ddl.startswith("-- This is an empty migration") else {in_order(each) for each in ddl.strip().split("\n\n")}


class Road:
    """A project that goes from the first schemas of some pairs to the second ones."""

    def __init__(self, engine, ours, new_database, folder, images):
        self.engine, self.ours, self.new_database, self.folder, self.images, self.number = engine, ours, new_database, folder, images, 0

    def left(self, database, text):
        """The statements that Prisma would still run."""
        return statements(self.engine("diff", **{"from": {"url": database.direct}, "to": {"text": text}}))

    def project(self, first, second):
        self.number += 1
        prisma = self.folder / f"project{self.number}/prisma"
        init = prisma / "migrations/20240101000000_init"
        init.mkdir(parents=True)
        (init / "migration.sql").write_text(self.ours(first)["ddl"])
        (prisma / "migrations/migration_lock.toml").write_text('provider = "postgresql"\n')
        (prisma / "schema.prisma").write_text(second.replace('"postgresql"\n', '"postgresql"\n  url = env("DATABASE_URL")\n', 1))
        return prisma.parent

    def remains(self, pairs, *options):
        """What Prisma would change in the end, but what it would change after its own DDL, too; or what brant says where it fails."""
        first, second = (joined(texts) for texts in zip(*pairs))
        database = self.new_database()
        project = self.project(first, second)
        brant = Brant(project, self.folder / f"home{self.number}", database.url)
        brant.link(self.images)
        result = brant("diff", "second", "--up", "--allow-data-loss", "--rename", "none", *options, timeout=300)
        if result.status:
            return str(result)
        left = self.left(database, second)
        if left:
            fresh = self.new_database()
            fresh.query(psl.theirs(self.engine, second))
            left -= self.left(fresh, second)
        return "\n\n".join(sorted(left))


@pytest.mark.parametrize("group", range((MANY + TOGETHER - 1) // TOGETHER))
def test_leads_where_prisma_wants_to_be(prisma_engine, ours, new_database, tmp_path, images, group):
    options = ["--safe"] if group % 3 == 1 else []
    road = Road(prisma_engine, ours, new_database, tmp_path, images)
    pairs = [pair(ours, number, KINDS[group % len(KINDS)]) for number in range(TOGETHER * group, min(MANY, TOGETHER * (group + 1)))]
    if remains := road.remains(pairs, *options):
        for first, second in pairs:
            if alone := road.remains([(first, second)], *options):
                pytest.fail(f"{alone}\n---- from\n{first}\n---- to\n{second}")
        pytest.fail(f"only together:\n{remains}")
