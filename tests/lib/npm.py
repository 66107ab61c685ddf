"""npm packages for the interop tests: the real tools, pinned, installed once a machine."""
import fcntl
import hashlib
import os
import pathlib
import shutil
import subprocess
import time

import pytest

INTEROP = pathlib.Path(__file__).resolve().parents[1] / "interop"


def cache():
    """Where packages stay between runs: BRANT_TEST_CACHE, or a folder below the user's cache."""
    base = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    return pathlib.Path(os.environ.get("BRANT_TEST_CACHE") or pathlib.Path(base) / "brant-tests")


def install(folder, tries=3):
    """npm install in a folder with a package.json; no package may run code of its own."""
    command = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    for attempt in range(tries):
        run = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if run.returncode == 0:
            return
        time.sleep(3 * attempt)
    pytest.fail(f"npm could not install {folder / 'package.json'}:\n{run.stdout}{run.stderr}", pytrace=False)


def npm_folder(name):
    """
    A folder whose node_modules holds what tests/interop/NAME/package.json asks for.

    Its name is made from the file's content, so that another version is another folder; workers that come together wait for the first.
    """
    if not shutil.which("npm"):
        pytest.fail("npm is not installed; tools/install-deps test installs it", pytrace=False)
    wanted = (INTEROP / name / "package.json").read_bytes()
    folder = cache() / f"{name}-{hashlib.sha256(wanted).hexdigest()[:12]}"
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "done").exists():
            (folder / "package.json").write_bytes(wanted)
            install(folder)
            (folder / "done").touch()
    return folder
