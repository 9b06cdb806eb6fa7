import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkPlaybookFile } from '../../src/cli/inputs/load-playbook.ts'
import { compile } from '../../src/compile/compile.ts'
import { readLocalText } from '../../src/load/local-text.ts'
import { resolvePattern } from '../../src/load/pattern.ts'
import type { Problem } from '../../src/model/problem.ts'
import { inventoryOf } from '../compile/compiled.ts'

// Good playbooks, files that they use and templates, each with a few slips of the pen: whatever becomes of them, what
// is told is at places in them, each once, and what loads without problems compiles or is refused for its values.

const HERE = import.meta.dirname
const SOURCES: Readonly<Record<string, string>> = {
  planted: join(HERE, 'planted'),
  playbooks: resolve(HERE, '../../playbooks'),
  language: resolve(HERE, '../cases/good-language'),
  whole: resolve(HERE, '../cases/good-whole'),
}

let folder = ''
let files: string[] = []
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'drover-mutations-'))
  for (const [name, source] of Object.entries(SOURCES))
    cpSync(source, join(folder, name), { recursive: true })
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  files = names.filter(name => /\.(yml|tmpl)$/.test(name)).sort()
})
afterAll(() => rmSync(folder, { recursive: true }))

const INVENTORY = inventoryOf(
  { web1: { disks: ['a'] }, web2: {}, lb1: {}, db1: {} },
  { web: ['web1', 'web2'], lb: ['lb1'], db: ['db1'] },
)
/** What depends on the inventory only: plan may find it where validate does not. */
const OF_VALUES = ['pattern_unknown', 'targets_empty', 'variable_missing', 'use_param', 'expression_value']

const PIECES = [
  ...[
    '${{',
    '}}',
    '"',
    "'",
    ':',
    '- ',
    '|',
    '>',
    '&a',
    '*a',
    '<<: *a',
    '#',
    '{',
    '}',
    '[',
    ']',
    '!',
    '%',
    '\t',
    '\r\n',
  ],
  ...[
    'steps',
    'vars',
    'params',
    'host.name',
    'facts.os.id',
    'item',
    'item.key',
    'result.stdout',
    'steps.one.stdout',
  ],
  ...[
    'run:',
    'put:',
    'use:',
    'with:',
    'steps:',
    'for_each:',
    'when:',
    'needs:',
    'rolling:',
    'retry:',
    'become:',
  ],
  ...[
    'null',
    'true',
    '~',
    '0',
    '-1',
    '1e3',
    '25%',
    'é',
    '\u{1f600}',
    '\u0000',
    '  ',
    '${{ end }}',
    '${{ else }}',
  ],
  ...['${{ for x in vars.l }}', '${{ if true }}', '&&', '==', '? 1 : 2', 'raw(', 'default(', 'x.map(y, y)'],
]

interface Slip {
  readonly how: 'drop' | 'double' | 'indent' | 'dedent' | 'swap' | 'move' | 'replace' | 'insert' | 'erase'
  readonly line: number
  readonly other: number
  readonly piece: string
}

const slip: fc.Arbitrary<Slip> = fc.record({
  how: fc.constantFrom(
    'drop',
    'double',
    'indent',
    'dedent',
    'swap',
    'move',
    'replace',
    'insert',
    'insert',
    'replace',
    'erase',
  ),
  line: fc.nat(),
  other: fc.nat(),
  piece: fc.constantFrom(...PIECES),
})

function slipped(text: string, { how, line, other, piece }: Slip): string {
  const lines = text.split('\n')
  const [a, b] = [line % lines.length, other % lines.length]
  const [one = '', two = ''] = [lines[a], lines[b]]
  const col = other % (one.length + 1)
  const words = one.split(/(\$\{\{|\}\}|[\w.]+|\s+)/)
  const edits: Readonly<Record<Slip['how'], () => void>> = {
    drop: () => lines.splice(a, 1),
    double: () => lines.splice(a, 0, one),
    indent: () => lines.splice(a, 1, `  ${one}`),
    dedent: () => lines.splice(a, 1, one.replace(/^ {1,2}/, '')),
    swap: () => ([lines[a], lines[b]] = [two, one]),
    move: () => lines.splice(b, 0, ...lines.splice(a, 1)),
    replace: () => lines.splice(a, 1, words.with(other % words.length, piece).join('')),
    insert: () => lines.splice(a, 1, one.slice(0, col) + piece + one.slice(col)),
    erase: () => lines.splice(a, 1, one.slice(0, col) + one.slice(col + 1)),
  }
  edits[how]()
  return lines.join('\n')
}

/** The lines of a file that a problem names, as the user sees them. */
const linesOf = (file: string) =>
  readFileSync(resolve(folder, file), 'utf8')
    .replace(/^\ufeff/, '')
    .split(/\r\n|[\r\n]/)

function checkPlace({ where, message, hint = '' }: Problem): void {
  expect(message + hint).not.toMatch(/undefined|\[object|NaN|Cannot read/)
  expect(where, message).toBeDefined()
  if (where === undefined) return
  const lines = linesOf(where.file)
  expect(where.line, message).toBeLessThanOrEqual(lines.length)
  expect(where.col - 1, message).toBeLessThanOrEqual(lines[where.line - 1]?.length ?? 0)
}

/** The same ones each time, unless more are asked for. */
const FUZZ = process.env.DROVER_FUZZ

/** Found by chance: the path of a template with a block in it. */
const BLOCK = {
  how: 'replace',
  line: 2147483641,
  other: 1942058698,
  piece: '${{ for x in vars.l }}',
} as const
const BLOCK_IN_A_PATH: [number, number, Slip[]] = [781863953, 0, [BLOCK]]

test('slips of the pen', async () => {
  const slips = fc.array(slip, { minLength: 1, maxLength: 3 })
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.nat(), slips, async (at, from, all) => {
      const file = files[at % files.length] ?? ''
      const plays = [file, 'planted/play.yml', 'playbooks/rollout.yml', 'language/play.yml'].filter(name =>
        name.endsWith('.yml'),
      )
      const path = join(folder, file)
      const before = readFileSync(path, 'utf8')
      writeFileSync(path, all.reduce(slipped, before))
      try {
        await checkSlipped(plays[from % plays.length] ?? '')
      } finally {
        writeFileSync(path, before)
      }
    }),
    FUZZ === undefined ? { seed: 7, numRuns: 100, examples: [BLOCK_IN_A_PATH] } : { numRuns: Number(FUZZ) },
  )
}, 600_000)

async function checkSlipped(play: string): Promise<void> {
  const { playbook, problems } = await checkPlaybookFile(folder, play)
  problems.forEach(checkPlace)
  const told = problems.map(({ where, message }) => `${where?.file}:${where?.line}:${where?.col} ${message}`)
  expect(told).toEqual([...new Set(told)])
  if (playbook === undefined) return
  const compiled = compile(playbook, INVENTORY, {
    resolve: (pattern, text) => resolvePattern(pattern, INVENTORY, text, folder),
    readText: readLocalText,
    env: { HOME: '/root', USER: 'root' },
    run: { id: 'r', user: 'root', started: '2026-01-01T00:00:00Z' },
  })
  const isGood = problems.every(({ severity }) => severity !== 'error')
  if (compiled.kind === 'refused') {
    const news = compiled.problems.filter(({ code }) => !OF_VALUES.includes(code))
    if (isGood) expect(news).toEqual([])
  } else
    for (const { index, targets } of compiled.plan.steps)
      for (const host of targets) compiled.sketch(index, host)
}
