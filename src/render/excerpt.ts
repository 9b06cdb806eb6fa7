import type { Captured } from '../model/outcome.ts'
import { count, formatBytes } from '../model/quantity.ts'
import { escapeText } from './escape.ts'

/** How much of a failed command's output is shown: first lines tell what it did, last ones why it ended. */
const HEAD_LINES = 4
const TAIL_LINES = 12
const LINE_LENGTH = 400

/** The head and the tail of an output as escaped lines, with a line that says how much is left out between. */
export function excerpt(captured: Captured): readonly string[] {
  const head = toLines(captured.head)
  if (!captured.truncated) {
    const hidden = head.length - HEAD_LINES - TAIL_LINES
    if (hidden <= 1) return head.map(shorten)
    return [
      ...head.slice(0, HEAD_LINES).map(shorten),
      `… ${count(hidden, 'line')} left out …`,
      ...head.slice(-TAIL_LINES).map(shorten),
    ]
  }
  const first = head.slice(0, HEAD_LINES)
  const last = toLines(captured.tail).slice(-TAIL_LINES)
  const shown = [...first, ...last].reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0)
  return [
    ...first.map(shorten),
    `… ${formatBytes(Math.max(0, captured.bytes - shown))} left out …`,
    ...last.map(shorten),
  ]
}

function toLines(text: string): string[] {
  const lines = text.split(/\r\n|\n|\r/)
  while (lines.length > 0 && lines.at(-1)?.trim() === '') lines.pop()
  return lines
}

function shorten(line: string): string {
  if (line.length <= LINE_LENGTH) return escapeText(line, 'tabs')
  return `${escapeText(line.slice(0, LINE_LENGTH), 'tabs')}… (${count(line.length - LINE_LENGTH, 'more character')})`
}
