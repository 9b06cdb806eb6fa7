import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openLine, sealedLine } from '../../src/journal/line.ts'
import { DamagedJournal, readLines } from '../../src/journal/read-lines.ts'

const journal = (texts: readonly string[]) =>
  Buffer.from(texts.map((text, at) => sealedLine({ v: 1, seq: at + 1, text })).join(''))

const FOUR = journal(['one', 'zwei', 'trois', '四'])

describe('a line', () => {
  test('comes back as it was written, whatever it holds', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue(), { minKeys: 1 }), record => {
        const clean = JSON.parse(JSON.stringify(record))
        fc.pre(!('crc' in clean))
        const line = sealedLine(clean)
        expect(line.indexOf('\n')).toBe(line.length - 1)
        expect(openLine(line.slice(0, -1))).toEqual({ kind: 'record', record: clean })
      }),
      { seed: 1 },
    )
  })

  test('with any byte changed is damaged', () => {
    const line = sealedLine({
      v: 1,
      seq: 1,
      event: 'node_finished',
      step: 'a',
      host: 'h1',
      outcome: 'ok',
    }).trimEnd()
    for (let at = 0; at < line.length; at += 1) {
      const other = line[at] === 'x' ? 'y' : 'x'
      expect(openLine(line.slice(0, at) + other + line.slice(at + 1)).kind).toBe('damaged')
    }
  })
})

describe('a journal', () => {
  test('that is cut anywhere has its whole lines; the torn one is told of', () => {
    for (let cut = 0; cut <= FOUR.length; cut += 1) {
      const { records, wholeBytes, torn } = readLines(FOUR.subarray(0, cut))
      const whole = FOUR.subarray(0, cut).lastIndexOf(0x0a) + 1
      expect({ wholeBytes, torn }).toEqual({ wholeBytes: whole, torn: whole < cut })
      expect(records.length).toBe(FOUR.subarray(0, whole).toString().split('\n').length - 1)
    }
  })

  test.for([
    ['a changed byte', (bytes: Buffer) => bytes.fill('X', 20, 21), 1],
    [
      'a changed byte in its last line',
      (bytes: Buffer) => bytes.fill('X', bytes.length - 30, bytes.length - 29),
      4,
    ],
  ] as const)('with %s is damaged, and the line is named', ([, harm, line]) => {
    const bytes = Buffer.from(FOUR)
    harm(bytes)
    expect(() => readLines(bytes)).toThrow(
      new DamagedJournal(line, 'is not as it was written (its checksum is another one)'),
    )
  })

  test('without one of its lines is damaged', () => {
    const lines = FOUR.toString().split('\n')
    for (const missing of [0, 1, 2]) {
      const bytes = Buffer.from(lines.filter((_, at) => at !== missing).join('\n'))
      expect(() => readLines(bytes)).toThrow(`line ${missing + 1} has the number ${missing + 2}`)
    }
  })

  test('with a line twice is damaged', () => {
    expect(() => readLines(Buffer.concat([FOUR, FOUR]))).toThrow('line 5 has the number 1')
  })
})
