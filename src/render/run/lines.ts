import type { RunEvent } from '../../model/event.ts'
import type { Outcome } from '../../model/outcome.ts'
import type { Plan } from '../../model/plan.ts'
import { formatDuration } from '../duration.ts'
import { escapeText } from '../escape.ts'
import { excerpt } from '../excerpt.ts'
import { isTrouble, OUTCOME_STYLE } from '../outcome-style.ts'
import type { Paint } from '../paint.ts'
import { fillTo, textWidth } from '../width.ts'
import { type RunLabels, runLabels } from './labels.ts'
import { OutputLines } from './output-lines.ts'
import type { RunRendererOptions } from './renderer.ts'
import { resultLine } from './result-text.ts'

type Place = 'stdout' | 'stderr'

/** Text for each of the two streams; empty where there is nothing to say. */
export type Printed = Readonly<Record<Place, string>>

/**
 * Words of a run as plain lines, `web1 │ upload │ …`, as they scroll by. Commands' own output comes line by line
 * when it is wanted: always for a single command, with `-v` for a playbook.
 */
export class RunLines {
  readonly #options: Pick<RunRendererOptions, 'verbosity' | 'shape'>
  readonly #paint: Readonly<Record<Place, Paint>>
  readonly #labels: RunLabels
  readonly #severalSteps: boolean
  readonly #output: OutputLines
  readonly #live: boolean

  constructor(
    plan: Plan,
    options: Pick<RunRendererOptions, 'verbosity' | 'shape'>,
    paint: Readonly<Record<Place, Paint>>,
  ) {
    this.#options = options
    this.#paint = paint
    this.#labels = runLabels(plan)
    this.#severalSteps = options.shape === 'playbook' || plan.steps.length > 1
    this.#output = new OutputLines(plan.hosts.length)
    this.#live = options.verbosity >= 1 || (options.shape === 'command' && options.verbosity === 0)
  }

  /** What this event adds, with line ends. */
  print(event: RunEvent): Printed {
    switch (event.kind) {
      case 'node_output':
        return this.#live ? this.#outputOf(event, event.stream, this.#output.push(event)) : NOTHING
      case 'node_finished':
        return this.#finished(event)
      case 'host_unreachable':
        return this.#unreachable(event)
      case 'host_connected':
        return this.#connected(event)
      case 'run_started':
      case 'node_started':
      case 'node_retried':
      case 'run_finished':
        return NOTHING
    }
  }

  #finished(event: RunEvent & { kind: 'node_finished' }): Printed {
    const { step, host, outcome, result } = event
    const rests = (['stdout', 'stderr'] as const).map(stream =>
      this.#outputOf(event, stream, this.#output.end(step, host, stream)),
    )
    if (!this.#wants(outcome)) return joined(rests)
    const place = this.#place('stderr')
    const { sign, style } = OUTCOME_STYLE[outcome]
    const lines = [this.#paint[place](style, `${sign} ${resultLine(outcome, result)}`)]
    if (isTrouble(outcome) && !this.#live && result !== undefined)
      lines.push(...[result.stdout, result.stderr].flatMap(excerpt).map(line => `  ${line}`))
    if (result?.failure?.hint !== undefined) lines.push(`  hint: ${escapeText(result.failure.hint)}`)
    return joined([...rests, this.#lines(place, this.#prefix(place, host, step), lines)])
  }

  #unreachable(event: RunEvent & { kind: 'host_unreachable' }): Printed {
    if (this.#options.verbosity < 0) return NOTHING
    const { sign, style } = OUTCOME_STYLE.unreachable
    const place = this.#place('stderr')
    const { message, hint } = event.failure
    const lines = [this.#paint[place](style, `${sign} unreachable · ${escapeText(message)}`)]
    if (hint !== undefined) lines.push(`  hint: ${escapeText(hint)}`)
    return this.#lines(place, this.#prefix(place, event.host), lines)
  }

  #connected(event: RunEvent & { kind: 'host_connected' }): Printed {
    if (this.#options.verbosity < 2) return NOTHING
    const place = this.#place('stderr')
    return this.#lines(place, this.#prefix(place, event.host), [`connected in ${formatDuration(event.ms)}`])
  }

  /** Results that matter: with `-v` all of them, for a command that printed its answer only trouble. */
  #wants(outcome: Outcome): boolean {
    const { verbosity, shape } = this.#options
    if (verbosity < 0 || outcome === 'unreachable') return false
    if (verbosity >= 1 || isTrouble(outcome)) return true
    return shape !== 'command' && (outcome === 'ok' || outcome === 'changed')
  }

  #outputOf(node: { step: number; host: number }, stream: Place, lines: readonly string[]): Printed {
    if (lines.length === 0) return NOTHING
    const place = this.#place(stream)
    return this.#lines(place, this.#prefix(place, node.host, node.step), lines)
  }

  /** Everything about a playbook is one log; of a single command only what the hosts print to stdout answers. */
  #place(stream: Place): Place {
    return this.#options.shape === 'command' ? stream : 'stdout'
  }

  #lines(place: Place, prefix: string, lines: readonly string[]): Printed {
    const text = lines.map(line => `${prefix}${line}\n`).join('')
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

const NOTHING: Printed = { stdout: '', stderr: '' }

function joined(parts: readonly Printed[]): Printed {
  return { stdout: parts.map(part => part.stdout).join(''), stderr: parts.map(part => part.stderr).join('') }
}

/** Filled up, never cut: a name in a log must be whole. */
function padded(name: string, width: number): string {
  return textWidth(name) > width ? name : fillTo(name, width)
}
