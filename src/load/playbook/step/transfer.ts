import type { GetSpec, PutSpec } from '../../../model/playbook.ts'
import type { LinedText } from '../../yaml/source.ts'
import { child, type YamlNode } from '../../yaml/tree.ts'
import { present } from '../present.ts'
import { readFlag } from '../quantity.ts'
import { requiredText, textOf } from '../text.ts'

export function readPut(source: LinedText, node: YamlNode): PutSpec {
  const text = (key: string) => textOf(source, child(node, key))
  return {
    kind: 'put',
    source: readSource(source, node),
    dest: requiredText(source, node, text('dest')),
    parents: readFlag(child(node, 'parents')),
    ...present({ mode: text('mode'), owner: text('owner'), group: text('group') }),
  }
}

function readSource(source: LinedText, node: YamlNode): PutSpec['source'] {
  for (const kind of ['content', 'template'] as const) {
    const text = textOf(source, child(node, kind))
    if (text !== undefined) return { kind, text }
  }
  return { kind: 'src', text: requiredText(source, node, textOf(source, child(node, 'src'))) }
}

export function readGet(source: LinedText, node: YamlNode): GetSpec {
  const text = (key: string) => requiredText(source, node, textOf(source, child(node, key)))
  return { kind: 'get', src: text('src'), dest: text('dest') }
}
