import fc from 'fast-check'
import { expect, test } from 'vitest'
import { escapeText } from '../../src/render/escape.ts'

test.each([
  ['a colour code', '\x1b[31mred\x1b[0m', '\\x1b[31mred\\x1b[0m'],
  ['an 8-bit control sequence', '\u009b2J', '\\x9b2J'],
  ['a bell and a delete', '\x07\x7f', '\\x07\\x7f'],
  ['a title that would be set', '\x1b]0;owned\x07', '\\x1b]0;owned\\x07'],
  ['text that would turn around', 'exe\u202egnp', 'exe\\u202egnp'],
  ['isolates and marks', '\u2066a\u2069\u200f\u061c', '\\u2066a\\u2069\\u200f\\u061c'],
  ['what nobody sees', 'a\u200bb\ufeffc\u00add\u2060', 'a\\u200bb\\ufeffc\\xadd\\u2060'],
  ['tag characters beyond 16 bits', 'a\u{e0041}', 'a\\u{e0041}'],
  ['letters that are blank', 'a\u3164\uffa0', 'a\\u3164\\uffa0'],
  ['other line ends', 'a\u2028b\u2029c\u0085d', 'a\\u2028b\\u2029c\\x85d'],
  ['half a surrogate pair', 'a\ud800b', 'a\\ud800b'],
  ['white space', 'a\tb\r\nc', 'a\\tb\\r\\nc'],
])('%s becomes visible', (_, text, shown) => {
  expect(escapeText(text)).toBe(shown)
})

test('tabs and line ends stay where they are wanted, a carriage return never', () => {
  expect(escapeText('a\tb\nc\r', 'tabs')).toBe('a\tb\\nc\\r')
  expect(escapeText('a\tb\nc\r', 'lines')).toBe('a\tb\nc\\r')
})

test.each(['plain text', 'Zażółć gęślą jaźń', '東京 서울', 'שלום', '😀 ⚠️', 'C:\\x1b'])(
  '%s stays as it is',
  text => {
    expect(escapeText(text)).toBe(text)
  },
)

test('nothing that a terminal would obey is left of any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      expect(escapeText(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
    }),
  )
})

test('escaping twice is escaping once', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      expect(escapeText(escapeText(text, 'lines'), 'lines')).toBe(escapeText(text, 'lines'))
    }),
  )
})
