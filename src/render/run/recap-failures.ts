import { count } from '../../model/quantity.ts'
import { escapeText } from '../escape.ts'
import { hostNames } from '../host-names.ts'
import { OUTCOME_STYLE } from '../outcome-style.ts'
import type { Paint } from '../paint.ts'
import type { RunLabels } from './labels.ts'
import { shortId } from './short-id.ts'
import type { RankedFailure, RunTally } from './tally.ts'

const MOST_FAILURES = 20

/** Wide enough for a few names or one folded pattern; a list that does not fold is cut, its length said. */
const NAMES_WIDTH = 40

/** An id of a loop holds its key, which may be any text. */
const STEP_WIDTH = 48

export interface FailureOptions {
  readonly paint: Paint
  /** Whether it has not been shown yet. */
  readonly output: boolean
  /** The command that goes on with the run. */
  readonly resume?: string | undefined
}

/** The failures of a run, root ones first, each with its output when that is wanted. */
export function recapFailures(tally: RunTally, labels: RunLabels, options: FailureOptions): string[] {
  const { output } = options
  const failures = tally.failures()
  const shown = failures.slice(0, MOST_FAILURES)
  const blocks = shown.map(failure => describe(failure, tally, labels, options))
  const more = failures.slice(MOST_FAILURES)
  if (more.length > 0) {
    const hosts = new Set(more.flatMap(failure => failure.hosts)).size
    blocks.push([`… and ${count(more.length, 'more failure')} on ${count(hosts, 'host')}`])
  }
  return blocks.flatMap((block, at) => (at > 0 && output ? ['', ...block] : block))
}

function describe(
  failure: RankedFailure,
  tally: RunTally,
  labels: RunLabels,
  { paint, output, resume }: FailureOptions,
): string[] {
  const { sign, style } = OUTCOME_STYLE[failure.outcome]
  const subject = whatEnded(failure, labels)
  const reason = failure.reason === '' ? '' : `${exampleOf(failure, labels)}: ${failure.reason}`
  const lines = [`${paint(style, `${sign} ${subject}`)}${reason}${place(failure, tally, paint)}`]
  if (output) lines.push(...outputLines(failure, paint))
  if (failure.hint !== undefined) lines.push(`  ${paint('cyan', 'hint:')} ${failure.hint}`)
  if (failure.outcome === 'unknown')
    lines.push(`  ${paint('dim', `It may or may not have run there: ${whatToDo(resume)}.`)}`)
  if (failure.blocked > 0) lines.push(`  ${paint('dim', blockedLine(failure, labels))}`)
  return lines
}

function whatToDo(resume: string | undefined): string {
  if (resume === undefined) return 'look before you apply again'
  return 'look, and go on with --rerun-unknown or --skip-unknown'
}

/** Whose words the reason is, where other hosts' have other names in them. */
function exampleOf({ example, step }: RankedFailure, labels: RunLabels): string {
  if (example === undefined) return ''
  return `, as ${step === undefined ? '' : 'on '}${labels.host(example)}`
}

function whatEnded(failure: RankedFailure, labels: RunLabels): string {
  const hosts = hostNames(failure.hosts, labels, NAMES_WIDTH)
  if (failure.step === undefined) return `${hosts} ${hostWord(failure)}`
  return `${shortId(labels.step(failure.step), STEP_WIDTH)} ${endWord(failure)} on ${hosts}`
}

/** A host that was there, and is no more, was not unreachable for what it ran. */
function hostWord({ outcome }: RankedFailure): string {
  return outcome === 'unknown' ? 'lost' : 'unreachable'
}

function place(failure: RankedFailure, tally: RunTally, paint: Paint): string {
  if (failure.step === undefined) return ''
  const where = tally.plan.steps[failure.step]?.where
  if (where === undefined || where.line < 1) return ''
  return paint('dim', ` (${escapeText(where.file)}:${where.line})`)
}

function outputLines({ stdout, stderr }: RankedFailure, paint: Paint): string[] {
  const both = stdout.length > 0 && stderr.length > 0
  const block = (name: string, lines: readonly string[], style: 'dim' | 'red') => [
    ...(both ? [paint('dim', `  ${name}`)] : []),
    ...lines.map(line => `  ${paint(style, '│')} ${line}`),
  ]
  return [...block('stdout', stdout, 'dim'), ...block('stderr', stderr, 'red')]
}

/** One cause is named like a node, `web1/upload`, so that it can be searched for. */
function blockedLine(failure: RankedFailure, labels: RunLabels): string {
  const { blocked, hosts, step } = failure
  const steps = `${count(blocked, 'step')} blocked because`
  const [only = 0] = hosts
  if (step === undefined)
    return hosts.length === 1
      ? `${steps} ${labels.host(only)} is ${hostWord(failure)}`
      : `${steps} they are ${hostWord(failure)}`
  const id = shortId(labels.step(step), STEP_WIDTH)
  const word = failure.outcome === 'unreachable' ? 'was unreachable' : endWord(failure)
  return hosts.length === 1
    ? `${steps} ${labels.host(only)}/${id} ${word}`
    : `${steps} ${id} ${word} on ${hosts.length} hosts`
}

function endWord({ outcome }: RankedFailure): string {
  return outcome === 'unknown' ? 'ended unknown' : outcome
}
