"""Schemas that use every part of drizzle-orm's pg-core, one thing at a time."""

# What stands in pgTable("t", { c: ... }).
COLUMNS = r"""
integer()
smallint()
bigint({ mode: "number" })
bigint({ mode: "bigint" })
serial()
smallserial()
bigserial({ mode: "number" })
bigserial({ mode: "bigint" })
numeric()
numeric({ precision: 12 })
numeric({ precision: 12, scale: 4 })
numeric({ scale: 3 })
numeric({ precision: 7, scale: 2, mode: "number" })
numeric({ precision: 9, scale: 0, mode: "bigint" })
decimal({ precision: 6, scale: 1 })
real()
doublePrecision()
text()
text({ enum: ["x", "y"] })
varchar()
varchar({ length: 40 })
varchar({ length: 8, enum: ["x"] })
char()
char({ length: 2 })
boolean()
uuid()
uuid().defaultRandom()
json()
jsonb()
jsonb().$type<{ list: string[] }>()
date()
date({ mode: "date" })
date({ mode: "string" })
time()
time({ precision: 2 })
time({ precision: 2, withTimezone: true })
timestamp()
timestamp({ precision: 2 })
timestamp({ withTimezone: true })
timestamp({ precision: 5, withTimezone: true, mode: "date" })
timestamp({ precision: 5, withTimezone: true, mode: "string" })
timestamp({ mode: "string" })
interval()
interval({ fields: "month" })
interval({ fields: "hour to second", precision: 2 })
interval({ precision: 4 })
interval({ precision: 0 })
inet()
cidr()
macaddr()
macaddr8()
point()
point({ mode: "xy" })
line()
line({ mode: "abc" })
bit({ dimensions: 5 })
customType<{ data: Buffer }>({ dataType() { return "bytea"; } })()
customType<{ data: string }>({ dataType: () => "tsvector" })()
customType<{ data: string; config: { n: number } }>({ dataType(config) { return `varchar(${config?.n ?? 3})`; } })({ n: 9 })
customType<{ data: string }>({ dataType() { return "int4range"; } })()
text().array()
text().array(4)
integer().array().array()
varchar({ length: 7 }).array()
timestamp({ withTimezone: true }).array()
numeric({ precision: 5, scale: 2 }).array()
text().notNull().array()
text().notNull()
integer().primaryKey()
serial().primaryKey()
text().primaryKey().notNull()
text().unique()
text().unique("only_one")
text().unique("only_one", { nulls: "not distinct" })
text().default("word")
text().default("don't")
text().default("")
text().default("a\\b")
integer().default(0)
integer().default(-7)
bigint({ mode: "number" }).default(12)
numeric({ precision: 10, scale: 2 }).default("2.50")
numeric({ precision: 10, scale: 2, mode: "number" }).default(2.5)
real().default(0.25)
doublePrecision().default(1e21)
boolean().default(false)
boolean().default(true).notNull()
jsonb().default({})
jsonb().default({ a: 1, b: [true, null, "x"] })
jsonb().default([])
jsonb().default(sql`'{"k": 1}'::jsonb`)
json().default([1, 2])
text().array().default([])
text().array().default(["a", "b c", "d,e"])
integer().array().default([1, 2])
boolean().array().default([true, false])
text().array().default(sql`ARRAY[]::text[]`)
timestamp().defaultNow()
timestamp({ withTimezone: true }).default(sql`now()`)
timestamp().default(sql`CURRENT_TIMESTAMP`)
timestamp().default(new Date("2024-05-06T07:08:09.123Z"))
timestamp({ withTimezone: true }).default(new Date("2024-05-06T07:08:09.123Z"))
timestamp({ mode: "string" }).default("2024-05-06 07:08:09")
date({ mode: "date" }).default(new Date("2024-05-06T00:00:00Z"))
date().defaultNow()
time().defaultNow()
uuid().default(sql`gen_random_uuid()`)
inet().default("10.0.0.1")
interval().default("2 days")
text().default(sql.raw("'raw'"))
text().$default(() => "x")
text().$defaultFn(() => nobody.knows())
timestamp().$onUpdate(() => new Date())
timestamp().$onUpdateFn(() => new Date())
text().default("y").$onUpdate(() => "x")
text().$type<"a" | "b">()
integer().generatedAlwaysAs(sql`1 + 1`)
integer().generatedAlwaysAs((): SQL => sql`2 * 3`)
integer().generatedAlwaysAs("3 + 4")
integer().generatedAlwaysAsIdentity()
integer().generatedByDefaultAsIdentity()
smallint().generatedAlwaysAsIdentity()
bigint({ mode: "number" }).generatedByDefaultAsIdentity()
integer().primaryKey().generatedAlwaysAsIdentity({ name: "own_seq", startWith: 50, increment: 5, minValue: 1, maxValue: 5000, cache: 2, cycle: true })
integer().generatedAlwaysAsIdentity({ increment: -1 })
bigint({ mode: "bigint" }).generatedAlwaysAsIdentity({ startWith: "9007199254740993" })
text("other_name")
text("Mixed Case")
""".strip().splitlines()

PARENT = ('export const parent = pgTable("parent", { id: integer().primaryKey(), a: integer(), b: integer() }, '
          '(p) => [unique("parent_ab").on(p.a, p.b)]);\n')

