import { type EscapeSign, type LooseOptions, readLoosely } from './loose-reading.ts'
import type { Reading } from './reading.ts'

/** No escape is longer, in characters. */
const LONGEST_ESCAPE = 16

interface Sign {
  readonly char: string
  /** Whether it begins an escape where it stands, or may begin one that the text's end cuts off. */
  readonly begins: (text: string, at: number) => boolean
}

/** What begins an escape, by the reading that undoes it. */
const SIGNS: Readonly<Record<EscapeSign, readonly Sign[]>> = {
  '%': [
    { char: '\\', begins: () => true },
    { char: '%', begins: (text, at) => /^[\da-fu]?$/i.test(text.charAt(at + 1)) },
    { char: '&', begins: (text, at) => /^[a-z#]?$/i.test(text.charAt(at + 1)) },
  ],
  '=': [
    {
      char: '=',
      begins: (text, at) => /^(?:[\dA-F]{2}|[\dA-F]?$|[ \t]*\r?(?:\n|$))/.test(text.slice(at + 1, at + 5)),
    },
  ],
}

/** Finds the parts of texts that have escapes, and reads them: far from escapes texts are as they stand. */
export class EscapedReader {
  readonly #longest: number
  readonly #percent: readonly Sign[]

  /** @param sought what is looked for in the readings */
  constructor(sought: readonly string[]) {
    this.#longest = sought.reduce((most, { length }) => Math.max(most, length), 0)
    const folds = new Folds(sought)
    const fold: Sign = { char: '\n', begins: (text, at) => folds.isAt(text, at) }
    this.#percent = folds.isEmpty ? SIGNS['%'] : [...SIGNS['%'], fold]
  }

  /** See `readLoosely`. */
  read(text: string, isCut: boolean): readonly Reading[] {
    if (this.#longest === 0) return NONE
    const inQuotes = isCut && isQuote(text.charCodeAt(text.length - 1))
    const percent =
      inQuotes || this.#percent.some(({ char }) => text.includes(char))
        ? this.#readParts(text, { sign: '%', isCut }, inQuotes)
        : NONE
    if (!text.includes('=')) return percent
    return [...percent, ...this.#readParts(text, { sign: '=', isCut }, false)]
  }

  /** @param atEnd an escape may follow what the text ends with */
  #readParts(
    text: string,
    options: Required<Pick<LooseOptions, 'sign' | 'isCut'>>,
    atEnd: boolean,
  ): readonly Reading[] {
    const signs = options.sign === '%' ? this.#percent : SIGNS['=']
    const places = signs.map(begins => new Places(text, begins))
    const last = atEnd ? text.length - 1 : text.length
    const next = (from: number) =>
      places.reduce((least, place) => Math.min(least, place.from(from)), from <= last ? last : text.length)
    const readings: Reading[] = []
    for (let at = next(0); at < text.length; ) {
      const from = Math.max(0, at - this.#longest)
      let end = at
      for (; at < text.length && at <= end + this.#longest; at = next(at + 1)) end = at + LONGEST_ESCAPE
      readings.push(readLoosely(text, { ...options, from, end: Math.min(text.length, end + this.#longest) }))
    }
    return readings
  }
}

const NONE: readonly never[] = []

/** Where a character begins an escape. */
class Places {
  readonly #text: string
  readonly #sign: Sign
  #at = -1

  constructor(text: string, sign: Sign) {
    this.#text = text
    this.#sign = sign
  }

  /** The next one that stands at `from` or later; the text's length where there is none. */
  from(from: number): number {
    const { char, begins } = this.#sign
    while (this.#at < from) {
      const at = this.#text.indexOf(char, from)
      if (at < 0) this.#at = this.#text.length
      else if (begins(this.#text, at)) this.#at = at
      else from = at + 1
    }
    return this.#at
  }
}

/** So much white space and the like stands on each side of one at most. */
const WIDEST_FOLD = 128
const NEWLINE = 0x0a

/** Where a line end may stand for a blank of a secret, as YAML and mail break long lines. */
class Folds {
  /** What stands around a blank. */
  readonly #pairs: ReadonlySet<number>

  constructor(sought: readonly string[]) {
    const texts = sought.filter(text => text.includes('+'))
    this.#pairs = new Set(texts.flatMap(text => [...text.matchAll(/(?<=(.))\+(?=(.))/gs)].map(pairOf)))
  }

  get isEmpty(): boolean {
    return this.#pairs.size === 0
  }

  /** @param at of the line end */
  isAt(text: string, at: number): boolean {
    let [before, after] = [at - 1, at + 1]
    const [first, last] = [before - WIDEST_FOLD, after + WIDEST_FOLD]
    for (; before > first && isLeftOut(text.charCodeAt(before)); before -= 1)
      // The first line end among white space stands for all of it.
      if (text.charCodeAt(before) === NEWLINE) return false
    while (after < last && isLeftOut(text.charCodeAt(after))) after += 1
    return after >= text.length || this.#pairs.has(pair(text.charCodeAt(before), text.charCodeAt(after)))
  }
}

function pairOf([, before = '', after = '']: RegExpMatchArray): number {
  return pair(before.charCodeAt(0), after.charCodeAt(0))
}

/** All that ASCII does not have is the same. */
function pair(before: number, after: number): number {
  return (Math.min(before, 0x80) << 8) | Math.min(after, 0x80)
}

/** White space, and what a reading has nothing for. */
function isLeftOut(code: number): boolean {
  return code <= 0x20 || code === 0x5c || isQuote(code)
}

/** Or a dollar sign before one. */
function isQuote(code: number): boolean {
  return code === 0x22 || code === 0x24 || code === 0x27 || code === 0x60
}
