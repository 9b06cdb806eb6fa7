import type { Host } from './host.ts'
import type { OnFailure } from './playbook.ts'
import type { Where } from './problem.ts'
import type { Template } from './template.ts'

/**
 * The compiled DAG, factored: steps × hosts are never spelled out. Node `n` is step `floor(n / hosts.length)`
 * on host `n % hosts.length`.
 */
export interface Plan {
  readonly name: string
  readonly file: string
  readonly hosts: readonly Host[]
  /** In source order, which is a topological order too only after `order` is applied. */
  readonly steps: readonly PlanStep[]
  /** Step indexes in a topological order, source order where that leaves a choice. */
  readonly order: readonly number[]
  /** Distinct hosts that may fail or be unreachable before no new node starts; absent: any number. */
  readonly maxFailures?: number
}

export interface PlanStep {
  readonly index: number
  readonly id: string
  readonly title: string
  /** Host indexes, ascending. Empty when the step is excluded (`--limit` and the like): edges pass through it. */
  readonly targets: Uint32Array
  readonly edges: readonly Edge[]
  /** At most this many nodes of the step in flight. */
  readonly throttle?: number
  readonly onFailure: OnFailure
  /** Distinct hosts of the step that may fail without breaking edges to all its hosts. */
  readonly tolerated: number
  readonly once: boolean
  readonly action: ActionTemplate
  readonly where: Where
}

/**
 * `host`: on each host of the needing step, this step there; where it does not run there, all of its hosts and
 * whatever it needs there itself. `all`: all of its hosts, always.
 */
export interface Edge {
  readonly from: number
  readonly on: 'host' | 'all'
}

export type ActionTemplate = RunTemplate | PutTemplate | GetTemplate

export interface RunTemplate {
  readonly kind: 'run'
  readonly script: Template
  readonly cwd?: Template
  readonly env: readonly (readonly [name: string, value: Template])[]
  readonly stdin?: Template
  readonly creates: readonly Template[]
  readonly removes: readonly Template[]
  readonly readOnly: boolean
  readonly timeoutMs: number
}

export interface PutTemplate {
  readonly kind: 'put'
  readonly source: { readonly kind: 'src' | 'content'; readonly text: Template }
  readonly dest: Template
  readonly mode?: Template
  readonly owner?: Template
  readonly group?: Template
  readonly parents: boolean
  readonly timeoutMs: number
}

export interface GetTemplate {
  readonly kind: 'get'
  readonly src: Template
  readonly dest: Template
  readonly timeoutMs: number
}
