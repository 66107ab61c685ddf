"""What some days of work make of a schema: changed(text, seed) is the text with a few things less, more or other; it may be invalid."""
import random
import re

from interop.prisma.random_schema import ACTIONS, NATIVE, head_of

FIELD = re.compile(r"^  (\w+)( +)([\w]+(?:\(\"\w+\"\))?)(\[\]|\?)?(.*)$")


class Text:
    """The lines of a schema, and where its blocks are."""

    def __init__(self, text, r):
        self.r, self.lines, self.first = r, text.split("\n"), head_of(text).count("\n")
        self.name = f"new{r.randint(0, 999999)}"

    def blocks(self, kind):
        """[(name, first line, line of the brace)]"""
        found = []
        for i, line in enumerate(self.lines):
            if i >= self.first and (head := re.match(rf"{kind} (\w+) {{$", line)):
                found.append((head[1], i, self.lines.index("}", i)))
        return found

    def fields(self, models=None):
        """[(number of the line, match)] of scalars, enums and relations."""
        return [(i, match) for _, start, end in models or self.blocks("model") for i in range(start + 1, end) if (match := FIELD.match(self.lines[i]))]

    def field(self, wanted=lambda match: True):
        found = [each for each in self.fields() if wanted(each[1])]
        return self.r.choice(found) if found else (0, None)

    def add(self, block, line):
        self.lines.insert(block[2], "  " + line)

    def model(self):
        return self.r.choice(self.blocks("model"))

    def attributes(self, of=""):
        return [i for _, start, end in self.blocks("model") for i in range(start + 1, end) if self.lines[i].startswith("  @@" + of)]

    def id_of(self, block):
        """(name, type) of the one field that is the id."""
        for _, match in self.fields([block]):
            if "@id" in match[5] and "@db" not in match[5]:
                return match[1], match[3]
        return None


def is_scalar(match):
    return match[3] in NATIVE


def is_plain(match):
    return is_scalar(match) and "@id" not in match[5]


def is_key(t, match):
    return any(re.search(rf"(fields|references): \[[^]]*\b{match[1]}\b", line) for line in t.lines)


# ---- fields ----


def add_field(t):
    kind = t.r.choice(list(NATIVE))
    t.add(t.model(), f"{t.name} {kind}{t.r.choice(['?', '[]'])} {t.r.choice(NATIVE[kind])}")


def add_field_with_default(t):
    t.add(t.model(), t.name + t.r.choice([" Int @default(3)", " String @default(\"it's\")", " DateTime @default(now())", " Boolean @default(true)", " Json @default(\"{}\")",
                                          " Float[] @default([1.5, 2])", ' String @default(dbgenerated("md5(\'x\')"))', " BigInt @default(autoincrement())",
                                          " String @default(cuid()) @unique", " Decimal @default(1.10) @db.Decimal(10, 2)"]))


def remove_field(t):
    i, _ = t.field()
    t.lines[i] = "  // " + t.lines[i]


def move_field(t):
    i, _ = t.field()
    block = next(block for block in t.blocks("model") if block[1] < i < block[2])
    t.lines.insert(t.r.randint(block[1] + 1, block[2] - 1), t.lines.pop(i))


def another_type(t):
    i, match = t.field(lambda match: is_plain(match) and not is_key(t, match))
    if match:
        kind = t.r.choice([*NATIVE, *(name for name, _, _ in t.blocks("enum"))])
        rest = re.sub(r" @(db\.\w+(\(.*?\))?|default\(.*\)|updatedAt)", "", match[5])
        t.lines[i] = f"  {match[1]} {kind}{match[4] or ''} {t.r.choice(NATIVE.get(kind, ['']))}{rest}"


def another_native_type(t):
    i, match = t.field(lambda match: is_plain(match) and not is_key(t, match))
    if match:
        rest = re.sub(r" @db\.\w+(\([\d, ]*\))?", "", match[5])
        t.lines[i] = f"  {match[1]} {match[3]}{match[4] or ''} {t.r.choice(NATIVE[match[3]])}{rest}"


def wider(t):
    i, match = t.field(is_scalar)
    if match:
        t.lines[i] = t.lines[i].replace(" Int ", " BigInt ").replace("VarChar(40)", "VarChar(50)").replace(" Float", " Decimal")


