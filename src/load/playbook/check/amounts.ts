import { LIMITS } from '../../../model/limits.ts'
import type { Problem } from '../../../model/problem.ts'
import type { LinedText } from '../../yaml/source.ts'
import { child, type YamlNode } from '../../yaml/tree.ts'
import { readDuration } from '../quantity.ts'
import { readRetry } from '../step/control.ts'
import { problemAt } from './problem.ts'

const DAYS = LIMITS.timeoutMs / 86_400_000

/** Times that are longer than a timer can be. */
export function checkTimes(source: LinedText, step: YamlNode | undefined): readonly Problem[] {
  const [retry, rolling] = [child(step, 'retry'), child(step, 'rolling')]
  const times: readonly (readonly [key: string, node: YamlNode | undefined])[] = [
    ['timeout', child(step, 'timeout')],
    ['pause', child(step, 'pause')],
    ['pause', child(rolling, 'pause')],
    ['delay', child(retry, 'delay')],
  ]
  const tooLong = times.flatMap(([key, node]) =>
    node === undefined || (readDuration(node) ?? 0) <= LIMITS.timeoutMs
      ? []
      : [problemAt(source, node, { message: `"${key}" may be ${DAYS} days at most` })],
  )
  return tooLong.length > 0 ? tooLong : checkBackoff(source, retry)
}

function checkBackoff(source: LinedText, node: YamlNode | undefined): readonly Problem[] {
  const retry = readRetry(source, node)
  const backoff = child(node, 'backoff')
  if (retry === undefined || backoff === undefined) return []
  const last = retry.delayMs * retry.backoff ** Math.max(0, retry.attempts - 2)
  if (last <= LIMITS.timeoutMs) return []
  const message = `with this "backoff" the last delay is longer than ${DAYS} days`
  return [problemAt(source, backoff, { message, hint: 'make it or "attempts" less' })]
}
