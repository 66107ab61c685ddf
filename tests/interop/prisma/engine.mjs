// Prisma's schema engine for the tests: one JSON request a line on stdin, one JSON answer a line on stdout.
//
//   {"do": "deploy", "url": ..., "migrations": DIR, "schema": PATH, ...}  ->  {"ok": ...} or {"error": {"code", "message"}}
//
// Run with the folder of node_modules as its first argument.  The engine asks for a "driver adapter"; the one below sends a migration as one
// simple-protocol query on one connection, which is what the native engine does (@prisma/adapter-pg cuts scripts at every semicolon).
import { randomUUID, webcrypto } from 'node:crypto'
import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'

// Debian's Node 18 has it, but not under the name by which the engine asks for it.
globalThis.crypto ??= webcrypto

const require = createRequire(join(process.argv[2], 'package.json'))
const pg = require('pg')

// ---- values: every column as text, and the engine's number for its type ----

const moment = (text) => text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00').replace(/(T[\d:.]+)$/, '$1+00:00')
const TYPES = { // oid: [number, number of the array, oid of the array, reader]
  16: [5, 69, 1000, (t) => t === 't'], 17: [13, 77, 1001, (t) => [...Buffer.from(t.slice(2), 'hex')]],
  18: [6, 70, 1002], 19: [7, 71, 1003], 20: [1, 65, 1016], 21: [0, 64, 1005, Number], 23: [0, 64, 1007, Number],
  25: [7, 71, 1009], 26: [1, 65, 1028], 114: [11, 75, 199], 700: [2, 66, 1021, Number], 701: [3, 67, 1022, Number],
  1042: [7, 71, 1014], 1043: [7, 71, 1015], 1082: [8, 72, 1182], 1083: [9, 73, 1183], 1114: [10, 74, 1115, moment],
  1184: [10, 74, 1185, moment], 1700: [4, 68, 1231], 2950: [15, 78, 2951], 3802: [11, 75, 3807],
}

function elements(text, read) {
  const found = text.slice(1, -1).match(/"(?:\\.|[^"\\])*"|[^,]+/gs) ?? []
  return found.map((e) => (e[0] === '"' ? read(e.slice(1, -1).replace(/\\(.)/gs, '$1')) : e === 'NULL' ? null : read(e)))
}

const READERS = new Map([[22, [64, (t) => t.split(' ').filter(Boolean).map(Number)]], [30, [65, (t) => t.split(' ').filter(Boolean)]]])
for (const [oid, [type, list, listOid, read = (t) => t]] of Object.entries(TYPES)) {
  READERS.set(Number(oid), [type, read])
  READERS.set(listOid, [list, (t) => elements(t, read)])
}

// ---- the adapter ----

let clients = []

const REASONS = { '3D000': 'DatabaseDoesNotExist', '42P04': 'DatabaseAlreadyExists', '28P01': 'AuthenticationFailed' }

function reason(e, config) {
  if (e.code === '42P01') return { kind: 'TableDoesNotExist', table: /"([^"]+)"/.exec(e.message)?.[1] }
  if (REASONS[e.code]) return { kind: REASONS[e.code], db: config.database, user: config.user }
  const { code, severity, message, detail, column, hint } = e
  return severity ? { kind: 'postgres', code, severity, message, detail, column, hint } : { kind: 'GenericJs', id: remember(e) }
}

const remembered = []
const remember = (e) => remembered.push({ error: e }) - 1
const errorRegistry = { consumeError: (id) => remembered[id] }

function parse(url) {
  const u = new URL(url)
  const schema = u.searchParams.get('schema') ?? 'public'
  return {
    schema,
    config: {
      host: u.searchParams.get('host') ?? u.hostname, port: Number(u.port || 5432), user: decodeURIComponent(u.username),
      password: decodeURIComponent(u.password) || undefined, database: decodeURIComponent(u.pathname.slice(1)),
      application_name: 'tests', // what it sends is not held to brant's rules
    },
  }
}

async function connection({ config, schema }, atEnd) {
  const client = new pg.Client(config)
  client.on('error', () => {})
  clients.push(client)
  const answer = async (fn) => {
    try {
      return { ok: true, value: await fn() }
    } catch (e) {
      return { ok: false, error: reason(e, config) }
    }
  }
  const run = ({ sql, args }) =>
    client.query({ text: sql, values: args, rowMode: 'array', types: { getTypeParser: () => (text) => text } })
  await client.connect()
  await client.query(`SET search_path = "${schema.replaceAll('"', '""')}"`) // as the native engine does, and as a pooler lets it
  return {
    provider: 'postgres', adapterName: 'brant-tests', errorRegistry,
    queryRaw: (query) => answer(async () => {
      const { fields, rows } = await run(query)
      const readers = fields.map((f) => READERS.get(f.dataTypeID) ?? [7, (t) => t])
      return {
        columnNames: fields.map((f) => f.name), columnTypes: readers.map(([type]) => type),
        rows: rows.map((row) => row.map((cell, i) => (cell === null ? null : readers[i][1](cell)))),
      }
    }),
    executeRaw: (query) => answer(async () => (await run(query)).rowCount ?? 0),
    executeScript: (script) => answer(async () => void (await client.query(script))),
    startTransaction: () => answer(() => { throw new Error('no transactions') }),
    getConnectionInfo: () => ({ ok: true, value: { schemaName: schema, supportsRelationJoins: false } }),
    dispose: () => answer(async () => { await client.end(); await atEnd?.() }),
  }
}

