import { sql, and, eq } from "drizzle-orm";
import * as pg from "drizzle-orm/pg-core";
import { self as again } from "./schema";
enum Kind { A = "a", B = "b" }
const columns = (prefix = "x", { more = true, ...rest } = {}) => { if (more) { return { [`${prefix}Id`]: pg.uuid().primaryKey(), ...rest }; } return {}; };
function list(n) { const out = []; for (const x of n) { if (x === 1) continue; out.push(x?.y ?? `v${x}`); } return out; }
const [first, , ...others] = [1, 2, 3, 4];
const bytes = pg.customType({ dataType(c) { return c ? `bit(${c.n})` : "bytea"; } });
export const kind = pg.pgEnum("kind", Object.values(Kind));
export const self = pg.pgTableCreator((n) => "p_" + n)("t", { ...columns("t"), k: kind("k").array().default([Kind.A]), b: bytes("b", { n: 3 }), r: pg.integer().references(() => again.tId) },
  (t) => ({ i: pg.index("i").using("gin", t.k.op("x").desc()).where(and(eq(t.r, 1), sql`${t.r} > ${first}`)), f: pg.foreignKey({ columns: [t.r], foreignColumns: [self.r] }).onDelete("cascade") }));
export const v = pg.pgMaterializedView("v").with({ fillfactor: 1 }).as((qb) => qb.select({ a: self.r }).from(self).leftJoin(self, eq(self.r, self.r)).groupBy(self.r));
