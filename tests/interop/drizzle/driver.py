"""The two that are compared: drizzle-kit and brant's reader of schema.ts, each one process that answers."""
import json
import os
import pathlib
import subprocess

from lib.brant import program
from lib.npm import npm_folder

HERE = pathlib.Path(__file__).parent
PACKAGES = {"0.31": "drizzle", "1.0": "drizzle1"}
IMPORTS = """import { sql, eq, ne, gt, gte, lt, lte, and, or, not, isNull, isNotNull, inArray, count, sum, asc, desc, type SQL } from "drizzle-orm";
import { pgTable, pgTableCreator, pgSchema, pgEnum, pgSequence, pgView, pgMaterializedView, pgRole, pgPolicy, customType, index, uniqueIndex, unique, check,
  primaryKey, foreignKey, integer, smallint, bigint, serial, smallserial, bigserial, numeric, decimal, real, doublePrecision, text, varchar, char, boolean,
  uuid, json, jsonb, date, time, timestamp, interval, inet, cidr, macaddr, macaddr8, point, line, geometry, vector, halfvec, sparsevec, bit,
  type AnyPgColumn } from "drizzle-orm/pg-core";
"""


class Kit:
    """ddl(text): what drizzle-kit writes, a list of statements; KitError with its words."""

    def __init__(self, line):
        self.line = line
        self.process = subprocess.Popen(["node", HERE / "schemas.mjs", npm_folder(PACKAGES[line]), npm_folder("drizzle")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ddl(self, text, casing=None, previous=None):
        """previous: a snapshot, or for 1.0 all of them by folder: what is left to do from there."""
        return self.ask(text, casing, previous)["sql"]

    def ask(self, text, casing=None, previous=None):
        """The snapshot as well."""
        self.process.stdin.write(json.dumps({"text": text, "casing": casing, "previous": previous}) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if "error" in answer:
            raise KitError(answer["error"])
        return answer

    def stop(self):
        self.process.stdin.close()
        self.process.wait(10)


class KitError(Exception):
    pass


class Reader:
    """ddl(text): what brant writes; ReaderError with file, line and words."""

    def __init__(self, folder, line):
        self.folder, self.line = pathlib.Path(folder), line
        path = os.environ.get("BRANT_DRIZZLE_DDL") or program().parent.parent / "tests/unit/drizzle_ddl"
        self.process = subprocess.Popen([path, "--"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ddl(self, text, casing=None):
        (self.folder / "schema.ts").write_text(text)
        return self.ddl_of(self.folder, ["schema.ts"], casing)

    def snapshot(self, text, casing=None):
        (self.folder / "schema.ts").write_text(text)
        return json.loads(self.ddl_of(self.folder, ["schema.ts"], casing, "s"))

    def ddl_of(self, root, paths, casing=None, what=""):
        words = [what + ("1" if self.line == "1.0" else "0"), casing or "none", str(root), *map(str, paths)]
        self.process.stdin.write("\t".join(words).encode() + b"\n")
        self.process.stdin.flush()
        status = self.process.stdout.readline()
        text = bytearray()
        while (byte := self.process.stdout.read(1)) != b"\0":
            assert byte, "the reader ended"
            text += byte
        if status.strip() != b"0":
            raise ReaderError(text.decode())
        return text.decode()

    def stop(self):
        self.process.stdin.close()
        self.process.wait(10)


class ReaderError(Exception):
    pass
