import { dirname, join } from "node:path";
const here = dirname(fileURLToPath(import.meta.url));
const folder: string = join(here, "db", `x`);
const { A, B: url } = process.env;
export default defineConfig({
  schema: path.join(process.cwd(), folder, 'schema.prisma'), // where
  migrations: { path: join(folder, "history") },
  ...(url ? { datasource: { url, directUrl: (process.env?.["C"] as string) ?? env<E>("D") } } : {}),
  list: ["a", b, { c: [] }],
} satisfies PrismaConfig);
