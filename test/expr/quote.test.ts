import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { shellPlaces } from '../../src/expr/shell/place.ts'
import { quoteFor } from '../../src/expr/shell/quote.ts'
import { installedShells, runScript } from './shells.ts'

/** Any text that a shell can take, and much of what a shell would stumble over. */
const hostile = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.string({ unit: fc.constantFrom(...'\'"\\$`!#&|;<>(){}[]*?~= \t\n\r%^,-a0é€😀'), maxLength: 12 }),
  fc.constantFrom(
    '',
    "'",
    '\\',
    '$(id)',
    '`id`',
    '${HOME}',
    '-n',
    '~',
    '*',
    '\n',
    'a\n',
    '\n\n',
    '$',
    '\\\n',
    '}}',
    '${{ 1 }}',
  ),
)
const value = hostile.filter(text => !text.includes('\0') && text.isWellFormed())

/** Ways to print a value, `@` standing for it; each must print exactly the value and a NUL. */
const PRINTERS = [
  "printf '%s\\0' @",
  "printf '%s\\0' '@'",
  'printf \'%s\\0\' "@"',
  "printf '%s\\0' \"\"@''",
  'x=@; printf \'%s\\0\' "$x"',
  'x="@"; printf \'%s\\0\' "$x"',
  'for x in @; do printf \'%s\\0\' "$x"; done',
  'f() { printf \'%s\\0\' "$1"; }; f @',
  "case @ in \"@\") printf '%s\\0' '@' ;; esac",
  "cat <<E >/dev/null; printf '%s\\0' @\nit's \"\nE",
]

/** The first ones are the quoting places themselves; a here-document costs a process. */
const samplesOf = (printer: string) =>
  PRINTERS.indexOf(printer) < 3 ? 10_000 : printer.includes('<<') ? 100 : 1_000

/** Fills in a value wherever `@` stands, quoted for the place. */
function fill(printer: string, text: string): string {
  const pieces = printer.split('@')
  const places = shellPlaces(pieces)
  return pieces
    .map((piece, index) => {
      const place = places[index]
      if (place === undefined) return piece
      if ('refused' in place) throw new Error(place.refused)
      return piece + quoteFor(place.quote, text)
    })
    .join('')
}

describe.each(installedShells())('a quoted value comes back from %s', (...shell) => {
  test.each(PRINTERS)('%j', printer => {
    const values = fc.sample(value, samplesOf(printer))
    const script = values.map(text => fill(printer, text)).join('\n')
    expect(runScript(shell, script)).toBe(values.map(text => `${text}\0`).join(''))
  })

  test('a list is a word for each of its items', () => {
    const lists = fc.sample(fc.array(value, { maxLength: 4 }), 2_000)
    const lines = lists.map(list => `f ${list.map(text => quoteFor('words', text)).join(' ')}`)
    const counts = 'f() { printf \'%s:\' $#; for x in "$@"; do printf \'%s\\0\' "$x"; done; }\n'
    expect(runScript(shell, counts + lines.join('\n'))).toBe(
      lists.map(list => `${list.length}:${list.map(text => `${text}\0`).join('')}`).join(''),
    )
  })

  test('inside "$(…)", but for line ends, which the shell takes off there', () => {
    const values = fc.sample(value, 200).map(text => `${text}.`)
    const lines = values.flatMap(text => [
      fill('printf \'%s\\0\' "$(printf %s @)"', text),
      fill('printf \'%s\\0\' "$(printf %s "@")"', text),
      fill("printf '%s\\0' \"$(printf %s '@')\"", text),
    ])
    expect(runScript(shell, lines.join('\n'))).toBe(values.map(text => `${text}\0`.repeat(3)).join(''))
  })
})
