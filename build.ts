// Builds dist/ from src/: few files, because each one that Node has to find and load costs it a third of a millisecond.
// Run by npm's prepare, and before the tests.
import { readdirSync, rmSync } from 'node:fs'
import { dirname, join, posix, relative } from 'node:path'
import standaloneCode from 'ajv/dist/standalone/index.js'
import { type Plugin, rolldown } from 'rolldown'
import { compileSchema } from './src/load/playbook/schema/compile.ts'

const ROOT = import.meta.dirname
const SRC = join(ROOT, 'src')
const DIST = join(ROOT, 'dist')

/** What `bin/` imports and what is forked. */
const ENTRIES = ['main', 'worker/entry', 'demo/fleet-process']

/** Puts the code that ajv makes of the playbook's schema in place of the module that has it made at each start. */
const compiledSchema: Plugin = {
  name: 'compiled-schema',
  load(id) {
    if (id !== join(SRC, 'load/playbook/schema/compiled.ts')) return undefined
    const { ajv, validate, refusalRules } = compileSchema()
    const code = standaloneCode.default(ajv, validate)
    const imports = "import ucs2length from 'ajv/dist/runtime/ucs2length.js'\n"
    const linked = code.replaceAll('require("ajv/dist/runtime/ucs2length")', 'ucs2length')
    const rules = `export const refusalRules = ${JSON.stringify(refusalRules)}`
    return { code: `${imports}${linked}\n${rules}`, moduleType: 'js' }
  },
}

/** `import.meta.url` keeps its meaning: a module is where it would be if dist/ had the files of src/. */
const ownPlace: Plugin = {
  name: 'own-place',
  transform(code, id) {
    if (!id.startsWith(SRC) || !code.includes('import.meta.url')) return undefined
    const place = relative(SRC, id).replace(/\.ts$/, '.js')
    return code.replaceAll('import.meta.url', `new URL('@dist/${place}', import.meta.url).href`)
  },
  renderChunk(code, { fileName }) {
    const dist = posix.relative(dirname(fileName), '.') || '.'
    return code.replaceAll('@dist/', `${dist}/`)
  },
}

const bundle = await rolldown({
  input: Object.fromEntries(ENTRIES.map(name => [name, join(SRC, `${name}.ts`)])),
  platform: 'node',
  external: /^[^./]/,
  transform: { target: 'es2024' },
  plugins: [compiledSchema, ownPlace],
})
const { output } = await bundle.write({
  dir: DIST,
  entryFileNames: '[name].js',
  chunkFileNames: 'parts/[name].js',
})
await bundle.close()

// Of an earlier build. What is still there stays in place meanwhile, for a drover that runs.
const written = new Set(output.map(({ fileName }) => join(DIST, fileName)))
for (const entry of readdirSync(DIST, { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath, entry.name)
  if (entry.isFile() && !written.has(path)) rmSync(path)
}
