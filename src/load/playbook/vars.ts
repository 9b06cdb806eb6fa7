import type { VarDecl } from '../../model/playbook.ts'
import { type LinedText, placeAt } from '../yaml/source.ts'
import type { YamlNode } from '../yaml/tree.ts'
import { nodeValue, textsIn } from './setting.ts'

/** The `vars:` of a playbook, in their order. */
export function readVars(source: LinedText, node: YamlNode | undefined): readonly VarDecl[] {
  if (node?.kind !== 'map') return []
  return [...node.entries.values()].map(({ key, value }) => ({
    name: key.text,
    value: nodeValue(value),
    where: placeAt(source, key.start, key.end),
    texts: textsIn(source, value),
  }))
}
