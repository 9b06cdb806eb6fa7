import type { HostCount, Need, NeedIf, Retry, RollingSpec } from '../../../model/playbook.ts'
import { type LinedText, placeAt } from '../../yaml/source.ts'
import { child, type YamlNode } from '../../yaml/tree.ts'
import { present } from '../present.ts'
import { readDuration, readHostCount, readNumber, readWord } from '../quantity.ts'
import { textOf } from '../text.ts'

const NEED_IF: readonly NeedIf[] = ['success', 'failed', 'always']

export function readNeeds(source: LinedText, node: YamlNode | undefined): readonly Need[] | undefined {
  if (node === undefined) return undefined
  const needs = node.kind === 'list' ? node.items : [node]
  return needs.flatMap(need => {
    const step = need.kind === 'map' ? child(need, 'step') : need
    if (step?.kind !== 'scalar' || step.type === 'null') return []
    return {
      step: step.text,
      on: readWord(child(need, 'on'), ['host', 'all']) ?? 'host',
      if: readWord(child(need, 'if'), NEED_IF) ?? 'success',
      where: placeAt(source, step.start, step.end),
    }
  })
}

const ATTEMPTS = 3
const DELAY_MS = 1000

export function readRetry(source: LinedText, node: YamlNode | undefined): Retry | undefined {
  if (node?.kind !== 'map') return undefined
  return {
    attempts: readNumber(child(node, 'attempts')) ?? ATTEMPTS,
    delayMs: readDuration(child(node, 'delay')) ?? DELAY_MS,
    backoff: readNumber(child(node, 'backoff')) ?? 1,
    ...present({ until: textOf(source, child(node, 'until')) }),
  }
}

const ONE_HOST: HostCount = { kind: 'count', n: 1 }

export function readRolling(source: LinedText, node: YamlNode | undefined): RollingSpec | undefined {
  if (node?.kind !== 'map') return undefined
  const batch = child(node, 'batch')
  const batches = (batch?.kind === 'list' ? batch.items : [batch]).flatMap(item => readHostCount(item) ?? [])
  return {
    batches: batches.length > 0 ? batches : [ONE_HOST],
    pauseMs: readDuration(child(node, 'pause')) ?? 0,
    where: placeAt(source, node.start, node.end),
    ...present({ maxFailures: readHostCount(child(node, 'max_failures')) }),
  }
}
