import { type Reading, ReadingWriter } from './reading.ts'

/**
 * Reads those parts of a text where what has only letters and digits goes on in the next line, as base64, base32 and
 * xxd -p write what is long: without the line ends, also where those are spelled `\n`.
 * @param most more characters of the first and of the last line are not needed
 */
export function readJoined(text: string, most: number): readonly Reading[] {
  const readings: Reading[] = []
  for (const lineEnd of LINE_ENDS)
    for (let at = text.indexOf(lineEnd); at >= 0; ) {
      const runs = runsAround(text, at, most)
      if (runs.length > 1) readings.push(readRuns(text, runs))
      at = text.indexOf(lineEnd, Math.max(at + 1, runs.at(-1)?.end ?? 0))
    }
  const cut = CUT_ENDS.find(end => text.endsWith(end))
  const runs = cut === undefined ? NONE : runsAround(text, text.length - cut.length, most)
  if (runs.length > 0) readings.push(readRuns(text, runs))
  return readings
}

const LINE_ENDS = ['\n', '\\n']
/** What the end of a text may leave of one. */
const CUT_ENDS = ['\\r\\', '\\r', '\\', '\r']
/** Shorter lines than this are words. */
const SHORTEST_LINE = 16

/** Letters and digits side by side. */
interface Run {
  readonly start: number
  readonly end: number
}

const NONE: readonly Run[] = []
const BREAK = /(?:\r?\n[ \t]*|(?:\\r)?\\n[ \t]*|(?:\\r\\|\\r|\\|\r)$)/y

const IN_RUN = Uint8Array.from({ length: 128 }, (_, code) =>
  /[\w+/=-]/.test(String.fromCharCode(code)) ? 1 : 0,
)

function isInRun(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return code < IN_RUN.length && IN_RUN[code] === 1
}

/** Those of the lines from the one on that ends at a place; none where that ends otherwise. */
function runsAround(text: string, at: number, most: number): readonly Run[] {
  const end = endBefore(text, at)
  let start = end
  while (start > 0 && end - start < most && isInRun(text, start - 1)) start -= 1
  return start < end && (start === 0 || end - start >= SHORTEST_LINE) ? runsFrom(text, start, most) : NONE
}

/** Without a carriage return. */
function endBefore(text: string, at: number): number {
  if (text.charCodeAt(at - 1) === 0x0d) return at - 1
  return text.charCodeAt(at) === 0x5c && text.startsWith('\\r', at - 2) ? at - 2 : at
}

function runsFrom(text: string, first: number, most: number): readonly Run[] {
  const runs: Run[] = []
  for (let start = first; ; ) {
    let end = start
    while (isInRun(text, end)) end += 1
    BREAK.lastIndex = end
    const goesOn = end > start && BREAK.test(text)
    // What a blank follows is a word of another line.
    if (runs.length > 0 && !goesOn && text[end] === ' ') return runs
    if (end > start || start === text.length)
      runs.push({ start, end: goesOn ? end : Math.min(end, start + most) })
    if (!goesOn) return runs
    start = BREAK.lastIndex
  }
}

function readRuns(text: string, runs: readonly Run[]): Reading {
  const made = new ReadingWriter()
  for (const { start, end } of runs)
    for (let at = start; at < end; at += 1) made.write(text.charCodeAt(at), at, at + 1)
  return made.reading(runs.at(-1)?.end ?? 0)
}
