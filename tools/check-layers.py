#!/usr/bin/env python3
"""check-layers.py - holds src/ to its layers.

  - An include points down or sideways within a folder, never up.
  - A foreign library has one door (or two): nobody else includes its header.
  - Only term/ and main.c print.
  - No two files include each other, directly or around a corner.
  - The folder of one migration tool does not know the folder of another.

Prints one line per violation and exits 1 when there is one.
"""
import pathlib
import re
import sys

# Folders on one line do not know each other.
LAYERS = [["base"], ["term", "sql"], ["db"], ["schema"], ["format"], ["check"], ["run"], ["project"], ["session"], ["workshop"], ["author"], ["cmd"]]
RANK = {folder: rank for rank, folders in enumerate(LAYERS) for folder in folders}

DOORS = {
    r"libpq-fe\.h|libpq/.*|postgres_ext\.h": {"db"},
    r"pg_query\.h|pg_query/.*|protobuf/pg_query.*|protobuf-c/.*": {"sql"},
    r"yaml\.h": {"project"},
    r"jansson\.h": {"term", "base"},
    r"openssl/.*": {"base"},
    r"tree_sitter/.*": {"format"},
}

PRINTS = re.compile(r"\b(?:printf|vprintf|puts|putchar|perror)\s*\(|\b(?:stdout|stderr)\b|\bd?write\s*\(\s*(?:STDOUT_FILENO|STDERR_FILENO|[12]\b)")
# Out of memory, nothing else can be called any more.
PRINTS_ALLOWED = {"src/base/arena.c"}

INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]')
COMMENT_OR_STRING = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def blank(match):
    """White space of the same shape, so that line numbers stay right."""
    return re.sub(r"[^\n]", " ", match.group())


def folder_of(path):
    """The layer of a file below src/, None for main.c."""
    return path.parts[0] if len(path.parts) > 1 else None


class Checker:
    def __init__(self, root):
        self.src = root / "src"
        self.files = sorted(p.relative_to(self.src) for p in self.src.rglob("*.[ch]"))
        self.includes = {}
        self.found = []

    def complain(self, path, line, text):
        self.found.append(f"src/{path}:{line}: {text}")

    def resolve(self, path, name):
        """The file of ours that an include means, or None."""
        for base in (self.src, (self.src / path).parent):
            target = (base / name).resolve()
            if target.is_file() and target.is_relative_to(self.src.resolve()):
                return target.relative_to(self.src.resolve())
        return None

    def check_include(self, path, line, name):
        here = folder_of(path)
        for pattern, doors in DOORS.items():
            if re.fullmatch(pattern, name) and here not in doors:
                self.complain(path, line, f"{name} may be included only in {', '.join(sorted(doors))}/")
        target = self.resolve(path, name)
        if target is None:
            return
        self.includes.setdefault(path, []).append((line, target))
        there = folder_of(target)
        if here is None or here == there:
            self.check_tools(path, line, target)
        elif RANK[there] > RANK[here]:
            self.complain(path, line, f"{here}/ is below {there}/ and must not include {target}")
        elif RANK[there] == RANK[here]:
            self.complain(path, line, f"{here}/ and {there}/ stand side by side and must not include each other")

    def check_tools(self, path, line, target):
        if folder_of(path) == "format" and len(path.parts) > 2 and len(target.parts) > 2 and path.parts[1] != target.parts[1]:
            self.complain(path, line, f"format/{path.parts[1]}/ must not know format/{target.parts[1]}/")

    def check_file(self, path):
        folder = folder_of(path)
        if folder is not None and folder not in RANK:
            self.complain(path, 1, f"the folder {folder}/ has no layer")
            return
        text = (self.src / path).read_text(errors="replace")
        for number, line in enumerate(text.splitlines(), 1):
            if match := INCLUDE.match(line):
                self.check_include(path, number, match.group(2))
        if folder in (None, "term") or f"src/{path}" in PRINTS_ALLOWED:
            return
        for number, line in enumerate(COMMENT_OR_STRING.sub(blank, text).splitlines(), 1):
            if PRINTS.search(line):
                self.complain(path, number, "only term/ and main.c print")

    def check_circles(self):
        """Depth first; an include of a file that is still open closes a circle."""
        state = {}

        def visit(path, trail):
            state[path] = "open"
            for line, target in self.includes.get(path, []):
                if state.get(target) == "open":
                    circle = trail[trail.index(target):] + [target]
                    self.complain(path, line, "circle: " + " -> ".join(map(str, circle)))
                elif target not in state:
                    visit(target, trail + [target])
            state[path] = "done"

        for path in self.files:
            if path not in state:
                visit(path, [path])

    def run(self):
        for path in self.files:
            self.check_file(path)
        self.check_circles()
        return self.found


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parent.parent)
    checker = Checker(root)
    found = checker.run()
    print("\n".join(found) if found else f"layers: {len(checker.files)} files in order")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
