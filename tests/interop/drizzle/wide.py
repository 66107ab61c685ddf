"""
Drizzle schemas that have something of everything, put together at random: schema(random.Random(7), "0.31") is always the same text.

generated.py makes small ones, close to what people write; these go through the options.  What drizzle-kit itself gets wrong (entries.WRONG) is left out.
"""

WORDS = ["id", "title", "createdAt", "owner_id", "userID", "order", "user", "isOpen", "Kind", "e2eTest", "HTTPStatus", "x1", "größe", "select", "a_b_c", "Z"]
LONG = "a_name_that_is_rather_long_and_goes_on_for_more_than_sixty_three_bytes_in_all"
ACTIONS = ["cascade", "restrict", "set null", "set default", "no action"]


def call(function, name, options):
    """text("n", { ... }), text({ ... }), text("n"), text()"""
    return f"{function}({', '.join(part for part in (name, options) if part)})"


# function, options, defaults, what it can be indexed with
COLUMNS = [
    ("integer", [""], ["0", "-7", "sql`1 + 1`"], "btree"), ("smallint", [""], ["3"], "btree"), ("bigint", ['{ mode: "number" }', '{ mode: "bigint" }'], ["sql`5`"], "btree"),
    ("real", [""], ["1.5"], "btree"), ("doublePrecision", [""], ["2.25", "1e21"], "btree"),
    ("numeric", ["", "{ precision: 7 }", "{ precision: 9, scale: 3 }", '{ precision: 4, scale: 1, mode: "string" }'], ['"1.5"'], "btree"), ("decimal", ["{ precision: 3, scale: 0 }"], ['"2"'], "btree"),
    ("text", ["", '{ enum: ["a", "b"] }'], ['"a"', '"it\'s"', '""', "sql`'x' || 'y'`", "sql.raw(\"'r'\")"], "btree"), ("varchar", ["", "{ length: 40 }", '{ length: 9, enum: ["q"] }'], ['"q"'], "btree"),
    ("char", ["", "{ length: 4 }"], ['"c"'], "btree"), ("boolean", [""], ["true", "false"], "btree"), ("uuid", [""], ["sql`gen_random_uuid()`"], "btree"),
    ("json", [""], ["{}", "[1]", '{ a: { b: [null, true, "x"] } }'], None), ("jsonb", [""], ["{}", "[]", '{ "k l": 1 }', "sql`'{}'::jsonb`", "sql`'[1]'::jsonb::jsonb`"], "gin"),
    ("date", ["", '{ mode: "date" }', '{ mode: "string" }'], ["sql`CURRENT_DATE`"], "btree"), ("time", ["", "{ precision: 2 }", "{ withTimezone: true }", "{ precision: 0, withTimezone: true }"], [], "btree"),
    ("timestamp", ["", "{ withTimezone: true }", "{ precision: 3 }", '{ precision: 6, withTimezone: true, mode: "string" }', '{ mode: "string" }', '{ mode: "date", precision: 0 }'], ["sql`now()`"], "btree"),
    ("interval", ["", '{ fields: "day" }', '{ fields: "day to second", precision: 3 }', "{ precision: 4 }"], ['"1 day"'], "btree"),
    ("inet", [""], ['"127.0.0.1"'], "btree"), ("cidr", [""], [], "btree"), ("macaddr", [""], [], "btree"), ("macaddr8", [""], [], "btree"), ("point", ["", '{ mode: "xy" }'], [], None),
    ("line", ["", '{ mode: "abc" }'], [], None), ("bit", ["{ dimensions: 3 }"], [], "gist"), ("bytes", [""], [], "btree"), ("search", [""], [], "gin"), ("sized", ["{ n: 12 }"], [], "btree"),
]
HELPERS = """const bytes = customType<{ data: Uint8Array }>({ dataType() { return "bytea"; } });
const search = customType<{ data: string }>({ dataType: () => "tsvector" });
const sized = customType<{ data: string; config: { n: number } }>({ dataType: (c) => `varchar(${c?.n ?? 1})`, toDriver: (v) => v });
"""


