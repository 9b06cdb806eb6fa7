import type { RunEvent } from '../../model/event.ts'
import type { Plan } from '../../model/plan.ts'
import { OutputGroups } from '../ci/output-groups.ts'
import { formatDuration } from '../duration.ts'
import { escapeText } from '../escape.ts'
import { excerpt } from '../excerpt.ts'
import { hostNames } from '../host-names.ts'
import { isTrouble, OUTCOME_STYLE } from '../outcome-style.ts'
import type { Paint } from '../paint.ts'
import { fillTo, textWidth } from '../width.ts'
import { BatchWatch } from './batches.ts'
import { type RunLabels, runLabels } from './labels.ts'
import { type LockEvent, lockText } from './lock-text.ts'
import { OutputLines } from './output-lines.ts'
import { joined, NOTHING, type Printed } from './printed.ts'
import type { RunRendererOptions } from './renderer.ts'
import { resultLine } from './result-text.ts'
import { retryText } from './retry-text.ts'
import { wantsResult } from './wanted-results.ts'

/** Columns for the hosts of a batch. */
const BATCH_NAMES = 60

type Place = 'stdout' | 'stderr'

type LinesOptions = Pick<RunRendererOptions, 'verbosity' | 'shape' | 'fold' | 'ci'>

/**
 * Words of a run as plain lines, `web1 │ upload │ …`, as they scroll by. Commands' own output comes line by line
 * when it is wanted: always for a single command, with `-v` for a playbook.
 */
export class RunLines {
  readonly #options: LinesOptions
  readonly #paint: Readonly<Record<Place, Paint>>
  readonly #labels: RunLabels
  readonly #severalSteps: boolean
  readonly #output: OutputLines
  readonly #live: boolean
  readonly #plan: Plan
  readonly #batches: BatchWatch
  readonly #groups: OutputGroups | undefined
  /** The attempt that each node that was tried again has come to. */
  readonly #attempts = new Map<number, number>()

  constructor(plan: Plan, options: LinesOptions, paint: Readonly<Record<Place, Paint>>, run = '') {
    this.#plan = plan
    this.#batches = new BatchWatch(plan)
    this.#options = options
    this.#paint = paint
    this.#labels = runLabels(plan)
    this.#severalSteps = options.shape === 'playbook' || plan.steps.length > 1
    this.#output = new OutputLines(plan.hosts.length)
    const { verbosity, shape, fold, ci } = options
    this.#live = fold === undefined && (verbosity >= 1 || (shape === 'command' && verbosity === 0))
    // What answers is for whoever reads it, who need not be the log.
    this.#groups =
      ci?.group === undefined || shape === 'command' ? undefined : new OutputGroups(ci.group, run)
  }

