"""A schema with something wrong, or only something else: mutated(text, seed).  Where Prisma's engine takes it, brant has to, and the other way about."""
import random
import re

TOKEN = re.compile(r'"(?:\\.|[^"\\\n])*"|//[^\n]*|[A-Za-z_]\w*|-?\d+(?:\.\d+)?|@@|\s+|.', re.S)
FIELD_ATTRIBUTES = """@id|@unique|@default(1)|@default(now())|@default(autoincrement())|@default(uuid())|@default(cuid())|@default("x")|@default(true)|@default([])
@default([1, 2])|@default(dbgenerated("x"))|@default(dbgenerated())|@default(nanoid(5))|@default(ulid())|@default(uuid(4))|@default(uuid(9))|@default(cuid(3))|@default(nanoid(300))
@default(nanoid(1))|@map("x")|@updatedAt|@ignore|@db.Text|@db.VarChar(5)|@db.Uuid|@db.Integer|@db.Timestamptz(3)|@db.Decimal(5, 2)|@db.Citext|@relation("x")
@relation(onDelete: Cascade)|@relation(fields: [id], references: [id])|@id(map: "p")|@unique(map: "u")|@default(1, map: "d")|@default(value: 2)|@id(sort: Desc)|@unique(sort: Asc)
@omit|@foo|@@map("y")|@default(sequence())|@default(RED)|@default(-1)|@default(1.5)|@default("2020-01-01T00:00:00Z")|@default("{}")|@default("aGk=")|@relation(fields: [], references: [])
@relation(name: "x", onUpdate: NoAction)|@id(clustered: true)|@relation(map: "fk")|@default(uuid("4"))|@default(now)|@default(99999999999)|@default(null)""".replace("\n", "|").split("|")
BLOCK_ATTRIBUTES = """@@id([id])|@@unique([id])|@@index([id])|@@map("t")|@@ignore|@@schema("public")|@@schema("other")|@@fulltext([id])|@@index([id], type: Hash)|@@index([id], type: Gin)
@@index([id], type: BTree)|@@index([id], type: Brin)|@@index([id], map: "i")|@@index([id], name: "i")|@@unique([id], name: "n")|@@unique([id], map: "n")|@@id([id], name: "n")|@@id([id], map: "n")
@@index([])|@@index(fields: [id])|@@index([id(ops: raw("x"))])|@@index([id(sort: Desc)])|@@index([id(length: 5)])|@@index([id], where: raw("x > 1"))|@@index([id], where: { id: 1 })
@@unique([id], where: { id: { not: null } })|@@index([id], clustered: true)|@@unique([nothing])|@@index([id, id])|@@index(id)|@@allow("all", true)|@@index([id], type: Foo)
@@index([id(ops: Int4MinMaxOps)], type: Brin)|@@unique([id], type: Hash)|@@id([id], type: Hash)|@@id([id(sort: Desc)])|@@unique([id], map: "")|@@index([id], where: raw(""))
@@index([id], where: "x")|@@index([id], where: { id: { gt: 1 } })|@@index([id], where: {})""".replace("\n", "|").split("|")
ARGUMENTS = ['map: "x"', 'name: "x"', "fields: [id]", "references: [id]", "onDelete: Cascade", "onUpdate: SetNull", "onDelete: SetDefault", "sort: Desc", "length: 3", "type: Hash",
             "ops: JsonbOps", "clustered: true", "value: 1", 'where: raw("x")', '"x"', "1", "[id]", "id", "{ }", "true", "foo()", 'expression: "x"']
TYPES = ["Int", "String", "BigInt", "Float", "Decimal", "Boolean", "DateTime", "Json", "Bytes", 'Unsupported("x")']
WORDS = TYPES + ["id", "Desc", "Asc", "Cascade", "SetNull", "Restrict", "NoAction", "SetDefault", "raw", "now", "model", "enum", "view", "type", "datasource", "generator", "A", "B", "E",
                 "x", "null", "true", "Hash", "Gin", "async", "Größe", "名"]