def another_arity(t):
    i, match = t.field(lambda match: "@id" not in match[5])
    if match:
        t.lines[i] = f"  {match[1]} {match[3]}{t.r.choice(['', '?'] if is_key(t, match) else ['', '?', '[]'])}{match[5]}"


def another_default(t):
    i, match = t.field(is_plain)
    if match:
        rest = re.sub(r" @default\(.*?\)(?= @|$)", "", match[5])
        made = {"Int": "@default(7)", "String": '@default("x")', "DateTime": "@default(now())", "Boolean": "@default(false)", "BigInt": "@default(autoincrement())"}
        t.lines[i] = f"  {match[1]} {match[3]}{match[4] or ''}{rest} {t.r.choice(['', made.get(match[3], '')]) if match[4] != '[]' else ''}"


def another_column(t):
    i, match = t.field(lambda match: is_scalar(match) and "@map" not in match[5])
    if match:
        t.lines[i] += f' @map("{t.name}")'


def unique_or_not(t):
    i, match = t.field(lambda match: is_plain(match) and match[3] != "Json")
    if match:
        t.lines[i] = re.sub(r" @unique(\(.*?\))?", "", t.lines[i]) if "@unique" in t.lines[i] else t.lines[i] + " @unique"


def id_counts(t):
    i, match = t.field(lambda match: "@id" in match[5])
    if match:
        t.lines[i] = t.lines[i].replace("@default(autoincrement())", "") if "autoincrement" in match[5] else t.lines[i] + " @default(autoincrement())"


def another_type_of_keys(t):
    """An id and all that refers to it."""
    _, start, end = t.model()
    found = [match for _, match in t.fields([("", start, end)]) if "@id" in match[5] and match[3] == "Int"]
    for i, match in t.fields() if found else []:
        if match[3] == "Int" and match[1].startswith(found[0][1]):
            t.lines[i] = f"  {match[1]} BigInt{match[4] or ''}{match[5]}"


# ---- models ----


def add_model(t):
    schema = next((line for line in t.lines if "@@schema" in line), "")
    t.lines += [f"model {t.name.title()} {{", "  id Int @id @default(autoincrement())", "  name String @unique", "  at DateTime? @db.Timestamptz(3)", schema, "}", ""]


def remove_model(t):
    """With all that leads to it."""
    name, start, end = t.model()
    for i, match in t.fields():
        if match[3] == name:
            t.lines[i] = ""
    t.lines[start:end + 1] = []


def another_table(t):
    block = t.model()
    if not any("@@map" in line for line in t.lines[block[1]:block[2]]):
        t.add(block, f'@@map("{t.name} table")')


def another_schema(t):
    if at := t.attributes("schema"):
        t.lines[t.r.choice(at)] = f'  @@schema("{t.r.choice(["public", "Second", "third"])}")'


# ---- keys and indexes ----


def add_index(t):
    block = t.model()
    own = [match for _, match in t.fields([block]) if is_scalar(match) and match[3] != "Json" and "@db.Xml" not in match[5] and "@db.Json" not in match[5]]
    if own:
        picked = t.r.sample(own, min(len(own), t.r.randint(1, 2)))
        more = t.r.choice(["", f', map: "{t.name}"', ", type: Hash" if len(picked) == 1 else ""])
        fields = ", ".join(match[1] + ("" if "Hash" in more else t.r.choice(["", "", "(sort: Desc)"])) for match in picked)
        t.add(block, f"@@{'index' if 'Hash' in more else t.r.choice(['index', 'unique'])}([{fields}]{more})")


def remove_attribute(t):
    if at := t.attributes():
        t.lines[t.r.choice(at)] = ""


def another_index(t):
    if at := t.attributes("index") + t.attributes("unique"):
        i = t.r.choice(at)
        swap = t.r.choice([("@@index", "@@unique"), ("@@unique", "@@index"), ("(sort: Desc)", ""), ('map: "', 'map: "other '), (", type: Hash", ""), ("(sort: Asc)", "(sort: Desc)")])
        t.lines[i] = t.lines[i].replace(*swap)


# ---- relations ----


