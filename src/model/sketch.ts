import type { Action } from './action.ts'
import type { Failure } from './errors.ts'

/**
 * What is known of a node before the run. What only the run can know stands as it is written, `${{ … }}`. Nodes of a
 * step that are the same on several hosts share one object where that is known at once.
 */
export type Sketch =
  | { readonly kind: 'action'; readonly action: Action; readonly conditions: readonly string[] }
  | {
      readonly kind: 'assert'
      /** As written. */
      readonly that: readonly string[]
      readonly message?: string
      readonly conditions: readonly string[]
    }
  | { readonly kind: 'pause'; readonly ms: number; readonly conditions: readonly string[] }
  /** A condition is false whatever the run brings; `note` says which. */
  | { readonly kind: 'skipped'; readonly note: string }
  /** The values do not fit, which the run would tell too. */
  | { readonly kind: 'failure'; readonly failure: Failure }

/** `conditions`: those of the `when`s that only the run can decide, as written, outermost first. */
export type SketchNode = (step: number, host: number) => Sketch
