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
MODEL_NAMES = ["User", "Post", "order_line", "Comment", "A", "Zebra", "TagOnPost", "account", "Audit_Log", "B2"]
FIELD_NAMES = ["title", "body", "count", "createdAt", "b", "isOpen", "total_sum", "zip", "note2", "order", "kind", "data", "x", "amount"]
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
UNSUPPORTED = ["point", "tsvector", "int4range", "circle"]
ONLY_TEXT = {"@db.Uuid", "@db.Xml", "@db.Inet", "@db.Bit(4)", "@db.VarBit(9)", "@db.VarBit", "@db.Char(3)"}


class Field:
    def __init__(self, name, type_, arity="", attributes=(), native=""):
        self.name, self.type, self.arity, self.attributes, self.native = name, type_, arity, list(attributes), native

    def line(self):
        return "  " + " ".join([self.name, self.type + self.arity, *[a for a in [self.native, *self.attributes] if a]])


class Model:
    def __init__(self, name):
        self.name, self.fields, self.attributes, self.keys = name, [], [], []

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
            field.attributes.append("@unique" + self.r.choice(["", "", "(sort: Desc)", f'(map: "{self.prefix}u_{name}_{self.r.random():.9f}")']))
        if self.chance(0.12):
            field.attributes.append(f'@map("{self.r.choice(COLUMNS)} {name}")')
        if type_ == "DateTime" and arity == "" and self.chance(0.1):
            field.attributes.append("@updatedAt")
        if self.chance(0.04):
            field.attributes.append("@ignore")
        return field

    def id_fields(self, model):
        kind = self.r.choice(["auto", "auto", "text", "big", "pair", "unique"])
        if kind == "auto":
            model.fields.append(Field("id", "Int", "", ["@id", self.r.choice(["", "@default(autoincrement())"])]))
        elif kind == "text":
            model.fields.append(Field("id", "String", "", ["@id", self.r.choice(["", "@default(cuid())", '@default(dbgenerated("gen_random_uuid()")) @db.Uuid', "@db.Uuid"])]))
        elif kind == "big":
            model.fields.append(Field("id", "BigInt", "", [f'@id(map: "pk {model.name}")', "@default(autoincrement())", '@map("the id")']))
        elif kind == "unique":
            model.fields.append(Field("code", "String", "", ["@unique"]))
        else:
            model.fields += [Field("left", "Int"), Field("right", "String")]
            model.attributes.append("@@id([left, right]" + self.r.choice([")", ', name: "both")', f', map: "pair {model.name}")']))
        model.keys = {"unique": ["code"], "pair": ["left", "right"]}.get(kind, ["id"])

    def indexable(self, field):
        return field.native not in ("@db.Xml", "@db.Json") and field.type not in ("Json",) and "Unsupported" not in field.type

    def index(self, model):
        fields = [f for f in model.fields if f.type in NATIVE and self.indexable(f)]
        if not fields:
            return
        if self.chance(0.15) and (lists := [f for f in fields if f.arity == "[]"]):
            model.attributes.append(f"@@index([{lists[0].name}], type: Gin)")
            return
        picked = self.r.sample(fields, min(len(fields), self.r.randint(1, 3)))
        parts = [f.name + self.r.choice(["", "", "(sort: Desc)", "(sort: Asc)"]) for f in picked]
        kind = self.r.choice(["index", "index", "unique"])
        more = f', map: "{self.prefix}{kind} {self.r.random():.9f}"' if self.chance(0.3) else ""
        if self.chance(0.15):
            more += self.r.choice([f', where: {{ {picked[0].name}: null }}', f', where: {{ {picked[0].name}: {{ not: null }} }}', ', where: raw("1 = 1")'])
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
        name = f'"rel {n}", ' if (model is target or self.chance(0.5)) else f'"R{n}", '
        here, there = self.free_name(model, f"to{n}"), self.free_name(target, f"back{n}")
        keys = []
        for key in target.keys:
            type_, native = self.type_of(target, key)
            column = Field(self.free_name(model, f"{key}{n}"), type_, "?" if optional else "", ["@unique"] if is_one and len(target.keys) == 1 else [], native)
            keys.append(column.name)
            model.fields.insert(self.r.randint(0, len(model.fields)), column)
        if is_one and len(target.keys) > 1:
            model.attributes.append(f"@@unique([{', '.join(keys)}])")
        mapped = f', map: "fk {n}"' if self.chance(0.2) else ""
        said = f"@relation({name}fields: [{', '.join(keys)}], references: [{', '.join(target.keys)}]{self.actions(optional)}{mapped})"
        model.fields.insert(self.r.randint(0, len(model.fields)), Field(here, target.name, "?" if optional else "", [said]))
        target.fields.append(Field(there, model.name, "?" if is_one else "[]", [f"@relation({name[:-2]})"]))

    def many(self, model, target):
        self.relations += 1
        n = self.relations
        if len(model.keys) > 1 or len(target.keys) > 1 or model.keys == ["code"] or target.keys == ["code"]:
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
        for model in self.models:
            for _ in range(self.r.choice([0, 0, 1, 1, 2])):
                self.to_one(model, self.r.choice(self.models))
            if self.chance(0.3):
                self.many(model, self.r.choice(self.models))
        for model in self.models:
            for _ in range(self.r.choice([0, 0, 1, 2])):
                self.index(model)
        return self

    def text(self):
        more = f"\n  schemas  = {str(self.schemas)}".replace("'", '"') if self.schemas else ""
        more += '\n  relationMode = "prisma"' if self.emulated else ""
        enums = ["\n".join([f"enum {name} {{", *["  " + line for line in lines], "}", ""]) for name, _, lines in self.enums]
        blocks = enums + [m.text() for m in self.models]
        self.r.shuffle(blocks)
        return HEAD % more + "\n" + "\n".join(blocks)


def random_schema(seed, only_runnable=False, prefix="", datasource=None):
    return Maker(seed, only_runnable, prefix, datasource).make().text()


def head_of(text):
    """What is in front of the models and enums of a random schema: its generator and its datasource."""
    return text[:text.index("\n}\n", text.index("datasource")) + 3]
