import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createCapture } from '../../src/steps/capture.ts'

const bounds = { head: 10, tail: 7 }

function capture(chunks: readonly Buffer[]) {
  const kept = createCapture(bounds)
  for (const chunk of chunks) kept.add(chunk)
  return kept.text()
}

/** Any text, cut anywhere. */
const cutText = fc
  .tuple(fc.string({ unit: 'binary', maxLength: 30 }), fc.array(fc.nat(20), { maxLength: 10 }))
  .map(([text, sizes]) => {
    let rest = Buffer.from(text.toWellFormed())
    const chunks = sizes.map(size => {
      const chunk = rest.subarray(0, size)
      rest = rest.subarray(size)
      return chunk
    })
    return { text: text.toWellFormed(), chunks: [...chunks, rest] }
  })

test('what fits is kept whole; of the rest, the start and the end, without a cut character', () => {
  fc.assert(
    fc.property(cutText, ({ text, chunks }) => {
      const bytes = Buffer.byteLength(text)
      const kept = capture(chunks)
      expect(kept.bytes).toBe(bytes)
      expect(kept.truncated).toBe(bytes > bounds.head + bounds.tail)
      if (!kept.truncated) {
        expect(kept).toMatchObject({ head: text, tail: '' })
        return
      }
      expect(text.startsWith(kept.head)).toBe(true)
      expect(text.endsWith(kept.tail)).toBe(true)
      expect(Buffer.byteLength(kept.head)).toBeGreaterThan(bounds.head - 4)
      expect(Buffer.byteLength(kept.tail)).toBeGreaterThan(bounds.tail - 4)
    }),
    { numRuns: 500 },
  )
})

test('bytes that are not UTF-8 become replacement characters', () => {
  expect(capture([Buffer.from([0x61, 0xff, 0x62])]).head).toBe('a\ufffdb')
})
