import type { Where } from '../model/problem.ts'
import { escapeText } from './escape.ts'
import { textWidth } from './width.ts'

/** Of a longer line the part around the mark is shown, with so many characters before and after its start. */
const BEFORE = 60
const AFTER = 100
const TAB = '    '

/**
 * The source line and a caret line below it, as wide as what is marked; none where the line is not known. Tabs become
 * spaces and wide characters count two columns, so that the carets stand where a terminal shows the text.
 */
export function codeFrame(where: Where, mark: (carets: string) => string): readonly string[] {
  if (where.source === undefined) return []
  const start = where.col - 1
  const from = start > BEFORE + AFTER ? start - BEFORE : 0
  const to = Math.min(where.source.length, start + AFTER)
  const end = Math.max(start, Math.min(start + (where.length ?? 1), to))
  const before = `${from > 0 ? '…' : ''}${shown(where.source.slice(from, start))}`
  const marked = shown(where.source.slice(start, end))
  const after = `${shown(where.source.slice(end, to))}${to < where.source.length ? '…' : ''}`
  const gutter = String(where.line).padStart(5)
  const carets = '^'.repeat(Math.max(1, textWidth(marked)))
  return [
    `${gutter} | ${before}${marked}${after}`.trimEnd(),
    `${' '.repeat(gutter.length)} | ${' '.repeat(textWidth(before))}${mark(carets)}`,
  ]
}

function shown(text: string): string {
  return escapeText(text.replaceAll('\t', TAB))
}
