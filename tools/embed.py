#!/usr/bin/env python3
"""embed.py IN.sql OUT.h - a .sql file as a C string constant named after the file; a .py file, as it is, likewise.

Catalog queries live in .sql files, where psql can run them; the program carries them as text.  Comment lines that
stand alone are left out, so that they cost no bytes on the wire.
"""
import pathlib
import re
import sys


def main():
    source, target = (pathlib.Path(p) for p in sys.argv[1:3])
    name = re.sub(r"\W", "_", source.stem)
    lines = source.read_text().splitlines()
    if source.suffix == ".sql":
        lines = [line for line in lines if line.strip() and not line.lstrip().startswith("--")]
    quoted = "\n".join('\t"%s\\n"' % line.replace("\\", "\\\\").replace('"', '\\"') for line in lines)
    kind = source.suffix.removeprefix(".")
    target.write_text(f"/* made from {source.name}, not to be edited */\nstatic const char {kind}_{name}[] =\n{quoted};\n")


if __name__ == "__main__":
    main()