class Table:
    def __init__(self, maker, n, r, line):
        self.r, self.line, self.maker, self.n = r, line, maker, n
        self.variable = f"t{n}"
        self.name = r.choice([f"table_{n}", f"tableNo{n}", f"Table {n}", f"order{n}", f"t{n}"])
        self.columns, self.plain, self.lines, self.extras, self.used = [], [], [], [], set()

    def chance(self, p):
        return self.r.random() < p

    def fresh(self, kind):
        name = f"{self.variable}_{kind}{len(self.extras)}"
        return f'"{name} {LONG}"' if self.chance(0.03) and kind == "i" else f'"{name}"'

    def add_column(self, key, enums):
        r = self.r
        name = r.choice(["", "", "", f'"{key}_db"', f'"{key} Db"'])
        if enums and self.chance(0.15):
            variable, values = r.choice(enums)
            text, defaults, method = call(variable, name, ""), [repr(values[0]).replace("'", '"') if "'" not in values[0] else f'"{values[0]}"'], "btree"
        else:
            function, options, defaults, method = r.choice(COLUMNS)
            text = call(function, name, r.choice(options))
        if self.chance(0.12):
            text, method = text + ".array()", "gin" if method == "btree" else None
            if self.line == "0.31" and "text(" in text and "default" not in text and self.chance(0.5):
                text += r.choice(['.default([])', '.default(["a", "b c"])'])
            defaults = []
        elif text.startswith(("timestamp(", "date(")) and self.chance(0.3):
            text, defaults = text + ".defaultNow()", []
        elif text.startswith("uuid(") and self.chance(0.3):
            text, defaults = text + ".defaultRandom()", []
        if defaults and self.chance(0.4):
            text += f".default({r.choice(defaults)})"
        if self.chance(0.4):
            text += ".notNull()"
        if method == "btree" and self.chance(0.12):
            text += r.choice([".unique()", f'.unique("{self.variable}_{key}_u")', f'.unique("{self.variable}_{key}_v", {{ nulls: "not distinct" }})'])
        if self.chance(0.15):
            text += r.choice([".$type<any>()", ".$default(() => nothing())", ".$onUpdate(() => new Date() as any)", ".$onUpdateFn(() => x)"])
        self.lines.append(f"{key}: {text}")
        self.columns.append((key, method))

    def key_column(self):
        r = self.r
        return r.choice(["serial().primaryKey()", "bigserial({ mode: \"number\" }).primaryKey()", "smallserial(\"no\").primaryKey()", "integer().primaryKey()", "integer(\"the id\").primaryKey()",
                         "integer().primaryKey().generatedAlwaysAsIdentity()", 'integer().generatedByDefaultAsIdentity({ name: "own_seq_%d", startWith: 5, increment: 2, minValue: 1, maxValue: 900, cache: 3, cycle: true }).primaryKey()' % self.n,
                         'bigint({ mode: "number" }).primaryKey().generatedAlwaysAsIdentity({ increment: 3 })'])

    def fill(self, enums, tables, roles):
        r = self.r
        self.lines.append(f"id: {self.key_column()}")
        for key in r.sample(WORDS[1:], r.randint(2, 7)):
            self.add_column(key, enums)
        self.plain = [key for key, method in self.columns if method == "btree"]
        if self.chance(0.3):
            self.lines.append(f'made: integer().generatedAlwaysAs((): SQL => sql`${{{self.variable}.id}} * 2`)' if self.chance(0.5) else "made: text().generatedAlwaysAs(sql`'x'`)")
        for n in range(r.randint(0, 2)):
            target = r.choice([*tables, self])
            actions = f', {{ onDelete: "{r.choice(ACTIONS)}"' + (f', onUpdate: "{r.choice(ACTIONS)}"' if self.chance(0.5) else "") + " }" if self.chance(0.6) else ""
            self.lines.append(f"ref{n}: integer().references((): AnyPgColumn => {target.variable}.id{actions})")
        for _ in range(r.randint(0, 5)):
            self.extras.append(self.extra(tables, roles))

    def indexed(self, key):
        return f"t.{key}" + self.r.choice(["", "", ".asc()", ".desc()", ".desc().nullsFirst()", ".asc().nullsFirst()", ".nullsFirst()", ".desc().nullsLast()"])

    def extra(self, tables, roles):
        r = self.r
        gin = [key for key, method in self.columns if method == "gin"]
        some = r.choice(["id", *self.plain])
        kinds = ["index", "index", "unique", "check", "check", "policy", "expression", "where", "foreign", "hash"] + (["gin"] if gin else []) + (["nameless"] if "nameless" not in self.used else [])
        kind = r.choice(kinds)
        self.used.add(kind)
        if kind == "gin":
            return f"index({self.fresh('i')}).using(\"gin\", t.{r.choice(gin)})"
        if kind == "hash":
            return f"index({self.fresh('i')}).using(\"hash\", t.{some})"
        if kind == "nameless":
            return r.choice([f"index().on(t.{some})", f"uniqueIndex().on(t.id, t.{r.choice(self.plain)})" if self.plain else "index().on(t.id)"])
        if kind == "index":
            all_keys = ["id", *self.plain]
            columns = ", ".join(self.indexed(key) for key in r.sample(all_keys, min(len(all_keys), r.randint(1, 3))))
            return f"{r.choice(['index', 'uniqueIndex'])}({self.fresh('i')}).on({columns})" + r.choice(["", "", ".with({ fillfactor: 70 })", ".concurrently()"])
        if kind == "unique":
            second = f", t.{r.choice(self.plain)}" if self.plain else ""
            return f"unique({self.fresh('u')}).on(t.id{second})" + r.choice(["", ".nullsNotDistinct()"])
        if kind == "check":
            return f"check({self.fresh('c')}, " + r.choice([f"sql`${{t.id}} > 0`", f"sql`${{t.{some}}} is not null or ${{t.id}} < 9`", "sql`1 = 1`", f"sql`${{t.id}} <> ALL (ARRAY[1, 2])`"]) + ")"
        if kind == "expression":
            return f"index({self.fresh('i')}).on(sql`(${{t.id}} + 1)`, t.{some})"
        if kind == "where":
            return f"{r.choice(['index', 'uniqueIndex'])}({self.fresh('i')}).on(t.{some}).where(" + r.choice([f"isNotNull(t.{some})", "sql`${t.id} > 3`", f"and(isNull(t.{some}), sql`${{t.id}} <> 1`)"]) + ")"
        if kind == "foreign":
            target = r.choice([*tables, self])
            actions = r.choice(["", '.onDelete("cascade")', '.onDelete("restrict").onUpdate("set null")'])
            return f"foreignKey({{ columns: [t.id], foreignColumns: [{target.variable}.id]" + (f", name: {self.fresh('f')}" if self.chance(0.5) else "") + f" }}){actions}"
        to = r.choice(['"public"', '"current_user"', "[" + ", ".join(roles) + "]", *roles]) if roles else r.choice(['"public"', '["current_user", "session_user"]'])
        command = r.choice(["all", "select", "insert", "update", "delete"])
        conditions = ("" if command == "insert" else f", using: sql`${{t.id}} = 1`") + (", withCheck: sql`true`" if command in ("insert", "update", "all") else "")
        return f"pgPolicy({self.fresh('p')}, {{ for: \"{command}\", to: {to}" + r.choice(["", ', as: "restrictive"', ', as: "permissive"']) + conditions + " })"

    def text(self):
        r = self.r
        lines, before = list(self.lines), ""
        if self.chance(0.3):
            before, lines = f"const {self.variable}Part = () => ({{ {lines[-1]} }});\n", [*lines[:-1], f"...{self.variable}Part()"]
        columns = "{\n  " + ",\n  ".join(lines) + "\n}"
        callback = ""
        if self.extras:
            body = ", ".join(self.extras)
            callback = r.choice([f", (t) => [{body}]", f", (t) => {{ return [{body}]; }}", ", (t) => ({ " + ", ".join(f"e{n}: {extra}" for n, extra in enumerate(self.extras)) + " })"])
        rls = ".enableRLS()" if self.line == "0.31" and self.chance(0.1) else ""
        return f'{before}export const {self.variable} = {self.maker}("{self.name}", {columns}{callback}){rls};\n'


