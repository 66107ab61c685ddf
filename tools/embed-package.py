#!/usr/bin/env python3
"""embed-package.py OUT.h NAME LOADER.py MODULE.py... - Python modules as one C string constant, py_NAME: a program for "python -c".

It is a dictionary CARRIED of the modules' texts, and behind it the text of LOADER.py, which imports them from there.  py_NAME_digest is its SHA-256.
"""
import hashlib
import pathlib
import sys


def quoted(line):
    return '\t"%s\\n"\n' % line.replace("\\", "\\\\").replace('"', '\\"').replace("?", "\\?")


def main():
    target, name = pathlib.Path(sys.argv[1]), sys.argv[2]
    loader, *modules = (pathlib.Path(path) for path in sys.argv[3:])
    carried = "".join(f"    {path.stem!r}: {path.read_text(encoding='utf-8')!r},\n" for path in modules)
    program = f"CARRIED = {{\n{carried}}}\n{loader.read_text(encoding='utf-8')}"
    if not program.isascii():
        sys.exit("embed-package: \"python -c\" reads its program by the locale: ASCII only")
    lines = "".join(quoted(line) for line in program.splitlines())
    target.write_text(f"/* made from {loader.parent.name}/, not to be edited */\nstatic const char py_{name}[] =\n{lines};\n"
                      f"static const char py_{name}_digest[] = \"{hashlib.sha256(program.encode()).hexdigest()}\";\n")


if __name__ == "__main__":
    main()
