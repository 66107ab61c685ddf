#!/usr/bin/env python3
"""embed.py IN.sql OUT.h - a .sql file as a C string constant named after the file.

Catalog queries live in .sql files, where psql can run them; the program carries them as text.  Comment lines that
stand alone are left out, so that they cost no bytes on the wire.
"""
import pathlib
import re
import sys


def main():
    source, target = (pathlib.Path(p) for p in sys.argv[1:3])
    name = re.sub(r"\W", "_", source.name.removesuffix(".sql"))
    lines = [line for line in source.read_text().splitlines() if line.strip() and not line.lstrip().startswith("--")]
    quoted = "\n".join('\t"%s\\n"' % line.replace("\\", "\\\\").replace('"', '\\"') for line in lines)
    target.write_text(f"/* made from {source.name}, not to be edited */\nstatic const char sql_{name}[] =\n{quoted};\n")


if __name__ == "__main__":
    main()
