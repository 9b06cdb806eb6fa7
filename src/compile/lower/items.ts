import { isList, isMap } from '../../expr/cel-value.ts'
import type { Value } from '../../model/value.ts'
import type { Hosts } from './block.ts'

/** The items of a loop, worked out for every host of it. */
export interface Items {
  /** As they stand in ids, in order: `0`, `"ann"`. */
  readonly labels: readonly string[]
  /** Undefined where the host has no such item. */
  readonly value: (host: number, index: number) => Value | undefined
  /** The hosts that have the item; undefined: all of the loop's. */
  readonly hosts: (index: number) => Hosts | undefined
}

export const NO_ITEMS: Items = { labels: [], value: () => undefined, hosts: () => undefined }

/** The same items on every host. */
export function sameItems(value: Value): Items {
  const entries = entriesOf(value)
  return {
    labels: entries.map(([label]) => label),
    value: (_, index) => entries[index]?.[1],
    hosts: () => undefined,
  }
}

/** Items that differ: `values` are the hosts' own lists or maps. Labels are in the order in which they first occur. */
export function itemsOfHosts(hosts: Hosts, values: readonly Value[]): Items {
  const having = new Map<string, number[]>()
  const byHost: Value[] = []
  for (const [at, host] of hosts.entries()) {
    const own = values[at] ?? null
    byHost[host] = own
    for (const label of labelsOf(own)) {
      const known = having.get(label)
      if (known === undefined) having.set(label, [host])
      else known.push(host)
    }
  }
  const labels = [...having.keys()]
  const keys = labels.map(label => JSON.parse(label) as string | number)
  const lists = Array.from(having.values(), list =>
    list.length === hosts.length ? undefined : Uint32Array.from(list),
  )
  return {
    labels,
    value: (host, index) => itemAt(byHost[host] ?? null, keys[index] ?? 0),
    hosts: index => lists[index],
  }
}

function labelsOf(value: Value): readonly string[] {
  if (isList(value)) return Array.from(value, (_, index) => String(index))
  return isMap(value) ? Object.keys(value).map(key => JSON.stringify(key)) : []
}

/** By a number from a list, by a text from a map. */
function itemAt(value: Value, key: string | number): Value | undefined {
  if (isList(value)) return typeof key === 'number' ? value[key] : undefined
  if (!isMap(value) || typeof key === 'number' || !Object.hasOwn(value, key)) return undefined
  return { key, value: value[key] ?? null }
}

/** Items by their labels: an item of a map is itself a map with `key` and `value`. */
function entriesOf(value: Value): readonly (readonly [label: string, item: Value])[] {
  if (isList(value)) return value.map((item, index) => [String(index), item] as const)
  if (!isMap(value)) return []
  return Object.entries(value).map(([key, item]) => [JSON.stringify(key), { key, value: item }] as const)
}

/** What `for_each` takes. */
export function isItems(value: Value): boolean {
  return isList(value) || isMap(value)
}
