import type { ActionTemplate, Edge, PlanGroup, PlanStep } from '../model/plan.ts'
import type { NeedIf, OnFailure } from '../model/playbook.ts'
import type { Where } from '../model/problem.ts'
import { list, object, optional, union } from './codec/compound.ts'
import { count, flag, matching, number, oneOf, text, word } from './codec/scalars.ts'
import type { Ranges, Repeats } from './runs.ts'

/** What a plan file keeps of a plan: enough to show it, and to tell whether another one is the same. */
export interface StoredPlan {
  readonly name: string
  readonly file: string
  /** By name: how they are reached is read from the inventory again. */
  readonly hosts: readonly string[]
  /** The digests of all hosts' connections, one after the other. */
  readonly connections: string
  readonly steps: readonly StoredStep[]
  readonly order: readonly number[]
  readonly groups: readonly PlanGroup[]
  readonly rollings: readonly StoredRolling[]
  readonly semaphores: readonly { readonly name: string; readonly permits: number }[]
  readonly maxFailures?: number
}

export interface StoredStep {
  readonly id: string
  readonly title: string
  readonly group?: number
  readonly targets: Ranges
  readonly idle?: Ranges
  readonly edges: readonly Edge[]
  readonly throttle?: number
  readonly semaphores: readonly number[]
  readonly rolling?: number
  readonly onFailure: OnFailure
  readonly tolerated: number
  readonly once: boolean
  readonly mayOverlap?: true
  readonly delegates?: Repeats
  readonly when: readonly StoredExpr[]
  readonly retry?: StoredRetry
  readonly changedWhen?: StoredExpr
  readonly failedWhen?: StoredExpr
  readonly tags: readonly string[]
  readonly excluded?: NonNullable<PlanStep['excluded']>
  readonly hidden: boolean
  readonly action: StoredTemplate
  readonly where: StoredWhere
}

type StoredWhere = Pick<Where, 'file' | 'line' | 'col'>

export interface StoredExpr {
  readonly source: string
  readonly late: boolean
}

export interface StoredRetry {
  readonly attempts: number
  readonly delayMs: number
  readonly backoff: number
  readonly until?: StoredExpr
}

/** The kind of what a step does. What it does on which host is told by the nodes. */
export type StoredTemplate =
  | { readonly kind: 'run'; readonly readOnly: boolean; readonly timeoutMs: number }
  | {
      readonly kind: 'put'
      readonly source: 'src' | 'content' | 'template'
      /** The template's name for people. */
      readonly file?: string
      /** Some of the content is only known in the run. */
      readonly late: boolean
      readonly timeoutMs: number
    }
  | { readonly kind: 'get'; readonly timeoutMs: number }
  | { readonly kind: 'assert' }
  | { readonly kind: 'pause'; readonly ms: number }

export interface StoredRolling {
  readonly batchOf: Repeats
  readonly batches: number
  readonly steps: readonly number[]
  readonly tolerated: number
  readonly pauseMs: number
}

const numbers = list(count)
const expr = object<StoredExpr>({ source: text, late: flag })
const where = object<StoredWhere>({ file: text, line: count, col: count })
const needIf = oneOf<NeedIf>('success', 'failed', 'always')

const template = union<StoredTemplate & { readonly kind: ActionTemplate['kind'] }>({
  run: { readOnly: flag, timeoutMs: count },
  put: {
    source: oneOf('src', 'content', 'template'),
    file: optional(text),
    late: flag,
    timeoutMs: count,
  },
  get: { timeoutMs: count },
  assert: {},
  pause: { ms: count },
})

const step = object<StoredStep>({
  id: word,
  title: text,
  group: optional(count),
  targets: numbers,
  idle: optional(numbers),
  edges: list(object({ from: count, on: oneOf('host', 'all'), if: needIf })),
  throttle: optional(count),
  semaphores: numbers,
  rolling: optional(count),
  onFailure: oneOf('block', 'stop', 'continue'),
  tolerated: count,
  once: flag,
  mayOverlap: optional(oneOf(true)),
  delegates: optional(numbers),
  when: list(expr),
  retry: optional(
    object<StoredRetry>({ attempts: count, delayMs: count, backoff: number, until: optional(expr) }),
  ),
  changedWhen: optional(expr),
  failedWhen: optional(expr),
  tags: list(word),
  excluded: optional(oneOf('limit', 'tags', 'step')),
  hidden: flag,
  action: template,
  where,
})

export const storedPlan = object<StoredPlan>({
  name: text,
  file: text,
  hosts: list(word),
  connections: matching(/^[\w-]*$/, 'digests'),
  steps: list(step),
  order: numbers,
  groups: list(
    object<PlanGroup>({
      kind: oneOf('group', 'use', 'loop'),
      id: word,
      title: text,
      parent: optional(count),
      where,
    }),
  ),
  rollings: list(
    object<StoredRolling>({
      batchOf: numbers,
      batches: count,
      steps: numbers,
      tolerated: count,
      pauseMs: count,
    }),
  ),
  semaphores: list(object({ name: word, permits: count })),
  maxFailures: optional(count),
})
