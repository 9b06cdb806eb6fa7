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
  const labels = new Map<string, number>()
  const having: number[][] = []
  const byHost = new Map<number, ReadonlyMap<number, Value>>()
  for (const [at, host] of hosts.entries()) {
    const own = new Map<number, Value>()
    for (const [label, value] of entriesOf(values[at] ?? null)) {
      const index = labels.get(label) ?? labels.size
      labels.set(label, index)
      if (having.length === index) having.push([])
      having[index]?.push(host)
      own.set(index, value)
    }
    byHost.set(host, own)
  }
  const lists = having.map(list => (list.length === hosts.length ? undefined : Uint32Array.from(list)))
  return {
    labels: [...labels.keys()],
    value: (host, index) => byHost.get(host)?.get(index),
    hosts: index => lists[index],
  }
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
