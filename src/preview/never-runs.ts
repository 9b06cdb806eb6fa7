import type { NodeName } from '../model/foresight.ts'
import type { Plan } from '../model/plan.ts'
import { NOTHING_FAILS, type Verdict } from '../model/preview.ts'

export type Reasoned = Extract<Verdict, { readonly because: string }>

/** Why a node does not run, or may not, as it is said of it. */
export class NeverRuns {
  readonly #plan: Plan
  /** Which host carries a node out. */
  readonly #carrierOf: (step: number, host: number) => number
  readonly #lost: ReadonlySet<number>

  constructor(plan: Plan, carrierOf: (step: number, host: number) => number, lost: ReadonlySet<number>) {
    this.#plan = plan
    this.#carrierOf = carrierOf
    this.#lost = lost
  }

  /** @param cause the node that would fail first; undefined for a host that is lost */
  blocked(node: NodeName, cause: NodeName | undefined): Reasoned {
    return { kind: 'unknown', because: this.#blockedBy(node, cause) }
  }

  /** Of a node that runs only after a failure. @param before what may fail, though it is not said to */
  skipped(node: NodeName, before: NodeName | undefined): Reasoned {
    return before === undefined
      ? { kind: 'skip', because: NOTHING_FAILS }
      : { kind: 'unknown', because: this.#named('is unknown and may fail', node, before) }
  }

  unreachable(host: number): string {
    return `${this.#plan.hosts[host]?.name} is unreachable`
  }

  #blockedBy(node: NodeName, cause: NodeName | undefined): string {
    if (cause === undefined) return this.unreachable(node.host)
    const via = this.#carrierOf(cause.step, cause.host)
    return this.#lost.has(via) ? this.unreachable(via) : this.#named('would fail', node, cause)
  }

  #named(words: string, node: NodeName, { step, host }: NodeName): string {
    const where = host === node.host ? '' : ` on ${this.#plan.hosts[host]?.name}`
    return `steps.${this.#plan.steps[step]?.id} ${words}${where}`
  }
}
