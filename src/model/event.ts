import type { Action } from './action.ts'
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
  /**
   * An attempt of the node goes to a worker. It is on the disk before that happens, so that after a crash a node without
   * one certainly has not run.
   */
  | {
      readonly kind: 'node_sent'
      readonly at: number
      readonly step: number
      readonly host: number
      readonly action: Action
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
  /** The host is this run's own, for the user that `as` names: other runs of drover keep off. */
  | { readonly kind: 'lock_taken'; readonly at: number; readonly host: number; readonly as: string }
  /** Another run has the host: it is waited for. `holder` says who, for people. */
  | { readonly kind: 'lock_waiting'; readonly at: number; readonly host: number; readonly holder: string }
  /** There can be no lock on this host, and it goes on without. */
  | { readonly kind: 'lock_missed'; readonly at: number; readonly host: number; readonly why: string }
  /** The journal cannot be written any more: no new node starts. */
  | { readonly kind: 'journal_failed'; readonly at: number; readonly failure: Failure }
  | {
      readonly kind: 'run_finished'
      readonly at: number
      /** Why the run ended early, if it did. */
      readonly stopped?: StopReason
      readonly counts: Readonly<Record<Outcome, number>>
    }

/**
 * The first reason for which a run ended early. `journal`: what happens cannot be recorded. `lock`: another run has one
 * of the hosts. `timeout`: of the whole run.
 */
export type StopReason = 'interrupted' | 'on_failure' | 'max_failures' | 'journal' | 'lock' | 'timeout'

/** A listener returns a promise when it cannot take more for now (a slow pipe): output is held back until then. */
export type RunListener = (event: RunEvent) => void | Promise<void>
