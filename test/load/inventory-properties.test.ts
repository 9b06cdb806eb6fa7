import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { splitHostLine } from '../../src/load/inventory/host-line.ts'
import { hostPattern } from '../../src/load/inventory/host-range.ts'
import { iniSections } from '../../src/load/inventory/ini-lines.ts'
import { nameGlob } from '../../src/load/pattern/name-glob.ts'
import { askAnsible, findAnsible } from './ansible.ts'

const python = findAnsible()

describe('ranges', () => {
  test('a range has all its numbers, padded where its begin is', () => {
    const bounds = fc.tuple(
      fc.nat(300),
      fc.nat(300),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 5 }),
    )
    fc.assert(
      fc.property(bounds, ([first, more, step, width]) => {
        const last = first + more
        const size = Math.max(width, String(last).length)
        const write = (n: number) => String(n).padStart(size, '0')
        const pattern = hostPattern(`h[${write(first)}:${write(last)}:${step}]x`)
        const padded = write(first).startsWith('0') && size > 1
        const expected: string[] = []
        for (let n = first; n <= last; n += step) expected.push(`h${padded ? write(n) : n}x`)
        expect(pattern).toEqual({ names: expected })
      }),
    )
  })

  test('several ranges are their product, the last one fastest', () => {
    fc.assert(
      fc.property(fc.nat(20), fc.nat(20), fc.integer({ min: 1, max: 65_535 }), (a, b, port) => {
        const pattern = hostPattern(`[0:${a}]-[0:${b}]:${port}`)
        const names = Array.from({ length: a + 1 }, (_, i) =>
          Array.from({ length: b + 1 }, (_, j) => `${i}-${j}`),
        )
        expect(pattern).toEqual({ names: names.flat(), port })
      }),
    )
  })

  test('any text ends in names or one fault inside it', () => {
    const text = fc.string({ unit: fc.constantFrom(...'[]:0129azAZ.-'), minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(text, word => {
        const pattern = hostPattern(word)
        if ('code' in pattern) {
          expect(pattern.offset + pattern.length).toBeLessThanOrEqual(word.length)
          expect(pattern.offset).toBeGreaterThanOrEqual(0)
        } else expect(pattern.names.length).toBeGreaterThan(0)
      }),
    )
  })
})

describe('host lines', () => {
  test.skipIf(python === undefined)("words are those of Python's shlex", () => {
    if (python === undefined) return
    const line = fc.string({ unit: fc.constantFrom(...'ab= \t"\'\\#;$é'), maxLength: 16 })
    const lines = fc.sample(line, { numRuns: 3000, seed: 20_261_121 })
    const { words } = askAnsible(python, { words: lines })
    for (const [index, text] of lines.entries()) {
      const split = splitHostLine(text)
      expect('code' in split ? null : split.words.map(word => word.text), JSON.stringify(text)).toEqual(
        words[index],
      )
    }
  })

  test('quoted words come back as they were', () => {
    const quote = (word: string) => `'${word.replaceAll("'", `'"'"'`)}'`
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1 })), words => {
        const split = splitHostLine(words.map(quote).join(' '))
        expect('code' in split ? split : split.words.map(word => word.text)).toEqual(words)
      }),
    )
  })
})

describe('sections', () => {
  test('every line that says something is found again at its place', () => {
    const line = fc.string({ unit: fc.constantFrom(...'[]=;#". \tab_\\\':é\u2028'), maxLength: 12 })
    fc.assert(
      fc.property(
        fc.array(fc.oneof(line, fc.constantFrom('__proto__=1', '[__proto__]', 'true', '[a.b]'))),
        lines => {
          const sections = iniSections(lines.join('\n'))
          const found = sections.flatMap(({ header, lines: inside }) =>
            header ? [header, ...inside] : inside,
          )
          const expected = lines
            .map((source, index) => ({ line: index + 1, text: source.trim() }))
            .filter(({ text }) => text !== '' && !/^[#;]/.test(text))
          expect(found.map(({ line, text }) => ({ line, text }))).toEqual(expected)
        },
      ),
    )
  })
})

describe('globs', () => {
  test('mean what the same regular expression means', () => {
    const letters = 'ab-.'
    const glob = fc.string({
      unit: fc.constantFrom('a', 'b', '-', '.', '*', '?', '[ab]', '[!a]', '[a-b]'),
      maxLength: 8,
    })
    fc.assert(
      fc.property(glob, fc.string({ unit: fc.constantFrom(...letters), maxLength: 10 }), (pattern, name) => {
        const regex = pattern
          .replaceAll('.', '\\.')
          .replaceAll('[!', '[^')
          .replaceAll('*', '.*')
          .replaceAll('?', '.')
        expect(nameGlob(pattern)(name)).toBe(new RegExp(`^${regex}$`).test(name))
      }),
    )
  })

  test('many stars end soon', () => {
    expect(nameGlob(`${'a*'.repeat(40)}b`)('a'.repeat(250))).toBe(false)
  })
})
