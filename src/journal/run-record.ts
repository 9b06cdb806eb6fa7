import { object, optional } from '../plan/codec/compound.ts'
import { count, oneOf, text, word } from '../plan/codec/scalars.ts'
import { type PlanInputs, type PlanOptions, planInputs, planOptions } from '../plan/document.ts'
import { type StoredPlan, storedPlan } from '../plan/stored-plan.ts'

/** What a run was made of: enough to show it, to tell whether something has changed since, and to go on with it. */
export interface RunRecord {
  /** The version of drover. */
  readonly version: string
  readonly user: string
  /** Of the process that executes the run, or this part of it. */
  readonly pid: number
  /** The working folder, absolute: local paths count from it. */
  readonly cwd: string
  readonly options: PlanOptions
  /** How hosts are reached and how fast, which is no part of what is done. */
  readonly settings: RunSettings
  readonly inputs: PlanInputs
  readonly plan: StoredPlan
  /** See PlanDocument. */
  readonly sketches: string
  /** The plan in the run's folder says what each node may find; absent: whatever it finds. */
  readonly planned?: true
  /** Some of the command line is a secret, which is not kept: it must be given again to go on. */
  readonly masked?: true
}

/** As the command line gave them; a run that goes on has them too, unless it is told otherwise. */
export interface RunSettings {
  readonly forks: number
  readonly knownHosts?: string
  readonly hostKeyPolicy?: 'strict' | 'accept-new' | 'off'
  readonly connectRetries?: number
  /** In ms. */
  readonly connectTimeout?: number
}

const settings = object<RunSettings>({
  forks: count,
  knownHosts: optional(text),
  hostKeyPolicy: optional(oneOf('strict', 'accept-new', 'off')),
  connectRetries: optional(count),
  connectTimeout: optional(count),
})

export const runRecord = object<RunRecord>({
  version: word,
  user: word,
  pid: count,
  cwd: word,
  options: planOptions,
  settings,
  inputs: planInputs,
  plan: storedPlan,
  sketches: text,
  planned: optional(oneOf(true)),
  masked: optional(oneOf(true)),
})
