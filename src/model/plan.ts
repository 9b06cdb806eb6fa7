import type { Host } from './host.ts'
import type { BecomeMethod, NeedIf, OnFailure } from './playbook.ts'
import type { Where } from './problem.ts'
import type { Expr, Template } from './template.ts'

/**
 * The compiled DAG, factored: steps × hosts are never spelled out. Node `n` is step `floor(n / hosts.length)`
 * on host `n % hosts.length`.
 */
export interface Plan {
  readonly name: string
  readonly file: string
  /** All hosts that a step runs on or is delegated to, in inventory order. */
  readonly hosts: readonly Host[]
  /** In source order, which is a topological order too only after `order` is applied. */
  readonly steps: readonly PlanStep[]
  /** Step indexes in a topological order, source order where that leaves a choice. */
  readonly order: readonly number[]
  /** For people: groups, includes and loops as they stand in the source. The engine does not look at them. */
  readonly groups: readonly PlanGroup[]
  readonly rollings: readonly Rolling[]
  readonly semaphores: readonly { readonly name: string; readonly permits: number }[]
  /** Distinct hosts that may fail or be unreachable before no new node starts; absent: any number. */
  readonly maxFailures?: number
}

/** A step of the source that holds others: they name it by its index. */
export interface PlanGroup {
  readonly kind: 'group' | 'use' | 'loop'
  /** As `roll`, `web.install`, `users`. */
  readonly id: string
  readonly title: string
  /** The group it is in. */
  readonly parent?: number
  readonly where: Where
}

/** Hosts in batches: a batch starts when the one before has ended on all its hosts, and not too many have failed. */
export interface Rolling {
  /** For each host of the plan its batch; NO_BATCH for hosts that are not among the group's. */
  readonly batchOf: Uint32Array
  readonly batches: number
  /** The steps that run batch by batch; each runs on all of the hosts, or is a `once` step of the first batch. */
  readonly steps: readonly number[]
  /** Distinct hosts that may fail or be unreachable before no new batch starts. */
  readonly tolerated: number
  /** Between the end of a batch and the start of the next. */
  readonly pauseMs: number
}

export const NO_BATCH = 0xffff_ffff

export interface PlanStep {
  readonly index: number
  /** As `restart`, `web.install` (in an include), `users[0]`, `users["ann"].key` (of a loop). */
  readonly id: string
  readonly title: string
  readonly group?: number
  /** Host indexes, ascending. Empty when the step is excluded (`--limit` and the like): edges pass through it. */
  readonly targets: Uint32Array
  /**
   * Hosts, ascending, on which the step is at home but has nothing to do (an item of a loop that they lack): edges
   * pass through it there, without waiting for its other hosts.
   */
  readonly idle?: Uint32Array
  readonly edges: readonly Edge[]
  /** At most this many nodes of the step in flight. */
  readonly throttle?: number
  /** Indexes of the plan's semaphores. */
  readonly semaphores: readonly number[]
  /** Index of the plan's rollings. */
  readonly rolling?: number
  readonly onFailure: OnFailure
  /** Distinct hosts of the step that may fail without breaking edges to all its hosts. */
  readonly tolerated: number
  readonly once: boolean
  /** It may run at the same time as others that write the same paths. */
  readonly mayOverlap?: true
  /** For each host of the plan the one that carries the node out; absent: the host itself. */
  readonly delegates?: Uint32Array
  /** All must hold, looked at in this order; the groups' come first. */
  readonly when: readonly Expr[]
  readonly retry?: PlanRetry
  /** Over `result`. */
  readonly changedWhen?: Expr
  readonly failedWhen?: Expr
  readonly tags: readonly string[]
  /** Why it has no targets, where options took them. */
  readonly excluded?: 'limit' | 'tags' | 'step'
  /** Made by the compiler, as the gathering of facts: its output is for drover only. */
  readonly hidden: boolean
  readonly action: ActionTemplate
  readonly where: Where
}

export interface PlanRetry {
  readonly attempts: number
  readonly delayMs: number
  readonly backoff: number
  readonly until?: Expr
}

/**
 * `host`: on each host of the needing step, this step there; where it does not run there, all of its hosts and
 * whatever it needs there itself. `all`: all of its hosts, always.
 *
 * `success`: it must end well. `always`: it must end. `failed`: it must end, and of all such edges of a node at least
 * one must have ended otherwise than well (blocked included), or the node is skipped.
 */
export interface Edge {
  readonly from: number
  readonly on: 'host' | 'all'
  readonly if: NeedIf
}

export type ActionTemplate = RunTemplate | PutTemplate | GetTemplate | AssertTemplate | PauseTemplate

export interface RunTemplate {
  readonly kind: 'run'
  readonly script: Template
  readonly shell?: string
  readonly cwd?: Template
  readonly env: readonly (readonly [name: string, value: Template])[]
  readonly stdin?: Template
  readonly creates: readonly Template[]
  readonly removes: readonly Template[]
  readonly unless?: Template
  readonly onlyIf?: Template
  readonly readOnly: boolean
  readonly writes?: readonly Template[]
  readonly idempotent?: true
  readonly detach?: true
  readonly reconnect?: true
  readonly become?: BecomeTemplate
  readonly timeoutMs: number
}

/** `no`: never; `user` absent: the inventory's, or root. A step without one becomes whom the inventory says, if so. */
export interface BecomeTemplate {
  readonly kind: 'no' | 'yes'
  readonly user?: Template
  readonly method?: BecomeMethod
}

export interface PutTemplate {
  readonly kind: 'put'
  /** `template`: `text` is the content of the template file, `file` its name for people. */
  readonly source:
    | { readonly kind: 'src' | 'content'; readonly text: Template }
    | { readonly kind: 'template'; readonly text: Template; readonly file: string }
  readonly dest: Template
  readonly mode?: Template
  readonly owner?: Template
  readonly group?: Template
  readonly parents: boolean
  readonly become?: BecomeTemplate
  readonly timeoutMs: number
}

export interface GetTemplate {
  readonly kind: 'get'
  readonly src: Template
  readonly dest: Template
  readonly become?: BecomeTemplate
  readonly timeoutMs: number
}

/** Looked at in the controller: the first that does not hold fails the node. */
export interface AssertTemplate {
  readonly kind: 'assert'
  readonly that: readonly Expr[]
  readonly message?: Template
}

/** Nothing is sent and no permit is held. */
export interface PauseTemplate {
  readonly kind: 'pause'
  readonly ms: number
}
