import type { YamlMap, YamlNode } from '../yaml/tree.ts'
import { type MapRole, roleUnder } from './key-order.ts'

/** Whether two trees mean the same: the same types and texts, in the same order except for the keys of steps. */
export function isSame(a: YamlNode, b: YamlNode, role: MapRole = 'root'): boolean {
  if (a.kind === 'scalar') return b.kind === 'scalar' && a.type === b.type && a.text === b.text
  if (a.kind === 'list') {
    if (b.kind !== 'list' || a.items.length !== b.items.length) return false
    return a.items.every((item, index) => isSame(item, b.items[index] as YamlNode, role))
  }
  return b.kind === 'map' && isSameMap(a, b, role)
}

function isSameMap(a: YamlMap, b: YamlMap, role: MapRole): boolean {
  const keys = [...a.entries.keys()]
  const others = [...b.entries.keys()]
  if (keys.length !== others.length) return false
  if (role === 'other' && keys.some((key, index) => key !== others[index])) return false
  return [...a.entries].every(([key, { value }]) => {
    const other = b.entries.get(key)?.value
    return other !== undefined && isSame(value, other, roleUnder(role, key))
  })
}
