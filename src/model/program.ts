import type { Action } from './action.ts'
import type { NodeResult, Outcome } from './outcome.ts'

/**
 * What the nodes of a plan say, handed to the engine by the compiler: the engine knows no expressions. All of it is
 * called in the order of the run, one at a time, and answers at once.
 */
export interface Program {
  /** What a node is to do, asked just before it is sent, and again for each further attempt. Everything it needs has ended. */
  render(step: number, host: number): Rendered
  /** Whether a result stands, or is another one than the host's (`failed_when`), or another attempt follows. */
  judge(step: number, host: number, result: NodeResult, attempt: number): Judgement
  /** A node ended, however that was; `result` as in `node_finished`. */
  ended(step: number, host: number, outcome: Outcome, result: NodeResult | undefined): void
}

export type Rendered =
  | { readonly kind: 'action'; readonly action: Action }
  /** There is nothing to send: the condition is false, or a value does not fit. */
  | { readonly kind: 'result'; readonly result: NodeResult }
  /** The node is `ok` after so many milliseconds, holding no permit. */
  | { readonly kind: 'pause'; readonly ms: number }

export type Judgement =
  | { readonly kind: 'stands'; readonly result: NodeResult }
  /** After so many milliseconds; the node holds no permit meanwhile. `attempt` counts from 1. */
  | {
      readonly kind: 'again'
      readonly ms: number
      /** Nobody knows what this attempt has done, but it may have changed the host. */
      readonly mayHaveChanged?: true
    }