# Whole modules; {P} is PARENT.
MODULES = [
    'export const t = pgTable("t", {});',
    'const c: Record<string, any> = { id: serial() }; for (const k of ["x", "y"]) c[k] = integer(k); ["z"].forEach((k) => { c[k] = text(); }); export const t = pgTable("t", c);',
    'const all: any = {}; for (const n of ["a", "b"]) { all[n] = pgTable(n, { id: serial(), [`${n}_x`]: text() }); } export const { a, b } = all;',
    'const snake = (s: string) => s.replace(/([A-Z])/g, (m) => "_" + m.toLowerCase()); export const t = pgTable(snake("userRoles"), { a: text(snake("isAdmin")) });',
    'enum N { One, Two } const names: string[] = []; names.push(...Object.values(N).filter((v) => typeof v === "string") as string[]); export const e = pgEnum("e", names as any); export const t = pgTable("t", { e: e() });',
    'const mark = Symbol.for("mark"); const tag = (t: any) => { t[mark] = { note: "x" }; return t; }; export const t = tag(pgTable("t", { a: text() }));',
    'export const t = pgTable("t", { a: text() }); export const u = pgTable("u", { a: text() }); for (const x of [t, u]) x.enableRLS();',
    'namespace Auth { export const users = pgTable("users", { id: serial() }); } export const users = Auth.users;',
    'export const t = pgTable("My Table", { a: integer() });',
    'export const s = pgSchema("app"); export const t = s.table("t", { a: integer() });',
    'const make = pgTableCreator((name) => `app_${name}`); export const t = make("t", { a: integer() }, (t) => [index().on(t.a)]);',
    'const t = pgTable("t", { a: integer() });',
    'export const t = pgTable("t", { a: integer() }).enableRLS();',
    'export const t = pgTable("t", { a: integer("x"), b: text("y"), c: text("x").notNull() });',
    'class Base { static id() { return uuid().primaryKey().defaultRandom(); } static readonly stamps = { createdAt: timestamp().defaultNow() }; }\n'
    'class Named extends Base { constructor(private table: string, private length = 80) { super(); } get column() { return varchar(`${this.table}_name`, { length: this.length }); } }\n'
    'export const t = pgTable("t", { id: Base.id(), n: new Named("t").column, ...Named.stamps });',
    'function slots(n: number) { const made: Record<string, any> = {}; for (let i = 1; i <= n; i++) { switch (i % 2) { case 0: made[`slot${i}`] = integer(); break; default: made[`slot${i}`] = text(); } } return made; }\n'
    'export const t = pgTable("t", { id: integer().primaryKey(), ...slots(3) });',
    'export const t = pgTable("t", (c) => ({ a: c.integer(), b: c.text().notNull() }));',
    'export const t = pgTable("t", { a: integer(), b: text() }, (t) => [primaryKey({ columns: [t.a, t.b] })]);',
    'export const t = pgTable("t", { a: integer(), b: text() }, (t) => [primaryKey({ name: "own_pk", columns: [t.b, t.a] })]);',
    'export const t = pgTable("t", { a: integer(), b: text() }, (t) => ({ pk: primaryKey({ columns: [t.a, t.b] }), i: index("i").on(t.b) }));',
    'export const t = pgTable("t", { a: integer(), b: text() }, (t) => [primaryKey({ columns: [t.a] })]);',
    'export const t = pgTable("t", { a: integer(), b: text() }, (t) => [unique().on(t.a, t.b)]);',
    'export const t = pgTable("t", { a: integer(), b: text() }, (t) => [unique("u").on(t.a).nullsNotDistinct()]);',
    'export const t = pgTable("t", { a: integer(), b: text() }, (t) => [uniqueIndex().on(t.a)]);',
    'export const t = pgTable("t", { a: integer(), b: text() }, (t) => [uniqueIndex("ui").on(t.a, t.b.desc())]);',
    'export const t = pgTable("t", { a: integer() }, (t) => [check("c1", sql`${t.a} > 0`), check("c2", gt(t.a, sql.raw("1")))]);',
    'export const t = pgTable("t", { a: text() }, (t) => [check("c1", sql`${t.a} in (${sql.raw("\'x\', \'y\'")})`)]);',
    'export const t = pgTable("t", { a: text() }, (t) => [check("c1", inArray(t.a, [sql`\'x\'`, sql`\'y\'`]))]);',
    'export const t = pgTable("t", { a: text() }, (t) => [check("c1", sql`${t.a} in (${sql.join(["p", "q"].map((x) => sql.raw(`\'${x}\'`)), sql`, `)})`)]);',
    '{P} export const t = pgTable("t", { a: integer().references(() => parent.id) });',
    '{P} export const t = pgTable("t", { a: integer().references(() => parent.id, { onDelete: "cascade", onUpdate: "set null" }) });',
    '{P} export const t = pgTable("t", { a: integer().references((): AnyPgColumn => t.b), b: integer().primaryKey() });',
    '{P} export const t = pgTable("t", { a: integer(), b: integer() }, (t) => [foreignKey({ columns: [t.a, t.b], foreignColumns: [parent.a, parent.b] })]);',
    '{P} export const t = pgTable("t", { a: integer(), b: integer() }, (t) => [foreignKey({ name: "own_fk", columns: [t.a, t.b], '
    'foreignColumns: [parent.a, parent.b] }).onDelete("restrict").onUpdate("set default")]);',
    'export const s = pgSchema("app"); export const p = s.table("p", { id: integer().primaryKey() }); export const t = pgTable("t", { a: integer().references(() => p.id) });',
    'export const long = pgTable("a_table_whose_name_is_about_as_long_as_they_come_here", { a_column_with_a_long_name: integer().references((): any => long.the_primary_key_column), '
    'the_primary_key_column: integer().primaryKey() });',
    'export const t = pgTable("t", { a: integer(), b: text() }, (t) => [index().on(t.a), index("two").on(t.a.desc(), t.b.asc())]);',
    'export const t = pgTable("t", { a: integer(), b: text() }, (t) => [index("i").on(t.a.desc().nullsLast(), t.b.asc().nullsFirst())]);',
    'export const t = pgTable("t", { a: integer(), b: text() }, (t) => [index("i").on(t.a.desc().nullsFirst())]);',
    'export const t = pgTable("t", { a: integer(), b: text() }, (t) => [index("i").using("hash", t.b)]);',
    'export const t = pgTable("t", { a: integer(), b: jsonb() }, (t) => [index("i").using("gin", t.b.op("jsonb_path_ops"))]);',
    'export const t = pgTable("t", { a: integer(), b: text() }, (t) => [index("i").on(t.b.op("text_pattern_ops"))]);',
    'export const t = pgTable("t", { a: integer() }, (t) => [index("i").on(t.a).with({ fillfactor: 80 })]);',
    'export const t = pgTable("t", { a: integer(), d: timestamp() }, (t) => [index("i").on(t.a).where(sql`${t.a} > 0`), uniqueIndex("j").on(t.a).where(isNull(t.d))]);',
    'export const t = pgTable("t", { a: text(), d: text() }, (t) => [index("i").on(t.a).where(and(isNotNull(t.a), or(isNull(t.d), sql`${t.d} <> \'\'`)))]);',
    'export const t = pgTable("t", { a: text() }, (t) => [index("i").on(sql`lower(${t.a})`), index("j").on(sql`upper(${t.a}) desc`)]);',
    'export const t = pgTable("t", { a: text() }, (t) => [index("i").using("gin", sql`to_tsvector(\'english\', ${t.a})`)]);',
    'export const t = pgTable("t", { a: integer() }, (t) => [index("i").on(t.a).concurrently()]);',
    'export const t = pgTable("t", { a: integer() }, (t) => [index("i").onOnly(t.a)]);',
    'export const s = pgSchema("app"); export const t = s.table("t", { a: integer() }, (t) => [index().on(t.a)]);',
    'export const e = pgEnum("mood", ["sad", "ok"]); export const t = pgTable("t", { m: e(), n: e("named").notNull().default("ok") });',
    'export const e = pgEnum("mood", ["sad", "ok"]); export const t = pgTable("t", { m: e().array().default(["ok"]) });',
    'export const s = pgSchema("app"); export const e = s.enum("mood", ["sad"]); export const t = pgTable("t", { m: e().notNull().default("sad") });',
    'const SORTED = [...["b", "a", "C"]].sort(); const BY = [{ n: 2, k: "x" }, { n: 1, k: "y" }, { n: 2, k: "a" }].sort((a, b) => b.n - a.n).map((o) => o.k); export const e = pgEnum("v", SORTED), f = pgEnum("w", BY);',
    'export const t = pgTable("t", { a: text().$type<import("./nowhere").A>(), b: jsonb().$type<Record<string, import(\'./nowhere\').B<string>[]>>().notNull(), c: text().$type<typeof import("./nowhere").c | null>() });',
    'enum Mood { Sad = "sad", Ok = "ok" } export const e = pgEnum("mood", Mood);',
    'export const e = pgEnum("m", ["it\'s"]);',
    'const VALUES = ["x", "y"] as const; export const e = pgEnum("v", VALUES); export const f = pgEnum("w", [...VALUES, "z"]);',
    'const LABELS = { a: "A", b: "B" } as const; export const e = pgEnum("v", Object.keys(LABELS) as [string, ...string[]]);',
    'export const s = pgSequence("s");',
    'export const s = pgSequence("s", { startWith: 10, increment: 5, minValue: 1, maxValue: 1000, cache: 3, cycle: true });',
    'export const s = pgSequence("s", { increment: -1 });',
    'export const sc = pgSchema("app"); export const s = sc.sequence("s", { startWith: "7" });',
    'export const t = pgTable("t", { a: integer(), b: text() }); export const v = pgView("v").as((qb) => qb.select().from(t));',
    'export const t = pgTable("t", { a: integer(), b: text() }); export const v = pgView("v").as((qb) => qb.select({ x: t.a, y: sql<string>`upper(${t.b})`.as("y") }).from(t)'
    '.where(eq(t.b, "q")).orderBy(desc(t.a)).limit(3));',
    '{P} export const t = pgTable("t", { a: integer(), b: text() }); export const v = pgView("v").as((qb) => qb.select({ b: t.b, n: count(parent.id).as("n") }).from(t)'
    '.leftJoin(parent, eq(parent.id, t.a)).groupBy(t.b).having(gt(count(parent.id), 1)));',
    'export const t = pgTable("t", { a: integer(), b: text() }); export const v = pgView("v").as((qb) => qb.select({ day: sql<string>`upper(${t.b})`.as("day"), b: t.b, n: count().as("n") }).from(t)'
    '.groupBy(({ day, b }) => [day, b]).orderBy((f) => desc(f.day)));',
    'import { getPgColumnBuilders } from "drizzle-orm/pg-core/columns/all"; import { jsonb as json2 } from "drizzle-orm/pg-core/columns/jsonb"; import { gte as atLeast } from "drizzle-orm/sql/expressions";\n'
    'const { integer: int4 } = getPgColumnBuilders(); export const t = pgTable("t", { a: int4(), b: json2() }, (t) => [check("c", atLeast(t.a, sql`3`))]);',
    'export const t = pgTable("t", { a: integer(), b: text() }); export const v = pgMaterializedView("v").as((qb) => qb.selectDistinct({ b: t.b }).from(t));',
    'export const v = pgView("v", { x: integer() }).as(sql`select 1 as x`);',
    'export const v = pgView("v", { x: integer() }).existing();',
    'export const v = pgView("v", { x: integer() }).with({ securityBarrier: true, securityInvoker: true }).as(sql`select 1 as x`);',
    'export const s = pgSchema("app"); export const v = s.view("v", { x: integer() }).as(sql`select 1 as x`);',
    'export const v = pgMaterializedView("v", { x: integer() }).as(sql`select 1 as x`);',
    'export const v = pgMaterializedView("v", { x: integer() }).using("heap").with({ fillfactor: 90, autovacuumEnabled: false }).tablespace("pg_default").withNoData().as(sql`select 1 as x`);',
    'export const v = pgMaterializedView("v", { x: integer() }).existing();',
    'export const r = pgRole("r1"); export const q = pgRole("r2", { createDb: true, createRole: true, inherit: false }); export const x = pgRole("x").existing();',
    'export const t = pgTable("t", { a: integer() }, () => [pgPolicy("p")]);',
    'export const t = pgTable("t", { a: integer() }, (t) => [pgPolicy("p", { as: "restrictive", for: "update", to: ["current_user", "anon"], using: sql`${t.a} = 1`, withCheck: sql`true` })]);',
    'export const r = pgRole("r1"); export const t = pgTable("t", { a: integer() }, () => [pgPolicy("p", { for: "insert", to: r, withCheck: sql`true` })]);',
    'export const t = pgTable("t", { a: integer() }); export const p = pgPolicy("p", { to: "public", using: sql`true` }).link(t);',
    'const u = pgTable("other", { a: integer() }); export const p = pgPolicy("p", { using: sql`true` });',
    'const ts = { createdAt: timestamp().defaultNow(), updatedAt: timestamp().$onUpdate(() => new Date()) };\n'
    'export const t = pgTable("t", { id: serial().primaryKey(), ...ts }); export const u = pgTable("u", { ...ts, id: serial().primaryKey() });',
    'const id = () => text().primaryKey().$defaultFn(() => "x"); export const t = pgTable("t", { id: id() });',
    'const flags = ["x", "y"].map((name) => [name, boolean(name).default(false)] as const); export const t = pgTable("t", { ...Object.fromEntries(flags) });',
    'function base(prefix: string, { soft = false }: { soft?: boolean } = {}) { const columns = { [`${prefix}Id`]: uuid().primaryKey() };\n'
    'if (soft) { return { ...columns, deletedAt: timestamp() }; } return columns; }\n'
    'export const t = pgTable("t", { ...base("t"), a: text() }); export const u = pgTable("u", base("u", { soft: true }));',
    'export const b = pgTable("b", { id: integer().primaryKey(), a: integer().references((): AnyPgColumn => a.id) });\n'
    'export const a = pgTable("a", { id: integer().primaryKey(), b: integer().references((): AnyPgColumn => b.id) });',
    'import * as pg from "drizzle-orm/pg-core"; export const t = pg.pgTable("t", { a: pg.integer() }, (t) => [pg.index().on(t.a)]);',
    'class Base { static id = uuid().primaryKey(); static at = timestamp(); static later() { return timestamp(); } } class Row { a = text().notNull(); b = integer(); }\n'
    'export const t = pgTable("t", { ...Base, ...new Row() }); export const v = pgTable("v", new Row());',
    'function name(n: string) { return varchar(n, { length: 80 }); } name.required = (n: string) => name(n).notNull(); name.key = (n: string) => name.required(n).primaryKey();\n'
    'const stamp = Object.assign(() => timestamp(), { now: () => timestamp().defaultNow() }); export const t = pgTable("t", { a: name.key("a"), b: name("b"), c: stamp(), d: stamp.now() });',
    'export const t = pgTable("t", { a: integer(), b: integer() }, (t) => { const { a, b } = t; return [index().on(a, b), a && unique().on(b)]; });',
    'export const t = pgTable("t", { a: integer(), b: integer() }, ({ a, b }) => [[index().on(a), index("second").on(b)], undefined as any]);',
    'export const users = pgTable("userAccounts", { userId: integer().primaryKey(), createdAt: timestamp(), explicitName: text("explicitName"), HTTPStatus2xx: integer(), '
    'already_snake: text().unique() }, (t) => [index().on(t.createdAt), unique().on(t.userId, t.createdAt), check("c", sql`${t.userId} > 0`)]);\n'
    'export const posts = pgTable("postItems", { postId: integer().references(() => users.userId), partTwo: integer() }, (t) => [primaryKey({ columns: [t.postId, t.partTwo] })]);',
    'import { authUsers, authenticatedRole, authUid, anonRole } from "drizzle-orm/supabase"; export const t = pgTable("t", { id: uuid().primaryKey().references(() => authUsers.id, '
    '{ onDelete: "cascade" }) }, (t) => [pgPolicy("own", { for: "select", to: authenticatedRole, using: sql`${authUid} = ${t.id}` }), pgPolicy("none", { to: [anonRole, authenticatedRole] })]);',
    'import { crudPolicy } from "drizzle-orm/neon"; import { authenticatedRole } from "drizzle-orm/supabase"; export const t = pgTable("t", { a: integer() }, '
    '(t) => [crudPolicy({ role: authenticatedRole, read: true, modify: sql`${t.a} = 1` })]);',
    'const bytes = customType<{ data: Uint8Array }>({ dataType() { return "bytea"; }, toDriver: (v) => String.raw`\\x` + v + String.raw`\\u${v}`, fromDriver: (v) => v });\n'
    'export const t = pgTable("t", { a: bytes(), b: text() });',
]

