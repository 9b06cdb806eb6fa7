import fc from 'fast-check'
import { expect, test } from 'vitest'
import { COMMON_BATCH_OPTIONS, rewriteBatchArgv } from '../../../src/cli/adhoc/batch-argv.ts'
import { UsageError } from '../../../src/cli/usage.ts'

const OPTIONS = [
  ...COMMON_BATCH_OPTIONS,
  { name: '-cmd', long: '--cmd', value: 'a command', takesAny: true } as const,
]
const rewrite = (...argv: string[]) => rewriteBatchArgv(argv, OPTIONS)

test('the classic form: -h means hosts', () => {
  expect(rewrite('-h', 'h1,h2,h3', '-g', 'web_clusters,db_servers', '-cmd', 'df -h')).toEqual([
    '--hosts=h1,h2,h3',
    '--groups=web_clusters,db_servers',
    '--cmd=df -h',
  ])
})

test.each([[['-h']], [['-help']], [['--help']]])('%j asks for help', argv => {
  expect(rewrite(...argv)).toEqual(['--help'])
})

test('short options, values after an equals sign, and long options', () => {
  expect(rewrite('-i', 'a.ini', '-f', '9', '-timeout=1m', '-y', '-v')).toEqual([
    ...['--inventory=a.ini', '--forks=9', '--timeout=1m', '--yes', '--verbose'],
  ])
  expect(rewrite('--host-key-policy', 'off', '--yes', '-cmd=a=b')).toEqual([
    ...['--host-key-policy', 'off', '--yes', '--cmd=a=b'],
  ])
})

test('any text may be a value, also one that looks like an option', () => {
  fc.assert(
    fc.property(fc.string(), value => {
      expect(rewrite('-cmd', value, '-q')).toEqual([`--cmd=${value}`, '--quiet'])
    }),
  )
})

test.each([
  [['-cmdd', 'x'], 'there is no option "-cmdd"; did you mean "-cmd"?'],
  [['-H', 'x'], 'there is no option "-H"; did you mean "-h"?'],
  [['-cmd', 'df', '-h'], '-h needs hosts'],
  [['-cmd', 'df', 'x'], '"x" belongs to no option; a value with spaces is quoted, as in -cmd "df -h"'],
  [['-cmd'], '-cmd needs a command'],
  [['-h', '-cmd', 'df'], '-h needs hosts'],
  [['-cmd', 'df', '-cmd', 'id'], '-cmd is given twice'],
  [['-t', '5s', '-timeout=6s'], '-timeout is given twice'],
])('%j is an error of the user', (argv, message) => {
  expect(() => rewrite(...argv)).toThrow(new UsageError(message))
})

test('whatever is typed, it is understood or refused, never a crash', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), argv => {
      try {
        rewrite(...argv)
      } catch (error) {
        expect(error).toBeInstanceOf(UsageError)
      }
    }),
  )
})