function factory(url) {
  const answer = async (fn) => {
    try {
      return { ok: true, value: await fn() }
    } catch (e) {
      return { ok: false, error: reason(e, parse(url).config) }
    }
  }
  const admin = async (sql) => {
    const client = new pg.Client(parse(url).config)
    await client.connect()
    await client.query(sql)
    await client.end()
  }
  return {
    provider: 'postgres', adapterName: 'brant-tests', errorRegistry,
    connect: () => answer(() => connection(parse(url))),
    connectToShadowDb: () => answer(async () => {
      const { config, schema } = parse(url)
      const database = `prisma_migrate_shadow_db_${randomUUID()}`
      await admin(`CREATE DATABASE "${database}"`)
      return connection({ config: { ...config, database }, schema }, () => admin(`DROP DATABASE IF EXISTS "${database}" WITH (FORCE)`))
    }),
  }
}

/** Answers the engine's question for the version of a server, and nothing else: for differences between files. */
function offline() {
  const adapter = {
    provider: 'postgres', adapterName: 'brant-tests', errorRegistry,
    queryRaw: async ({ sql }) => sql.includes('server_version_num')
      ? { ok: true, value: { columnNames: ['exists', 'version', 'numeric_version'], columnTypes: [5, 7, 0], rows: [[true, 'PostgreSQL 15', 150000]] } }
      : { ok: false, error: { kind: 'GenericJs', id: remember(new Error(`no database: ${sql}`)) } },
    executeRaw: async () => ({ ok: true, value: 0 }), executeScript: async () => ({ ok: true, value: undefined }),
    getConnectionInfo: () => ({ ok: true, value: { schemaName: 'public', supportsRelationJoins: false } }),
    dispose: async () => ({ ok: true, value: undefined }),
  }
  const connect = async () => ({ ok: true, value: adapter })
  return { provider: 'postgres', adapterName: 'brant-tests', errorRegistry, connect, connectToShadowDb: connect }
}

// ---- files, as the command line reads them ----

/** Prisma 7 wants no URL in a schema. */
const withoutUrls = (text) => text.replace(/^[ \t]*(?:url|directUrl|shadowDatabaseUrl)[ \t]*=.*$/gm, '')

/** All that is below a folder, in the order in which Node lists each of the folders. */
function below(path) {
  return statSync(path).isFile() ? [path] : readdirSync(path).flatMap((name) => below(join(path, name)))
}

function schemaFiles(path) {
  const files = statSync(path).isFile() ? [path] : below(path).filter((file) => file.endsWith('.prisma'))
  return files.map((file) => ({ path: resolve(file), content: withoutUrls(readFileSync(file, 'utf8')) }))
}

function readText(path) {
  try {
    return { tag: 'ok', value: readFileSync(path, 'utf8') }
  } catch (e) {
    return { tag: 'error', value: e.message }
  }
}

function migrationsList(dir) {
  let entries = []
  try {
    entries = readdirSync(dir, { withFileTypes: true })
  } catch { /* no migrations yet */ }
  const folders = entries.filter((e) => e.isDirectory()).map((e) => e.name).sort((a, b) => a.localeCompare(b))
  const lock = readText(join(dir, 'migration_lock.toml'))
  return {
    baseDir: resolve(dir), lockfile: { path: 'migration_lock.toml', content: lock.tag === 'ok' ? lock.value : null },
    migrationDirectories: folders.map((path) => ({
      path, migrationFile: { path: 'migration.sql', content: readText(join(dir, path, 'migration.sql')) },
    })),
    shadowDbInitScript: '',
  }
}

function writeMigration(dir, { generatedMigrationName, migrationScript, connectorType }) {
  mkdirSync(join(dir, generatedMigrationName), { recursive: true })
  writeFileSync(join(dir, generatedMigrationName, 'migration.sql'), migrationScript)
  writeFileSync(join(dir, 'migration_lock.toml'), '# Please do not edit this file manually\n' +
    `# It should be added in your version-control system (e.g., Git)\nprovider = "${connectorType}"\n`)
  return generatedMigrationName
}

// ---- what can be asked ----

const everything = { externalTables: [], externalEnums: [] }

function side(said) {
  if (said === null) return { target: { tag: 'empty' } }
  if (said.migrations) return { target: { tag: 'migrations', ...migrationsList(said.migrations) } }
  if (said.url) return { url: said.url, target: { tag: 'schemaDatasource', files: [], configDir: '.' } }
  const files = said.text === undefined ? schemaFiles(said.path) : [{ path: 'schema.prisma', content: withoutUrls(said.text) }]
  return { files, target: { tag: 'schemaDatamodel', files } }
}