def view(r, n, tables):
    t, u = (r.choice(tables).variable for _ in range(2))
    materialized = r.random() < 0.3
    maker = f'pgMaterializedView("view_{n}")' if materialized else f'pgView("view_{n}")'
    options = r.choice(["", "", ".with({ fillfactor: 80 })", ".withNoData()"] if materialized else ["", "", '.with({ checkOption: "local" })', ".with({ securityBarrier: true, securityInvoker: true })"])
    plain = f"qb.select({{ a: {t}.id, b: sql<number>`${{{t}.id}} + 1`.as(\"b\") }}).from({t})"
    query = r.choice([
        plain, f"{plain}.where(gt({t}.id, {r.randint(0, 9)})).orderBy(desc({t}.id)).limit({r.randint(1, 9)})",
        f"qb.select({{ a: {t}.id, n: count().as(\"n\") }}).from({t}).groupBy({t}.id).having(({{ n }}) => gt(n, 1))",
        f"{plain}.unionAll(qb.select({{ a: {u}.id, b: sql<number>`1`.as(\"b\") }}).from({u}))" + r.choice(["", ".limit(3)"]),
        "{ const c = qb.$with(\"c\").as(" + plain + "); return qb.with(c).select({ a: c.a, b: c.b }).from(c).where(eq(c.a, 1)); }",
        "{ const s = " + plain + ".as(\"s\"); return qb.select({ x: s.b, y: " + (u if u != t else t) + ".id }).from(" + (u if u != t else t) + ").leftJoin(s, eq(s.a, " + (u if u != t else t) + ".id)); }",
    ])
    if "limit" in query and "checkOption" in options or "check" in options and ("union" in query or "with" in query or "count" in query or "const s" in query):
        options = ""
    return f"export const view{n} = {maker}{options}.as((qb) => {query});\n"


