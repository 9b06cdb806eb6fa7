import { type Value, WrittenNumber } from '../model/value.ts'
import { isList, isMap } from './cel-value.ts'

/** `JSON.parse` hands a reviver the source of each number (ES2026), which its types do not know yet. */
type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown

const keepNumbers: Reviver = (_key, value, { source }) =>
  typeof value === 'number' ? new WrittenNumber(source ?? String(value)) : value

/** JSON text as a value, numbers as they were written; undefined where it is no JSON. */
export function parseJsonValue(text: string): Value | undefined {
  try {
    return JSON.parse(text, keepNumbers as (key: string, value: unknown) => unknown) as Value
  } catch {
    return undefined
  }
}

/** How deep the lists and maps of a JSON text are nested; of any other text some number. Linear. */
export function jsonDepth(text: string): number {
  let depth = 0
  let deepest = 0
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    if (char === '"') {
      while (++at < text.length && text[at] !== '"') if (text[at] === '\\') at++
    } else if (char === '{' || char === '[') deepest = Math.max(deepest, ++depth)
    else if (char === '}' || char === ']') depth--
  }
  return deepest
}

/** JSON text of a value, on one line; numbers that JSON can hold stand as they were written, others as strings. */
export function jsonText(value: Value): string {
  if (WrittenNumber.is(value))
    return /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(value.text)
      ? value.text
      : JSON.stringify(value.text)
  if (isList(value)) return `[${value.map(jsonText).join(',')}]`
  if (!isMap(value)) return JSON.stringify(value)
  return `{${Object.entries(value)
    .map(([key, item]) => `${JSON.stringify(key)}:${jsonText(item)}`)
    .join(',')}}`
}
