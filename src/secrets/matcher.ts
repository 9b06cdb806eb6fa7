/** A place of a text, in UTF-16 units; `end` is behind it. */
export interface Match {
  readonly start: number
  readonly end: number
}

/** What is in a text that may go on. */
export interface Look {
  /** By their starts; they may overlap. */
  readonly matches: readonly Match[]
  /** From where on the text is the beginning of one that may go on behind its end; the text's length where it is not. */
  readonly open: number
}

/** What finds secrets in texts. */
export interface Finder {
  readonly isEmpty: boolean
  /** No secret takes more of a text. */
  readonly reach: number
  /** @param isWhole nothing follows the text */
  look(text: string, isWhole?: boolean): Look
  /** How much of the text's start is the end of one that began before it: 0 where nothing is, or too little to tell. */
  openStart(text: string): number
}

/** No text that is looked for is shorter. In UTF-16 units. */
export const SHORTEST = 4

/** Characters that are looked at together. */
const BLOCK = 4
const NONE: readonly Match[] = []

/** Characters at the start that are looked at before texts are compared. */
const HEAD = 8

/**
 * Finds any of many texts in one pass that leaps over what cannot be one (S. Wu, U. Manber: A fast algorithm for
 * multi-pattern searching, 1994). A fleet may have a password a host.
 */
export class Matcher implements Finder {
  /** Length of the longest text. */
  readonly longest: number
  /** In the order of their UTF-16 units. */
  readonly #sorted: readonly string[]
  /** The same, read from their ends; made when it is needed. */
  #reversed: readonly string[] | undefined
  readonly #window: number
  readonly #mask: number
  /** How far the window may move on, by the block at its end; 0: a text may begin at its start. */
  readonly #leaps: Uint16Array
  readonly #candidates: ReadonlyMap<number, readonly SameLength[]>
  /** Whether a text begins with these characters, as far as all texts have them: few others pass. */
  readonly #heads: Uint8Array
  /** Whether a text begins with a block. */
  readonly #beginnings: Uint8Array
  /** Whether a text begins with a unit; those from 255 on are one. */
  readonly #firsts = new Uint8Array(256)

