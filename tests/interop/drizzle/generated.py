"""Drizzle schemas put together at random: schema(random.Random(7), "0.31") is always the same text."""

NAMES = ["id", "title", "createdAt", "owner_id", "userID", "amount", "is_open", "Kind", "e2e", "HTTPStatus", "note", "x"]
TYPES = [
    ("integer({})", ["0", "-3", "42"]), ("bigint({}{{ mode: \"number\" }})", ["7"]), ("smallint({})", ["1"]), ("real({})", ["1.5"]),
    ("numeric({}{{ precision: 9, scale: 3 }})", ['"1.250"']), ("text({})", ['"a"', '"it\'s"', "sql`'x' || 'y'`"]), ("varchar({}{{ length: 30 }})", ['"v"']),
    ("boolean({})", ["true", "false"]), ("uuid({})", ["sql`gen_random_uuid()`"]), ("jsonb({})", ["{}", "[1, \"b\"]", "{ k: { l: null } }"]),
    ("timestamp({}{{ withTimezone: true }})", ["sql`now()`"]), ("timestamp({}{{ precision: 3 }})", ['new Date("2020-02-03T04:05:06.007Z")']),
    ("date({})", ['"2020-01-01"']), ("time({})", []), ("interval({})", ['"1 hour"']), ("inet({})", []), ("doublePrecision({})", ["2.25"]), ("char({}{{ length: 4 }})", []),
]
ACTIONS = ["cascade", "restrict", "set null", "no action"]


def pick(r, *choices):
    return r.choice(choices)


class Table:
    def __init__(self, r, n, schema, line):
        self.r, self.line = r, line
        self.variable, self.name = f"t{n}", pick(r, f"table_{n}", f"tableNumber{n}", f"Table {n}")
        self.schema, self.keys, self.lines, self.extras, self.helpers = schema, [], [], [], []

    def name_of(self, key):
        return f'"{key}_named"' if self.r.random() < 0.2 else ""

    def column(self, key, enums):
        r = self.r
        name = self.name_of(key)
        if enums and r.random() < 0.15:
            variable, values = r.choice(enums)
            text, defaults = f"{variable}({name})", [f'"{values[0]}"']
        else:
            form, defaults = r.choice(TYPES)
            text = form.format(f"{name}, " if name and "{{" in form else name)
        if r.random() < 0.1:
            text, defaults = text + ".array()", []
        if r.random() < 0.4:
            text += ".notNull()"
        if defaults and r.random() < 0.4:
            text += f".default({r.choice(defaults)})"
        if r.random() < 0.12 and "jsonb" not in text:
            text += pick(r, ".unique()", f'.unique("{self.variable}_{key}_u")', f'.unique("{self.variable}_{key}_u", {{ nulls: "not distinct" }})')
        if r.random() < 0.1:
            text += pick(r, ".$type<any>()", ".$defaultFn(() => nothing.at.all())", ".$onUpdate(() => new Date() as any)")
        return f"{key}: {text}"

    def fill(self, enums, tables):
        r = self.r
        self.lines.append(pick(r, 'id: serial().primaryKey()', 'id: integer("the_id").primaryKey()', 'id: integer().primaryKey().generatedAlwaysAsIdentity()',
                               'id: integer().primaryKey().generatedByDefaultAsIdentity({ startWith: 5 })'))
        self.keys = r.sample(NAMES[1:], r.randint(2, 6))
        self.lines += [self.column(key, enums) for key in self.keys]
        for n, target in enumerate(r.sample(tables, min(len(tables), r.randint(0, 2)))):
            actions = f', {{ onDelete: "{r.choice(ACTIONS)}", onUpdate: "{r.choice(ACTIONS)}" }}' if r.random() < 0.5 else ""
            self.lines.append(f"ref{n}: integer({self.name_of(f'ref{n}')}).references((): AnyPgColumn => {target.variable}.id{actions})")
        self.fill_extras()

    def fill_extras(self):
        r, v = self.r, self.variable
        plain = [k for k in self.keys]
        for n in range(r.randint(0, 3)):
            a, b = r.sample(plain, 2)
            self.extras.append(pick(r, f'index("{v}_i{n}").on(t.{a}.asc(), t.id.desc())', f'index("{v}_i{n}").on(t.id.desc().nullsFirst()).where(sql`${{t.{a}}} is not null`)',
                                    f'uniqueIndex("{v}_i{n}").on(t.id).where(isNotNull(t.{b}))', f'unique("{v}_i{n}").on(t.id).nullsNotDistinct()',
                                    f'check("{v}_i{n}", sql`${{t.id}} > 0 and ${{t.{b}}} is not null`)', f'index("{v}_i{n}").on(sql`(${{t.id}} + 1)`).with({{ fillfactor: 70 }})',
                                    f'pgPolicy("{v}_i{n}", {{ for: "select", to: "public", using: sql`${{t.id}} = 1` }})'))

    def text(self):
        maker = f"{self.schema}.table" if self.schema else "pgTable"
        callback = ""
        if self.extras:
            body = ", ".join(self.extras)
            named = ", ".join(f"e{n}: {extra}" for n, extra in enumerate(self.extras))
            callback = pick(self.r, f", (t) => [{body}]", f", (t) => ({{ {named} }})", f", (t) => {{ return [{body}]; }}")
        lines, spread = list(self.lines), ""
        if self.r.random() < 0.3 and len(lines) > 2:
            spread = f"const {self.variable}Part = {{ {lines.pop()} }};\n"
            lines.append(f"...{self.variable}Part")
        return spread + f'export const {self.variable} = {maker}("{self.name}", {{\n  ' + ",\n  ".join(lines) + f"\n}}{callback});\n"


def schema(r, line):
    text, enums, tables = "", [], []
    own = "app" if r.random() < 0.3 else None
    if own:
        text += 'export const app = pgSchema("app");\n'
    for n in range(r.randint(0, 2)):
        values = r.sample(["low", "mid", "high", "it's", "UP"], r.randint(1, 4))
        maker = pick(r, "pgEnum", f"{own}.enum" if own else "pgEnum")
        list_of = "[" + ", ".join(f'"{value}"' for value in values) + "]"
        text += f'export const e{n} = {maker}("kind_{n}", {list_of});\n'
        enums.append((f"e{n}", values))
    for n in range(r.randint(1, 5)):
        table = Table(r, n, own if own and r.random() < 0.5 else None, line)
        tables.append(table)
    for table in tables:
        table.fill(enums, tables)
    text += "".join(table.text() for table in tables)
    if r.random() < 0.3:
        text += f'export const v = pgView("a_view").as((qb) => qb.select({{ a: {tables[0].variable}.id }}).from({tables[0].variable}));\n'
    if r.random() < 0.2:
        text += 'export const s = pgSequence("a_sequence", { increment: 2, cache: 4 });\n'
    return text
