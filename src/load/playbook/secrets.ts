import type { SecretDecl, SecretSource } from '../../model/playbook.ts'
import { type LinedText, placeAt } from '../yaml/source.ts'
import { child, type YamlNode } from '../yaml/tree.ts'
import { textOf, textsOf } from './text.ts'

/** The `secrets:` of a playbook, in their order; what has no source is left out. */
export function readSecrets(source: LinedText, node: YamlNode | undefined): readonly SecretDecl[] {
  if (node?.kind !== 'map') return []
  return [...node.entries.values()].flatMap(({ key, value }) => {
    const from = sourceOf(source, key.text, value)
    return from === undefined
      ? []
      : [{ name: key.text, source: from, where: placeAt(source, key.start, key.end) }]
  })
}

function sourceOf(source: LinedText, name: string, node: YamlNode): SecretSource | undefined {
  const path = textOf(source, child(node, 'file'))?.value
  if (path !== undefined)
    return { kind: 'file', path, key: textOf(source, child(node, 'key'))?.value ?? name }
  const variable = textOf(source, child(node, 'env'))?.value
  if (variable !== undefined) return { kind: 'env', variable }
  const command = child(node, 'command')
  if (command !== undefined)
    return { kind: 'command', argv: textsOf(source, command).map(({ value }) => value) }
  const question = textOf(source, child(node, 'prompt'))?.value
  return question === undefined ? undefined : { kind: 'prompt', question }
}
