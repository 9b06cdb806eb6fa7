import { WrittenNumber } from '../model/value.ts'

/** The text that a `Value` or what CEL gave interpolates as; undefined where it has none. */
export function scalarText(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return value
    case 'boolean':
    case 'bigint':
      return String(value)
    case 'number':
      return Number.isFinite(value) ? String(value) : undefined
    case 'object':
      return WrittenNumber.is(value) ? value.text : undefined
    default:
      return undefined
  }
}