# What the 1.0 line alone has: casing where the table is made, tables with row security in other ways.
ONLY_IN_1 = [
    'import { snakeCase } from "drizzle-orm/pg-core"; export const s = snakeCase.schema("app"); export const v = s.table("v", { xY: integer() });\n'
    'export const t = snakeCase.table("tOne", { createdAt: timestamp().notNull(), own: text("ownName").unique() }, (t) => [index().on(t.createdAt)]);\n'
    'export const u = snakeCase.table.withRLS("u", { aB: integer().primaryKey() }); export const w = snakeCase.view("w").as((qb) => qb.select({ made: t.createdAt }).from(t));',
    'export const c = pgTable("c", { id: integer("c_id"), n: text() }); export const d = pgTable("d", { c: integer() });\n'
    'export const v = pgView("v").as((qb) => qb.select({ a: c.id.as("x y"), n: c.n.as("N") }).from(c).where(eq(c.id, 1)).orderBy(c.n));\n'
    'export const w = pgView("w").as((qb) => qb.select({ a: c.id.as("x"), n: c.n }).from(c).innerJoin(d, eq(d.c, c.id)));\n'
    'export const x = pgView("x").as((qb) => qb.select().from(v)); export const y = pgView("y").as((qb) => qb.select({ q: w.a, r: w.n }).from(w).where(eq(w.a, 1)));\n'
    'export const z = pgMaterializedView("z").as((qb) => qb.select({ a: c.id.as("x"), n: count() }).from(c).groupBy((f) => f.a).orderBy((f) => f.a));',
    'import { camelCase } from "drizzle-orm/pg-core"; export const t = camelCase.table("t", { a_b: integer(), "c d": text() });',
    'const make = pgTableCreator((name) => `app_${name}`, "snake_case"); export const t = make.withRLS("t", { aB: integer() });',
    'export const s = pgSchema("app"); export const t = s.table.withRLS("t", { aB: integer() });',
    'export const s = pgSchema("app", "snake_case"); export const t = s.table("t", { aB: integer() });',
]