BLOCKS = ["model New {\n  id Int @id\n}", "enum New {\n  A\n}", "enum Empty {\n}", "view V {\n  id Int @unique\n}", "view W {\n  id Int\n}", "type T {\n  a Int\n}", "model Empty {\n}",
          "model Int {\n  id Int @id\n}", "enum String {\n  A\n}", "generator g {\n}", 'generator g {\n  provider = "x"\n}', "generator g {\n  provider = x\n}", 'generator Json {\n  provider = "x"\n}',
          'generator g {\n  provider = "x"\n  output = [1]\n  binaryTargets = ["native", env("X")]\n}', 'datasource d {\n  provider = "postgresql"\n}', "model PrismaClient {\n  id Int @id\n}",
          "enum Dup {\n  A\n  A\n}", "model async {\n  id Int @id\n}", "// comment", "/// doc", "/* c */", 'enum N {\n  A @default(1)\n  @@map("n")\n}', "enum N {\n  1A\n}", "model new-name {\n id Int @id\n}",
          "enum Größe {\n  kleın\n  @@map(\"größe\")\n}"]
PROPERTIES = ['relationMode = "prisma"', 'relationMode = "foreignKeys"', 'relationMode = "x"', 'schemas = ["public", "other"]', "schemas = []", 'schemas = "public"', "extensions = [citext]",
              'extensions = [citext(schema: "x")]', "extensions = [citext, citext]", 'extensions = [pg_trgm(map: "pg trgm", version: "1", schema: "public")]', 'extensions = "x"', "foo = 1",
              "extensions = []", "extensions = [x(foo: 1)]", 'schemas = ["public", "public"]', 'provider = "mysql"', 'schemas = ["public", 1]', "extensions = [citext(version: 1)]",
              'extensions = [citext(version: ), a, b(map: "a")]']
LITERALS = ['""', '"x"', "0", "-1", "1.5", "99999999999", '"a b"', f'"{"n" * 70}"', "true", "[1]", "x", '"é"', '"\\u00e9"', '"\\q"', "01", '"$x"', "null", "{}"]
NATIVE = """@db.Text|@db.VarChar|@db.VarChar(0)|@db.VarChar(10485761)|@db.Char(5)|@db.Uuid|@db.Integer|@db.SmallInt|@db.BigInt|@db.Oid|@db.Money|@db.Decimal(5)|@db.Decimal(2, 3)|@db.Real
@db.Timestamp(7)|@db.Timestamptz(6)|@db.Date|@db.Time(0)|@db.Json|@db.JsonB|@db.ByteA|@db.Inet|@db.Xml|@db.Bit(0)|@db.VarBit(3)|@db.Boolean|@db.Citext|@db|@db.|@dbx.Text""".replace("\n", "|").split("|")
NAMES = ["_x", "x_", "1x", "x-y", "id", "type", "model", "X", "é", "名前", "e\u0301", "x" * 70]


class Text:
    def __init__(self, text, r):
        self.r, self.text, self.lines = r, text, text.split("\n")
        self.first = next((i for i, line in enumerate(self.lines) if re.match("model|enum|view|type", line)), 0)  # what is in front stays, since it allows previews

    def line(self, wanted=str.strip):
        found = [i for i, line in enumerate(self.lines) if i >= self.first and wanted(line)]
        return self.r.choice(found) if found else len(self.lines) - 1

    def field(self):
        return self.line(re.compile(r"^\s+\w+\s+\w").match)

    def replace_token(self, i, wanted, new):
        tokens = TOKEN.findall(self.lines[i])
        if places := [j for j, token in enumerate(tokens) if wanted(token)]:
            j = self.r.choice(places)
            tokens[j] = new(tokens[j])
            self.lines[i] = "".join(tokens)


def a_token_less(t):
    t.replace_token(t.line(), str.strip, lambda token: "")


def a_token_twice(t):
    t.replace_token(t.line(), str.strip, lambda token: token + t.r.choice(["", " "]) + token)


def another_word(t):
    words = re.findall(r"[A-Za-z_]\w*", "\n".join(t.lines[t.first:])) or WORDS
    t.replace_token(t.line(), lambda token: token[0].isalpha(), lambda token: t.r.choice([t.r.choice(words), t.r.choice(WORDS)]))


def another_literal(t):
    t.replace_token(t.line(), lambda token: token[0] == '"' or token[-1].isdigit(), lambda token: t.r.choice(LITERALS))


