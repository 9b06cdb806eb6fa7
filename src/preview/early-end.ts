import { isCleanup, wantsFailure } from '../engine/edges.ts'
import type { NodeName } from '../model/foresight.ts'
import type { Plan } from '../model/plan.ts'
import { NOTHING_FAILS, type NodePreview, type Verdict } from '../model/preview.ts'

/** What may end the whole run before all else has had its turn. */
export interface EarlyEnd {
  /** Nodes that would fail, which ends it. */
  readonly surely: readonly NodeName[]
  /** A node that is unknown, and whose failure would end it. */
  readonly maybe: NodeName | undefined
}

/**
 * What the end of the run makes unknown, whatever was found: a node that nothing puts before it may not have begun by
 * then, and what cleans up may have something to clean up. What surely comes after it is blocked already.
 * @param order whether the first node surely ends before the second starts
 */
export class Revision {
  readonly #plan: Plan
  readonly #end: EarlyEnd
  readonly #order: (first: NodeName, second: NodeName) => boolean
  readonly #cleans: readonly boolean[]
  /** Of steps that run only after a failure. */
  readonly #mends: readonly boolean[]

  constructor(plan: Plan, end: EarlyEnd, order: (first: NodeName, second: NodeName) => boolean) {
    this.#plan = plan
    this.#end = end
    this.#order = order
    this.#cleans = plan.steps.map(isCleanup)
    this.#mends = plan.steps.map(wantsFailure)
  }

  get isNeeded(): boolean {
    return this.#end.surely.length > 0 || this.#end.maybe !== undefined
  }

  /** The verdict in place of the one that was found; undefined where that stands. */
  of(node: NodeName, { verdict }: NodePreview): Verdict | undefined {
    if (verdict.kind === 'unknown') return undefined
    const { maybe, surely } = this.#end
    if (this.#mends[node.step]) {
      const [cause = maybe] = surely
      // That it is not wanted, or is: both rest on how others end, which have perhaps not begun.
      const isOpen = surely.length > 0 || (verdict.kind === 'skip' && verdict.because === NOTHING_FAILS)
      return isOpen && cause !== undefined ? this.#unknown(cause) : undefined
    }
    if (this.#cleans[node.step]) return undefined
    const cause = surely.find(other => !this.#order(node, other))
    return cause === undefined ? undefined : this.#unknown(cause)
  }

  #unknown({ step, host }: NodeName): Verdict {
    const name = `steps.${this.#plan.steps[step]?.id} on ${this.#plan.hosts[host]?.name}`
    return { kind: 'unknown', because: `${name} may fail first, which ends the run` }
  }
}
