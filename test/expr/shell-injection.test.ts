import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { shellPlaces } from '../../src/expr/shell/place.ts'
import { quoteFor } from '../../src/expr/shell/quote.ts'
import { installedShells } from './shells.ts'

/** Pieces that shell text is made of, in any order: mostly nonsense, and all kinds of nesting. `@`: a value. */
const TOKENS = [
  ...[
    '@',
    '@',
    '@',
    '@',
    ' ',
    ' ',
    '\n',
    ' # ',
    '#',
    "'",
    "'",
    '"',
    '"',
    '\\',
    '`',
    ';',
    '(',
    ')',
    '{ ',
    '; }',
  ],
  ...['$(', '$((', '((', '))', '${X:-', '${X#', '${X}', '}', "$'", '$"', '$', '$$', '$#', '[', '[[ ', ' ]]'],
  ...[
    'echo ',
    'echo a ',
    ': ',
    'x=',
    '$x',
    'eval_ ',
    'if :; then ',
    '; fi',
    'case x in ',
    'x) ',
    ';; ',
    'esac',
  ],
  ...['declare ', 'typeset -i x; ', 'declare -n x; ', 'export ', 'local ', 'f() { local -i x; x=', '; }; f'],
  ...['exit ', 'shift ', 'return ', 'break ', 'printf %d ', "printf '%%%5d' ", 'printf %s ', 'compgen -W '],
  ...['OPTIND=', 'RANDOM=', 'PS4=', 'COLUMNS=', 'set -x; ', 'a=(', 'a=([', ']=', 'x[', '[ -t ', '[ -v '],
  ...[' -eq 1 ]', ' ]', 'set -A ', 'set -- ', 'read ', 'print -v ', 'test ', ' -gt 0'],
  ...['<<E\n', "<<'E'\n", '<<-E\n', '<<E; echo ', '\nE\n', '\n\tE\n', '<<<', '\\\n', 'E', '&&', '|', '-'],
]

/** Each would print PW2NED if any of it were run. */
const PAYLOADS = [
  'echo PW$((1+1))NED',
  '; echo PW$((1+1))NED; ',
  "'; echo PW$((1+1))NED; '",
  '"; echo PW$((1+1))NED; "',
  '\necho PW$((1+1))NED\n',
  '$(echo PW$((1+1))NED >&2)',
  '`echo PW$((1+1))NED >&2`',
  ') ; echo PW$((1+1))NED',
  '} ; echo PW$((1+1))NED',
  '\nE\necho PW$((1+1))NED\n',
  "\\'; echo PW$((1+1))NED; #",
  '\\"; echo PW$((1+1))NED; #',
  'x[$(echo PW$((1+1))NED >&2)]',
  '))\necho PW$((1+1))NED\n',
]

const script = fc
  .array(fc.constantFrom(...TOKENS), { minLength: 2, maxLength: 16 })
  .map(tokens => tokens.join(''))
  .filter(text => text.includes('@'))

/** The script with the payload at every place where a value may stand; undefined where it may nowhere. */
function fill(text: string, payload: string): string | undefined {
  const pieces = text.split('@')
  const places = shellPlaces(pieces)
  const last = pieces.length - 1
  if (places.every(place => 'refused' in place)) return undefined
  return pieces
    .map((piece, index) => {
      const place = places[index]
      return index === last || place === undefined || 'refused' in place
        ? piece
        : piece + quoteFor(place.quote, payload)
    })
    .join('')
}

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'drover-injection-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const RUNS = Number(process.env.DROVER_FUZZ ?? 250)

describe.each(installedShells())('no value becomes code in %s', (program, ...args) => {
  // As run-shell.ts hands it over.
  test('whatever the text around it', () => {
    const filled = fc
      .sample(fc.tuple(script, fc.constantFrom(...PAYLOADS)), RUNS)
      .map(([text, payload]) => ({ text, payload, filled: fill(text, payload) }))
      .filter(({ filled: whole }) => whole !== undefined)
    for (const [index, { filled: whole }] of filled.entries())
      writeFileSync(join(folder, `${index}`), whole ?? '')
    const driver = `i=0; while [ $i -lt ${filled.length} ]; do printf '\\nscript %s\\n' $i; timeout 5 "$@" -e -c 'eval "$1"' x "$(cat ./$i)" 2>&1 </dev/null; i=$((i+1)); done`
    const { stdout } = spawnSync('sh', ['-c', driver, 'sh', program ?? '', ...args], {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 64 << 20,
      env: { PATH: process.env.PATH, HOME: '/nonexistent' },
    })
    const broken = stdout.split('\nscript ').filter(output => output.includes('PW2NED'))
    expect(broken.map(output => filled[Number.parseInt(output, 10)])).toEqual([])
  })
})
