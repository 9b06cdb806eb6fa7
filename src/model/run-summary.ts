import type { StopReason } from './event.ts'
import type { Outcome } from './outcome.ts'

/** What a history knows of a run. Times in ms since the epoch. */
export interface RunSummary {
  readonly id: string
  readonly startedAt: number
  /** Absent where nothing was recorded, or the journal is damaged. */
  readonly facts?: RunFacts
  /** What is wrong with the journal. */
  readonly damage?: string
}

export interface RunFacts {
  /** As the user named it. */
  readonly playbook: string
  /** Relative to the working folder. */
  readonly path: string
  readonly user: string
  readonly commit?: string
  /** Files that differed from the commit. */
  readonly dirty: number
  readonly hosts: number
  /** The last word on each node that anybody asked for; a hidden one counts where it did not do. */
  readonly counts: Readonly<Partial<Record<Outcome, number>>>
  /** Nodes of which nobody has heard since they were sent. */
  readonly inFlight: number
  /** From the start to the last event; of a run that went on after a stop, all of its parts together. */
  readonly workMs: number
  readonly endedAt: number
  readonly finished: boolean
  readonly stopped?: StopReason
  /** Means by step, of a run that did all of its work in one go: what the next one may take. */
  readonly stepMs?: Readonly<Record<string, number>>
}

/**
 * How it stands with a run. `running`: by a process of this machine, or of another one, where nobody here can tell
 * whether it is still alive. `broken_off`: its process ended without a word. `not_begun`: that before anything was
 * recorded.
 */
export type RunStatus =
  | { readonly kind: 'finished' }
  | { readonly kind: 'stopped'; readonly why: StopReason }
  | { readonly kind: 'running'; readonly pid: number; readonly machine?: string }
  | { readonly kind: 'broken_off' }
  | { readonly kind: 'not_begun' }
  | { readonly kind: 'damaged'; readonly what: string }
