import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LineSplitter } from '../../src/render/run/split-lines.ts'

function split(pieces: readonly string[]): string[] {
  const splitter = new LineSplitter()
  return [...pieces.flatMap(piece => splitter.push(piece)), ...splitter.end()]
}

test.each([
  ['lines', ['a\nb\n'], ['a', 'b']],
  ['a last line without an end', ['a\nb'], ['a', 'b']],
  ['empty lines', ['\n\na\n'], ['', '', 'a']],
  ['line ends of Windows, also torn apart', ['a\r', '\nb\r\n'], ['a', 'b']],
  ['a progress bar that redraws itself', ['10%\r20%\r', '30%\n'], ['10%', '20%', '30%']],
  ['a carriage return at the very end', ['a\r'], ['a']],
  ['nothing', [''], []],
])('%s', (_, pieces, lines) => {
  expect(split(pieces)).toEqual(lines)
})

test('it does not matter where a stream is torn apart', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '\r', '\n', '😀') })
  fc.assert(
    fc.property(text, fc.array(fc.nat(20)), (stream, cuts) => {
      const pieces: string[] = []
      let at = 0
      for (const cut of cuts) {
        pieces.push(stream.slice(at, at + cut))
        at += cut
      }
      pieces.push(stream.slice(at))
      expect(split(pieces)).toEqual(split([stream]))
    }),
  )
})

test('a long line comes in pieces that lose nothing and tear no character apart', () => {
  const long = `a${'😀'.repeat(10_000)}`
  const lines = split([long.slice(0, 5000), long.slice(5000)])
  expect(lines.join('')).toBe(long)
  expect(lines.length).toBeGreaterThan(1)
  for (const line of lines) {
    expect(line.length).toBeLessThanOrEqual(8192)
    expect(line.isWellFormed()).toBe(true)
  }
})
