import type { HostCount } from '../../model/playbook.ts'
import { numberValue } from '../yaml/scalar.ts'
import type { YamlNode } from '../yaml/tree.ts'
import { parseDuration } from './duration.ts'

// Amounts as playbooks write them; undefined where there is none, or not of the right form: the schema tells that.

/** Milliseconds; a number is seconds. */
export function readDuration(node: YamlNode | undefined): number | undefined {
  if (node?.kind !== 'scalar') return undefined
  return node.type === 'number' ? numberValue(node.text) * 1000 : parseDuration(node.text)
}

export function readNumber(node: YamlNode | undefined): number | undefined {
  return node?.kind === 'scalar' && node.type === 'number' ? numberValue(node.text) : undefined
}

export function readHostCount(node: YamlNode | undefined): HostCount | undefined {
  if (node?.kind !== 'scalar') return undefined
  if (node.type === 'number') return { kind: 'count', n: numberValue(node.text) }
  const percent = /^([0-9]{1,3})%$/.exec(node.text)?.[1]
  return percent === undefined ? undefined : { kind: 'percent', n: Number(percent) }
}

/** True only where `true` is written. */
export function readFlag(node: YamlNode | undefined): boolean {
  return node?.kind === 'scalar' && node.type === 'boolean' && node.text === 'true'
}

/** One of some words. */
export function readWord<T extends string>(node: YamlNode | undefined, words: readonly T[]): T | undefined {
  return node?.kind === 'scalar' ? words.find(word => word === node.text) : undefined
}
