import type { Failure } from './errors.ts'
import type { Finding } from './finding.ts'
import type { NodeResult } from './outcome.ts'
import type { Plan } from './plan.ts'
import type { Sketch } from './sketch.ts'

/** Why a node is skipped that cleans up after a failure, as long as nothing fails. */
export const NOTHING_FAILS = 'nothing before it would fail'

/** What a preview says of a node. */
export type Verdict =
  | { readonly kind: 'change' }
  | { readonly kind: 'no change' }
  | { readonly kind: 'skip'; readonly because: string }
  /**
   * `because` goes on after "unknown because", as `steps.conf would change first`. `fails`: as things are the step
   * would fail, and `because` is the failure.
   */
  | { readonly kind: 'unknown'; readonly because: string; readonly fails?: true }

/** One node of a preview. Nodes that are the same on several hosts may share one object. */
export interface NodePreview {
  readonly verdict: Verdict
  /** What it would do; what only the run knows stands as it is written. */
  readonly sketch: Sketch
  /** What the host was found to have, where it was asked and the answer counts. */
  readonly finding?: Finding
  /** Of a `read_only` step, which really ran. */
  readonly result?: NodeResult
  /** Of a saved plan: more was known, but differs by host or was too long, and is not kept. */
  readonly partial?: true
}

export interface Preview {
  readonly plan: Plan
  /** Undefined where the step does not run on the host. Hidden steps (facts) have none. */
  readonly node: (step: number, host: number) => NodePreview | undefined
  /** Hosts that could not be asked; what they were to do is `unknown`. */
  readonly unreachable: ReadonlyMap<number, Failure>
  readonly counts: PreviewCounts
}

/** Nodes by verdict; those of unreachable hosts are not among `unknown`, and `unreachable` counts hosts. */
export interface PreviewCounts {
  readonly change: number
  readonly unchanged: number
  readonly skipped: number
  readonly unknown: number
  /** Of the unknown ones, those that would fail. */
  readonly failing: number
  readonly unreachable: number
}
