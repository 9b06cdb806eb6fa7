import { textWidth, truncate } from '../width.ts'

/**
 * A step's id in at most `columns`. The keys of loops are shortened first, since they may be any text; what is still
 * too long loses its middle: of `web.packages.install` the end says which step it is.
 */
export function shortId(id: string, columns: number): string {
  if (textWidth(id) <= columns) return id
  const over = textWidth(id) - columns
  const keys = [...id.matchAll(KEY)]
  const room = keys.reduce((sum, [key]) => sum + textWidth(key), 0) - over
  const each = keys.length === 0 ? 0 : Math.floor(room / keys.length)
  if (each >= SHORTEST_KEY) return id.replace(KEY, key => shortKey(key, each))
  const short = id.replace(KEY, key => shortKey(key, SHORTEST_KEY))
  if (textWidth(short) <= columns || !/[.[]/.test(short)) return truncate(short, columns)
  const end = [...short].slice(-Math.floor(columns / 2))
  while (end.length > 0 && textWidth(end.join('')) > columns / 2) end.shift()
  const start = columns - textWidth(end.join(''))
  return truncate(short, start) + end.join('')
}

/** `["…"]`, a text as JSON writes it. */
const KEY = /\["(?:[^"\\]|\\.)*"\]/g

/** As `["ab…"]`. */
const SHORTEST_KEY = 7

function shortKey(key: string, columns: number): string {
  if (textWidth(key) <= columns) return key
  return `["${truncate(key.slice(2, -2), columns - 4)}"]`
}
