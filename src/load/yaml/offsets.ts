import { doubleQuotedOffsets, flowOffsets } from './flow-offsets.ts'
import type { YamlScalar } from './tree.ts'

/**
 * For each character of a scalar's text its offset in the file, and one more for the end. A fold or line end stands
 * where the line it ends stops; an escape where its backslash is. Empty where a scalar's text can't be retraced.
 */
export function textOffsets(source: string, scalar: YamlScalar): readonly number[] {
  const offsets = retrace(source, scalar)
  return offsets.length === scalar.text.length + 1 ? offsets : []
}

function retrace(source: string, scalar: YamlScalar): number[] {
  switch (scalar.style) {
    case 'plain':
      return flowOffsets(source, scalar.start, scalar.end, 1)
    case 'single':
      return flowOffsets(source, scalar.start + 1, scalar.end - 1, 2)
    case 'double':
      return doubleQuotedOffsets(source, scalar.start + 1, scalar.end - 1)
    case 'literal':
    case 'folded':
      return blockOffsets(source, scalar)
  }
}

/**
 * Block text: each line that isn't empty stands in the value as it is, without its indentation; between them are
 * line ends, or one space where they were folded.
 */
function blockOffsets(source: string, scalar: YamlScalar): number[] {
  const { text, block } = scalar
  if (block === undefined) return []
  const offsets: number[] = []
  let lastEnd = block.start
  const hasText = /[^\n]/.test(text)
  for (const { from, to } of hasText ? blockLines(source, block, scalar.end) : []) {
    if (offsets.length >= text.length) break
    while (text[offsets.length] === '\n') offsets.push(lastEnd)
    if (text[offsets.length] === ' ' && source[from] !== ' ') offsets.push(lastEnd)
    if (!text.startsWith(source.slice(from, to), offsets.length)) return []
    for (let at = from; at < to; at++) offsets.push(at)
    lastEnd = to
  }
  while (offsets.length <= text.length) offsets.push(lastEnd)
  return offsets
}

/** The lines of a block that hold anything beyond its indentation, without their line ends. */
function* blockLines(
  source: string,
  block: { readonly start: number; readonly indent: number },
  end: number,
): Generator<{ readonly from: number; readonly to: number }> {
  let start = block.start
  while (start < end) {
    const found = source.indexOf('\n', start)
    const newline = found === -1 ? source.length : found
    const to = source[newline - 1] === '\r' ? newline - 1 : newline
    if (start + block.indent < to) yield { from: start + block.indent, to }
    start = newline + 1
  }
}
