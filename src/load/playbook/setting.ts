import type { Setting, Text } from '../../model/playbook.ts'
import { type Value, WrittenNumber } from '../../model/value.ts'
import { pathBelow, WHOLE } from '../../model/value-path.ts'
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

/** Every text inside a node by its path, as `pathBelow` makes it. */
export function textsIn(source: LinedText, node: YamlNode): ReadonlyMap<string, Text> {
  const texts = new Map<string, Text>()
  collectTexts(source, node, WHOLE, texts)
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
      return new WrittenNumber(node.text)
    case 'text':
      return node.text
  }
}

function collectTexts(source: LinedText, node: YamlNode, path: string, texts: Map<string, Text>): void {
  if (node.kind === 'list') {
    for (const [index, item] of node.items.entries())
      collectTexts(source, item, pathBelow(path, index), texts)
  } else if (node.kind === 'map') {
    for (const [key, { value }] of node.entries) collectTexts(source, value, pathBelow(path, key), texts)
  } else if (node.type === 'text') texts.set(path, scalarText(source, node))
}
