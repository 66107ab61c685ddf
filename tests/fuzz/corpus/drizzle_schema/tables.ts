import { sql, eq } from "drizzle-orm";
import { pgTable, pgEnum, text, integer, serial, timestamp, index, uniqueIndex, unique, check, primaryKey, foreignKey, pgView, jsonb, pgPolicy } from "drizzle-orm/pg-core";
export const mood = pgEnum("mood", ["sad", "ok"]);
export const users = pgTable("users", {
  id: serial().primaryKey(),
  name: text("full_name").notNull().unique(),
  mood: mood().default("ok"),
  tags: text().array().default(["a", "b c"]),
  data: jsonb().default({ a: "it's" }),
  boss: integer().references((): any => users.id, { onDelete: "cascade" }),
  createdAt: timestamp({ withTimezone: true }).defaultNow().$onUpdate(() => new Date()),
}, (t) => [index().on(t.boss.desc()), uniqueIndex("ui").on(sql`lower(${t.name})`).where(eq(t.boss, 5)), check("c", sql`${t.boss} > 0`), pgPolicy("p", { using: sql`${t.id} = 1` })]);
export const v = pgView("v").as((qb) => qb.select({ x: users.id, y: sql<string>`upper(${users.name})`.as("y") }).from(users).where(eq(users.name, "q")));