# Queries of views: what is compared is the text, since the snapshot keeps it.  {Q} stands for three tables.
QUERY_TABLES = (
    'const app = pgSchema("app"); export const t = pgTable("t", { id: integer("t_id").primaryKey(), name: text(), tags: text().array(), at: timestamp({ withTimezone: true }), doc: jsonb() });\n'
    'export const u = app.table("u", { id: integer().primaryKey(), t: integer("t_ref"), n: integer() }); export const w = pgTable("w", { id: integer().primaryKey(), name: text() });\n'
)
QUERIES = [
    # with()
    'export const v = pgView("v").as((qb) => { const sq = qb.$with("sq").as(qb.select({ owner: u.t, n: sql<number>`count(*)`.as("n") }).from(u).groupBy(u.t));\n'
    'return qb.with(sq).select({ id: t.id, n: sq.n, owner: sq.owner }).from(t).leftJoin(sq, eq(sq.owner, t.id)).where(gt(sq.n, 3)); });',
    'export const v = pgMaterializedView("v").as((qb) => { const a = qb.$with("a").as(qb.select().from(t)); const b = qb.$with("b").as((q) => q.select({ x: a.id, y: a.name }).from(a).where(eq(a.id, 1)));\n'
    'return qb.with(a, b).select().from(b); });',
    'export const v = pgView("v").as((qb) => { const a = qb.$with("a").as(qb.select({ id: u.id, n: sql<number>`${u.n} + 1`.as("more") }).from(u)); return qb.with(a).select({ one: a.id, two: a.n, '
    'three: sql<number>`${a.n} * 2`.as("three") }).from(a).orderBy(desc(a.n)); });',
    'export const v = pgView("v").as((qb) => { const a = qb.$with("a", { k: sql<number>`k`.as("k") }).as(sql`select 1 as k`); return qb.with(a).select({ k: a.k }).from(a); });',
    'export const v = pgView("v").as((qb) => { const a = qb.$with("a").as(qb.selectDistinct({ n: u.n }).from(u)); return qb.select({ id: t.id }).from(t).where(inArray(t.id, qb.with(a).select({ n: a.n }).from(a))); });',
    # subqueries
    'export const v = pgView("v").as((qb) => { const s = qb.select({ owner: u.t, total: sum(u.n).as("total") }).from(u).groupBy(u.t).as("s"); return qb.select({ id: t.id, total: s.total }).from(t).innerJoin(s, eq(t.id, s.owner)); });',
    'export const v = pgView("v").as((qb) => { const s = qb.select({ id: w.id, up: sql<string>`upper(${w.name})`.as("up") }).from(w).where(gt(w.id, 1)).as("s"); return qb.select().from(s).where(isNotNull(s.up)); });',
    'export const v = pgView("v").as((qb) => { const s = qb.select({ n: count().as("n") }).from(u).where(eq(u.t, t.id)).as("s"); return qb.select({ id: t.id, n: s }).from(t); });',
    'export const v = pgView("v").as((qb) => qb.select({ id: t.id, n: sql<number>`(${qb.select({ n: count() }).from(u).where(eq(u.t, t.id))})`.as("n") }).from(t));',
    'export const v = pgView("v").as((qb) => { const s = qb.select({ x: u.n }).from(u).where(eq(u.t, t.id)).limit(1).as("s"); return qb.select({ id: t.id, x: s.x }).from(t).leftJoinLateral(s, sql`true`); });',
    'export const v = pgView("v").as((qb) => { const s = qb.select({ a: { id: w.id, name: w.name }, up: sql<string>`upper(${w.name})`.as("up") }).from(w).as("s"); return qb.select({ id: s.a.id, up: s.up }).from(s).orderBy(s.a.name); });',
    # joins
    'export const v = pgView("v").as((qb) => qb.select({ id: t.id, n: u.n, x: sql<string>`${t.name} || ${u.n}`.as("x") }).from(t).rightJoin(u, eq(u.t, t.id)));',
    'import { alias } from "drizzle-orm/pg-core"; const other = alias(w, "other"); export const v = pgView("v").as((qb) => qb.select({ a: w.id, b: other.id }).from(w).fullJoin(other, eq(w.id, other.id)).where(ne(other.name, "q")));',
    'export const v = pgView("v").as((qb) => qb.select({ id: t.id, x: sql<number>`x.y`.as("y") }).from(t).innerJoin(sql`app.u x`, sql`true`));',
    # set operations
    'export const v = pgView("v").as((qb) => qb.select({ id: t.id, name: t.name }).from(t).union(qb.select({ id: w.id, name: w.name }).from(w)));',
    'import { unionAll, except } from "drizzle-orm/pg-core"; export const v = pgView("v").as((qb) => unionAll(qb.select({ id: t.id }).from(t), qb.select({ id: w.id }).from(w), qb.select({ id: u.id }).from(u)).orderBy(t.id).limit(5));\n'
    'export const x = pgView("x").as((qb) => except(qb.select({ id: t.id }).from(t).limit(2), qb.select({ id: w.id }).from(w)));',
    'export const v = pgView("v").as((qb) => qb.select({ id: w.id, k: sql<string>`\'w\'`.as("k") }).from(w).where(gt(w.id, 1)).orderBy(w.id).intersectAll(qb.select({ id: u.id, k: sql<string>`\'u\'`.as("k") }).from(u))'
    '.orderBy((f) => [f.k, desc(w.id)]).offset(1));',
    'export const v = pgView("v").as((qb) => qb.select({ id: w.id }).from(w).unionAll(({ union }) => union(qb.select({ id: t.id }).from(t), qb.select({ id: u.id }).from(u))));',
    # functions, numbers, parameters
    'export const v = pgView("v").as((qb) => qb.select({ id: t.id, up: sql<string>`upper(${t.name})`.as("up") }).from(t).where((f) => eq(f.up, "X")).orderBy((f) => f.up).limit(0).offset(0));',
    'export const v = pgView("v").as((qb) => qb.select({ n: u.n, k: count().as("k") }).from(u).groupBy(u.n).having((f) => gt(f.k, 2)));',
    'import { arrayContains, arrayOverlaps } from "drizzle-orm"; export const v = pgView("v").as((qb) => qb.select({ id: t.id }).from(t).where(and(arrayContains(t.tags, ["a", "b\\"c"]), or(arrayOverlaps(t.tags, ["x"]), eq(t.tags, ["y"])))));',
    'export const v = pgView("v").as((qb) => qb.select({ id: t.id }).from(t).where(and(gt(t.at, new Date("2020-01-02T03:04:05.006Z")), eq(t.doc, { a: [1, "x"] }), inArray(t.name, ["a", "it\'s"]), lt(t.id, 5))));',
    'import { QueryBuilder } from "drizzle-orm/pg-core"; const qb = new QueryBuilder(); export const v = pgView("v").as(qb.select({ id: t.id }).from(t).$dynamic());',
    'export const v = pgView("v").as((qb) => qb.selectDistinctOn([t.name], { id: t.id, name: t.name }).from(t).orderBy(t.name, desc(t.id)));',
    # for()
    'export const v = pgView("v").as((qb) => qb.select({ id: w.id }).from(w).where(eq(w.id, 1)).for("update")); export const x = pgView("x").as((qb) => qb.select({ id: w.id }).from(w).innerJoin(u, eq(u.id, w.id))'
    '.limit(2).for("no key update", { of: w, noWait: true })); export const y = pgView("y").as((qb) => qb.select({ id: w.id }).from(w).for("share", { of: [w], skipLocked: true, noWait: false }));',
    # views of views
    'import { alias } from "drizzle-orm/pg-core"; export const v = app.view("v").as((qb) => qb.select({ id: w.id, n: w.name }).from(w)); const o = alias(v, "o");\n'
    'export const x = pgView("x").as((qb) => qb.select({ a: v.id, b: o.n, c: sql<string>`upper(${o.n})`.as("c") }).from(v).leftJoin(o, eq(o.id, v.id)).where(ne(o.n, "q")));',
    'export const v = pgView("v").as((qb) => qb.select({ id: t.id, up: sql<string>`upper(${t.name})`.as("up") }).from(t)); export const x = pgView("x").as((qb) => qb.select().from(v));\n'
    'export const y = pgView("y").as((qb) => qb.select({ up: v.up, id: v.id, n: u.n }).from(v).innerJoin(u, eq(u.id, v.id)).where(eq(v.up, "A")));',
    'export const v = app.view("v").as((qb) => qb.select({ id: w.id, n: w.name }).from(w)); export const x = pgView("x").as((qb) => qb.select({ id: v.id, n: u.n }).from(v).leftJoin(u, eq(u.id, v.id)));\n'
    'export const y = pgView("y").as((qb) => qb.select({ id: v.id, up: sql<string>`upper(${v.n})`.as("up") }).from(v)); export const z = app.view("z", { a: integer() }).existing();\n'
    'export const q = pgView("q").as((qb) => qb.select({ a: z.a }).from(u).innerJoin(z, eq(z.a, u.id)));',
    'import { getViewSelectedFields, getTableColumns } from "drizzle-orm"; export const v = pgView("v").as((qb) => qb.select({ id: w.id, name: w.name }).from(w)); export const x = pgView("x").as((qb) => qb.select(getViewSelectedFields(v)).from(v));\n'
    'export const y = pgView("y").as((qb) => qb.select({ ...getTableColumns(w), k: sql<number>`1`.as("k") }).from(w));',
]

