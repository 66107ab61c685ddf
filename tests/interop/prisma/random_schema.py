"""Random schemas in the Prisma Schema Language: random_schema(seed); changes.py makes pairs of them."""
import random

HEAD = """generator client {
  provider        = "prisma-client-js"
  previewFeatures = ["partialIndexes", "views", "postgresqlExtensions"]
}

datasource db {
  provider = "postgresql"%s
}
"""
MODEL_NAMES = ["User", "Post", "order_line", "Comment", "A", "Zebra", "TagOnPost", "account", "Audit_Log", "B2", "Größe", "select", "Z" * 50]
FIELD_NAMES = ["title", "body", "count", "createdAt", "b", "isOpen", "total_sum", "zip", "note2", "order", "kind", "data", "x", "amount", "größe", "from", "user", "y" * 40]
COLUMNS = ["the title", "select", "Größe", "a_b", "UPPER", "weird-name", "col.umn", "tab%"]
TABLES = ["users", "Order Lines", "group", "ärger", "t" * 60, "Mixed_Case", "a-b"]
NATIVE = {
    "Int": ["", "@db.Integer", "@db.SmallInt", "@db.Oid"],
    "BigInt": ["", "@db.BigInt"],
    "Float": ["", "@db.Real", "@db.DoublePrecision"],
    "Decimal": ["", "@db.Decimal", "@db.Decimal(10, 2)", "@db.Money"],
    "Boolean": ["", "@db.Boolean"],
    "String": ["", "", "", "@db.Text", "@db.VarChar", "@db.VarChar(40)", "@db.Char(3)", "@db.Uuid", "@db.Xml", "@db.Inet", "@db.Bit(4)", "@db.VarBit(9)", "@db.VarBit"],
    "DateTime": ["", "", "@db.Timestamp(6)", "@db.Timestamptz(3)", "@db.Timestamptz", "@db.Date", "@db.Time(0)", "@db.Timetz"],
    "Json": ["", "@db.Json", "@db.JsonB"],
    "Bytes": ["", "@db.ByteA"],
}
LITERALS = {
    "Int": ["0", "-7", "42"], "BigInt": ["9007199254740993", "-1"], "Float": ["1.5", "-0.25", "3"], "Decimal": ["1.10", '"12.500"', "-2"],
    "Boolean": ["true", "false"], "String": ['"it\'s"', '"a\\nb"', '""', '"back\\\\slash \\"q\\""', '"\\u00e9 %s"'],
    "DateTime": ['"2020-01-02T03:04:05Z"', '"2021-12-31T23:59:59.120+05:30"'], "Json": ['"{\\"a\\": [1, null]}"', '"[]"'], "Bytes": ['"aGVsbG8="', '""'],
}
MADE = {"String": ["cuid()", "uuid()", "uuid(7)", "nanoid()", "ulid()", "cuid(2)"], "DateTime": ["now()"], "Int": ["autoincrement()"], "BigInt": ["autoincrement()"]}
ACTIONS = ["Cascade", "Restrict", "NoAction", "SetNull", "SetDefault"]
UNSUPPORTED = ["point", "tsvector", "int4range", "circle", "bit varying(4)", "character varying"]
GENERATED = {"String": ["md5('x')", "'a'::text || 'b'", "(random())::text"], "Int": ["1 + 1", "(length('ab') * 2)"], "DateTime": ["now()", "CURRENT_TIMESTAMP"], "Boolean": ["1 = 1"],
             "Json": ["'{}'", "jsonb_build_object()"], "Float": ["pi()"], "BigInt": ["txid_current()"], "Decimal": ["0.1 + 0.2"], "Bytes": ["'\\\\x00'"]}
OPS = {"Json": [", type: Gin", "(ops: JsonbOps)], type: Gin", "(ops: JsonbPathOps)], type: Gin"], "Int": ["(ops: Int4MinMaxOps)], type: Brin", "(ops: Int4BloomOps)], type: Brin", ", type: Brin"],
       "String": ['(ops: raw("text_pattern_ops"))', '(ops: raw("text_ops"), sort: Desc)', ", type: SpGist", "(ops: TextBloomOps)], type: Brin"], "DateTime": [", type: Brin"],
       "Float": ["(ops: Float8MinMaxMultiOps)], type: Brin"], "Bytes": [", type: Brin"]}
