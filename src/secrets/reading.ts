import type { Match, Matcher } from './matcher.ts'

/**
 * A part of a text as a program would read it that undoes a spelling: without line ends in base64, say. For each of its
 * units it is known where that stands.
 */
export interface Reading {
  readonly text: string
  /** Where each unit of `text` is spelled: the place of the first unit, and the one behind the last. */
  readonly starts: readonly number[]
  readonly ends: readonly number[]
  /** Where the part ends. */
  readonly end: number
  /** From where on it has nothing, since the end cuts off what is spelled there: `end` where that is nothing. */
  readonly cut: number
}

/** Writes a reading unit by unit. Most are short, for which plain arrays are the fastest. */
export class ReadingWriter {
  readonly #units: number[] = []
  readonly #starts: number[] = []
  readonly #ends: number[] = []

  get length(): number {
    return this.#units.length
  }

  /** The last unit; undefined where there is none. */
  get last(): number | undefined {
    return this.#units.at(-1)
  }

  /** @param unit below 256 */
  write(unit: number, start: number, end: number): void {
    this.#units.push(unit)
    this.#starts.push(start)
    this.#ends.push(end)
  }

  /** Takes back what was written last. */
  unwrite(): void {
    this.#units.pop()
    this.#starts.pop()
    this.#ends.pop()
  }

  /** @param end where the part ends, and `cut` before what its end cuts off */
  reading(end: number, cut = end): Reading {
    return { text: textOf(this.#units), starts: this.#starts, ends: this.#ends, end, cut }
  }
}

/** More cannot be given to a function at once. */
const MOST_ARGUMENTS = 4_096

function textOf(units: readonly number[]): string {
  return units.length < MOST_ARGUMENTS
    ? String.fromCharCode(...units)
    : Buffer.from(units as number[]).toString('latin1')
}

/** What is found in a reading and not in the text as it stands, at its places there. */
export function matchesIn(reading: Reading, matcher: Matcher, text: string): readonly Match[] {
  const found: Match[] = []
  for (const { start, end } of matcher.matches(reading.text)) {
    const match = { start: reading.starts[start] as number, end: reading.ends[end - 1] as number }
    if (text.slice(match.start, match.end) !== reading.text.slice(start, end)) found.push(match)
  }
  return found
}

/** So much of a secret at the end of a line holds the line back: less would hold back lines that have nothing to do with it. */
const ENOUGH = 4

/** From where on the text is the beginning of a secret by a reading of its end; the text's length where it is not. */
export function openIn({ text: read, starts, end, cut }: Reading, matcher: Matcher, text: string): number {
  if (end < text.length) return text.length
  const open = matcher.openEnd(read)
  if (open === read.length) return cut
  return text.endsWith('\n') && read.length - open < ENOUGH ? text.length : (starts[open] as number)
}
