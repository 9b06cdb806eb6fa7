import type { Named, Text } from '../../model/playbook.ts'
import { textOffsets } from '../yaml/offsets.ts'
import { type LinedText, placeAt } from '../yaml/source.ts'
import type { YamlNode, YamlScalar } from '../yaml/tree.ts'

/** A scalar as text, numbers as they are written; undefined for anything that has none. */
export function textOf(source: LinedText, node: YamlNode | undefined): Text | undefined {
  return node?.kind === 'scalar' && node.type !== 'null' ? scalarText(source, node) : undefined
}

export function scalarText(source: LinedText, scalar: YamlScalar): Text {
  let offsets: readonly number[] | undefined
  const where = placeAt(source, scalar.start, scalar.end)
  return {
    value: scalar.text,
    where,
    at: (offset, length) => {
      offsets ??= textOffsets(source.text, scalar)
      const start = offsets[offset]
      const end = offsets[Math.min(offset + length, scalar.text.length)]
      return start === undefined || end === undefined ? where : placeAt(source, start, end)
    },
  }
}

/** One text or a list of them; what is no text is left out. */
export function textsOf(source: LinedText, node: YamlNode | undefined): readonly Text[] {
  const nodes = node?.kind === 'list' ? node.items : [node]
  return nodes.flatMap(item => textOf(source, item) ?? [])
}

/** One name or a list of them. */
export function namesOf(source: LinedText, node: YamlNode | undefined): readonly Named[] {
  return textsOf(source, node).map(({ value, where }) => ({ name: value, where }))
}

/** The text of a key; an empty one at the map's place where the key is missing or no text. */
export function requiredText(source: LinedText, node: YamlNode, text: Text | undefined): Text {
  if (text !== undefined) return text
  const where = placeAt(source, node.start)
  return { value: '', where, at: () => where }
}
