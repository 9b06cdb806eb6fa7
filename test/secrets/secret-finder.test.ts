import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { secretForms } from '../../src/secrets/forms.ts'
import { maskText, StreamMask } from '../../src/secrets/mask.ts'
import { SecretFinder } from '../../src/secrets/secret-finder.ts'

const SECRET = `hunter'22 clé`
const finder = new SecretFinder([secretForms(SECRET)])
const QUOTED = String.raw`hunter\'22\ cl\303\251`

const ROOT = join(import.meta.dirname, '../..')

test('ordinary texts stay as they are', () => {
  const secrets = [
    'correct horse battery',
    `it's "fine", 100%`,
    'k3Yf9QzT0pWd',
    'C:\\new\\users',
    'a+b=c&d',
    'deadbeef',
  ]
  const own = new SecretFinder(secrets.map(secretForms))
  const files = ['docs', 'src/secrets', 'src/transport'].flatMap(folder =>
    readdirSync(join(ROOT, folder), { withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => join(ROOT, folder, entry.name)),
  )
  for (const file of [...files, join(ROOT, 'package-lock.json')]) {
    const text = readFileSync(file, 'utf8')
    expect(maskText(own, text)).toBe(text)
  }
})

test('what is around a secret stays: quotes, blanks, line ends', () => {
  const texts = {
    [`{"p":"${JSON.stringify(SECRET).slice(1, -1)}","q":1}`]: '{"p":"***","q":1}',
    [`p='${QUOTED}' \\\n  next`]: "p='***' \\\n  next",
    [`a: ${SECRET}\nb: 100% & more\n`]: 'a: ***\nb: 100% & more\n',
    [` 68 75 6e 74\n${Buffer.from(SECRET).toString('hex').replaceAll(/../g, ' $&')}\n`]:
      ' 68 75 6e 74\n ***\n',
  }
  for (const [text, masked] of Object.entries(texts)) expect(maskText(finder, text)).toBe(masked)
})

test('a line is not held back for what it has to do with a secret by chance', () => {
  const stream = new StreamMask(finder)
  for (const line of [
    'done: 50%\n',
    'at 12:00:68\n',
    'path\\h\n',
    'it is hun\n',
    'a &&\n',
    'key=\n',
    'ab cd ef 68\n',
  ])
    expect(stream.push(line)).toBe(line)
})

test('what may become an escape of a secret is held back, and given back', () => {
  const stream = new StreamMask(finder)
  expect(stream.push('hunter')).toBe('')
  expect(stream.push('\\')).toBe('')
  expect(stream.push(' no\n')).toBe('hunter\\ no\n')
  expect(stream.push(QUOTED.slice(0, -2))).toBe('')
  expect(stream.push(QUOTED.slice(-2))).toBe('***')
  expect(stream.end()).toBe('')
})

test('the rest of a secret that was cut off is found, however it was spelled', () => {
  for (const spelled of [SECRET, QUOTED, encodeURIComponent(SECRET), JSON.stringify(SECRET).slice(1, -1)])
    for (let cut = 1; cut < spelled.indexOf('cl'); cut += 1) {
      const rest = `${spelled.slice(cut)}, and more`
      expect(rest.slice(finder.openStart(rest))).toMatch(/^.{0,2}, and more$/)
    }
})

test('any text in any pieces is shown as in one', () => {
  const part = fc.constantFrom(
    SECRET,
    QUOTED,
    'hunter',
    "\\'",
    '22',
    '\\303',
    '\\251',
    '%',
    '68 75 6e',
    ' ',
    '\n',
    'cl',
    '&amp',
    '=',
  )
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), fc.integer({ min: 1, max: 5 }), (parts, size) => {
      const text = parts.join('')
      const stream = new StreamMask(finder)
      const pieces = text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? []
      const shown = pieces.map(piece => stream.push(piece)).join('') + stream.end()
      expect(shown.includes('***')).toBe(maskText(finder, text).includes('***'))
    }),
    { seed: 11, numRuns: 3_000 },
  )
})
