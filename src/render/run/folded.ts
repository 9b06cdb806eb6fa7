import type { RunEvent } from '../../model/event.ts'
import type { Diff } from '../../model/finding.ts'
import type { Plan } from '../../model/plan.ts'
import { count } from '../../model/quantity.ts'
import { foldHosts } from '../fold-hosts.ts'
import type { Paint, Style } from '../paint.ts'
import { GatheredOutput, type SameOutput, type StreamName } from './gathered.ts'
import { type RunLabels, runLabels } from './labels.ts'
import type { Printed } from './printed.ts'

/**
 * Output is not shown as it comes, but when all hosts have ended, the same once. `diff`: all but the most common as
 * their difference from that; it gives the hunks of two texts.
 */
export type FoldRequest =
  | { readonly kind: 'whole' }
  | { readonly kind: 'diff'; readonly diff: (before: string, after: string) => Diff }

/** As clush draws it. */
const RULE = '-'.repeat(15)

/** What hosts printed, folded: `web[01-12] (12)`, then the output that they have in common. */
export class FoldedOutput {
  readonly #gathered: GatheredOutput
  readonly #labels: RunLabels
  readonly #request: FoldRequest

  constructor(plan: Plan, request: FoldRequest) {
    this.#gathered = new GatheredOutput(plan)
    this.#labels = runLabels(plan)
    this.#request = request
  }

  add(event: RunEvent): void {
    this.#gathered.add(event)
  }

  /** When the run is over. */
  print(paint: Readonly<Record<StreamName, Paint>>): Printed {
    return { stdout: this.#text('stdout', paint.stdout), stderr: this.#text('stderr', paint.stderr) }
  }

  #text(stream: StreamName, paint: Paint): string {
    const groups = this.#gathered.groups(stream)
    const [most, ...others] = groups
    if (most === undefined) return ''
    // Beside nothing, the whole of it is the difference.
    if (this.#request.kind === 'whole' || isEmpty(most))
      return groups.map(group => this.#whole(group, paint)).join('')
    const { diff } = this.#request
    return this.#whole(most, paint) + others.map(group => this.#difference(most, group, diff, paint)).join('')
  }

  #whole(group: SameOutput, paint: Paint): string {
    if (isEmpty(group)) return ''
    return `${paint('cyan', `${RULE}\n${this.#names(group)}\n${RULE}`)}\n${textOf(group)}`
  }

  #difference(
    most: SameOutput,
    other: SameOutput,
    diff: (before: string, after: string) => Diff,
    paint: Paint,
  ): string {
    const found = diff(textOf(most), textOf(other))
    // Two that have too little in common.
    if (found.kind !== 'text' && !isEmpty(other)) return this.#whole(other, paint)
    const head = paint('bold', `--- ${this.#names(most)}\n+++ ${this.#names(other)}`)
    const text = found.kind === 'text' ? found.text : ''
    const lines = text.split('\n').slice(0, -1)
    const hunks = lines.map(line => `${paint(STYLES[line.charAt(0)] ?? 'reset', line)}\n`).join('')
    return `${head}\n${hunks === '' ? '… the difference is in lines that are left out …\n' : hunks}`
  }

  #names({ hosts }: SameOutput): string {
    const names = foldHosts(hosts.map(this.#labels.host))
    return hosts.length > 1 ? `${names} (${hosts.length})` : names
  }
}

const STYLES: Readonly<Record<string, Style>> = { '+': 'green', '-': 'red', '@': 'dim' }

function isEmpty({ head, tail, left }: SameOutput): boolean {
  return head === '' && tail === '' && left === 0
}

function textOf({ head, tail, left }: SameOutput): string {
  return left === 0 ? head : `${head}… ${count(left, 'line')} left out …\n${tail}`
}
