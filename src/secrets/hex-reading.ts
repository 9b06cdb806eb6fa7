import { type Reading, ReadingWriter } from './reading.ts'

/**
 * Reads those parts of a text where bytes stand as hexadecimal digits with something between them, as od, xxd, hexdump and
 * fingerprints write them: their digits, in lower case.
 * @param bytes parts with fewer are left out, but for the one at the end, which may go on
 */
export function readHex(text: string, bytes: number): readonly Reading[] {
  // A dump may break them into two lines, or into more that are full.
  const sideBySide = Math.min(LINE, (bytes + 1) >> 1)
  const leap = Math.max(1, Math.floor(sideBySide * 2.5) - SAMPLE)
  const readings: Reading[] = []
  let done = 0
  for (let at = 0; at < text.length; at += leap) {
    if (!isSample(text, at)) continue
    const start = startOf(text, at, done)
    const few = endOfFew(text, start, Math.min(bytes * 2, SHORTEST_LINE))
    if (few !== undefined) {
      at = Math.max(at, few - leap)
      continue
    }
    const dump = new Dump(text, start)
    done = Math.max(dump.end, at + 1)
    at = done - leap
    const isWhole = dump.gaps > 0 && dump.digits >= bytes * 2
    if (isWhole || dump.end === text.length) readings.push(dump.read())
  }
  const start = startOf(text, text.length, done)
  if (start < text.length) readings.push(new Dump(text, start).read())
  return readings
}

/** Digits and what stands between them, side by side. */
interface Part {
  readonly start: number
  readonly end: number
}

/** So many bytes a line of a dump has at least, if it is not the last. */
const LINE = 8
/** More digits side by side are no group of a dump. */
const LONGEST_GROUP = 8
/** What the end of a text may leave of that. */
const CUT_LINE = /(?: {2,}[|>]?[^\n]{0,20})?(?:\r?\n?|\r?\n[\da-f]{0,8}:? ?)$/iy
/** So many digits, or what stands between them, in a row are worth a look. */
const SAMPLE = 5

/** 1: a digit; 2: what may stand between bytes, as the x of `0x6f`. */
const CLASSES = Uint8Array.from({ length: 128 }, (_, code) => {
  const char = String.fromCharCode(code)
  if (/[\da-f]/i.test(char)) return 1
  return /[ \t\r\n:,xX-]/.test(char) ? 2 : 0
})

/** What od, hexdump and xxd have between two lines: the bytes in ASCII, and the place of the next ones. */
const NEXT_LINE = /(?: {2,}[|>]?[^\n]{1,20})?\r?\n(?:[\da-f]{7}(?= )|[\da-f]{8}:(?= )|[\da-f]{8}(?= {2}))/iy
const SHORTEST_LINE = 2 * LINE

function classAt(text: string, at: number): number {
  const code = text.charCodeAt(at)
  return code < CLASSES.length ? (CLASSES[code] as number) : 0
}

/** Gaps among digits. Most texts show at the first or second look that they are something else. */
function isSample(text: string, at: number): boolean {
  let gaps = 0
  for (let index = at + SAMPLE - 1; index >= at; index -= 1) {
    const kind = classAt(text, index)
    if (kind === 0) return false
    if (kind === 2) gaps += 1
  }
  return gaps > 0 && gaps < 4
}

/**
 * Where digits end that are fewer than so many, in groups as bytes make them, with no more than gaps between; undefined
 * where there are as many.
 */
function endOfFew(text: string, start: number, digits: number): number | undefined {
  let own = 0
  let group = 0
  for (let at = start; own < digits; at += 1) {
    const kind = classAt(text, at)
    if (kind === 0) return at
    if (kind === 1) {
      own += 1
      group += 1
    } else {
      if ((group & 1) === 1 && !isPrefix(text, at)) own = 0
      group = 0
    }
    if (group > LONGEST_GROUP) own = 0
  }
  return undefined
}

/** Where what belongs together begins. */
function startOf(text: string, from: number, least: number): number {
  let start = from
  while (start > least && classAt(text, start - 1) > 0) start -= 1
  return start
}

function isPrefix(text: string, at: number): boolean {
  return (text.charCodeAt(at) | 0x20) === 0x78 && text.charCodeAt(at - 1) === 0x30
}

/** One or more lines. */
class Dump {
  digits = 0
  /** How often something stands between digits. */
  gaps = 0
  readonly end: number
  readonly #text: string
  readonly #parts: Part[] = []

  constructor(text: string, start: number) {
    this.#text = text
    let next: number | undefined = start
    while (next !== undefined) next = this.#readPart(next)
    const end = this.#parts.at(-1)?.end ?? start
    this.end = isCutLine(text, end) ? text.length : end
  }

  read(): Reading {
    const text = this.#text
    const made = new ReadingWriter()
    for (const { start, end } of this.#parts)
      for (let at = start; at < end; at += 1) {
        if (classAt(text, at) === 1) made.write(text.charCodeAt(at) | 0x20, at, at + 1)
        else if (isPrefix(text, at) && made.length > 0) made.unwrite()
      }
    // The text ends before the x, perhaps.
    if (made.last === 0x30 && classAt(text, text.length - 2) !== 1 && text.endsWith('0')) made.unwrite()
    return made.reading(this.end)
  }

  /** Where the next one starts. */
  #readPart(start: number): number | undefined {
    const text = this.#text
    let own = 0
    let wasGap = false
    for (let at = start; ; at += 1) {
      const kind = classAt(text, at)
      const mayEnd = own >= SHORTEST_LINE && isLineEnd(text, at)
      const next = mayEnd ? nextLine(text, at) : undefined
      if (kind === 0 || next !== undefined || (mayEnd && isCutLine(text, at))) {
        this.#parts.push({ start, end: at })
        return next
      }
      if (kind === 1) {
        if (wasGap && this.digits > 0) this.gaps += 1
        this.digits += 1
        own += 1
      }
      wasGap = kind !== 1
    }
  }
}

function isLineEnd(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  if (code === 0x0a || code === 0x0d) return true
  return code === 0x20 && text.charCodeAt(at + 1) === 0x20 && classAt(text, at - 1) === 1
}

/** Where the bytes of the next line start, where this one ends here. */
function nextLine(text: string, at: number): number | undefined {
  NEXT_LINE.lastIndex = at
  return NEXT_LINE.test(text) ? NEXT_LINE.lastIndex : undefined
}

function isCutLine(text: string, at: number): boolean {
  CUT_LINE.lastIndex = at
  return CUT_LINE.test(text)
}
