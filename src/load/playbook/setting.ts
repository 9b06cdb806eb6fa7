import type { Setting, Text } from '../../model/playbook.ts'
import type { Value } from '../../model/value.ts'
import { type LinedText, placeAt } from '../yaml/source.ts'
import type { YamlNode } from '../yaml/tree.ts'
import { scalarText } from './text.ts'

/** A value of any form with all its texts. */
export function settingOf(source: LinedText, node: YamlNode): Setting {
  return {
    value: nodeValue(node),
    where: placeAt(source, node.start, node.end),
    texts: textsIn(source, node),
  }
}

/** Every text inside a node by its path: keys and indexes joined by dots, `""` for the node itself. */
export function textsIn(source: LinedText, node: YamlNode): ReadonlyMap<string, Text> {
  const texts = new Map<string, Text>()
  collectTexts(source, node, '', texts)
  return texts
}

/** A node as a value: numbers stay as they are written, maps have no prototype. */
export function nodeValue(node: YamlNode): Value {
  if (node.kind === 'list') return node.items.map(nodeValue)
  if (node.kind === 'map') {
    const map = Object.create(null) as Record<string, Value>
    for (const [key, { value }] of node.entries) map[key] = nodeValue(value)
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

function collectTexts(source: LinedText, node: YamlNode, path: string, texts: Map<string, Text>): void {
  const below = (key: string | number) => (path === '' ? String(key) : `${path}.${key}`)
  if (node.kind === 'list') {
    for (const [index, item] of node.items.entries()) collectTexts(source, item, below(index), texts)
  } else if (node.kind === 'map') {
    for (const [key, { value }] of node.entries) collectTexts(source, value, below(key), texts)
  } else if (node.type === 'text') texts.set(path, scalarText(source, node))
}
