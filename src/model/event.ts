import type { Failure } from './errors.ts'
import type { GitFacts } from './git.ts'
import type { NodeResult, Outcome } from './outcome.ts'
import type { Plan } from './plan.ts'

/**
 * What happens during a run, told by the engine as facts. Indexes point into the plan that `run_started` carries.
 * `at` is milliseconds since the epoch.
 */
export type RunEvent =
  | {
      readonly kind: 'run_started'
      readonly at: number
      readonly run: string
      readonly plan: Plan
      /** Of a playbook that lies in a repository. */
      readonly git?: GitFacts
    }
  | { readonly kind: 'host_connected'; readonly at: number; readonly host: number; readonly ms: number }
  | {
      readonly kind: 'host_unreachable'
      readonly at: number
      readonly host: number
      readonly failure: Failure
    }
  /** Once a node, however many attempts follow; not for nodes for which there was nothing to do. */
  | { readonly kind: 'node_started'; readonly at: number; readonly step: number; readonly host: number }
  | {
      readonly kind: 'node_output'
      readonly at: number
      readonly step: number
      readonly host: number
      readonly stream: 'stdout' | 'stderr'
      /** Any piece of the stream, not aligned to lines, as the host sent it: escape before showing it. */
      readonly text: string
    }
  /** An attempt did not do, and another one follows after `ms`. */
  | {
      readonly kind: 'node_retried'
      readonly at: number
      readonly step: number
      readonly host: number
      /** The attempt that ended, from 1. */
      readonly attempt: number
      readonly ms: number
      readonly result: NodeResult
    }
  | {
      readonly kind: 'node_finished'
      readonly at: number
      readonly step: number
      readonly host: number
      readonly outcome: Outcome
      /** Absent for `blocked` nodes, and for those that were cancelled while they waited. */
      readonly result?: NodeResult
      /** For `blocked`: the node that failed first. */
      readonly cause?: { readonly step: number; readonly host: number }
      /** For `blocked`: by the end of the whole run that the cause led to, whatever the node needs. */
      readonly stopped?: true
    }
  | {
      readonly kind: 'run_finished'
      readonly at: number
      /** Why the run ended early, if it did. */
      readonly stopped?: StopReason
      readonly counts: Readonly<Record<Outcome, number>>
    }

/** The first reason for which a run ended early. */
export type StopReason = 'interrupted' | 'on_failure' | 'max_failures'

/** A listener returns a promise when it cannot take more for now (a slow pipe): output is held back until then. */
export type RunListener = (event: RunEvent) => void | Promise<void>
