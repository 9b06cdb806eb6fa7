import type { RunEvent } from '../../model/event.ts'
import type { Diff } from '../../model/finding.ts'
import type { Plan } from '../../model/plan.ts'
import { count } from '../../model/quantity.ts'
import { foldHosts } from '../fold-hosts.ts'
import type { Paint, Style } from '../paint.ts'
import { GatheredOutput, type SameOutput, type StreamName } from './gathered.ts'
import { type RunLabels, runLabels } from './labels.ts'
import { joined, type Printed } from './printed.ts'

/**
 * Output is not shown as it comes, but when all hosts have ended, the same once. `diff`: all but the most common as
 * their difference from that; it gives the hunks of two texts.
 */
export type FoldRequest =
  | { readonly kind: 'whole' }
  | { readonly kind: 'diff'; readonly diff: (before: string, after: string) => Diff }

/** As clush draws it. */
const RULE = '-'.repeat(15)

type Shape = 'playbook' | 'command' | 'copy'

/**
 * What hosts printed, folded: `web[01-12] (12)`, then the output that they have in common. Of a playbook one step after
 * the other, all of it to stdout.
 */
export class FoldedOutput {
  readonly #gathered: GatheredOutput
  readonly #labels: RunLabels
  readonly #request: FoldRequest
  readonly #shape: Shape
  readonly #plan: Plan

  constructor(plan: Plan, request: FoldRequest, shape: Shape) {
    this.#plan = plan
    this.#gathered = new GatheredOutput(plan)
    this.#labels = runLabels(plan)
    this.#request = request
    this.#shape = shape
  }

  add(event: RunEvent): void {
    this.#gathered.add(event)
  }

  /** When the run is over. */
  print(paint: Readonly<Record<StreamName, Paint>>): Printed {
    return joined(
      this.#plan.steps.map(({ index }) => {
        const [stdout, stderr] = [this.#text(index, 'stdout', paint), this.#text(index, 'stderr', paint)]
        return this.#shape === 'playbook' ? { stdout: stdout + stderr, stderr: '' } : { stdout, stderr }
      }),
    )
  }

  #text(step: number, stream: StreamName, paints: Readonly<Record<StreamName, Paint>>): string {
    const groups = this.#gathered.groups(step, stream)
    const [most, ...others] = groups
    if (most === undefined) return ''
    const paint = paints[this.#shape === 'playbook' ? 'stdout' : stream]
    const heading = (group: SameOutput) => this.#names(group) + this.#suffix(step, stream)
    // Beside nothing, the whole of it is the difference.
    if (this.#request.kind === 'whole' || isEmpty(most))
      return groups.map(group => whole(group, heading, paint)).join('')
    const { diff } = this.#request
    return (
      whole(most, heading, paint) +
      others.map(group => difference([most, group], heading, diff, paint)).join('')
    )
  }

  /** Of a single command nothing need be said. */
  #suffix(step: number, stream: StreamName): string {
    if (this.#shape !== 'playbook') return ''
    return ` │ ${this.#labels.step(step)}${stream === 'stderr' ? ' │ stderr' : ''}`
  }

  #names({ hosts }: SameOutput): string {
    const names = foldHosts(hosts.map(this.#labels.host))
    return hosts.length > 1 ? `${names} (${hosts.length})` : names
  }
}

type Heading = (group: SameOutput) => string

function whole(group: SameOutput, heading: Heading, paint: Paint): string {
  if (isEmpty(group)) return ''
  return `${paint('cyan', `${RULE}\n${heading(group)}\n${RULE}`)}\n${textOf(group)}`
}

function difference(
  [most, other]: readonly [SameOutput, SameOutput],
  heading: Heading,
  diff: (before: string, after: string) => Diff,
  paint: Paint,
): string {
  const found = diff(textOf(most), textOf(other))
  // Two that have too little in common.
  if (found.kind !== 'text' && !isEmpty(other)) return whole(other, heading, paint)
  const head = paint('bold', `--- ${heading(most)}\n+++ ${heading(other)}`)
  const text = found.kind === 'text' ? found.text : ''
  const lines = text.split('\n').slice(0, -1)
  const hunks = lines.map(line => `${paint(STYLES[line.charAt(0)] ?? 'reset', line)}\n`).join('')
  return `${head}\n${hunks === '' ? '… the difference is in lines that are left out …\n' : hunks}`
}

const STYLES: Readonly<Record<string, Style>> = { '+': 'green', '-': 'red', '@': 'dim' }

function isEmpty({ head, tail, left }: SameOutput): boolean {
  return head === '' && tail === '' && left === 0
}

function textOf({ head, tail, left }: SameOutput): string {
  return left === 0 ? head : `${head}… ${count(left, 'line')} left out …\n${tail}`
}
