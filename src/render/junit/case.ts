import type { RunEvent } from '../../model/event.ts'
import type { Captured, NodeResult, Outcome } from '../../model/outcome.ts'
import { satisfies } from '../../model/outcome.ts'
import type { Plan } from '../../model/plan.ts'
import { formatBytes } from '../../model/quantity.ts'
import { resultReason } from '../run/result-text.ts'
import { xmlElement, xmlText } from './xml.ts'

/** What JUnit knows of an end; `failure`: it was done and is wrong, `error`: it could not be done or nobody knows. */
export type CaseKind = 'passed' | 'failure' | 'error' | 'skipped'

/** The end of a node, in as many words as a report has for it. */
export interface TestCase {
  readonly host: number
  readonly kind: CaseKind
  readonly ms: number
  /** Why it did not pass, escaped for no one yet. */
  readonly message: string
  /** Of the failure, as `step_exit`, or the outcome. */
  readonly type: string
  /** More about it, for people. */
  readonly text: string
}

const KINDS: Readonly<Record<Outcome, CaseKind>> = {
  ok: 'passed',
  changed: 'passed',
  skipped: 'skipped',
  failed: 'failure',
  refused: 'failure',
  unreachable: 'error',
  unknown: 'error',
  blocked: 'skipped',
  cancelled: 'skipped',
}

/** Kept of each stream of what failed, in UTF-16 units: the end tells why. */
const HEAD = 4 << 10
const TAIL = 12 << 10

export interface CaseOptions {
  /** Whether there is still room for what the host printed. */
  readonly withOutput: boolean
  /** Takes secrets out of a text. */
  readonly mask: (text: string) => string
}

export function testCase(
  event: RunEvent & { kind: 'node_finished' },
  plan: Plan,
  options: CaseOptions,
): TestCase {
  const { host, outcome, result } = event
  const kind = KINDS[outcome]
  const isTold = kind === 'failure' || kind === 'error'
  const failure = result?.failure
  return {
    host,
    kind,
    ms: Math.max(0, result?.durationMs ?? 0),
    message: options.mask(messageOf(event, plan)),
    type: failure?.code ?? outcome,
    text: isTold ? textOf(event, plan, options) : '',
  }
}

/** `place` is where the step stands, the same for all of its cases. */
export function writeCase(
  { kind, ms, message, type, text }: TestCase,
  place: Readonly<Record<string, string | number | undefined>>,
): string {
  const about = kind === 'skipped' ? { message } : { message, type }
  const end = kind === 'passed' ? '' : `\n${xmlElement('      ', kind, about, xmlText(text))}    `
  return xmlElement('    ', 'testcase', { ...place, time: (ms / 1000).toFixed(3) }, end)
}

function messageOf({ outcome, result, cause, stopped }: RunEvent & { kind: 'node_finished' }, plan: Plan) {
  const reason = resultReason(result)
  if (cause !== undefined) {
    const step = plan.steps[cause.step]?.id ?? '?'
    const host = plan.hosts[cause.host]?.name ?? '?'
    return `${stopped ? 'the run ended after' : 'blocked by'} ${step} on ${host}`
  }
  return reason === '' ? outcome : satisfies(outcome) ? reason : `${outcome}: ${reason}`
}

function textOf(
  { step, result, outcome }: RunEvent & { kind: 'node_finished' },
  plan: Plan,
  { withOutput, mask }: CaseOptions,
): string {
  const where = plan.steps[step]?.where
  const lines = [`${outcome}${resultReason(result) === '' ? '' : `: ${resultReason(result)}`}`]
  if (result?.failure?.hint !== undefined) lines.push(`hint: ${result.failure.hint}`)
  if (where !== undefined && where.line > 0) lines.push(`${where.file}:${where.line}`)
  const output = result === undefined ? '' : outputOf(result, mask)
  if (output !== '') lines.push('', withOutput ? output : 'what it printed is left out: the report is full')
  return mask(lines.join('\n'))
}

function outputOf(result: NodeResult, mask: (text: string) => string): string {
  return (['stdout', 'stderr'] as const)
    .flatMap(stream => (result[stream].bytes === 0 ? [] : [`${stream}:\n${shortened(result[stream], mask)}`]))
    .join('\n')
}

/** Masked before it is cut: half a secret would not be known. */
function shortened({ head, tail, bytes, truncated }: Captured, mask: (text: string) => string): string {
  const whole = mask(head) + mask(tail)
  if (!truncated && whole.length <= HEAD + TAIL) return whole
  const [first, last] = [whole.slice(0, HEAD), whole.slice(-TAIL)]
  const left = Math.max(0, bytes - Buffer.byteLength(first) - Buffer.byteLength(last))
  return `${first}\n… ${formatBytes(left)} left out …\n${last}`
}
