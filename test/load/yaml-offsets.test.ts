import fc from 'fast-check'
import { expect, test } from 'vitest'
import { textOffsets } from '../../src/load/yaml/offsets.ts'
import { parseYaml } from '../../src/load/yaml/parse.ts'
import { linedText } from '../../src/load/yaml/source.ts'
import { child, type YamlScalar } from '../../src/load/yaml/tree.ts'

function scalarOf(source: string): YamlScalar | undefined {
  const { root } = parseYaml(linedText('f.yml', source))
  const node = child(child(root, 'a'), 'k')
  return node?.kind === 'scalar' ? node : undefined
}

const ESCAPE = /^\\(?:x..|u.{4}|U.{8}|.)/

/** What an escape of a double-quoted scalar stands for, by the library's own decoding. */
function decoded(raw: string): string {
  return scalarOf(`a:\n  k: "${raw}"\n`)?.text ?? ''
}

/** Checks each character of the text against the character of the file that it is said to come from. */
function checkOffsets(source: string): void {
  const scalar = scalarOf(source)
  if (scalar === undefined) return
  const offsets = textOffsets(source, scalar)
  expect(offsets).toHaveLength(scalar.text.length + 1)
  for (const [index, char] of [...scalar.text].reduce(withIndexes, [])) {
    const at = offsets[index] ?? -1
    expect(at).toBeGreaterThanOrEqual(index === 0 ? scalar.start : (offsets[index - 1] ?? 0))
    expect(at).toBeLessThanOrEqual(scalar.end)
    if (char === ' ' || char === '\n') continue
    if (scalar.style === 'double' && source[at] === '\\')
      expect(decoded(ESCAPE.exec(source.slice(at, at + 10))?.[0] ?? '')).toBe(char)
    else expect(source.slice(at, at + char.length)).toBe(char)
  }
}

function withIndexes(found: [number, string][], char: string): [number, string][] {
  const [at, last] = found.at(-1) ?? [0, '']
  found.push([at + last.length, char])
  return found
}

const piece = (...parts: string[]) =>
  fc.array(fc.constantFrom(...parts), { maxLength: 12 }).map(p => p.join(''))
const WORDS = [
  'a',
  'bc',
  'é',
  '語',
  '😀',
  ' ',
  '  ',
  '\t',
  '\n   ',
  '\n\n   ',
  '\r\n   ',
  '\n     ',
  ' \n   ',
  '$',
  '{',
]

test('characters of plain, single and double-quoted text are found in the file', () => {
  const quoted = fc.oneof(
    piece(...WORDS).map(text => `x${text}`),
    piece(...WORDS, "''", '"', '\\').map(text => `'${text}'`),
    piece(
      ...WORDS,
      "'",
      '\\n',
      '\\"',
      '\\\\',
      '\\x41',
      '\\u00e9',
      '\\U0001F600',
      '\\\n   ',
      '\\ ',
      '\\t',
      '\\\r\n  ',
    ).map(text => `"${text}"`),
  )
  fc.assert(
    fc.property(quoted, text => checkOffsets(`a:\n  k: ${text}\n  z: 1\n`)),
    { numRuns: 3000 },
  )
})

test('characters of literal and folded blocks are found in the file', () => {
  const lines = fc.array(
    fc.constantFrom(
      '',
      ' ',
      '   ',
      '    ',
      '     ',
      '    a b',
      '    c',
      '      deep',
      '    \tt',
      '    é語 😀',
      '    x  ',
    ),
    { maxLength: 8 },
  )
  const header = fc.constantFrom('|', '>', '|-', '>-', '|+', '>+', '|2', '>2-', '|+2')
  const lineEnd = fc.constantFrom('\n', '\r\n')
  fc.assert(
    fc.property(header, lines, lineEnd, (head, body, end) =>
      checkOffsets(['a:', `  k: ${head}`, ...body, '  z: 1', ''].join(end)),
    ),
    { numRuns: 3000 },
  )
})

test.each([
  ['a:\n  k: it\n    goes on\n', 'on', [3, 10]],
  ["a:\n  k: 'it''s'\n", 's', [2, 11]],
  ['a:\n  k: "\\x41\\tb"\n', 'b', [2, 13]],
  ['a:\n  k: |\n    one\n    two\n', 'two', [4, 5]],
  ['a:\n  k: >\n    one\n    two\n', 'two', [4, 5]],
])('%j: %s', (source, wanted, [line, col]) => {
  const scalar = scalarOf(source) as YamlScalar
  const offset = textOffsets(source, scalar)[scalar.text.indexOf(wanted)] ?? -1
  const before = source.slice(0, offset).split('\n')
  expect([before.length, (before.at(-1)?.length ?? 0) + 1]).toEqual([line, col])
})