def another_action(t):
    i, match = t.field(lambda match: "fields:" in match[5])
    if match:
        bare = re.sub(r", on(Delete|Update): \w+", "", t.lines[i])
        t.lines[i] = bare.replace("references: [", f"{t.r.choice(['onDelete', 'onUpdate'])}: {t.r.choice(ACTIONS)}, references: [") if t.r.random() < 0.8 else bare


def another_key_name(t):
    i, match = t.field(lambda match: "fields:" in match[5])
    if match:
        bare = re.sub(r', map: "[^"]*"', "", t.lines[i])
        t.lines[i] = bare if bare != t.lines[i] else bare.replace("references: [", f'map: "{t.name}", references: [')


def add_relation(t):
    target, block = t.model(), t.model()
    if id_ := t.id_of(target):
        optional = t.r.choice(["", "?"])
        name = f'@relation("{t.name}"'
        t.add(target, f"{t.name}Back {block[0]}[] {name})")
        block = next(b for b in t.blocks("model") if b[0] == block[0])
        t.add(block, f"{t.name} {target[0]}{optional} {name}, fields: [{t.name}Id], references: [{id_[0]}])")
        block = next(b for b in t.blocks("model") if b[0] == block[0])
        t.add(block, f"{t.name}Id {id_[1]}{optional}")


def remove_relation(t):
    i, match = t.field(lambda match: "fields:" in match[5])
    name = re.search(r'@relation\((?:name: )?("[^"]*")', match[5]) if match else None
    for j, _ in t.fields() if name else []:
        if name[1] in t.lines[j]:
            t.lines[j] = ""


def add_many(t):
    one, other = t.model(), t.model()
    if t.id_of(one) and t.id_of(other):
        t.add(one, f'{t.name}All {other[0]}[] @relation("{t.name}")')
        other = next(b for b in t.blocks("model") if b[0] == other[0])
        t.add(other, f'{t.name}Of {one[0]}[] @relation("{t.name}")')


# ---- enums ----


def add_value(t):
    if enums := t.blocks("enum"):
        t.lines.insert(t.r.choice(enums)[1] + t.r.randint(1, 2), "  " + t.name)


def remove_value(t):
    """One that no default names."""
    for _, start, end in t.r.sample(enums := t.blocks("enum"), len(enums)):
        values = [i for i in range(start + 1, end) if t.lines[i].strip() and not t.lines[i].startswith("  @@")]
        unused = [i for i in values if not re.search(rf"@default\(.*\b{t.lines[i].split()[0]}\b", "\n".join(t.lines))]
        if len(values) > 1 and unused:
            t.lines.pop(t.r.choice(unused))
            return


def swap_values(t):
    if enums := [block for block in t.blocks("enum") if block[2] - block[1] > 3]:
        _, start, _ = t.r.choice(enums)
        t.lines[start + 1:start + 3] = t.lines[start + 2:start:-1]


def add_enum(t):
    schema = next((line for line in t.lines if "@@schema" in line), "")
    t.lines += [f"enum {t.name.title()} {{", "  ONE", '  TWO @map("2")', schema, "}", ""]
    t.add(t.model(), f"{t.name}Kind {t.name.title()} @default(ONE)")


def default_of_enum(t):
    names = {name: [line.split()[0] for line in t.lines[start + 1:end] if line.strip() and "@@" not in line] for name, start, end in t.blocks("enum")}
    i, match = t.field(lambda match: match[3] in names and not match[4])
    if match:
        t.lines[i] = f"  {match[1]} {match[3]} {t.r.choice(['', f'@default({t.r.choice(names[match[3]])})'])}"


KINDS = [add_field, add_field_with_default, remove_field, move_field, another_type, another_native_type, wider, another_arity, another_default, another_column,
         unique_or_not, id_counts, another_type_of_keys, add_model, remove_model, another_table, another_schema, add_index, remove_attribute, another_index,
         another_action, another_key_name, add_relation, remove_relation, add_many, add_value, remove_value, swap_values, add_enum, default_of_enum]


def changed(text, seed):
    r = random.Random(seed)
    for _ in range(r.randint(1, 6)):
        t = Text(text, r)
        if not t.blocks("model"):
            break
        r.choice(KINDS)(t)
        text = "\n".join(t.lines)
    return text