def another_sign(t):
    t.replace_token(t.line(), lambda token: not token[0].isalnum() and token.strip(), lambda token: t.r.choice(["", " ", token * 2, *",:()[]{}?!=\"@."]))


def a_field_attribute(t):
    t.lines[t.field()] += " " + t.r.choice(FIELD_ATTRIBUTES)


def a_block_attribute(t):
    end = t.line(lambda line: line.strip() == "}")
    start = next((i for i in range(end, 0, -1) if "{" in t.lines[i]), 0)
    own = [match[1] for line in t.lines[start + 1:end] if (match := re.match(r"\s+(\w+)\s+\w", line))]
    attribute = t.r.choice(BLOCK_ATTRIBUTES)
    t.lines.insert(end, "  " + (re.sub(r"\bid\b", lambda _: t.r.choice(own), attribute) if own and t.r.random() < 0.8 else attribute))


def an_argument(t):
    i = t.line(lambda line: "(" in line)
    if places := [match.start() for match in re.finditer(r"[()]", t.lines[i])]:
        at, argument = t.r.choice(places), t.r.choice(ARGUMENTS)
        t.lines[i] = t.lines[i][:at + 1] + argument + ", " + t.lines[i][at + 1:] if t.lines[i][at] == "(" else t.lines[i][:at] + ", " + argument + t.lines[i][at:]


def a_line_less_or_twice(t):
    i = t.line()
    t.lines[i] = t.r.choice(["", t.lines[i] + "\n" + t.lines[i], "// " + t.lines[i]])


def two_lines_swapped(t):
    i, j = t.line(), t.field()
    t.lines[i], t.lines[j] = t.lines[j], t.lines[i]


def a_block(t):
    t.lines.append(t.r.choice(BLOCKS) + "\n")


def a_property(t):
    t.lines.insert(next(i for i, line in enumerate(t.lines) if line.startswith("datasource")) + 2, "  " + t.r.choice(PROPERTIES))


def another_arity(t):
    i = t.field()
    t.lines[i] = re.sub(r"^(\s+\w+\s+\w+)(\?|\[\])?", lambda match: match[1] + t.r.choice(["", "?", "[]", "?[]", "[]?"]), t.lines[i])


def another_type(t):
    i, kinds = t.field(), TYPES + re.findall(r"^(?:model|enum|view) (\w+)", t.text, re.M)
    t.lines[i] = re.sub(r"^(\s+\w+\s+)\w+", lambda match: match[1] + t.r.choice(kinds), t.lines[i])


def another_native_type(t):
    i = t.field()
    t.lines[i] = re.sub(r" @db\.\w+(\([^)]*\))?", "", t.lines[i]) + " " + t.r.choice(NATIVE)


def another_name(t):
    i = t.field()
    names = re.findall(r"^\s+(\w+)\s", t.text, re.M) + NAMES
    t.lines[i] = re.sub(r"^(\s+)\w+", lambda match: match[1] + t.r.choice(names), t.lines[i])


def another_relation(t):
    i = t.line(lambda line: "@relation" in line)
    line, names = t.lines[i], re.findall(r"^\s+(\w+)\s", t.text, re.M)
    t.lines[i] = t.r.choice([
        lambda: re.sub(r", on(Delete|Update): \w+", "", line), lambda: re.sub(r"(references|fields): \[[^]]*\],? ?", "", line, count=1),
        lambda: re.sub(r"(references|fields): \[[^]]*\]", lambda match: f"{match[1]}: [{t.r.choice(names)}]", line, count=1), lambda: re.sub(r"@relation\(.*\)", "", line),
        lambda: re.sub(r'"[^"]*"', '"other"', line), lambda: line.replace("@relation(", "@relation(onUpdate: SetNull, "),
    ])()


KINDS = [a_token_less, a_token_twice, another_word, another_literal, another_sign, a_field_attribute, a_block_attribute, an_argument, a_line_less_or_twice, two_lines_swapped, a_block,
         a_property, another_arity, another_type, another_native_type, another_name, another_relation]


def mutated(text, seed):
    r = random.Random(seed)
    for _ in range(r.choice([1, 1, 1, 2, 3])):
        t = Text(text, r)
        r.choice(KINDS)(t)
        text = "\n".join(t.lines)
    return text