const JOBS = {
  /** SQL from one side to another; each is null, {url}, {path}, {text} or {migrations}, which need the url of a server for the shadow database. */
  async diff({ from, to, url, filters = everything }) {
    const [a, b] = [side(from), side(to)]
    for (const s of [a, b]) if (s.url) s.target.files = b.files ?? a.files ?? []
    const engine = await open({ url: url ?? a.url ?? b.url, files: b.files ?? a.files })
    const { stdout } = await engine.diff({ from: a.target, to: b.target, script: true, exitCode: null, filters })
    return stdout
  },
  async deploy({ url, schema, migrations }) {
    const engine = await open({ url, files: schema && schemaFiles(schema) })
    return (await engine.applyMigrations({ migrationsList: migrationsList(migrations), filters: everything })).appliedMigrationNames
  },
  async status({ url, schema, migrations }) {
    const engine = await open({ url, files: schema && schemaFiles(schema) })
    return engine.diagnoseMigrationHistory({ migrationsList: migrationsList(migrations), optInToShadowDatabase: false, filters: everything })
  },
  /** What migrate dev would do first: {tag: "createMigration"} or {tag: "reset", reason}. */
  async devDiagnostic({ url, schema, migrations }) {
    const engine = await open({ url, files: schemaFiles(schema) })
    return (await engine.devDiagnostic({ migrationsList: migrationsList(migrations), filters: everything })).action
  },
  /** migrate dev: the new migration's name (null: nothing to change), written and applied. */
  async dev({ url, schema, migrations, name }) {
    const files = schemaFiles(schema)
    const engine = await open({ url, files })
    const { action } = await engine.devDiagnostic({ migrationsList: migrationsList(migrations), filters: everything })
    if (action.tag === 'reset') throw { code: 'RESET', message: action.reason }
    await engine.applyMigrations({ migrationsList: migrationsList(migrations), filters: everything })
    await engine.devDiagnostic({ migrationsList: migrationsList(migrations), filters: everything })
    const made = await engine.createMigration({
      migrationsList: migrationsList(migrations), schema: { files }, migrationName: name, draft: false, filters: everything,
    })
    if (made.migrationScript == null) return null
    writeMigration(migrations, made)
    await engine.applyMigrations({ migrationsList: migrationsList(migrations), filters: everything })
    return made.generatedMigrationName
  },
  /** The script of a migration that migrate dev --create-only would write; the history is applied already. */
  async draft({ url, schema, migrations, name }) {
    const files = schemaFiles(schema)
    const engine = await open({ url, files })
    await engine.devDiagnostic({ migrationsList: migrationsList(migrations), filters: everything })
    const made = await engine.createMigration({
      migrationsList: migrationsList(migrations), schema: { files }, migrationName: name, draft: true, filters: everything,
    })
    return made.migrationScript
  },
  async resolve({ url, migrations, applied, rolledBack }) {
    const engine = await open({ url })
    if (applied) await engine.markMigrationApplied({ migrationName: applied, migrationsList: migrationsList(migrations) })
    else await engine.markMigrationRolledBack({ migrationName: rolledBack })
    return null
  },
  async push({ url, schema }) {
    const files = schemaFiles(schema)
    const engine = await open({ url, files })
    return engine.schemaPush({ force: true, schema: { files }, filters: everything })
  },
}

// ---- the engine ----

let panic
globalThis.PRISMA_WASM_PANIC_REGISTRY = { set_message: (text) => { panic = text } }

const folder = dirname(require.resolve('@prisma/schema-engine-wasm/schema_engine_bg'))
const glue = await import(pathToFileURL(join(folder, 'schema_engine_bg.js')).href)
const { instance } = await WebAssembly.instantiate(readFileSync(join(folder, 'schema_engine_bg.wasm')), { './schema_engine_bg.js': glue })
glue.__wbg_set_wasm(instance.exports)
instance.exports.__wbindgen_start()

let engines = []

async function open({ url, files }) {
  const datamodels = files?.length ? files.map((f) => [f.path, f.content]) : undefined
  const engine = await glue.SchemaEngine.new({ datamodels }, () => {}, url ? factory(url) : offline())
  engines.push(engine)
  return engine
}

function errorOf(e) {
  const id = /^External error id#?:? ?(\d+)/i.exec(e?.message ?? '')?.[1]
  const inner = id === undefined ? e : remembered[Number(id)]?.error ?? e
  return { code: inner?.code ?? null, message: String(inner?.message ?? inner) }
}

function say(answer) {
  process.stdout.write(JSON.stringify(answer) + '\n')
}

process.on('uncaughtException', (e) => { // a panic inside of the engine comes out here
  say({ error: { code: 'PANIC', message: panic ?? String(e) } })
  process.exit(101)
})

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line)
  try {
    say({ ok: (await JOBS[request.do](request)) ?? null })
  } catch (e) {
    say({ error: errorOf(e) })
  }
  for (const engine of engines) {
    try {
      engine.free()
    } catch { /* it panicked */ }
  }
  await Promise.all(clients.map((client) => client.end().catch(() => {}))) // and with them goes the advisory lock
  engines = []
  clients = []
}
process.exit(0)
