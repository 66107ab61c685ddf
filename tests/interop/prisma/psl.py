"""brant's reading of schemas beside Prisma's own, and the files of cases: "###" and what brant says, then a schema."""
import json
import os
import pathlib
import re
import subprocess

from interop.prisma.engine import PrismaError
from lib.brant import program

FOLDER = pathlib.Path(__file__).parent
HEAD = """datasource db {
  provider = "postgresql"
}

generator client {
  provider        = "prisma-client-js"
  previewFeatures = ["partialIndexes", "views", "postgresqlExtensions"]
}

"""


class Ours:
    """brant's DDL, from the program psl_ddl beside it: one process for all schemas."""

    def __init__(self, folder):
        self.file = folder / "schema.prisma"
        self.process = subprocess.Popen([program().resolve().parents[1] / "tests/unit/psl_ddl"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True, cwd=folder)

    def __call__(self, text):
        """The answer: {"ddl"} or {"error", "hint", "detail"}, without the file's name."""
        self.file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return self.of("schema.prisma")

    def of(self, path):
        """The same of a file or a folder, relative to its own."""
        self.process.stdin.write(f"{path}\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if "error" in answer:
            answer["error"] = answer["error"].removeprefix("schema.prisma:").removeprefix("./schema.prisma:")
        return answer

    def stop(self):
        self.process.stdin.close()
        assert self.process.wait(10) == 0


def answer(engine, text):
    """Prisma's DDL and None, or None and why it refuses."""
    try:
        ddl = engine("diff", **{"from": None, "to": {"text": text}})
    except (PrismaError, json.JSONDecodeError) as error:  # the latter: it panicked, and is gone
        return None, str(error)
    return "" if ddl.startswith("-- This is an empty migration") else ddl, None


def theirs(engine, text):
    return answer(engine, text)[0]


def whole(text):
    return text if "datasource" in text else HEAD + text


def read_cases(name):
    """[(what brant says, schema)]"""
    parts = re.split(r"^###(.*)\n", (FOLDER / name).read_text(), flags=re.M)[1:]
    return [(said.strip(), whole(text.strip("\n") + "\n")) for said, text in zip(parts[::2], parts[1::2])]


def update_cases(name, said):
    """With UPDATE=1: what brant says now."""
    if os.environ.get("UPDATE"):
        parts = iter(said)
        (FOLDER / name).write_text(re.sub(r"^###.*\n", lambda _: f"### {next(parts)}".rstrip() + "\n", (FOLDER / name).read_text(), flags=re.M))