# Types of extensions, beside stand-ins for them.
OF_EXTENSIONS = [
    'export const t = pgTable("t", { a: vector({ dimensions: 3 }), b: halfvec({ dimensions: 4 }).notNull(), c: sparsevec({ dimensions: 5 }), d: vector("named", { dimensions: 1536 }).array() });',
    'export const t = pgTable("t", { a: geometry({ type: "point" }), b: geometry("named", { type: "point", mode: "xy", srid: 4326 }).notNull(), c: geometry({ type: "point", mode: "tuple" }) });',
    'export const t = pgTable("t", { a: vector({ dimensions: 3 }), h: halfvec({ dimensions: 3 }) }, (t) => [index("i").using("hnsw", t.a.op("vector_cosine_ops")), index("j").using("ivfflat", t.a.op("vector_ip_ops")), '
    'index("k").using("hnsw", t.h.op("halfvec_l2_ops")).where(isNotNull(t.a))]);',
    'const embedding = (name: string, n: number) => customType<{ data: number[]; driverData: string }>({ dataType: () => `vector(${n})`, toDriver: (v) => JSON.stringify(v) })(name);\n'
    'export const t = pgTable("t", { a: embedding("a", 8), b: customType<{ data: string; config: { srid: number } }>({ dataType: (c) => `geometry(Point,${c?.srid ?? 0})` })("b", { srid: 4326 }) });',
]

