import fc from 'fast-check'

/** What a random guard has in its surroundings; paths are relative to the folder in which it runs, which is the home. */
export const GUARD_ENV: Readonly<Record<string, string>> = {
  F: 'a',
  D: 'd',
  L: 'a d/x',
  T: 'one',
  E: '',
  H: '~/b',
  V: 'd/x',
}

/** The files of the tree in which it runs. */
export const GUARD_FILES = ['a', 'b', 'd/x', 'd/y'] as const

const word: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    ...GUARD_FILES,
    'd',
    "'b'",
    '"$F"',
    '$F',
    '"$D/x"',
    '$D/y',
    '$V',
    '"${V%x}y"',
    '"${V##*/}"',
  ),
  fc.constantFrom(
    '~/b',
    '"$HOME/a"',
    '"${E:-b}"',
    '${E:-$F}',
    '${T:+"$V"}',
    '"$X"',
    '"$N"',
    '"$(cat a)"',
    '"$E"',
    '$L',
  ),
)

const pattern = fc.constantFrom(
  'a',
  '*',
  '"a"',
  'a | b',
  '[!/]*',
  '"~/"*',
  '[a-z]*',
  '"$F"',
  '?',
  'd/[xy]',
  '""',
)

const test = fc.oneof(
  word.map(file => `[ -e ${file} ]`),
  word.map(file => `[ ! -s ${file} ]`),
  word.map(file => `grep -q one ${file}`),
  word.map(file => `grep -qx -e "$T" -- ${file}`),
  word.map(file => `cat ${file}`),
  word.map(file => `wc -c <${file}`),
  word.map(file => `[ "$(head -n 1 ${file})" = "$T" ]`),
  word.map(file => `awk '/o/ { n++ } END { exit !n }' ${file}`),
  word.map(file => `find ${file} -name 'x' | grep -q .`),
  fc.tuple(word, word).map(([one, other]) => `cmp -s ${one} ${other}`),
  fc.tuple(word, word).map(([one, other]) => `[ ${one} = ${other} ]`),
  fc.constantFrom(
    '[ -z "$E" ]',
    '[ "$T" != one ]',
    'true',
    'false',
    'exit 0',
    'exit 1',
    '[ -n "$X" ]',
    'echo "$N$X"',
  ),
  fc.tuple(fc.constantFrom('F', 'V', 'X', 'N'), word).map(([name, value]) => `${name}=${value}`),
  word.map(file => `N=$(cat ${file})`),
  word.map(value => `case ${value} in "~/"*) F=$HOME\${H#"~"} ;; esac`),
)

export const randomGuard: fc.Arbitrary<string> = fc.letrec<{ script: string; command: string }>(tie => ({
  command: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 6, arbitrary: test },
    { weight: 1, arbitrary: tie('script').map(body => `(${body})`) },
    { weight: 1, arbitrary: tie('script').map(body => `{ ${body}; }`) },
    { weight: 1, arbitrary: tie('command').map(command => (/^!/.test(command) ? command : `! ${command}`)) },
    { weight: 2, arbitrary: fc.tuple(tie('script'), tie('script'), tie('script')).map(ifText) },
    { weight: 2, arbitrary: fc.tuple(word, pattern, tie('script'), tie('script')).map(caseText) },
    { weight: 2, arbitrary: fc.tuple(word, word, tie('script')).map(forText) },
  ),
  script: fc
    .tuple(
      tie('command'),
      fc.array(fc.tuple(fc.constantFrom(' && ', ' || ', '; ', '\n', ' | '), tie('command')), {
        maxLength: 2,
      }),
    )
    .map(
      ([first, rest]) =>
        first + rest.map(([sign, next]) => (sign === ' | ' && /^!/.test(next) ? '' : sign + next)).join(''),
    ),
})).script

function ifText([test, body, otherwise]: readonly string[]): string {
  return `if ${test}; then ${body}; else ${otherwise}; fi`
}

function caseText([subject, pattern, body, otherwise]: readonly string[]): string {
  return `case ${subject} in ${pattern}) ${body} ;; *) ${otherwise} ;; esac`
}

function forText([first, second, body]: readonly string[]): string {
  return `for X in ${first} ${second}; do ${body}; done`
}
