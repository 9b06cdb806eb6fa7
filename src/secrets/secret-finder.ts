import { EscapedReader } from './escaped-reading.ts'
import type { SecretForms } from './forms.ts'
import { readHex } from './hex-reading.ts'
import { readJoined } from './joined-reading.ts'
import { readLoosely } from './loose-reading.ts'
import { type Finder, type Look, type Match, Matcher } from './matcher.ts'
import { matchesIn, openIn, type Reading } from './reading.ts'

/** No secret is spelled by more characters of a text for each of its own. */
const WIDEST = 12

/** Finds secrets as they stand in a text, and in readings of those of its parts that are worth one. */
export class SecretFinder implements Finder {
  readonly #exact: Matcher
  readonly #loose: Matcher
  readonly #escaped: EscapedReader
  /** Of the shortest one, in UTF-8. */
  readonly #bytes: number

  /** @param forms of each secret */
  constructor(forms: readonly SecretForms[]) {
    const loose = forms.flatMap(form => form.loose)
    this.#exact = new Matcher(forms.flatMap(({ exact }) => exact))
    this.#loose = new Matcher(loose)
    this.#escaped = new EscapedReader(loose)
    this.#bytes = forms.reduce((least, { bytes }) => Math.min(least, bytes), Number.POSITIVE_INFINITY)
  }

  get isEmpty(): boolean {
    return this.#exact.isEmpty
  }

  get reach(): number {
    return Math.max(this.#exact.longest, this.#loose.longest) * WIDEST
  }

  look(text: string, isWhole = false): Look {
    const exact = this.#exact.look(text)
    if (this.#exact.isEmpty) return exact
    const hex = readHex(text, this.#bytes)
    const joined = readJoined(text, this.#exact.longest)
    const escaped = this.#escaped.read(text, !isWhole)
    if (hex.length + joined.length + escaped.length === 0) return exact
    const look = { matches: [...exact.matches], open: exact.open }
    for (const reading of [...hex, ...joined]) add(look, text, reading, this.#exact)
    for (const reading of escaped) add(look, text, reading, this.#loose)
    look.matches.sort((a, b) => a.start - b.start)
    return look
  }

  openStart(text: string): number {
    const start = text.slice(0, this.reach)
    const readings = [...readHex(start, this.#bytes), ...readJoined(start, this.#exact.longest)]
    return Math.max(
      this.#exact.openStart(start),
      ...readings.filter(({ starts }) => starts[0] === 0).map(reading => openStartIn(reading, this.#exact)),
      ...readingsBehindEscape(start).map(reading => openStartIn(reading, this.#loose)),
    )
  }
}

/** Adds what a reading of a part of a text shows. */
function add(
  look: { readonly matches: Match[]; open: number },
  text: string,
  reading: Reading,
  matcher: Matcher,
): void {
  look.matches.push(...matchesIn(reading, matcher, text))
  look.open = Math.min(look.open, openIn(reading, matcher, text))
}

function openStartIn({ text, ends }: Reading, matcher: Matcher): number {
  const length = matcher.openStart(text)
  return length === 0 ? 0 : (ends[length - 1] as number)
}

/** What starts a text may be the rest of an escape, of whatever length. */
function readingsBehindEscape(start: string): readonly Reading[] {
  if (!/[\\%&=]/.test(start)) return []
  const [rest = ''] = /^(?:[\w#{};]|\\(?=\\)){0,10}/.exec(start) ?? []
  return Array.from({ length: rest.length + 1 }, (_, at) => at).flatMap(at => [
    readLoosely(start, { from: at }),
    readLoosely(start, { sign: '=', from: at }),
  ])
}
