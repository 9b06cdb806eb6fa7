import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { formatPlaybook } from '../../src/load/format.ts'
import { parsePlaybook } from '../../src/load/playbook.ts'
import { parseYaml } from '../../src/load/yaml/parse.ts'
import { plainData } from '../../src/load/yaml/plain.ts'
import { linedText } from '../../src/load/yaml/source.ts'

const ROOT = resolve(import.meta.dirname, '../..')

const format = (text: string) => formatPlaybook('play.yml', text).text

/** Without places, functions and maps. */
function meaning(text: string): string {
  const { playbook } = parsePlaybook('play.yml', '/nowhere', text)
  return JSON.stringify(playbook, (key, value) => {
    if (key === 'where' || key === 'key') return undefined
    return value instanceof Map ? [...value] : value
  })
}

describe('every YAML file of the project', () => {
  const files = execFileSync('git', ['ls-files', '*.yml', '*.yaml'], { cwd: ROOT, encoding: 'utf8' })
  test.each(files.trim().split('\n'))('%s', name => {
    const text = readFileSync(resolve(ROOT, name), 'utf8')
    const { text: formatted, problems } = formatPlaybook(name, text)
    if (formatted === undefined) {
      expect(problems.length).toBeGreaterThan(0)
      return
    }
    expect(format(formatted)).toBe(formatted)
    expect(meaning(formatted)).toBe(meaning(text))
    expect(formatted).not.toMatch(/[ \t]+$|\r|\n\n$/)
  })
})

const ODD = [
  ...[
    '',
    ' ',
    'yes',
    'No',
    'null',
    '~',
    'true',
    '1.10',
    '007',
    '0x1f',
    '1e3',
    '.5',
    '-1',
    '2024-01-01',
    '12:30',
  ],
  ...[
    'a: b',
    'a #b',
    'a:',
    '# c',
    '- a',
    '!x',
    '&a',
    '*a',
    '{a}',
    '[a]',
    '%x',
    '@x',
    '`x`',
    "it's",
    '"q"',
    '\\',
    'a\tb',
  ],
  ...[
    '${{ vars.a }}',
    'x ${{ a ? "b: c" : "#" }} y',
    '{{.Names}}',
    ' lead',
    'trail ',
    'a\nb',
    'a\n\nb\n',
    '\n',
    'ü𝄞',
    'a, b',
  ],
  ...[
    '0644',
    '/etc/app',
    'http://h:80/x',
    'a  b',
    '? x',
    '| x',
    '> x',
    '<<',
    '=',
    '...',
    '---',
    'a\n',
    '  a\n b\n',
    'a\n\n\n',
  ],
]
const scalar = fc.oneof(
  fc.constantFrom(...ODD),
  fc.string({ maxLength: 12 }),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
)
const key = fc.oneof(
  fc.constantFrom(...ODD.filter(text => text !== '<<')),
  fc.stringMatching(/^[a-z_]{1,9}$/),
)
const { value } = fc.letrec(tie => ({
  value: fc.oneof({ maxDepth: 3 }, scalar, tie('list'), tie('map')),
  list: fc.array(tie('value'), { maxLength: 4 }),
  map: fc.dictionary(key, tie('value'), { maxKeys: 4 }),
}))
const stepKeys = ['steps', 'run', 'id', 'when', 'needs', 'env', 'put', 'odd', 'name', 'tags', 'rolling']
const step = fc.uniqueArray(fc.tuple(fc.constantFrom(...stepKeys), value), {
  selector: ([name]) => name,
  minLength: 1,
})
const playbook = fc.record({
  vars: fc.dictionary(key, value, { maxKeys: 4 }),
  steps: fc.array(
    step.map(pairs => Object.fromEntries(pairs)),
    { maxLength: 4 },
  ),
  name: scalar,
})
const styles = fc.record({
  indent: fc.constantFrom(2, 3, 4, 8),
  indentSeq: fc.boolean(),
  lineWidth: fc.constantFrom(0, 20, 80),
  collectionStyle: fc.constantFrom('any' as const, 'block' as const, 'flow' as const),
  defaultStringType: fc.constantFrom(
    'PLAIN' as const,
    'QUOTE_DOUBLE' as const,
    'QUOTE_SINGLE' as const,
    'BLOCK_LITERAL' as const,
    'BLOCK_FOLDED' as const,
  ),
  defaultKeyType: fc.constant('PLAIN' as const),
})

function sorted(data: unknown): unknown {
  if (Array.isArray(data)) return data.map(sorted)
  if (typeof data !== 'object' || data === null) return data
  return Object.fromEntries(
    Object.entries(data)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => [name, sorted(inner)]),
  )
}

function dataOf(text: string): unknown {
  const { root } = parseYaml(linedText('', text))
  return root === undefined ? undefined : sorted(plainData(root))
}

/** Puts comments and blank lines between the lines, and comments behind some. */
function commented(text: string, places: readonly number[]): string {
  const lines = text.split('\n')
  return lines
    .flatMap((line, index) => {
      const column = ' '.repeat((/^ */.exec(line)?.[0].length ?? 0) + ((places[index] ?? 0) > 5 ? 2 : 0))
      switch (places[index]) {
        case 1:
        case 6:
          return [`${column}# above ${index}`, line]
        case 2:
          return ['', `# at the left ${index}`, '', '', line]
        case 3:
          return [`${line} # beside ${index}`]
        case 4:
          return ['', '', line]
        default:
          return [line]
      }
    })
    .join('\n')
}

test('of any playbook in any style: the same data, and formatting it again changes nothing', () => {
  fc.assert(
    fc.property(playbook, styles, (data, style) => {
      const text = stringify(data, style)
      const formatted = format(text)
      if (formatted === undefined) return
      expect(dataOf(formatted)).toEqual(dataOf(text))
      expect(format(formatted)).toBe(formatted)
      expect(format(text.replaceAll('\n', '\r\n'))).toBe(formatted)
    }),
    { numRuns: 300 },
  )
})

test('comments and blank lines anywhere: none is lost, and formatting it again changes nothing', () => {
  fc.assert(
    fc.property(playbook, styles, fc.array(fc.nat(7), { maxLength: 60 }), (data, style, places) => {
      const text = commented(stringify(data, style), places)
      const formatted = format(text)
      if (formatted === undefined) return
      expect(dataOf(formatted)).toEqual(dataOf(text))
      expect(format(formatted)).toBe(formatted)
    }),
    { numRuns: 300 },
  )
})
