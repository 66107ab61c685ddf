"""brant diff on tests/corpus: every kind of object, every attribute, with rows in the tables."""
import concurrent.futures
import os
import re

import pytest

from lib import cluster, random_schemas
from lib.corpus import Corpus, cases
from lib.brant import ROOT

CORPUS = ROOT / "tests/corpus"

# What has to change in some case.  Not here: tablespaces and access methods (the server would need one more), an index that is
# invalid (only a failure leaves one).
ATTRIBUTES = {
    "schema": "exists owner comment",
    "extension": "exists schema_name comment",
    "extension member": "exists",
    "default privileges": "exists",
    "collation": "exists definition owner comment",
    "enum": "labels comment",
    "domain": "collation default not_null comment type",
    "domain constraint": "exists comment",
    "composite type": "exists",
    "attribute": "exists type collation comment",
    "range": "definition comment",
    "shell type": "exists definition",
    "base type": "definition",
    "foreign data wrapper": "server_options",
    "foreign server": "exists definition server_options owner comment",
    "sequence": "exists options comment",
    "owned by": "exists owned_by",
    "function": "exists signature defaults definition owner comment",
    "procedure": "definition comment",
    "aggregate": "definition owner comment",
    "operator": "definition owner comment",
    "cast": "definition",
    "operator family": "exists",
    "operator class": "definition",
    "operator family member": "exists",
    "text search template": "definition",
    "text search parser": "definition",
    "text search dictionary": "definition",
    "text search configuration": "mappings owner comment",
    "table": "exists unlogged partition_key partition_of partition_bound inherits of_type options row_security force_row_security "
             "replica_identity owner comment",
    "foreign table": "server server_options comment",
    "column": "exists type collation not_null generated identity identity_options identity_name identity_persistence storage compression statistics options "
              "server_options comment",
    "default": "exists expression",
    "constraint": "exists definition not_valid index_options clustered replica_identity index_comment comment",
    "foreign key": "exists definition not_valid",
    "index": "exists definition statistics clustered replica_identity comment",
    "view": "definition columns options owner comment",
    "materialized view": "exists definition options comment",
    "view column": "statistics compression storage comment",
    "statistics": "exists definition target comment",
    "rule": "definition enabled comment",
    "trigger": "exists definition enabled comment",
    "trigger state": "exists enabled",
    "policy": "exists restrictive command roles using check comment",
    "extension dependency": "exists",
    "publication": "publish all_tables owner comment",
    "publication table": "exists definition",
    "publication schema": "exists",
    "subscription": "exists connection publications slot_name options two_phase owner comment",
    "event trigger": "definition enabled owner comment",
    "language": "exists",
    "transform": "exists",
    "conversion": "definition",
    "user mapping": "exists server_options",
    "grant": "exists privileges",
}


def documented():
    """What docs/dump.md says of each kind's attributes; as a table's means all of them."""
    found = {}
    for line in (ROOT / "docs/dump.md").read_text().splitlines():
        if not (row := re.match(r"\| (`[a-z ]+`(?:, `[a-z ]+`)*) \| (.*) \|$", line)):
            continue
        names = set(re.findall(r"`(\w+)`", row[2])) | {"owner", "comment"}
        if like := re.match(r"as a (\w+)", row[2]):
            names |= found[like[1]]
        found |= {kind: names for kind in re.findall(r"`(.*?)`", row[1])}
    return found


@pytest.mark.skipif(cluster.server_major() < 15, reason="written for PostgreSQL 15 and later")
@pytest.mark.slow
def test_corpus():
    corpus = Corpus(watch=True)
    # Subscriptions are copied with pg_dump's help.
    chosen = [case for case in cases(CORPUS) if cluster.can_dump() or case[0].name != "publications"]
    try:
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            outcomes = list(pool.map(lambda case: corpus.run(*case), chosen))
    finally:
        corpus.close()
    assert not [f"{outcome.name}: {outcome.failure}" for outcome in outcomes if outcome.failure]
    if not cluster.can_dump():
        return
    wanted = {(kind, name) for kind, names in ATTRIBUTES.items() for name in names.split()}
    assert not sorted(wanted - corpus.changed), "these change in no case"
    known = documented()
    assert not sorted((kind, name) for kind, name in corpus.printed if name not in known.get(kind, ())), "dump --json says more than docs/dump.md"


@pytest.mark.skipif(cluster.server_major() < 15, reason="written for PostgreSQL 15 and later")
def test_random_pairs(tmp_path):
    """Pairs from a fixed seed on; `make schema-many` has more of them.  A pair that PostgreSQL does not load counts for nothing."""
    first, count = int(os.environ.get("SCHEMA_FIRST", 0)), int(os.environ.get("SCHEMA_MANY", 4))
    random_schemas.write(tmp_path / "pairs", range(first, first + count))
    corpus = Corpus()
    corpus.server.run("CREATE ROLE many_reader")
    try:
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            outcomes = list(pool.map(lambda case: corpus.run(*case), cases(tmp_path / "pairs")))
    finally:
        corpus.close()
    loaded = [outcome for outcome in outcomes if not re.match(r"(old|new)\.sql:\d+: ", outcome.failure)]
    assert len(loaded) > count * 0.9
    assert not [f"seed {int(outcome.name)}: {outcome.failure}" for outcome in loaded if outcome.failure]
