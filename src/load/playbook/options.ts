import type { HostCount, OnFailure, StepOptions, Text } from '../../model/playbook.ts'
import { numberValue } from '../yaml/scalar.ts'
import type { LinedText } from '../yaml/source.ts'
import { child, type YamlNode } from '../yaml/tree.ts'
import { parseDuration } from './duration.ts'
import { textOf } from './text.ts'

/** What `defaults:` and each step may set. What does not fit is left out: the schema has told it. */
export function readOptions(source: LinedText, node: YamlNode): StepOptions {
  const cwd = textOf(source, child(node, 'cwd'))
  const env = readEnv(source, child(node, 'env'))
  const timeoutMs = readTimeout(child(node, 'timeout'))
  const throttle = readCount(child(node, 'throttle'))
  const onFailure = readOnFailure(child(node, 'on_failure'))
  return {
    ...(cwd === undefined ? {} : { cwd }),
    ...(env === undefined ? {} : { env }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(throttle === undefined ? {} : { throttle }),
    ...(onFailure === undefined ? {} : { onFailure }),
  }
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

/** Milliseconds; a number is seconds. */
export function readTimeout(node: YamlNode | undefined): number | undefined {
  if (node?.kind !== 'scalar') return undefined
  return node.type === 'number' ? numberValue(node.text) * 1000 : parseDuration(node.text)
}

function readCount(node: YamlNode | undefined): number | undefined {
  return node?.kind === 'scalar' && node.type === 'number' ? numberValue(node.text) : undefined
}

export function readHostCount(node: YamlNode | undefined): HostCount | undefined {
  if (node?.kind !== 'scalar') return undefined
  if (node.type === 'number') return { kind: 'count', n: numberValue(node.text) }
  const percent = /^([0-9]{1,3})%$/.exec(node.text)?.[1]
  return percent === undefined ? undefined : { kind: 'percent', n: Number(percent) }
}

const ON_FAILURE: readonly OnFailure[] = ['block', 'stop', 'continue']

function readOnFailure(node: YamlNode | undefined): OnFailure | undefined {
  return node?.kind === 'scalar' ? ON_FAILURE.find(word => word === node.text) : undefined
}

/** True only where `true` is written. */
export function readFlag(node: YamlNode | undefined): boolean {
  return node?.kind === 'scalar' && node.type === 'boolean' && node.text === 'true'
}
