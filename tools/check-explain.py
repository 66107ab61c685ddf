#!/usr/bin/env python3
"""check-explain.py - every name of an error or a note in src/ has a text in docs/explain/, and every text a name.

Names are the string literals in the third argument of err_set() and the second of report_note().  Where a function hands on a
parameter of its own, the literals of its callers count.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
FUNCTION = re.compile(r"^[a-z][\w \t*]*?\b(\w+)\(([^;{]*?)\)\s*\{", re.M | re.S)


def without_comments(text):
    """Comments become spaces, so that line numbers stay; strings are left alone."""
    pattern = re.compile(r'/\*.*?\*/|"(?:[^"\\\n]|\\.)*"|//[^\n]*', re.S)
    return pattern.sub(lambda m: m[0] if m[0][0] == '"' else re.sub(r"[^\n]", " ", m[0]), text)


def arguments(text, start):
    """The arguments of a call, from behind its opening bracket."""
    found, depth, begin, i = [], 0, start, start
    while i < len(text):
        c = text[i]
        if c == '"':
            i = STRING.match(text, i).end()
            continue
        if c == "'":
            i += 4 if text[i + 1] == "\\" else 3
            continue
        if c in "([{":
            depth += 1
        elif c in ")]}":
            if depth == 0:
                return found + [text[begin:i].strip()]
            depth -= 1
        elif c == "," and depth == 0:
            found.append(text[begin:i].strip())
            begin = i + 1
        i += 1
    return found


def parameters(header):
    """The names of a function's parameters, in order."""
    return [re.findall(r"\w+", part)[-1] if re.findall(r"\w+", part) else "" for part in header.split(",")]


class Source:
    def __init__(self, path):
        self.path = path
        self.text = without_comments(path.read_text(encoding="utf-8"))
        self.functions = [(m.start(), m[1], parameters(m[2])) for m in FUNCTION.finditer(self.text)]

    def function_at(self, offset):
        before = [f for f in self.functions if f[0] < offset]
        return before[-1] if before else None

    def calls(self, name):
        """(offset, arguments) of each call; declarations and the definition itself hand on nothing and are skipped."""
        for match in re.finditer(rf"\b{name}\(", self.text):
            line = self.text[self.text.rfind("\n", 0, match.start()) + 1:match.start()]
            if not re.match(r"[a-z][\w \t*]*$", line) or line.lstrip().startswith("return"):
                yield match.start(), arguments(self.text, match.end())


def names_of(sources, function, index, seen):
    """[(place, name)] of all calls of function, looking through those that hand on a parameter."""
    found = []
    for source in sources:
        for offset, given in source.calls(function):
            if len(given) <= index:
                continue
            place = f"{source.path.relative_to(ROOT)}:{source.text.count(chr(10), 0, offset) + 1}"
            literals = STRING.findall(given[index])
            found += [(place, name) for name in literals]
            outer = source.function_at(offset)
            if literals or given[index] == "NULL" or not outer:
                continue
            if given[index] in outer[2] and (outer[1], given[index]) not in seen:
                seen.add((outer[1], given[index]))
                # The same name may be static in several files: only this file's calls are meant then.
                static = re.search(rf"^static\b[^;{{]*\b{outer[1]}\(", source.text, re.M)
                found += names_of([source] if static else sources, outer[1], outer[2].index(given[index]), seen)
    return found


def main():
    sources = [Source(path) for path in sorted((ROOT / "src").rglob("*.c"))]
    used = names_of(sources, "err_set", 2, set()) + names_of(sources, "report_note", 1, set())
    # Names that come from tables and the like can not be followed: a text counts as used where its name is written at all.
    # The quote in a character constant begins no string.
    literal = re.compile(r"'(?:[^'\\]|\\.)+'|" + STRING.pattern)
    written = {name for source in sources for name in literal.findall(source.text)}
    texts = {path.stem for path in (ROOT / "docs/explain").glob("*.txt")}
    missing = sorted({(name, place) for place, name in used if name not in texts})
    unused = sorted(texts - written)
    for name, place in missing:
        print(f"{place}: \"{name}\" has no docs/explain/{name}.txt")
    for name in unused:
        print(f"docs/explain/{name}.txt: nothing in src/ has this name")
    print(f"explain: {len(texts)} texts, {len({name for _, name in used})} names, {len(missing)} missing, {len(unused)} unused")
    return 1 if missing or unused else 0


if __name__ == "__main__":
    sys.exit(main())
