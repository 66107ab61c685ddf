#!/usr/bin/env python3
"""embed-texts.py FOLDER OUT.c DEPFILE - the texts of docs/explain/ as one C table.

A text is a summary line, a blank line, and paragraphs.  The depfile names the folder itself too, so that a new text is
noticed by the next build.
"""
import pathlib
import sys


def quoted(text):
    text = text.replace("\\", "\\\\").replace('"', '\\"').replace("?", "\\?")
    return '"' + text.replace("\n", '\\n"\n\t\t"') + '"'


def entry(path):
    lines = path.read_text(encoding="utf-8").rstrip("\n").split("\n")
    if len(lines) < 3 or not lines[0].strip() or lines[1].strip():
        sys.exit(f"{path}: wanted: a summary line, a blank line, and the text")
    body = "\n".join(lines[2:])
    return f'\t{{ "{path.stem}",\n\t\t{quoted(lines[0].strip())},\n\t\t{quoted(body)} }},\n'


def main():
    folder, target, depfile = (pathlib.Path(p) for p in sys.argv[1:4])
    paths = sorted(folder.glob("*.txt"), key=lambda path: path.stem)
    table = "".join(entry(path) for path in paths)
    target.write_text('/* made from docs/explain/, not to be edited */\n#include "cmd/texts.h"\n\n'
                      f"const struct text explain_texts[] = {{\n{table}\t{{ 0 }},\n}};\n", encoding="utf-8")
    depends = " ".join(str(path).replace(" ", "\\ ") for path in [folder, *paths])
    depfile.write_text(f"{target}: {depends}\n")


if __name__ == "__main__":
    main()