  /** What this event adds, with line ends. */
  print(event: RunEvent): Printed {
    return joined([this.due(event.at), this.#print(event)])
  }

  /** What is not to be held back any longer. */
  due(at: number): Printed {
    const text = this.#groups?.due(at) ?? ''
    return text === '' ? NOTHING : { stdout: text, stderr: '' }
  }

  #print(event: RunEvent): Printed {
    switch (event.kind) {
      case 'node_output':
        return this.#isLive(event) ? this.#outputOf(event, event.stream, this.#output.push(event)) : NOTHING
      case 'node_started':
        return this.#batch(event)
      case 'node_retried':
        return this.#retried(event)
      case 'node_finished':
        return joined([this.#batch(event), this.#finished(event)])
      case 'host_unreachable':
        return this.#unreachable(event)
      case 'host_connected':
        return this.#connected(event)
      case 'journal_failed':
        return this.#unrecorded(event)
      case 'lock_taken':
      case 'lock_waiting':
      case 'lock_missed':
        return this.#lock(event)
      case 'run_started':
      case 'node_sent':
      case 'run_finished':
        return NOTHING
    }
  }

  #finished(event: RunEvent & { kind: 'node_finished' }): Printed {
    const { step, host, outcome, result } = event
    const rests = this.#restsOf(event)
    const attempts = this.#attempts.get(this.#node(event)) ?? 1
    this.#attempts.delete(this.#node(event))
    if (!wantsResult(event, this.#plan, this.#options)) return joined(rests)
    const place = this.#place('stderr')
    const { sign, style } = OUTCOME_STYLE[outcome]
    const lines = [this.#paint[place](style, `${sign} ${resultLine(outcome, result, attempts)}`)]
    if (isTrouble(outcome) && !this.#isTold(event) && result !== undefined)
      lines.push(...[result.stdout, result.stderr].flatMap(excerpt).map(line => `  ${line}`))
    if (result?.failure?.hint !== undefined) lines.push(`  hint: ${escapeText(result.failure.hint)}`)
    return joined([...rests, this.#lines(place, this.#prefix(place, host, step), lines)])
  }

  /** The first time that a node is tried again; each time with `-v`. */
  #retried(event: RunEvent & { kind: 'node_retried' }): Printed {
    const rests = this.#restsOf(event)
    const node = this.#node(event)
    const isFirst = !this.#attempts.has(node)
    this.#attempts.set(node, event.attempt + 1)
    const { verbosity } = this.#options
    if (verbosity < 0 || (verbosity === 0 && !isFirst)) return joined(rests)
    const place = this.#place('stderr')
    const line = this.#paint[place]('yellow', `↻ ${retryText(event, this.#plan)}`)
    return joined([...rests, this.#lines(place, this.#prefix(place, event.host, event.step), [line])])
  }

  /** A line between the batches of a rolling group. */
  #batch(event: RunEvent): Printed {
    const batch = this.#batches.add(event)
    if (batch === undefined || this.#options.verbosity < 0) return NOTHING
    const place = this.#place('stderr')
    const { group, number, of, hosts } = batch
    const names = hostNames(hosts, this.#labels, BATCH_NAMES)
    return this.#lines(place, '', [
      this.#paint[place]('bold', `── ${group}, batch ${number} of ${of}: ${names} ──`),
    ])
  }

  #restsOf(node: RunEvent & { kind: 'node_finished' | 'node_retried' }): Printed[] {
    const rests = (['stdout', 'stderr'] as const).map(stream =>
      this.#outputOf(node, stream, this.#output.end(node.step, node.host, stream)),
    )
    const group = this.#groups?.end(this.#node(node), node.at) ?? ''
    return group === '' ? rests : [...rests, { stdout: group, stderr: '' }]
  }

  #unreachable(event: RunEvent & { kind: 'host_unreachable' }): Printed {
    if (this.#options.verbosity < 0) return NOTHING
    const place = this.#place('stderr')
    const { code, message, hint } = event.failure
    const isLost = code === 'link_lost'
    const { sign, style } = OUTCOME_STYLE[isLost ? 'unknown' : 'unreachable']
    const word = isLost ? 'lost' : 'unreachable'
    const lines = [this.#paint[place](style, `${sign} ${word} · ${escapeText(message)}`)]
    if (hint !== undefined) lines.push(`  hint: ${escapeText(hint)}`)
    return this.#lines(place, this.#prefix(place, event.host), lines)
  }

  #connected(event: RunEvent & { kind: 'host_connected' }): Printed {
    if (this.#options.verbosity < 2) return NOTHING
    const place = this.#place('stderr')
    return this.#lines(place, this.#prefix(place, event.host), [`connected in ${formatDuration(event.ms)}`])
  }

  /** At once, since what runs may take long still. */
  #unrecorded({ failure }: RunEvent & { kind: 'journal_failed' }): Printed {
    const place = this.#place('stderr')
    const lines = [this.#paint[place]('red', `✖ ${escapeText(failure.message)}`)]
    if (failure.hint !== undefined) lines.push(`  hint: ${escapeText(failure.hint)}`)
    return this.#lines(place, '', lines)
  }

  #lock(event: LockEvent): Printed {
    const { verbosity } = this.#options
    const isNews = event.kind !== 'lock_taken'
    if (verbosity < (isNews ? 0 : 2)) return NOTHING
    const place = this.#place('stderr')
    const line = isNews ? this.#paint[place]('yellow', `! ${lockText(event)}`) : lockText(event)
    return this.#lines(place, this.#prefix(place, event.host), [line])
  }

  /** What a hidden step prints is for drover only. */
  #isLive({ step }: { readonly step: number }): boolean {
    return this.#live && this.#plan.steps[step]?.hidden !== true
  }

  /** Whether what a node printed shows elsewhere. */
  #isTold(node: { readonly step: number }): boolean {
    return this.#options.fold !== undefined || this.#isLive(node)
  }

  #node({ step, host }: { readonly step: number; readonly host: number }): number {
    return step * this.#plan.hosts.length + host
  }

  #outputOf(
    node: { readonly step: number; readonly host: number; readonly at: number },
    stream: Place,
    lines: readonly string[],
  ): Printed {
    if (lines.length === 0) return NOTHING
    const place = this.#place(stream)
    const printed = this.#lines(place, this.#prefix(place, node.host, node.step), lines)
    if (this.#groups === undefined) return printed
    const title = `${this.#labels.host(node.host)} │ ${this.#labels.step(node.step)} │ output`
    return { stdout: this.#groups.add(this.#node(node), title, printed.stdout, node.at), stderr: '' }
  }

  /** Everything about a playbook is one log; of a single command only what the hosts print to stdout answers. */
  #place(stream: Place): Place {
    return this.#options.shape === 'command' ? stream : 'stdout'
  }

  #lines(place: Place, prefix: string, lines: readonly string[]): Printed {
    const written = lines.map(line => `${prefix}${line}\n`).join('')
    const text = this.#options.ci?.harmless(written) ?? written
    return place === 'stdout' ? { stdout: text, stderr: '' } : { stdout: '', stderr: text }
  }

  #prefix(place: Place, host: number, step?: number): string {
    const paint = this.#paint[place]
    const bar = ` ${paint('dim', '│')} `
    const name = padded(this.#labels.host(host), this.#labels.hostWidth)
    const lead = `${paint('cyan', name)}${bar}`
    if (!this.#severalSteps || step === undefined) return lead
    return `${lead}${padded(this.#labels.step(step), this.#labels.stepWidth)}${bar}`
  }
}

/** Filled up, never cut: a name in a log must be whole. */
function padded(name: string, width: number): string {
  return textWidth(name) > width ? name : fillTo(name, width)
}
