import type { HostCount, Setting } from '../../model/playbook.ts'
import { type Value, WrittenNumber } from '../../model/value.ts'

/** A value as it could stand in a playbook: texts in quotes, numbers as they were written. */
export function valueText(value: Value): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (value === null || typeof value === 'boolean') return String(value)
  if (WrittenNumber.is(value)) return value.text
  if (Array.isArray(value)) return `[${value.map(valueText).join(', ')}]`
  const entries = Object.entries(value).map(([key, item]) => `${key}: ${valueText(item)}`)
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`
}

/** The items that a loop goes over: `each of "ann" and "bob"`, or the expression as it is written. */
export function itemWords({ value }: Setting): string {
  if (typeof value === 'string') return `each item of ${value}`
  if (Array.isArray(value)) return `each of ${some(value.map(valueText))}`
  if (value !== null && typeof value === 'object' && !WrittenNumber.is(value))
    return `each of ${some(Object.keys(value))}`
  return 'each item'
}

const MOST = 5

function some(words: readonly string[]): string {
  if (words.length > MOST) return `${words.slice(0, MOST - 1).join(', ')} and ${words.length - MOST + 1} more`
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}

/** `2 hosts`, `25 % of the hosts`. */
export function hostCountWords({ kind, n }: HostCount): string {
  if (kind === 'percent') return `${n} % of the hosts`
  return n === 1 ? '1 host' : `${n} hosts`
}
