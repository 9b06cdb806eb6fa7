import { type Reading, ReadingWriter } from './reading.ts'

/**
 * What begins an escape besides a backslash and a `&`: a percent sign as in URLs, or an equals sign as in mail
 * (quoted-printable, RFC 2045).
 */
export type EscapeSign = '%' | '='

/** Escapes in what was escaped before are undone, too: a command in JSON in a URL. */
const ROUNDS = 4

/**
 * A text without what quotes and escapes: its UTF-8 bytes, without quotes, dollar signs, backslashes and control
 * characters, a plus sign for each run of white space, and bytes for `\303`, `\xc3`, `\u00e9`, `%C3`, `&eacute;` by number
 * and their like. Of `\n` the letter stays. What it leaves of a secret is the same however that was quoted, and how often.
 */
export function readLoosely(
  text: string,
  { sign = '%', from = 0, end = text.length, isCut = false }: LooseOptions = {},
): Reading {
  let reading = new Round(text.slice(from, end), sign, 'text', isCut).read()
  for (let round = 1; AGAIN[sign].test(reading.text) && round < ROUNDS; round += 1)
    reading = through(reading, new Round(reading.text, sign, 'bytes', isCut).read())
  const moved = (at: number) => at + from
  return {
    ...{ text: reading.text, starts: reading.starts.map(moved), ends: reading.ends.map(moved) },
    ...{ end, cut: moved(reading.cut) },
  }
}

export interface LooseOptions {
  readonly sign?: EscapeSign
  /** Where the part that is read starts. */
  readonly from?: number
  readonly end?: number
  /** The text may go on: an escape that its end cuts off is left out. */
  readonly isCut?: boolean
}

/** A reading of a reading, as one of what that reads. */
function through(first: Reading, { text, starts, ends, cut }: Reading): Reading {
  return {
    text,
    starts: starts.map(start => first.starts[start] as number),
    ends: ends.map(end => first.ends[end - 1] as number),
    end: first.end,
    cut: first.starts[cut] ?? first.cut,
  }
}

const BACKSLASH =
  /\\+(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})(?:\\+u([dD][c-fC-F][\da-fA-F]{2}))?|u\{([\da-fA-F]{1,6})\}|U([\da-fA-F]{8})|([0-3][0-7]{2})|\r?\n[ \t]*)?/y