# Where drizzle-kit 0.31 writes what fails or means something else: the schema, what is right, and why.
WRONG = [
    ('export const t = pgTable("t", { c: jsonb().default({ a: "it\'s" }) });',
     """CREATE TABLE t (c jsonb DEFAULT '{"a":"it''s"}'::jsonb)""", "quotes in JSON are not doubled"),
    ('export const t = pgTable("t", { c: jsonb().default("word") });',
     """CREATE TABLE t (c jsonb DEFAULT '"word"'::jsonb)""", "a JSON string needs its own quotes"),
    ('export const t = pgTable("t", { c: point().default([1, 2]) });', "CREATE TABLE t (c point DEFAULT '(1,2)')", "a tuple is no SQL"),
    ('export const t = pgTable("t", { c: point({ mode: "xy" }).default({ x: 1, y: 2 }) });', "CREATE TABLE t (c point DEFAULT '(1,2)')", "nor is an object"),
    ('export const t = pgTable("t", { c: bigint({ mode: "bigint" }).default(9007199254740993n) });',
     "CREATE TABLE t (c bigint DEFAULT 9007199254740993)", "drizzle-kit dies"),
    ('export const t = pgTable("t", { c: text().array().default(["a\\"b", "it\'s"]) });',
     """CREATE TABLE t (c text[] DEFAULT '{"a\\"b","it''s"}')""", "elements are not escaped"),
    ('export const t = pgTable("t", { a: integer() }, (t) => [check("c1", sql`${t.a} > ${5}`)]);',
     "CREATE TABLE t (a integer, CONSTRAINT c1 CHECK (a > 5))", "a parameter in DDL"),
    ('export const t = pgTable("t", { a: text() }, (t) => [index("i").on(t.a).where(eq(t.a, "it\'s"))]);',
     "CREATE TABLE t (a text); CREATE INDEX i ON t (a) WHERE a = 'it''s'", "a parameter in DDL"),
    ('export const t = pgTable("t", { a: text() }, (t) => [check("c1", sql`a <> \'a;b\'`)]);',
     "CREATE TABLE t (a text, CONSTRAINT c1 CHECK (a <> 'a;b'))", "the differ cuts at semicolons"),
    ('export const t = pgTable("t", { b: text() }, (t) => [index("i").on(t.b.op("text_pattern_ops").desc())]);',
     "CREATE TABLE t (b text); CREATE INDEX i ON t (b text_pattern_ops DESC NULLS LAST)", "an operator class swallows the order"),
    ('export const t = pgTable("t", { a: uuid(), b: text() }, (t) => [index("i").using("btree", t.a.asc().nullsLast().op("text_ops"), t.b.asc().nullsLast().op("text_ops"))]);',
     "CREATE TABLE t (a uuid, b text); CREATE INDEX i ON t (a, b)", "what drizzle-kit pull writes for every column"),
    ('export const e = pgEnum("timeUnit", ["h"]); export const t = pgTable("t", { m: e() });',
     """CREATE TYPE "timeUnit" AS ENUM ('h'); CREATE TABLE t (m "timeUnit")""", "taken for a type of PostgreSQL's, since it begins like one"),
    ('const e = pgEnum("mood", ["sad"]); export const t = pgTable("t", { m: e() });',
     "CREATE TYPE mood AS ENUM ('sad'); CREATE TABLE t (m mood)", "the enum is not exported, but needed"),
    ('const s = pgSchema("app"); export const t = s.table("t", { a: integer() });', "CREATE SCHEMA app; CREATE TABLE app.t (a integer)", "the schema is not exported, but needed"),
    ("export const t = pgTable(\"t\", { c: text('quo\"ted') });", 'CREATE TABLE t ("quo""ted" text)', "quotes in names are not doubled"),
    ('export const t = pgTable("t", { c: bigint({ mode: "number" }).generatedAlwaysAsIdentity({ minValue: -9223372036854775808, maxValue: 9223372036854775807, startWith: 1 }) });',
     "CREATE TABLE t (c bigint GENERATED ALWAYS AS IDENTITY (sequence name t_c_seq MINVALUE -9223372036854775808 MAXVALUE 9223372036854775807 START WITH 1))",
     "a number of JavaScript's has no such value"),
    ('export const t = pgTable("t", { c: customType<{ data: string }>({ dataType: () => "int" })() });', "CREATE TABLE t (c int)", '"int" in quotes is no type'),
]

