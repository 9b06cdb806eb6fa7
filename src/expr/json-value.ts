import type { Value } from '../model/value.ts'

/** `JSON.parse` hands a reviver the source of each number (ES2026), which its types do not know yet. */
type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown

const keepNumbers: Reviver = (_key, value, { source }) =>
  typeof value === 'number' ? { kind: 'number', text: source ?? String(value) } : value

/** JSON text as a value, numbers as they were written; undefined where it is no JSON. */
export function parseJsonValue(text: string): Value | undefined {
  try {
    return JSON.parse(text, keepNumbers as (key: string, value: unknown) => unknown) as Value
  } catch {
    return undefined
  }
}
