"""Runs the folders under tests/cases/; tests/README.md says what may be in one."""
import os
import pathlib
import re
import shlex
import shutil
import subprocess

import pytest

from lib import checks
from lib.brant import Brant
from lib.cluster import server_major

CASES = pathlib.Path(__file__).parent / "cases"
UPDATE = os.environ.get("UPDATE") == "1"
# What a case says about itself; everything else in its folder is the project.
OWN = {"before.sql", "cmd", "stdout", "stderr", "status", "after.sql", "after.out", "only", "servers", "README"}

NORMALISE = [
    (r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", "{UUID}"),
    (r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?( ?UTC|Z|[+-]\d\d(:?\d\d)?)?", "{TIME}"),
    (r"\b\d{4}-\d\d-\d\d \d\d:\d\d\b", "{TIME}"),
    (r"[ \t]+\d+(\.\d+)? ?(µs|us|ms|s|seconds?|min)\b(?!,)", " {SECONDS}"),
    (r'("(?:milli)?seconds(?:_\w+)?": )\d+(\.\d+)?', r"\1{SECONDS}"),
    (r"\"/[^\"]*/extension/", "\"{SHARE}/extension/"),
    (r"\b(pid|PID) \d+", r"\1 {PID}"),
    (r'("\w*pid": )\d+', r"\1{PID}"),
]


def cases():
    """Each folder with a file `cmd`, once through the pooler and once direct, unless `only` says otherwise.  ONE_WAY=0: every second one direct, the others through the pooler; 1: the other way round."""
    for number, cmd in enumerate(sorted(CASES.rglob("cmd"))):
        folder = cmd.parent
        ways = (folder / "only").read_text().split() if (folder / "only").exists() else ["pooler", "direct"]
        if half := os.environ.get("ONE_WAY"):
            ways = [ways[(number + int(half)) % len(ways)]]
        for way in ways:
            yield pytest.param(folder, way, id=f"{folder.relative_to(CASES)}-{way}")


class Case:
    def __init__(self, folder, way, database, project, brant):
        self.folder, self.way, self.database, self.project, self.brant = folder, way, database, project, brant
        self.url = database.url if way == "pooler" else database.direct
        self.env = {}
        self.outputs = {"stdout": [], "stderr": [], "status": []}

    def fill(self, text):
        """{URL}, {DIRECT}, {DB}, {PORT}, {PASSWORD} in commands and in .env."""
        values = {"URL": self.url, "DIRECT": self.database.direct, "DB": self.database.name,
                  "PORT": re.search(r":(\d+)/", self.url).group(1), "PASSWORD": self.database.cluster.password}
        return re.sub(r"\{(URL|DIRECT|DB|PORT|PASSWORD)\}", lambda m: values[m.group(1)], text)

    def normalise(self, text):
        ports = {str(p) for p in (self.database.cluster.port, self.database.pooler.port)}
        text = text.replace(str(self.project.path), "{DIR}").replace(str(self.brant.home), "{HOME}")
        text = re.sub(rf"(?<![A-Za-z0-9]){self.database.name}(?![A-Za-z0-9])", "{DB}", text)
        text = text.replace(", through a pooler", "").replace('"pooler": true', '"pooler": false')
        text = re.sub(rf"\b({'|'.join(ports)})\b", "{PORT}", text)
        for pattern, replacement in NORMALISE:
            text = re.sub(pattern, replacement, text)
        return text

    def prepare(self):
        for path in self.folder.iterdir():
            if path.name in OWN:
                continue
            target = self.project.path / path.name
            shutil.copytree(path, target, dirs_exist_ok=True) if path.is_dir() else shutil.copy(path, target)
        dotenv = self.project.path / ".env"
        if dotenv.exists():
            dotenv.write_text(self.fill(dotenv.read_text()))
        if (self.folder / "before.sql").exists():
            self.database.psql("-f", self.folder / "before.sql")

    def run_line(self, line):
        word, _, rest = line.partition(" ")
        if word == "env:":
            name, _, value = rest.partition("=")
            self.env[name] = self.fill(value) if _ else None
        elif word == "sh:":
            subprocess.run(["sh", "-eu", "-c", self.fill(rest)], cwd=self.project.path, check=True, timeout=60)
        elif word == "sql:":
            self.database.psql("-c", self.fill(rest))
        else:
            result = self.brant(*shlex.split(self.fill(line)), url=self.url, env=self.env)
            self.outputs["stdout"].append((line, self.normalise(result.stdout)))
            self.outputs["stderr"].append((line, self.normalise(result.stderr)))
            self.outputs["status"].append((line, f"{result.status}\n"))

    def found(self):
        """File name -> text.  Where several commands ran, each one's output stands under its line."""
        result = {}
        for name, parts in self.outputs.items():
            if name == "status" or len(parts) == 1:
                result[name] = "".join(text for _line, text in parts)
            else:
                result[name] = "".join(f"$ brant {line}\n{text}" for line, text in parts)
        if (self.folder / "after.sql").exists():
            result["after.out"] = self.normalise(self.database.psql("-f", self.folder / "after.sql", check=False))
        return result


@pytest.mark.parametrize("folder, way", cases())
def test_case(folder, way, database, project, brant):
    if (folder / "servers").exists() and str(server_major()) not in (folder / "servers").read_text().split():
        pytest.skip("not for this version of PostgreSQL")
    case = Case(folder, way, database, project, brant)
    case.prepare()
    for line in (folder / "cmd").read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            case.run_line(line)
    found = case.found()
    if UPDATE:
        for name, text in found.items():
            (folder / name).write_text(text)
    for name, text in found.items():
        path = folder / name
        assert path.exists(), f"{path} is missing; run with UPDATE=1 and read what it says\n{text}"
        assert text == path.read_text(), f"{name} differs"
    if database.statements():
        checks.assert_pooler_rules(database)
    checks.assert_nothing_left(database)