ONLY_TEXT = {"@db.Uuid", "@db.Xml", "@db.Inet", "@db.Bit(4)", "@db.VarBit(9)", "@db.VarBit", "@db.Char(3)"}


class Field:
    def __init__(self, name, type_, arity="", attributes=(), native=""):
        self.name, self.type, self.arity, self.attributes, self.native = name, type_, arity, list(attributes), native

    def line(self):
        return "  " + " ".join([self.name, self.type + self.arity, *[a for a in [self.native, *self.attributes] if a]])


class Model:
    def __init__(self, name):
        self.name, self.fields, self.attributes, self.keys = name, [], [], []
        self.uniques, self.linked = [], set()  # other keys that a relation can lead to; models that it has a relation without a name to

    def text(self):
        lines = [f.line() for f in self.fields] + ["  " + a for a in self.attributes]
        return "\n".join([f"model {self.name} {{", *lines, "}", ""])

    def has(self, name):
        return any(f.name == name for f in self.fields)


class Maker:
    """
    only_runnable: nothing that PostgreSQL refuses later, and no extension.  prefix is that of all names that must be unique in a database, so that
    several schemas can be one; datasource is what they then have in common: "", "schemas" or "prisma" (relationMode), None: as it comes.
    """

    def __init__(self, seed, only_runnable=False, prefix="", datasource=None):
        self.r, self.runnable, self.prefix = random.Random(seed), only_runnable, prefix
        has_schemas, self.emulated = self.chance(0.15), self.chance(0.1)
        self.source = "db" if datasource is not None else self.r.choice(["db", "db", "db", "pg", "Main_1"])
        self.plain = datasource is None and not only_runnable and self.chance(0.3)  # comments here and there, extensions
        if datasource is not None:
            has_schemas, self.emulated = datasource == "schemas", datasource == "prisma"
        self.schemas = ["public", "Second", "third"] if has_schemas else []
        self.enums, self.models, self.relations = [], [], 0

    def chance(self, p):
        return self.r.random() < p

    def schema_attribute(self):
        return [f'@@schema("{self.r.choice(self.schemas)}")'] if self.schemas else []

    # ---- enums ----

    def add_enum(self, i):
        name = f"{self.prefix}Kind{i}"
        values = self.r.sample(["RED", "green", "Blue", "x1", "Very_Long", "A"], self.r.randint(1, 4))
        lines = [v + (f' @map("{v.lower()} {i}")' if self.chance(0.2) else "") for v in values]
        lines += self.schema_attribute() + ([f'@@map("{self.prefix}kind {i}")'] if self.chance(0.3) else [])
        self.enums.append((name, values, lines))

    # ---- fields ----

    def default(self, type_, values, is_list, native):
        if values:
            return f"[{', '.join(self.r.sample(values, self.r.randint(0, len(values))))}]" if is_list else self.r.choice(values)
        literals = LITERALS[type_]
        if native in ONLY_TEXT or native in ("@db.Money", "@db.Oid") or (self.runnable and native in ("@db.Json", "@db.Time(0)", "@db.Timetz", "@db.Date")):
            return None
        if is_list:
            return f"[{', '.join(self.r.choices(literals, k=self.r.randint(0, 3)))}]"
        if not native and self.chance(0.1):
            return f'dbgenerated("{self.r.choice(GENERATED[type_])}")'
        made = MADE.get(type_, [])
        return self.r.choice(literals + made)

    def scalar(self, name):
        arity = self.r.choice(["", "", "", "?", "?", "[]"])
        if self.enums and self.chance(0.15):
            enum, values, _ = self.r.choice(self.enums)
            field, values, type_ = Field(name, enum, arity), values, enum
        elif self.chance(0.05):
            return Field(name, f'Unsupported("{self.r.choice(UNSUPPORTED)}")', self.r.choice(["", "?"]))
        else:
            type_, values = self.r.choice(list(NATIVE)), None
            field = Field(name, type_, arity, native=self.r.choice(NATIVE[type_]))
        if self.chance(0.35):
            default = self.default(type_, values, arity == "[]", field.native)
            if default is not None and not (arity == "?" and default == "autoincrement()"):
                field.attributes.append(f"@default({default})")
        if self.chance(0.12) and type_ not in ("Json",) and field.native not in ("@db.Xml", "@db.Json"):
            field.attributes.append("@unique" + self.r.choice(["", "", "(sort: Desc)", f'(map: "{self.prefix}u_{name[:9]}_{self.r.random():.9f}")', '(where: raw("1 = 1"))']))
        if self.chance(0.12):
            field.attributes.append(f'@map("{self.r.choice(COLUMNS)} {name}")')
        if type_ == "DateTime" and arity == "" and self.chance(0.1):
            field.attributes.append("@updatedAt")
            if self.chance(0.3) and not any(a.startswith("@default") for a in field.attributes):
                field.attributes.insert(0, "@default(now())")
        if self.chance(0.04):
            field.attributes.append("@ignore")
        return field

    def id_fields(self, model):
        kind = self.r.choice(["auto", "auto", "text", "big", "pair", "unique", "moment", "kind" if self.enums else "auto"])
        if kind == "auto":
            model.fields.append(Field("id", "Int", "", ["@id", self.r.choice(["", "@default(autoincrement())"])]))
        elif kind == "text":
            model.fields.append(Field("id", "String", "", ["@id", self.r.choice(["", "@default(cuid())", '@default(dbgenerated("gen_random_uuid()")) @db.Uuid', "@db.Uuid"])]))
        elif kind == "big":
            model.fields.append(Field("id", "BigInt", "", [f'@id(map: "pk {model.name}")', "@default(autoincrement())", '@map("the id")']))
        elif kind == "moment":
            model.fields.append(Field("at", "DateTime", "", ["@id", self.r.choice(["", "@default(now())", "@db.Timestamptz(6)"])]))
        elif kind == "kind":
            model.fields += [Field("kind0", self.r.choice(self.enums)[0]), Field("number", "Decimal", "", ["@db.Decimal(8, 0)", '@map("the number")'])]
            model.attributes.append(f'@@id([number, kind0], name: "both_{self.r.randint(0, 9)}")')
        elif kind == "unique":
            model.fields.append(Field("code", "String", "", ["@unique"]))
        else:
            model.fields += [Field("left", "Int"), Field("right", "String")]
            model.attributes.append("@@id([left, right]" + self.r.choice([")", ', name: "both")', f', map: "pair {model.name}")']))
        model.keys = {"unique": ["code"], "pair": ["left", "right"], "moment": ["at"], "kind": ["number", "kind0"]}.get(kind, ["id"])
        model.has_id = kind != "unique" and len(model.keys) == 1

    def indexable(self, field):
        return field.native not in ("@db.Xml", "@db.Json") and field.type not in ("Json",) and "Unsupported" not in field.type

    def condition(self, model, fields):
        """{ field: value, ... }"""
        values = {"Int": ["5", "{ not: -1 }"], "String": ['"it\'s"', '{ not: "b" }'], "Boolean": ["true", "{ not: false }"], "DateTime": ['"2020-01-01"'], "Float": ["1.50"]}
        picked = self.r.sample(fields, min(len(fields), self.r.randint(1, 3)))
        return "{ " + ", ".join(f"{f.name}: {self.r.choice(['null', '{ not: null }'] + ([] if f.arity == '[]' or self.type_of(model, f.name)[1] else values.get(f.type, [])))}" for f in picked) + " }"

    def special_index(self, model):
        """Of another kind than B-tree, or with an operator class."""
        if found := [f for f in model.fields if f.type in OPS and not self.type_of(model, f.name)[1] and f.arity != "[]"]:
            field = self.r.choice(found)
            said = self.r.choice(OPS[field.type])
            said = said if "]" in said else f"]{said}" if said[0] == "," else f"{said}]"
            model.attributes.append(f'@@index([{field.name}{said}, map: "{self.prefix}special {self.r.random():.9f}")')

    def unique_pair(self, model):
        """A key of several fields that relations can lead to."""
        known = [f for f in model.fields if f.arity == "" and self.indexable(f) and (f.type in NATIVE or f.type in [e[0] for e in self.enums])]
        if len(known) > 1:
            picked = [f.name for f in self.r.sample(known, self.r.choice([2, 2, 3]) if len(known) > 2 else 2)]
            more = self.r.choice(["", "", f', name: "named{len(model.attributes)}"', f', map: "{self.prefix}pair {self.r.random():.9f}"'])
            model.attributes.append(f"@@unique([{', '.join(picked)}]{more})")
            model.uniques.append(picked)

    def index(self, model):
        fields = [f for f in model.fields if (f.type in NATIVE or f.type in [e[0] for e in self.enums]) and self.indexable(f)]
        if not fields:
            return
        if self.chance(0.15) and (lists := [f for f in fields if f.arity == "[]"]):
            model.attributes.append(f"@@index([{lists[0].name}], type: Gin)")
            return
        picked = self.r.sample(fields, min(len(fields), self.r.randint(1, 3)))
        parts = [f.name + self.r.choice(["", "", "(sort: Desc)", "(sort: Asc)"]) for f in picked]
        kind = self.r.choice(["index", "index", "unique"])
        more = f', {self.r.choice(["map", "map", "name"]) if kind == "index" else "map"}: "{self.prefix}{kind} {self.r.random():.9f}"' if self.chance(0.3) else ""
        if self.chance(0.15):
            more += self.r.choice([f", where: {self.condition(model, fields)}", ', where: raw("1 = 1")'])
        if kind == "index" and len(picked) == 1 and self.chance(0.2):
            parts, more = [picked[0].name], more + ", type: Hash"
        model.attributes.append(f"@@{kind}([{', '.join(parts)}]{more})")

    # ---- relations ----

    def actions(self, optional):
        allowed = ["Cascade", "Restrict"] + (["SetNull"] if optional else []) if self.emulated else ACTIONS
        text = f", onDelete: {self.r.choice(allowed)}" if self.chance(0.4) else ""
        return text + (f", onUpdate: {self.r.choice(allowed)}" if self.chance(0.3) else "")

    def type_of(self, model, key):
        field = next(f for f in model.fields if f.name == key)
        native = [a for a in [field.native, *field.attributes] if a.startswith("@db.")]
        spelled = [a.split(" ")[-1] for a in field.attributes if " @db." in a]
        return field.type, (native or spelled or [""])[0]

    def free_name(self, model, name):
        while model.has(name):
            name += "X"
        return name

    def to_one(self, model, target):
        self.relations += 1
        n, optional, is_one = self.relations, self.chance(0.4), self.chance(0.25)
        name = self.relation_name(model, target, n)
        here, there = self.free_name(model, f"to{n}"), self.free_name(target, f"back{n}")
        wanted = self.r.choice([target.keys, *target.uniques])
        keys = [self.column_for(model, target, key, n, optional, is_one and len(wanted) == 1) for key in wanted]
        if is_one and len(wanted) > 1:
            model.attributes.append(f"@@unique([{', '.join(keys)}])")
        mapped = f', map: "fk {n}"' if self.chance(0.2) else ""
        said = f"@relation({name}fields: [{', '.join(keys)}], references: [{', '.join(wanted)}]{self.actions(optional)}{mapped})"
        model.fields.insert(self.r.randint(0, len(model.fields)), Field(here, target.name, "?" if optional else "", [said]))
        target.fields.append(Field(there, model.name, "?" if is_one else "[]", [f"@relation({name[:-2]})"] if name else []))

    def relation_name(self, model, target, n):
        """With a comma; some have none, where it is clear which two fields belong together."""
        if model is not target and target.name not in model.linked and model.name not in target.linked and self.chance(0.4):
            model.linked.add(target.name)
            return ""
        return f'"rel {n}", ' if (model is target or self.chance(0.5)) else f'"R{n}", '

    def column_for(self, model, target, key, n, optional, unique):
        """The name of a field for a relation: mostly a new one, now and then one that is there, of the id or of another relation."""
        type_, native = self.type_of(target, key)
        alike = [f.name for f in model.fields if f.type == type_ and f.arity == ("?" if optional else "") and self.type_of(model, f.name)[1] == native]
        if alike and not unique and self.chance(0.15):
            return self.r.choice(alike)
        column = Field(self.free_name(model, f"{key}{n}"), type_, "?" if optional else "", ["@unique"] if unique else [], native)
        model.fields.insert(self.r.randint(0, len(model.fields)), column)
        return column.name

    def many(self, model, target):
        self.relations += 1
        n = self.relations
        if not model.has_id or not target.has_id:
            return
        if model is not target and target.name not in model.linked and model.name not in target.linked and self.chance(0.3):
            model.linked.add(target.name)
            model.fields.append(Field(f"many{n}", target.name, "[]"))
            target.fields.append(Field(f"gathered{n}", model.name, "[]"))
            return
        name = self.prefix + (f"Many{n}" if self.chance(0.5) else f"m_{n}_" + "long" * 15)
        model.fields.append(Field(f"many{n}", target.name, "[]", [f'@relation("{name}")']))
        target.fields.append(Field(f"gathered{n}", model.name, "[]", [f'@relation("{name}")']))

    # ---- all ----

    def make(self):
        for i in range(self.r.randint(0, 3)):
            self.add_enum(i)
        tables = self.r.sample(TABLES, len(TABLES))
        for name in self.r.sample(MODEL_NAMES, self.r.randint(1, 6)):
            model = Model(self.prefix + name)
            self.models.append(model)
            self.id_fields(model)
            for field in self.r.sample(FIELD_NAMES, self.r.randint(0, 8)):
                model.fields.append(self.scalar(field))
            if self.chance(0.25):
                model.attributes.append(f'@@map("{self.prefix}{tables.pop()}")')
            model.attributes += self.schema_attribute()
            model.uniques += [[f.name] for f in model.fields if "@unique" in f.attributes and f.arity == "" and f.type in NATIVE]
            if self.chance(0.2):
                self.unique_pair(model)
        for model in self.models:
            for _ in range(self.r.choice([0, 0, 1, 1, 2])):
                self.to_one(model, self.r.choice(self.models))
            if self.chance(0.3):
                self.many(model, self.r.choice(self.models))
        for model in self.models:
            for _ in range(self.r.choice([0, 0, 1, 2])):
                self.index(model)
            if self.chance(0.2):
                self.special_index(model)
        return self

    def others(self):
        """Blocks that no relation leads to: views, and tables that Prisma's client leaves alone."""
        schema = "".join(f"  {a}\n" for a in self.schema_attribute())
        if self.chance(0.15):
            yield f'view {self.prefix}Seen {{\n  id Int @unique\n  some String? @map("a b")\n{schema}}}\n'
        if self.chance(0.1):
            yield f"model {self.prefix}Left {{\n  a Int?\n  b Unsupported(\"point\")?\n  @@index([a])\n  @@ignore\n{schema}}}\n"

    def commented(self, text):
        lines = []
        for line in text.split("\n"):
            if line.startswith("  ") and self.chance(0.1):
                lines.append(self.r.choice(["", "  /// what it is for", "  // @@index([id])", "  /* model X {\n  */"]))
            lines.append(line + (self.r.choice([" // why", " /// how"]) if line.startswith("  ") and self.chance(0.1) else ""))
        return "\n".join(lines)

    def text(self):
        more = f"\n  schemas  = {str(self.schemas)}".replace("'", '"') if self.schemas else ""
        more += '\n  relationMode = "prisma"' if self.emulated else ""
        if self.plain and self.chance(0.3):
            more += "\n  extensions = " + self.r.choice(["[pg_trgm]", '[uuid_ossp(map: "uuid-ossp"), citext(schema: "public")]', '[b(version: "1.2"), a(map: "a b", schema: "x")]'])
        enums = ["\n".join([f"enum {name} {{", *["  " + line for line in lines], "}", ""]) for name, _, lines in self.enums]
        blocks = enums + [m.text() for m in self.models] + list(self.others())
        self.r.shuffle(blocks)
        body = "\n".join(blocks)
        text = HEAD % more + "\n" + (self.commented(body) if self.plain else body)
        return text.replace("datasource db", f"datasource {self.source}").replace("@db.", f"@{self.source}.")


def random_schema(seed, only_runnable=False, prefix="", datasource=None):
    return Maker(seed, only_runnable, prefix, datasource).make().text()


def head_of(text):
    """What is in front of the models and enums of a random schema: its generator and its datasource."""
    return text[:text.index("\n}\n", text.index("datasource")) + 3]