const PERCENT = /%(?:([\da-fA-F]{2})|u([\da-fA-F]{4}))/y
const EQUALS = /=(?:([\dA-F]{2})|[ \t]*\r?\n)/y
const ENTITY = /&(?:#0*(\d{1,7})|#x0*([\da-f]{1,6})|(amp|lt|gt|quot|apos));/iy
/** There are escapes in what escapes spelled, or between what was left out. */
const AGAIN: Readonly<Record<EscapeSign, RegExp>> = {
  '%': /[\\%]|&[#\w]+;|&[#\w]*$/,
  '=': /\\|=[\dA-F]{2}|&[#\w]+;|&[#\w]*$/,
}
const NAMED: Readonly<Record<string, number>> = { amp: 0x26, lt: 0x3c, gt: 0x3e, quot: 0x22, apos: 0x27 }
/** What may become an escape, at the end of a text. */
const CUT: Readonly<Record<EscapeSign, RegExp>> = {
  '%': /(?:\\+(?:x[\da-fA-F]?|u[\da-fA-F]{0,3}|u[dD][89abAB][\da-fA-F]{2}(?:\\+(?:u[\da-fA-F]{0,3})?)?|u\{[\da-fA-F]{0,6}|U[\da-fA-F]{0,7}|[0-3][0-7]?|\r)?|%[\da-fA-F]?|%u[\da-fA-F]{0,3}|&#?\w{0,8})$/,
  '=': /=(?:[\dA-F]?|[ \t]*\r?)$/,
}
/** Nothing that `CUT` finds is longer, but for backslashes. */
const LONGEST_CUT = 24

/** Where an escape may be that the end of a text cuts off: the text's length where there is none. */
function cutEscape(text: string, sign: EscapeSign): number {
  const from = Math.max(0, text.length - LONGEST_CUT)
  if (!hasSign(text, from, sign)) return text.length
  const at = text.slice(from).search(CUT[sign])
  if (at < 0) return text.length
  let start = from + at
  while (text[start] === '\\' && text[start - 1] === '\\') start -= 1
  return start
}

function hasSign(text: string, from: number, sign: EscapeSign): boolean {
  const own = sign.charCodeAt(0)
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === 0x5c || code === 0x26 || code === own) return true
  }
  return false
}

class Round {
  readonly #text: string
  readonly #sign: EscapeSign
  readonly #kind: 'text' | 'bytes'
  readonly #isCut: boolean
  readonly #made = new ReadingWriter()
  /** How much was made with the last run of white space: no more where it goes on. */
  #white = -1

  constructor(text: string, sign: EscapeSign, kind: 'text' | 'bytes', isCut: boolean) {
    this.#isCut = isCut
    this.#text = text
    this.#sign = sign
    this.#kind = kind
  }

  read(): Reading {
    const text = this.#text
    const end = this.#isCut ? cutEscape(text, this.#sign) : text.length
    for (let at = 0; at < end; ) {
      const code = text.charCodeAt(at)
      if (code === 0x5c) at = this.#backslash(at)
      else if (code === 0x25 && this.#sign === '%') at = this.#percent(at)
      else if (code === 0x3d && this.#sign === '=') at = this.#equals(at)
      else if (code === 0x26) at = this.#entity(at)
      else at = this.#plain(at, code)
    }
    return this.#made.reading(text.length, end)
  }

  #plain(at: number, code: number): number {
    if (code < 0x80 || this.#kind === 'bytes') {
      this.#unit(code, at, at + 1)
      return at + 1
    }
    const point = this.#text.codePointAt(at) as number
    const end = at + (point > 0xffff ? 2 : 1)
    this.#point(point, at, end)
    return end
  }

  #backslash(at: number): number {
    const { end, groups } = matchAt(BACKSLASH, this.#text, at)
    const [byte, unit, low, point, long, octal] = groups
    if (byte !== undefined) this.#escaped(Number.parseInt(byte, 16), at, end)
    else if (octal !== undefined) this.#escaped(Number.parseInt(octal, 8), at, end)
    else if (unit !== undefined) this.#units(unit, low, at, end)
    else if (point !== undefined || long !== undefined)
      this.#point(Number.parseInt(point ?? long ?? '', 16), at, end)
    return end
  }

  /** One or two of UTF-16. */
  #units(unit: string, low: string | undefined, at: number, end: number): void {
    const codes = [unit, low].filter(code => code !== undefined).map(code => Number.parseInt(code, 16))
    for (const char of String.fromCharCode(...codes)) this.#point(char.codePointAt(0) as number, at, end)
  }

  #percent(at: number): number {
    const { end, groups } = matchAt(PERCENT, this.#text, at)
    const [byte, unit] = groups
    if (byte !== undefined) this.#escaped(Number.parseInt(byte, 16), at, end)
    else if (unit !== undefined) this.#point(Number.parseInt(unit, 16), at, end)
    return end
  }

  #equals(at: number): number {
    const { end, groups } = matchAt(EQUALS, this.#text, at)
    const [byte] = groups
    if (byte !== undefined) this.#escaped(Number.parseInt(byte, 16), at, end)
    else if (end === at + 1) this.#unit(0x3d, at, end)
    return end
  }

  #entity(at: number): number {
    const { end, groups } = matchAt(ENTITY, this.#text, at)
    const [decimal, hex, name] = groups
    if (decimal !== undefined) this.#point(Number(decimal), at, end)
    else if (hex !== undefined) this.#point(Number.parseInt(hex, 16), at, end)
    else if (name !== undefined) this.#escaped(NAMED[name.toLowerCase()] as number, at, end)
    else this.#unit(0x26, at, end)
    return end
  }

  #point(point: number, at: number, end: number): void {
    if (point < 0x80) this.#escaped(point, at, end)
    else if (point <= 0x10_ff_ff)
      for (const byte of Buffer.from(String.fromCodePoint(point))) this.#made.write(byte, at, end)
  }

  /** What an escape spells may begin another one. */
  #escaped(byte: number, at: number, end: number): void {
    const begins = byte === 0x5c || byte === 0x26 || byte === this.#sign.charCodeAt(0)
    if (begins) this.#made.write(byte, at, end)
    else this.#unit(byte, at, end)
  }

  #unit(byte: number, at: number, end: number): void {
    if (byte >= 0x80) this.#made.write(byte, at, end)
    else if (KEPT[byte] === 1) this.#made.write(byte, at, end)
    else if (KEPT[byte] === 2 && this.#white !== this.#made.length) {
      this.#made.write(BLANK, at, end)
      this.#white = this.#made.length
    }
  }
}

/** A blank is a plus sign, as forms in URLs have it. */
const BLANK = 0x2b

/** Of ASCII: 1 stays, 2 is a blank, 0 is left out. */
const KEPT = Uint8Array.from({ length: 128 }, (_, code) => {
  const char = String.fromCharCode(code)
  if (/\s/.test(char)) return 2
  return code < 0x20 || code === 0x7f || '\'"`$'.includes(char) ? 0 : 1
})

/** One of the sticky patterns above; where it is not there, one unit. */
function matchAt(
  pattern: RegExp,
  text: string,
  at: number,
): { readonly end: number; readonly groups: readonly (string | undefined)[] } {
  pattern.lastIndex = at
  const match = pattern.exec(text)
  if (match === null) return { end: at + 1, groups: [] }
  return { end: pattern.lastIndex, groups: match.slice(1) }
}
