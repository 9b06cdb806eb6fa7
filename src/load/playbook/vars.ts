import type { Text, VarDecl } from '../../model/playbook.ts'
import type { Value } from '../../model/value.ts'
import { type LinedText, placeAt } from '../yaml/source.ts'
import type { YamlNode } from '../yaml/tree.ts'
import { scalarText } from './text.ts'

/** The `vars:` of a playbook, in their order. */
export function readVars(source: LinedText, node: YamlNode | undefined): readonly VarDecl[] {
  if (node?.kind !== 'map') return []
  return [...node.entries.values()].map(({ key, value }) => {
    const texts = new Map<string, Text>()
    collectTexts(source, value, '', texts)
    return {
      name: key.text,
      value: variableValue(value),
      where: placeAt(source, key.start, key.end),
      texts,
    }
  })
}

/** A node as the value of a variable: numbers stay as they are written, maps have no prototype. */
export function variableValue(node: YamlNode): Value {
  if (node.kind === 'list') return node.items.map(variableValue)
  if (node.kind === 'map') {
    const map = Object.create(null) as Record<string, Value>
    for (const [key, { value }] of node.entries) map[key] = variableValue(value)
    return map
  }
  switch (node.type) {
    case 'null':
      return null
    case 'boolean':
      return node.text === 'true'
    case 'number':
      return { kind: 'number', text: node.text }
    case 'text':
      return node.text
  }
}

/** Keys and indexes on the way to a text are joined by dots. */
function collectTexts(source: LinedText, node: YamlNode, path: string, texts: Map<string, Text>): void {
  const below = (key: string | number) => (path === '' ? String(key) : `${path}.${key}`)
  if (node.kind === 'list') {
    for (const [index, item] of node.items.entries()) collectTexts(source, item, below(index), texts)
  } else if (node.kind === 'map') {
    for (const [key, { value }] of node.entries) collectTexts(source, value, below(key), texts)
  } else if (node.type === 'text') texts.set(path, scalarText(source, node))
}