# What is refused, and with which words.
REFUSED = [
    ('for (const x of [1]) {} export const t = pgTable("t", { a: integer().default(sql`${5}`) });', "a default cannot have parameters"),
    ('export const s = pgSchema("public");', "pgSchema"),
    ('export const t = pgTable("t", { a: text() }, (t) => [index().on(sql`lower(${t.a})`)]);', "needs a name"),
    ('import { nothing } from "some-package"; export const t = pgTable("t", { a: nothing() });', "some-package"),
    ('import { table } from "./nowhere"; export const t = table;', "there is no file"),
    ('import { VALUES } from "some-package"; export const e = pgEnum("e", VALUES);', "some-package"),
    ('export const t = pgTable("t", { a: text() }, (t) => [index("i").on(t.a)]); export const u = pgTable("u", { a: text() }, (t) => [index("i").on(t.a)]);', "two of the name"),
    ('export const t = pgTable("t", { a: text().references(() => u.id) }); const u = pgTable("u", { a: text() });', "a column of a table is needed"),
    ('export const t = pgTable("t", { a: text().frobnicate() });', '"frobnicate" of a column is not known here'),
    ('class Base { static a = text(); } export const t = pgTable("t", Base);', 'the columns of table "t" are a class'),
    ('export const t = pgTable("t", { a: text() }); export const v = pgView("v").as((qb) => qb.select({ b: t.a.as("b") }).from(t));', '"as" of a column is not known here'),
    ('export const t = pgTable("t", { a: text() }); export const v = pgView("v").as((qb) => { const q = qb.select().from(t); return q.union(q).union(q); });', "nested too deeply"),
    ('export const t = pgTable("t", { a: text() }); export const v = pgView("v").as((qb) => { let s = qb.select().from(t).as("s"); const two = (x: any) => qb.select({ a: x.a }).from(x).leftJoin(x, sql`true`).as("s");\n'
     'return qb.select().from(two(two(two(two(two(two(two(two(two(two(two(two(two(two(two(two(s))))))))))))))))); });', "nested too deeply"),
    ('export const t = pgTable("t", { a: text() }); export const v = pgView("v").as((qb) => { const s = qb.select({ n: sql`count(*)` }).from(t).as("s"); return qb.select({ n: s.n }).from(s); });', "SQL without a name"),
    ('export const t = pgTable("t", { a: text() }); export const v = pgView("v").as((qb) => qb.with(t as any).select().from(t));', "it takes what $with() made"),
    ('export const t = pgTable("t", { a: text() }); export const v = pgView("v").as((qb) => qb.select().union(qb.select().from(t)));', "this query has no from()"),
    ('export const t = pgTable("t", { a: text().notNul() });', 'did you mean "notNull"?'),
    ('import { pgTabel } from "drizzle-orm/pg-core"; export const t = pgTabel("t", { a: text() });', '"t" may be a table, and it is something of "pgTabel" (did you mean "pgTable"?)'),
    ('import * as d from "drizzle-orm/pg-core"; export const t = d.pgTable("t", { a: d.intger() });', 'did you mean "integer"?'),
    ('import { pgTable } from "some-package/pg-core"; export const t = pgTable("t", { a: text() });', '"t" may be a table, and it is something of the package "some-package/pg-core"'),
    ('import { make } from "some-package"; export const t = make("t", { a: text() });', '"t" may be a table, and it is something of the package "some-package"'),
    ('export const t = pgTable("t", make()); function make() { while (true) {} }', "computes for too long"),
    ('export const t = pgTable("t", make()); function make() { try { nobody(); } finally {} return {}; }', "this tries something that nobody here knows"),
    ('export const t = pgTable("t", make()); function* make() { yield 1; }', "generator_function_declaration"),
]
