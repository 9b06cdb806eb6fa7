import type { UseSpec } from '../../../model/playbook.ts'
import { placeAt } from '../../yaml/source.ts'
import { child, type YamlNode } from '../../yaml/tree.ts'
import { settingOf } from '../setting.ts'
import { requiredText, textOf } from '../text.ts'
import type { StepReader } from './reader.ts'

export function readUse(reader: StepReader, node: YamlNode): UseSpec {
  const { source } = reader
  const written = textOf(source, child(node, 'use'))
  const path = requiredText(source, node, written)
  const used = written === undefined ? undefined : reader.use(path)
  const given = child(node, 'with')
  // With params that cannot be read, all else about them would only follow from that.
  const file = given === undefined || given.kind === 'map' ? used : undefined
  return { kind: 'use', path, with: readWith(reader, given), file }
}

function readWith({ source }: StepReader, node: YamlNode | undefined): UseSpec['with'] {
  if (node?.kind !== 'map') return new Map()
  return new Map(
    [...node.entries].map(([name, { key, value }]) => [
      name,
      { ...settingOf(source, value), key: placeAt(source, key.start, key.end) },
    ]),
  )
}
