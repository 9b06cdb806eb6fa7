import fc from 'fast-check'
import stringWidth from 'string-width'
import { expect, test } from 'vitest'
import { escapeText } from '../../src/render/escape.ts'
import { fillTo, textWidth, truncate } from '../../src/render/width.ts'

test.each([
  ['plain', 5],
  ['naïve', 5],
  ['nai\u0308ve', 5],
  ['東京', 4],
  ['서울', 4],
  ['ﾊﾝｶｸ', 4],
  ['！', 2],
  ['😀', 2],
  ['🇩🇪', 2],
  ['👍🏽', 2],
  ['⚠️', 2],
  ['│✔✖▸…━', 6],
  ['שלום', 4],
])('%s takes %i columns', (text, columns) => {
  expect(textWidth(text)).toBe(columns)
})

test('common scripts are as wide as the string-width library says', () => {
  const blocks = fc.oneof(
    fc.integer({ min: 0x20, max: 0x7e }),
    fc.integer({ min: 0xa1, max: 0x24f }),
    fc.integer({ min: 0x370, max: 0x52f }),
    fc.integer({ min: 0x3041, max: 0x3096 }),
    fc.integer({ min: 0x4e00, max: 0x9fff }),
    fc.integer({ min: 0xac00, max: 0xd7a3 }),
    fc.integer({ min: 0x1f600, max: 0x1f64f }),
  )
  fc.assert(
    fc.property(fc.array(blocks, { maxLength: 20 }), codes => {
      const text = escapeText(String.fromCodePoint(...codes))
      expect(textWidth(text)).toBe(stringWidth(text))
    }),
  )
})

test('a cut text fits, and a text that fits is not cut', () => {
  const texts = fc.string({ unit: 'grapheme', maxLength: 40 }).map(text => escapeText(text))
  fc.assert(
    fc.property(texts, fc.integer({ min: 1, max: 50 }), (text, columns) => {
      const cut = truncate(text, columns)
      expect(textWidth(cut)).toBeLessThanOrEqual(columns)
      if (textWidth(text) <= columns) expect(cut).toBe(text)
      else expect(cut).toMatch(/…$/)
      expect(textWidth(fillTo(text, columns))).toBe(columns)
    }),
  )
})

test('nothing is left of a text that has no room', () => {
  expect(truncate('text', 0)).toBe('')
  expect(truncate('text', 1)).toBe('…')
})
