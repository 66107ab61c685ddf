// drizzle-kit for the schema tests: one JSON request a line on stdin, one JSON answer a line on stdout.
//
//   {"text": TypeScript, "casing": "snake_case" or null, "previous": a snapshot of 0.x, those of 1.0 by folder, or null}
//     ->  {"sql": [statements], "snapshot": of 0.x the snapshot, of 1.0 its rows} or {"error": message}
//
// Run with the folder of node_modules, and one whose drizzle-kit brings esbuild: schemas are compiled as it compiles them.
import Module, { createRequire } from 'node:module'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const folder = process.argv[2]
const require = createRequire(join(folder, 'package.json'))
const esbuild = createRequire(createRequire(join(process.argv[3], 'package.json')).resolve('drizzle-kit'))('esbuild')

const load = (name) => {
  try {
    return require(name)
  } catch (e) {
    if (e.code === 'MODULE_NOT_FOUND' || e.code === 'ERR_PACKAGE_PATH_NOT_EXPORTED') return null
    throw e
  }
}
const v1 = load('drizzle-kit/api-postgres')
const kit = v1 ?? require('drizzle-kit/api')

// drizzle-kit ends the process where a schema is wrong, after it has said why.
let said = []
process.exit = () => { throw new Error(said.join(' ')) }
console.log = (...words) => said.push(words.join(' '))

let n = 0
function exportsOf(text) {
  const { code } = esbuild.transformSync(text, { loader: 'ts', format: 'cjs' })
  const module = new Module(join(folder, `schema${n++}.cjs`))
  module.filename = module.id
  module.paths = Module._nodeModulePaths(folder)
  module._compile(code, module.filename)
  return { ...module.exports }
}

async function ddl({ text, casing, previous }) {
  const schema = exportsOf(text)
  if (v1) {
    const from = previous ? await v1.reconstruct(previous) : await v1.generateDrizzleJson({})
    const to = await v1.generateDrizzleJson(schema, from.id)
    return { sql: await v1.generateMigration(from, to, { hints: [] }), snapshot: to.ddl }
  }
  const from = previous ?? kit.generateDrizzleJson({})
  const to = kit.generateDrizzleJson(schema, from.id, undefined, casing ?? undefined)
  return { sql: await kit.generateMigration(from, to), snapshot: to }
}

for await (const line of createInterface({ input: process.stdin })) {
  said = []
  let answer
  try {
    answer = await ddl(JSON.parse(line))
  } catch (e) {
    answer = { error: String(e?.message ?? e) }
  }
  process.stdout.write(JSON.stringify(answer) + '\n')
}
