import { execFileSync, spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { expandWord, fieldsOf } from '../../../src/steps/reads/expand-word.ts'
import { parseShell } from '../../../src/steps/reads/parse-shell.ts'
import { stateOf, valueIn } from '../../../src/steps/reads/shell-state.ts'

const ENV = { A: 'a', B: ' b  c ', E: '', S: 'a/b/a', HOME: '/h' } as const

/** The fields of one command, as a shell would make them; undefined where they are not known. */
function fieldsIn(text: string): readonly (string | undefined)[] | undefined {
  const state = stateOf(Object.entries(ENV))
  const [only, ...others] = parseShell(`w ${text}`) ?? []
  const command = only?.first.commands[0]
  if (
    state === undefined ||
    others.length > 0 ||
    only?.rest.length !== 0 ||
    only.first.commands.length !== 1
  ) {
    return undefined
  }
  if (command?.kind !== 'simple' || command.inputs.length > 0) return undefined
  const surroundings = { variable: (name: string) => valueIn(state, name), output: () => undefined }
  const fields = command.words.map(word => fieldsOf(expandWord(word, surroundings)))
  return fields.includes(undefined) ? undefined : fields.flatMap(some => some ?? []).slice(1)
}

const PIECES = [
  ...[
    ' ',
    '\t',
    "'",
    '"',
    '\\',
    '$',
    '`',
    '#',
    '!',
    '~',
    '~/',
    '[',
    ']',
    '*',
    '?',
    '{',
    '}',
    '=',
    ':',
    '%',
    '-',
    '/',
  ],
  ...['a', 'bc', '2>&1', '>/dev/null', '</dev/null', '2', '<', '>', '&', '(', ')', ';', '\n', '\\\n'],
  ...[
    '$A',
    '$B',
    '"$B"',
    '${A}',
    '${E:-',
    '${A:+',
    '${S#',
    '${S##*/',
    '${S%',
    '${S%%/*}',
    '$E',
    '"$E"',
    '$(echo',
    '$?',
  ],
]

const COMMANDS = ['dash', 'bash --posix', 'bash', 'busybox sh']

test.each(COMMANDS)('any words that are known are those that %s makes', command => {
  const [shell = '', ...options] = command.split(' ')
  const isValid = (text: string) => spawnSync(shell, [...options, '-n', '-c', `x ${text}`]).status === 0
  const words = (text: string) =>
    execFileSync(shell, [...options, '-c', `set -- x ${text}\nprintf '%s\\0' "$@"`], {
      env: { ...ENV, PATH: process.env.PATH },
      cwd: '/',
      stdio: 'pipe',
    })
      .toString()
      .split('\0')
      .slice(1, -1)
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...PIECES), { maxLength: 9 }), pieces => {
      const text = pieces.join('')
      const fields = fieldsIn(text)
      if (fields === undefined || fields.includes(undefined) || !isValid(text)) return
      expect({ text, words: words(text) }).toEqual({ text, words: fields })
    }),
    { numRuns: 600 },
  )
})
