import type { RunAction } from './action.ts'
import type { Failure } from './errors.ts'
import type { NodeResult } from './outcome.ts'
import type { Rendered } from './program.ts'

/**
 * What the nodes of a plan will say, as far as that is known without running them: what a preview asks, as the engine
 * asks a `Program`. Expressions see the verdicts that were found so far.
 */
export interface Foresight {
  /** May be asked again for a node that waits. */
  render(step: number, host: number): Foreseen
  /** Whether a command that runs counts as changed: `changed_when` may say so without its result. */
  changes(step: number, host: number): 'yes' | 'no' | 'unknown'
  /** What becomes of the result of a step that ran because it only reads; `later` where another attempt would follow. */
  judge(step: number, host: number, result: NodeResult): NodeResult | 'later'
  /** A verdict was found. */
  settle(step: number, host: number, end: ForeseenEnd): void
}

export type Foreseen =
  | Rendered
  /** It depends on nodes that have no verdict yet. */
  | { readonly kind: 'waits'; readonly for: readonly NodeName[] }
  /**
   * As `steps.a would change first`. `places` stands for it where that much is known: a command that does nothing, and
   * writes where the node would.
   */
  | { readonly kind: 'unknown'; readonly because: string; readonly places?: RunAction }

export interface NodeName {
  readonly step: number
  readonly host: number
}

/** How a node would end, for expressions. `ran`: with this very result; the others' output is not known. */
export type ForeseenEnd =
  | { readonly kind: 'ran'; readonly result: NodeResult }
  | { readonly kind: 'changed' | 'ok' | 'skipped' | 'held' | 'unknown' }
  | { readonly kind: 'failed'; readonly failure?: Failure }
