import fc from 'fast-check'
import { expect, test } from 'vitest'
import { shortId } from '../../src/render/run/short-id.ts'
import { textWidth } from '../../src/render/width.ts'

test.each([
  ['upload', 24, 'upload'],
  ['a_step_with_a_very_long_name', 12, 'a_step_with…'],
  ['users["ann.maria.of.the.long.name"].key', 24, 'users["ann.maria.…"].key'],
  ['a["xxxxxxxxxxxxxxx"].b["yyyyyyyyyyyyyyyy"].c', 24, 'a["xxxx…"].b["yyyy…"].c'],
  ['web.packages.more_packages.install', 20, 'web.packa…es.install'],
  ['users[1234]', 24, 'users[1234]'],
])('%s in %i columns', (id, columns, short) => {
  expect(textWidth(short)).toBeLessThanOrEqual(columns)
  expect(shortId(id, columns)).toBe(short)
})

test('it is never wider than asked', () => {
  const key = fc.string({ unit: 'grapheme', maxLength: 40 }).map(text => JSON.stringify(text))
  const id = fc
    .tuple(fc.constantFrom('a', 'web.users', 'x'.repeat(50)), key)
    .map(([a, k]) => `${a}[${k}].key`)
  fc.assert(
    fc.property(id, fc.integer({ min: 4, max: 60 }), (text, columns) => {
      expect(textWidth(shortId(text, columns))).toBeLessThanOrEqual(columns)
    }),
  )
})
