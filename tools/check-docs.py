#!/usr/bin/env python3
"""check-docs.py [--write] BRANT - what BRANT generates from its option tables.

docs/commands.md must be what `brant docs commands` prints (--write renews it), the man page must be clean roff, the completions
must be read by their shells (those that are installed), and bash must complete from them.
"""
import difflib
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "docs/commands.md"


def generate(brant, what):
    return subprocess.run([brant, "docs", what], check=True, capture_output=True, text=True).stdout


def check_reference(brant):
    have = REFERENCE.read_text(encoding="utf-8") if REFERENCE.exists() else ""
    diff = list(difflib.unified_diff(have.splitlines(), generate(brant, "commands").splitlines(), "docs/commands.md",
                                     "brant docs commands", lineterm="", n=1))
    return "\n".join(diff + ["renew it with `ninja docs`"]) if diff else None


def check_man(brant):
    if not shutil.which("groff"):
        return None
    run = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-z"], input=generate(brant, "man"), capture_output=True, text=True)
    return run.stderr or None


def check_shells(brant):
    found = []
    for shell in ("bash", "zsh", "fish"):
        if not shutil.which(shell):
            continue
        with tempfile.NamedTemporaryFile("w", suffix="." + shell) as script:
            script.write(generate(brant, shell))
            script.flush()
            run = subprocess.run([shell, "-n", script.name], capture_output=True, text=True)
        if run.returncode:
            found.append(f"{shell}: {run.stderr}")
    return "\n".join(found) or None


def complete(script, *words):
    """What bash offers for the last of the words."""
    line = " ".join(f"'{word}'" for word in words)
    run = subprocess.run(["bash", "-c", f"{script}\nCOMP_WORDS=({line}); COMP_CWORD={len(words) - 1}; _brant; "
                                        'printf "%s\\n" "${COMPREPLY[@]}"'], check=True, capture_output=True, text=True)
    return run.stdout.split()


def check_completion(brant):
    script = generate(brant, "bash")
    wanted = [
        (["brant", "expl"], ["explain"]),
        (["brant", "-C", "up", "expl"], ["explain"]),
        (["brant", "help", "vers"], ["version"]),
        (["brant", "explain", "usa"], ["usage"]),
        (["brant", "explain", "--js"], ["--json"]),
        (["brant", "--color", "al"], ["always"]),
        (["brant", "--color", "=", "ne"], ["never"]),
        (["brant", "--url", "p"], []),
    ]
    wrong = [f"{' '.join(words)}: {got}, wanted {want}" for words, want in wanted if (got := complete(script, *words)) != want]
    return "\n".join(wrong) or None


def main():
    brant = sys.argv[-1]
    if "--write" in sys.argv:
        REFERENCE.write_text(generate(brant, "commands"), encoding="utf-8")
        return 0
    status = 0
    for check in (check_reference, check_man, check_shells, check_completion):
        if problem := check(brant):
            print(f"{check.__name__[6:]}:\n{problem}\n")
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
