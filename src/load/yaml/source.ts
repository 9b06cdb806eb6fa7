import type { Where } from '../../model/problem.ts'

/** A file's text, and what it takes to tell places in it. Offsets count UTF-16 units from 0. */
export interface LinedText {
  /** The file as the user named it. */
  readonly file: string
  readonly text: string
  /** Offset of each line's first character. */
  readonly lineStarts: readonly number[]
}

export function linedText(file: string, text: string): LinedText {
  const lineStarts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lineStarts.push(at + 1)
  return { file, text, lineStarts }
}

/** The place from `start` up to `end`, or to the end of the line where that comes first. */
export function placeAt(source: LinedText, start: number, end: number = start + 1): Where {
  const line = lineAt(source, start)
  const lineStart = source.lineStarts[line] ?? 0
  const text = lineText(source, line)
  return {
    file: source.file,
    line: line + 1,
    col: start - lineStart + 1,
    length: Math.max(1, Math.min(end, lineStart + text.length) - start),
    source: text,
  }
}

/** Index of the line that holds `offset`, from 0: a binary search. */
function lineAt({ lineStarts }: LinedText, offset: number): number {
  let low = 0
  let high = lineStarts.length
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if ((lineStarts[middle] ?? 0) <= offset) low = middle
    else high = middle
  }
  return low
}

/** A line by its index, without its line end. */
function lineText({ text, lineStarts }: LinedText, line: number): string {
  const end = lineStarts[line + 1]
  const raw = text.slice(lineStarts[line], end === undefined ? text.length : end - 1)
  return raw.endsWith('\r') ? raw.slice(0, -1) : raw
}
