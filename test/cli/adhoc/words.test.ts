import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { commandText, envPair, literalText } from '../../../src/cli/adhoc/words.ts'
import { UsageError } from '../../../src/cli/usage.ts'
import { scanText } from '../../../src/expr/scan.ts'

/** What the expression scanner leaves of a text without expressions. */
function scanned(value: string): string {
  const where = { file: 'test', line: 1, col: 1 }
  const { segments, problems } = scanText({ value, where, at: () => where })
  expect(problems).toEqual([])
  return segments.map(segment => (segment.kind === 'literal' ? segment.text : fail())).join('')
}

function fail(): never {
  throw new Error('an expression')
}

test('one word is shell text, as it stands', () => {
  expect(commandText(['df -h | sort'])).toBe('df -h | sort')
  expect(commandText(['echo ${{ host.name }}'])).toBe('echo ${{ host.name }}')
})

test.each([
  [['df', '-h', '/var/log'], 'df -h /var/log'],
  [['echo', 'a b', "it's", '$HOME', '*'], "echo 'a b' 'it'\\''s' '$HOME' '*'"],
  [['A=1', 'x=2'], "'A=1' x=2"],
  [['time', 'ls'], "'time' ls"],
  [['echo', ''], "echo ''"],
  [['echo', '${{ x }}'], "echo '$${{ x }}'"],
])('several words are quoted as far as they need it: %j', (words, text) => {
  expect(commandText(words)).toBe(text)
})

test('a real shell gives a program exactly the words', () => {
  const word = fc.string({ unit: fc.constantFrom(...'ab $`\\\'"*?[]{}!#~&|;<>()=-\n\té${{'.split('')) })
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), words => {
      const script = scanned(commandText(['printf', '%s\\0', ...words]))
      const out = execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' })
      expect(out.split('\0').slice(0, -1)).toEqual(words)
    }),
    { numRuns: 60 },
  )
})

test('a program whose name looks like an assignment or a word of the shell is still a program', () => {
  // In a folder that this user may not search, the shell would find "permission denied" instead.
  const options = { stdio: 'pipe', env: { PATH: '/usr/bin:/bin' } } as const
  for (const name of ['A=1', 'if', 'case', '!', '{', 'for'])
    expect(() => execFileSync('/bin/sh', ['-c', commandText([name, 'x'])], options)).toThrow(/not found/)
})

test('literal text has no expressions, whatever it holds', () => {
  const text = fc.string({ unit: fc.constantFrom('$', '{', '}', ' ', 'a', '"') })
  fc.assert(
    fc.property(text, value => {
      expect(scanned(literalText(value))).toBe(value)
    }),
  )
})

test.each([[[]], [['']], [[' \n']]])('no command is an error: %j', words => {
  expect(() => commandText(words)).toThrow(UsageError)
})

test('an environment variable is a name, an equals sign and anything', () => {
  expect(envPair('A_1=x=y\nz')).toEqual(['A_1', 'x=y\nz'])
  expect(envPair('EMPTY=')).toEqual(['EMPTY', ''])
  for (const bad of ['A', '=x', '1A=x', 'A-B=x', ' A=x']) expect(() => envPair(bad)).toThrow(UsageError)
})
