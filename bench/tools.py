"""How each tool is called.  A new one is a class here, and a form in corpus.py if it has files of its own."""
import glob
import hashlib
import json
import os
import shutil
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))


class Tool:
    form = "plain"
    boot = None         # SQL that the tool expects to have been run
    far_limit = None    # the most migrations it is given over a distance or through the pooler, unless --full
    missing = None      # why it cannot be measured

    def __init__(self, bench):
        self.bench = bench

    def command(self, folder, url):
        """argv, extra environment, working directory"""
        raise NotImplementedError

    def version(self):
        raise NotImplementedError


def first_line(*argv):
    r = subprocess.run(argv, capture_output=True, text=True)
    return (r.stdout + r.stderr).strip().split("\n")[0]


class Floor(Tool):
    name, form = "floor", "split"

    def command(self, folder, url):
        return [self.bench.built("floor"), url, folder], {}, folder

    def version(self):
        return "libpq " + first_line("pkg-config", "--modversion", "libpq")


class Brant(Tool):
    name = "brant"

    def __init__(self, bench):
        super().__init__(bench)
        if not os.access(bench.args.brant, os.X_OK):
            self.missing = "%s is not built (make)" % bench.args.brant

    def command(self, folder, url):
        return [self.bench.args.brant, "-C", folder, "up", "-q"], {"DATABASE_URL": url}, folder

    def version(self):
        return first_line(self.bench.args.brant, "--version")


class BrantWrapped(Brant):
    """The files as the platform documents them, with BEGIN, the ledger row and COMMIT of their own."""
    name, form = "brant-wrapped", "wrapped"


class PsqlLoop(Tool):
    name, form, far_limit = "psql-loop", "wrapped", 100
    boot = "CREATE TABLE public.schema_migrations (version text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())"

    def command(self, folder, url):
        return [os.path.join(HERE, "psql-loop")], {"DATABASE_URL": url}, folder

    def version(self):
        return first_line(os.path.join(self.bench.servers.bin, "psql"), "--version")


class Npm(Tool):
    def __init__(self, bench):
        super().__init__(bench)
        self.modules, self.missing = npm_install()

    def package_version(self):
        with open(os.path.join(self.modules, self.name, "package.json")) as f:
            return "%s %s" % (self.name, json.load(f)["version"])

    version = package_version


class Dbmate(Npm):
    name = form = "dbmate"

    def command(self, folder, url):
        program = glob.glob(os.path.join(self.modules, "@dbmate", "*", "bin", "dbmate"))[0]
        return [program, "--url", url, "-d", "migrations", "--no-dump-schema", "migrate"], {}, folder


class Knex(Npm):
    name = form = "knex"

    def command(self, folder, url):
        if not os.path.exists(os.path.join(folder, "node_modules")):
            os.symlink(self.modules, os.path.join(folder, "node_modules"))  # where its program looks for itself
            with open(os.path.join(folder, "knexfile.js"), "w") as f:
                f.write("module.exports = {client: 'pg', connection: process.env.DATABASE_URL};\n")
        return ["node", os.path.join(self.modules, "knex", "bin", "cli.js"), "migrate:latest"], {"DATABASE_URL": url}, folder


TOOLS = {t.name: t for t in (Floor, Brant, BrantWrapped, Dbmate, Knex, PsqlLoop)}
DEFAULT = ["floor", "brant", "dbmate", "knex", "psql-loop"]


def npm_install():
    """node_modules with what package.json pins, kept between runs outside the tree: (path, None) or (None, why not)."""
    with open(os.path.join(HERE, "package.json"), "rb") as f:
        pinned = f.read()
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    folder = os.path.join(cache, "brant-bench", hashlib.sha256(pinned).hexdigest()[:12])
    modules = os.path.join(folder, "node_modules")
    if os.path.exists(os.path.join(folder, "complete")):
        return modules, None
    if not shutil.which("npm"):
        return None, "npm is not installed"
    os.makedirs(folder, exist_ok=True)
    shutil.copy(os.path.join(HERE, "package.json"), folder)
    print("bench: installing the pinned peers into %s" % folder, flush=True)
    r = subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error",
                        "--fetch-retries=1", "--fetch-timeout=20000"], cwd=folder, capture_output=True, text=True)
    if r.returncode:
        why = [line for line in r.stderr.splitlines() if line.strip()]
        return None, "npm install failed: %s" % (why[0] if why else r.returncode)
    open(os.path.join(folder, "complete"), "w").close()
    return modules, None
