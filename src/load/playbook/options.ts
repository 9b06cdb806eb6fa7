import type { OnFailure, StepOptions, Text } from '../../model/playbook.ts'
import type { LinedText } from '../yaml/source.ts'
import { child, type YamlNode } from '../yaml/tree.ts'
import { present } from './present.ts'
import { readDuration, readNumber, readWord } from './quantity.ts'
import { namesOf, textOf } from './text.ts'

const ON_FAILURE: readonly OnFailure[] = ['block', 'stop', 'continue']

/** What `defaults:`, groups and steps may set. What does not fit is left out: the schema has told it. */
export function readOptions(source: LinedText, node: YamlNode | undefined): StepOptions {
  const tags = child(node, 'tags')
  return present({
    hosts: textOf(source, child(node, 'hosts')),
    cwd: textOf(source, child(node, 'cwd')),
    env: readEnv(source, child(node, 'env')),
    timeoutMs: readDuration(child(node, 'timeout')),
    throttle: readNumber(child(node, 'throttle')),
    onFailure: readWord(child(node, 'on_failure'), ON_FAILURE),
    tags: tags === undefined ? undefined : namesOf(source, tags),
    become: readBecome(source, child(node, 'become')),
    becomeMethod: readWord(child(node, 'become_method'), ['sudo', 'doas', 'su']),
  })
}

function readEnv(
  source: LinedText,
  node: YamlNode | undefined,
): readonly (readonly [name: string, value: Text])[] | undefined {
  if (node?.kind !== 'map') return undefined
  return [...node.entries].flatMap(([name, { value }]) => {
    const text = textOf(source, value)
    return text === undefined ? [] : [[name, text] as const]
  })
}

function readBecome(source: LinedText, node: YamlNode | undefined): boolean | Text | undefined {
  if (node?.kind === 'scalar' && node.type === 'boolean') return node.text === 'true'
  return textOf(source, node)
}
