import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve, sep } from 'node:path'
import { expect, test } from 'vitest'

const SRC = resolve(import.meta.dirname, '../src')

/** Which folders (or single files) of src/ each folder may import, besides itself and model/. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  model: [],
  load: [],
  expr: [],
  facts: [],
  compile: ['expr', 'steps', 'facts'],
  steps: ['transport/transport.ts'],
  transport: [],
  git: [],
  diff: [],
  engine: [],
  secrets: [],
  preview: [
    'compile/races/precedence.ts',
    'engine/carriers.ts',
    'engine/edges.ts',
    'engine/executor.ts',
    'engine/failures.ts',
    'engine/rolling.ts',
    'engine/state-changes.ts',
    'engine/state.ts',
    'steps',
  ],
  worker: ['steps', 'transport', 'engine/executor.ts'],
  events: [],
  plan: [],
  journal: ['events', 'plan', 'transport/process-identity.ts'],
  render: ['events'],
  demo: [],
  cli: [
    'load',
    'expr',
    'compile',
    'steps',
    'transport',
    'git',
    'diff',
    'engine',
    'preview',
    'plan',
    'journal',
    'events',
    'worker',
    'render',
    'demo',
    'secrets',
  ],
  'main.ts': ['cli', 'secrets/known-secrets.ts'],
}

/** Packages that only one place may import. */
const PACKAGE_HOME: Readonly<Record<string, readonly string[]>> = {
  yaml: ['load/', 'secrets/', 'cli/adhoc/save-as.ts'],
  ini: ['load/'],
  ajv: ['load/'],
  ssh2: ['transport/ssh/', 'demo/'],
  listr2: ['render/tty'],
  '@commander-js/extra-typings': ['cli/'],
  '@marcbachmann/cel-js': ['expr/'],
  'age-encryption': ['secrets/'],
  diff: ['diff/', 'steps/text-diff.ts'],
  'node:sqlite': ['journal/history/'],
  re2js: ['expr/', 'load/playbook/param/'],
}

interface Import {
  readonly file: string
  readonly target: string
}

function sourceFiles(): string[] {
  return readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts'))
    .map(name => name.split(sep).join('/'))
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(SRC, file), 'utf8')
  const found = text.matchAll(
    /(?:^|\n)\s*(?:import|export)\b[^'"]*?from\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/g,
  )
  return [...found].map(match => ({ file, target: match[1] ?? match[2] ?? '' }))
}

/** The imported file, relative to src/; undefined for a package. */
function localTarget({ file, target }: Import): string | undefined {
  if (!target.startsWith('.')) return undefined
  return relative(SRC, resolve(SRC, file, '..', target))
    .split(sep)
    .join('/')
}

const folderOf = (file: string) => file.split('/')[0] as string

test('folders import only what the table allows', () => {
  const violations = sourceFiles()
    .flatMap(importsOf)
    .filter(edge => {
      const target = localTarget(edge)
      if (target === undefined) return false
      const from = folderOf(edge.file)
      const to = folderOf(target)
      if (to === from || to === 'model' || target.startsWith('..')) return false
      const allowed = MAY_IMPORT[from] ?? []
      return !allowed.includes(to) && !allowed.includes(target)
    })
  expect(violations).toEqual([])
})

test('each library is imported in one place only', () => {
  const violations = sourceFiles()
    .flatMap(importsOf)
    .filter(({ file, target }) => {
      const name = target
        .split('/')
        .slice(0, target.startsWith('@') ? 2 : 1)
        .join('/')
      const homes = PACKAGE_HOME[name]
      return homes !== undefined && !homes.some(home => file.startsWith(home))
    })
  expect(violations).toEqual([])
})

test('no import cycles', () => {
  const graph = new Map(
    sourceFiles().map(file => [
      file,
      importsOf(file)
        .map(localTarget)
        .filter(t => t !== undefined),
    ]),
  )
  const done = new Set<string>()
  const cycles: string[] = []
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file].join(' → '))
    else if (!done.has(file)) {
      for (const next of graph.get(file) ?? []) visit(next, [...path, file])
      done.add(file)
    }
  }
  for (const file of graph.keys()) visit(file, [])
  expect(cycles).toEqual([])
})

test('only main.ts ends the process', () => {
  const offenders = sourceFiles().filter(
    file =>
      !['main.ts', 'worker/entry.ts'].includes(file) &&
      /process\.exit\(/.test(readFileSync(join(SRC, file), 'utf8')),
  )
  expect(offenders).toEqual([])
})

test('every source file has one concept: at most 250 lines', () => {
  const long = sourceFiles().filter(file => readFileSync(join(SRC, file), 'utf8').split('\n').length > 251)
  expect(long).toEqual([])
})