def schema(r, line):
    text, enums, tables, makers = HELPERS, [], [], ["pgTable"]
    if r.random() < 0.4:
        text += 'export const app = pgSchema("app");\n'
        makers.append("app.table")
    if r.random() < 0.3:
        text += "const make = pgTableCreator((name) => `pre_${name}`);\n"
        makers.append("make")
    roles = []
    if r.random() < 0.4:
        text += 'export const r1 = pgRole("r1"); export const r2 = pgRole("r2", { createDb: true, inherit: false });\n'
        roles = ["r1", "r2"]
    for n in range(r.randint(0, 3)):
        values = r.sample(["low", "mid", "high", "it's", "UP", "two words"], r.randint(1, 5))
        maker = r.choice(["pgEnum", "app.enum"]) if "app.table" in makers else "pgEnum"
        text += f'export const e{n} = {maker}("{r.choice(["kind", "theKind", "Kind Of"])}_{n}", [' + ", ".join(f'"{value}"' for value in values) + "]);\n"
        enums.append((f"e{n}", values))
    for n in range(r.randint(1, 6)):
        tables.append(Table(r.choice(makers), n, r, line))
    for n, table in enumerate(tables):
        table.fill(enums, tables[:n], roles)
    text += "".join(table.text() for table in tables)
    text += "".join(view(r, n, tables) for n in range(r.choice([0, 0, 1, 2])))
    if r.random() < 0.3:
        text += "export const s = pgSequence(\"a_sequence\", " + r.choice(["{ increment: 2, cache: 4 }", "{ startWith: 10, minValue: 1, maxValue: 100, cycle: true }", "{ increment: -1 }"]) + ");\n"
    if r.random() < 0.15:
        text += f'export const linked = pgPolicy("linked", {{ for: "select", to: "public", using: sql`true` }}).link({r.choice(tables).variable});\n'
    return text
