import { numberValue } from './scalar.ts'
import type { YamlNode } from './tree.ts'

/** A tree as plain data, for the schema: maps have no prototype, so that `__proto__` is a key like any other. */
export function plainData(root: YamlNode): unknown {
  const done = new Map<YamlNode, unknown>()
  const convert = (node: YamlNode): unknown => {
    if (node.kind === 'scalar') return plainScalar(node)
    if (!done.has(node)) done.set(node, node.kind === 'list' ? node.items.map(convert) : convertMap(node))
    return done.get(node)
  }
  const convertMap = (node: YamlNode & { kind: 'map' }): Readonly<Record<string, unknown>> => {
    const object = Object.create(null) as Record<string, unknown>
    for (const [key, { value }] of node.entries) object[key] = convert(value)
    return object
  }
  return convert(root)
}

function plainScalar(node: YamlNode & { kind: 'scalar' }): string | number | boolean | null {
  switch (node.type) {
    case 'null':
      return null
    case 'boolean':
      return node.text === 'true'
    case 'number':
      return numberValue(node.text)
    case 'text':
      return node.text
  }
}