  /** @param texts each of at least `SHORTEST` characters */
  constructor(texts: Iterable<string>) {
    this.#sorted = inOrder([...new Set(texts)])
    const lengths = this.#sorted.map(({ length }) => length)
    this.longest = lengths.reduce((most, length) => Math.max(most, length), 0)
    this.#window = lengths.reduce((least, length) => Math.min(least, length), 1_000)
    const size = tableSize(this.#sorted.length)
    this.#mask = size - 1
    this.#leaps = new Uint16Array(size).fill(this.#window - BLOCK + 1)
    this.#beginnings = new Uint8Array(size)
    this.#heads = new Uint8Array(size)
    const candidates = new Map<number, string[]>()
    for (const text of this.#sorted) {
      const hash = this.#learn(text)
      const others = candidates.get(hash)
      if (others === undefined) candidates.set(hash, [text])
      else others.push(text)
    }
    this.#candidates = new Map([...candidates].map(([hash, texts]) => [hash, byLength(texts)]))
  }

  get isEmpty(): boolean {
    return this.#sorted.length === 0
  }

  get reach(): number {
    return this.longest
  }

  /** The first match that starts at `from` or later; of several that start there, the longest. */
  find(text: string, from: number): Match | undefined {
    if (this.isEmpty) return undefined
    const window = this.#window
    const leaps = this.#leaps
    const mask = this.#mask
    for (let last = from + window - 1; last < text.length; ) {
      const hash =
        ((text.charCodeAt(last - 3) << 18) ^
          (text.charCodeAt(last - 2) << 12) ^
          (text.charCodeAt(last - 1) << 6) ^
          text.charCodeAt(last)) &
        mask
      const leap = leaps[hash] as number
      if (leap > 0) {
        last += leap
        continue
      }
      const start = last - window + 1
      if (this.#heads[this.#headHash(text, start)] === 0) {
        last += 1
        continue
      }
      const found = this.#candidates.get(hash)?.find(candidates => isOneOf(candidates, text, start))
      if (found !== undefined) return { start, end: start + found.length }
      last += 1
    }
    return undefined
  }

  look(text: string): Look {
    return { matches: this.matches(text), open: this.openEnd(text) }
  }

  /** At each place the longest. */
  matches(text: string): readonly Match[] {
    let match = this.find(text, 0)
    if (match === undefined) return NONE
    const matches: Match[] = []
    // One may begin inside of another.
    for (; match !== undefined; match = this.find(text, match.start + 1)) matches.push(match)
    return matches
  }

  /** See `Look`. */
  openEnd(text: string): number {
    if (this.isEmpty) return text.length
    for (let at = Math.max(0, text.length - this.longest + 1); at < text.length; at += 1)
      if (this.#mayBegin(text, at) && isBeginning(text.slice(at), this.#sorted)) return at
    return text.length
  }

  openStart(text: string): number {
    this.#reversed ??= inOrder(this.#sorted.map(reversed))
    const most = Math.max(0, Math.min(this.longest - 1, text.length))
    const back = reversed(text.slice(0, most))
    for (let length = most; length >= SHORTEST; length -= 1)
      if (isBeginning(back.slice(most - length), this.#reversed)) return length
    return 0
  }

  /** @returns the hash that the text is a candidate for */
  #learn(text: string): number {
    const last = this.#window - BLOCK
    for (let at = 0; at <= last; at += 1) {
      const hash = this.#hash(text, at)
      this.#leaps[hash] = Math.min(this.#leaps[hash] as number, last - at)
    }
    this.#beginnings[this.#hash(text, 0)] = 1
    this.#firsts[Math.min(255, text.charCodeAt(0))] = 1
    this.#heads[this.#headHash(text, 0)] = 1
    return this.#hash(text, last)
  }

  #hash(text: string, at: number): number {
    const [first, second] = [text.charCodeAt(at), text.charCodeAt(at + 1)]
    const [third, fourth] = [text.charCodeAt(at + 2), text.charCodeAt(at + 3)]
    return ((first << 18) ^ (second << 12) ^ (third << 6) ^ fourth) & this.#mask
  }

  #headHash(text: string, at: number): number {
    const end = at + Math.min(this.#window, HEAD)
    let hash = 0
    for (let index = at; index < end; index += 1) hash = (Math.imul(hash, 31) + text.charCodeAt(index)) | 0
    return (hash ^ (hash >>> 15)) & this.#mask
  }

  #mayBegin(text: string, at: number): boolean {
    if (this.#firsts[Math.min(255, text.charCodeAt(at))] === 0) return false
    return at + BLOCK > text.length || this.#beginnings[this.#hash(text, at)] === 1
  }
}

/** Candidates of one length. Lines of one secret may begin alike, and be thousands. */
interface SameLength {
  readonly length: number
  /** Few are compared one by one. */
  readonly few: readonly string[]
  readonly many: ReadonlySet<string> | undefined
}

const FEW = 8

/** The longest first. */
function byLength(texts: readonly string[]): readonly SameLength[] {
  const groups = Map.groupBy(texts, ({ length }) => length)
  return [...groups]
    .sort(([a], [b]) => b - a)
    .map(([length, same]) =>
      same.length > FEW ? { length, few: [], many: new Set(same) } : { length, few: same, many: undefined },
    )
}

function isOneOf({ length, few, many }: SameLength, text: string, start: number): boolean {
  if (many !== undefined) return many.has(text.slice(start, start + length))
  return few.some(candidate => text.startsWith(candidate, start))
}

/** Whether one of sorted texts begins so, and goes on. */
function isBeginning(end: string, sorted: readonly string[]): boolean {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] as string) <= end) low = middle + 1
    else high = middle
  }
  return sorted[low]?.startsWith(end) === true
}

function inOrder(texts: readonly string[]): readonly string[] {
  return [...texts].sort()
}

/** By UTF-16 units. */
function reversed(text: string): string {
  return text.split('').reverse().join('')
}

/** A power of two, so large that most blocks of other texts are not in the table. */
function tableSize(texts: number): number {
  return 2 ** Math.min(22, Math.max(14, Math.ceil(Math.log2(texts * 16))))
}
