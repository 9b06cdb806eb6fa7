import type { Host } from '../model/host.ts'
import type { NodeResult, Outcome } from '../model/outcome.ts'
import type { Value } from '../model/value.ts'

/**
 * What expressions are evaluated in: one host, one place in the playbook (an include, an item of a loop). Everything
 * is asked for lazily, by those expressions alone that use it.
 */
export interface Scope {
  readonly host: Host
  /** Group names to the names of their hosts, in inventory order. */
  readonly groups: ReadonlyMap<string, readonly string[]>
  readonly env: Readonly<Record<string, string | undefined>>
  /** What stands for a secret until its value is inserted; absent where there can be none. */
  readonly secret?: (name: string) => string
  /** Undefined before there is a run. */
  readonly run: RunFacts | undefined
  /** A declared variable's value; undefined where it has none for this host. */
  readonly variable: (name: string) => Value | undefined
  /** What the include was given, or the parameter's default. */
  readonly param: (name: string) => Value | undefined
  /** The item of the innermost loop around; for a map `{key, value}`. */
  readonly item?: Value
  /** The names that blocks of a template file bind. */
  readonly locals?: ReadonlyMap<string, Value>
  /** Undefined before they are gathered. */
  readonly facts: () => Value | undefined
  /** What a step id means here; undefined before the run knows. */
  readonly step: (id: string) => StepView | undefined
  /** In `until`, `changed_when` and `failed_when`: the step's own. */
  readonly result?: ResultView
  /** The text of a local file, for `file()`; paths are relative to the file that the expression stands in. */
  readonly readFile: (path: string) => string | { readonly problem: string }
}

export interface RunFacts {
  readonly id: string
  /** The controller's user. */
  readonly user: string
  /** RFC 3339, UTC. */
  readonly started: string
}

/** A step as expressions see it. Which of them it is, the language knows from the playbook. */
export type StepView =
  | {
      readonly kind: 'step'
      /** On this host; for a `once` step, on its one host. Undefined where it does not run or has not ended. */
      readonly here: ResultView | undefined
      readonly on: (host: string) => ResultView | undefined
    }
  | { readonly kind: 'loop'; readonly items: readonly ResultView[] }
  /** The members, for the sums of them. */
  | { readonly kind: 'group'; readonly members: readonly ResultView[] }

/** `result` is absent for what never ran: skipped, blocked, or a satisfied guard. */
export interface ResultView {
  readonly outcome: Outcome
  readonly result?: NodeResult
  /** Why its output cannot be used, as being too long to keep. */
  readonly incomplete?: string
  /** In a preview: what is not known of it. */
  readonly open?: OpenResult
}

export interface OpenResult {
  /** `output`: how it ends is known. `all`: nothing is, and `outcome` means nothing. */
  readonly covers: 'output' | 'all'
  /** Called when an expression reads what is open; the reason, of a step with that name, as `steps.a`. */
  readonly read: (name: string) => string
}
