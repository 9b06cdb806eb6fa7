import type { CST } from 'yaml'
import { type Collection, type Entry, entriesOf } from './outline.ts'

export interface Comment {
  readonly offset: number
  /** With its `#`. */
  readonly text: string
}

/** All comments of a file, in order. */
export function commentsIn(tokens: readonly CST.Token[]): Comment[] {
  const found = new Map<number, string>()
  const visit = (part: unknown): void => {
    if (typeof part !== 'object' || part === null) return
    const { type, offset, source } = part as { type?: unknown; offset?: unknown; source?: unknown }
    if (type === 'comment' && typeof offset === 'number') found.set(offset, String(source).trimEnd())
    else for (const inner of Array.isArray(part) ? part : Object.values(part)) visit(inner)
  }
  visit(tokens)
  return [...found].map(([offset, text]) => ({ offset, text })).sort((a, b) => a.offset - b.offset)
}

interface Located {
  readonly entry: Entry
  readonly around: readonly Collection[]
}

/**
 * Gives each comment to the entry that it belongs to: what stands beside an entry to that, what stands above one and
 * is not moved in further to that, and what is moved in to the end of the collection that begins in its column.
 * Blank lines stay above what they stand above, one where there are several.
 */
export function attachComments(root: Collection, comments: readonly Comment[], text: string): void {
  const entries = [...entriesOf(root)]
  let next = 0
  for (const comment of comments) {
    while ((entries[next]?.entry.start ?? Number.POSITIVE_INFINITY) < comment.offset) next += 1
    attach(comment, entries[next - 1], entries[next], root, text)
  }
  for (const { entry } of entries) {
    if (isOnOwnLine(text, entry.start) && isBlankAbove(text, entry.start)) entry.above.push('')
  }
}

function attach(
  { offset, text: comment }: Comment,
  before: Located | undefined,
  after: Located | undefined,
  root: Collection,
  text: string,
): void {
  const own = isOnOwnLine(text, offset)
  if (!own && before !== undefined) {
    before.entry.beside.push(comment)
    return
  }
  const lines = own && isBlankAbove(text, offset) ? ['', comment] : [comment]
  placeOf(offset, offset - lineStart(text, offset), before, after, root).push(...lines)
}

function placeOf(
  offset: number,
  column: number,
  before: Located | undefined,
  after: Located | undefined,
  root: Collection,
): string[] {
  if (before !== undefined && !isCollection(before.entry) && offset < before.entry.stop)
    return before.entry.above
  const isFirstInside =
    after !== undefined && after.around[0] !== undefined && before?.entry.value === after.around[0]
  if (after !== undefined && (before === undefined || isFirstInside || column <= after.entry.column)) {
    return after.entry.above
  }
  const innermost = before?.around.find(candidate => candidate.column <= column)
  // The dashes of a list may stand in the column of the key above it: then that key's map is meant.
  const collection = before?.around.findLast(({ column: other }) => other === innermost?.column) ?? root
  if (after?.around.includes(collection)) return after.entry.above
  return collection.end
}

function isCollection({ value }: Entry): boolean {
  return value.kind === 'map' || value.kind === 'list'
}

function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1
}

function isOnOwnLine(text: string, offset: number): boolean {
  return text.slice(lineStart(text, offset), offset).trim() === ''
}

function isBlankAbove(text: string, offset: number): boolean {
  const end = lineStart(text, offset) - 1
  return end >= 0 && text.slice(lineStart(text, end), end).trim() === ''
}
