import { expect, test } from 'vitest'
import { diffTexts } from '../../src/diff/text-diff.ts'
import { LIMITS } from '../../src/model/limits.ts'

const lines = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, at) => `line ${from + at}\n`).join('')

test('hunks with three lines around, as diff -u writes them', () => {
  expect(diffTexts(lines(0, 9), lines(0, 9).replace('line 5', 'changed'))).toEqual({
    kind: 'text',
    text: '@@ -3,7 +3,7 @@\n line 2\n line 3\n line 4\n-line 5\n+changed\n line 6\n line 7\n line 8\n',
  })
})

test('a missing line end is a difference', () => {
  expect(diffTexts('a\n', 'a')).toMatchObject({
    text: expect.stringContaining('\\ No newline at end of file'),
  })
})

test('what is too long, or too different, is not gone into', () => {
  expect(diffTexts('x'.repeat(LIMITS.diffBytes + 1), '')).toEqual({ kind: 'none', because: 'size' })
  expect(diffTexts(lines(0, 9_000), lines(10_000, 19_000))).toEqual({ kind: 'none', because: 'size' })
})

test('a long difference is cut, and the rest counted', () => {
  const { text = '' } = diffTexts('', lines(0, 3_000)) as { text?: string }
  expect(text.split('\n')).toHaveLength(LIMITS.diffLines + 2)
  expect(text).toMatch(/\n… 1001 more lines\n$/)
})
