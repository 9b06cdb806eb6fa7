import { LIMITS } from '../model/limits.ts'
import type { ActionTemplate, BecomeTemplate, Edge, PlanRetry, PlanStep } from '../model/plan.ts'
import type { HostCount, Step } from '../model/playbook.ts'
import type { Template } from '../model/template.ts'
import type { CheckedLeaf } from './check/checked.ts'
import type { Draft, Hosts, Inherited } from './lower/block.ts'
import { NO_HOSTS } from './lower/host-sets.ts'

/** What is known of a step of the plan besides its draft. Hosts are those of the plan. */
export interface StepFacts {
  readonly index: number
  readonly targets: Hosts
  readonly idle: Hosts | undefined
  readonly excluded: PlanStep['excluded']
  readonly edges: readonly Edge[]
  readonly semaphores: readonly number[]
  readonly rolling: number | undefined
  readonly delegates: Uint32Array | undefined
  /** Its template file. */
  readonly content: { readonly template: Template; readonly file: string } | undefined
}

export function planStep(draft: Draft, facts: StepFacts): PlanStep {
  const { checked, inherited, id, title, group } = draft
  const { step, spec } = checked
  if (spec.kind !== 'leaf') throw new Error(`${id} is no step of a plan`)
  const { idle, excluded, rolling, delegates } = facts
  const { throttle, onFailure = 'block', maxFailures, tags } = inherited
  const retry = retryOf(step, spec)
  return {
    index: facts.index,
    id,
    title,
    ...(group === undefined ? {} : { group }),
    targets: excluded === undefined ? facts.targets : NO_HOSTS,
    ...(idle === undefined || excluded !== undefined ? {} : { idle }),
    edges: facts.edges,
    ...(throttle === undefined ? {} : { throttle }),
    semaphores: facts.semaphores,
    ...(rolling === undefined ? {} : { rolling }),
    onFailure,
    tolerated: maxFailures === undefined ? 0 : countOf(maxFailures, facts.targets.length),
    once: step.once,
    ...(step.mayOverlap ? { mayOverlap: true } : {}),
    ...(delegates === undefined || excluded !== undefined ? {} : { delegates }),
    when: inherited.when.map(({ code }) => code),
    ...(retry === undefined ? {} : { retry }),
    ...(spec.changedWhen === undefined ? {} : { changedWhen: spec.changedWhen }),
    ...(spec.failedWhen === undefined ? {} : { failedWhen: spec.failedWhen }),
    tags: [...new Set(tags.map(({ name }) => name))],
    ...(excluded === undefined ? {} : { excluded }),
    hidden: false,
    action: actionTemplate(spec, inherited, facts.content),
    where: step.where,
  }
}

export function retryOf({ retry }: Step, { until }: CheckedLeaf): PlanRetry | undefined {
  if (retry === undefined) return undefined
  const { attempts, delayMs, backoff } = retry
  return { attempts, delayMs, backoff, ...(until === undefined ? {} : { until }) }
}

/** A number of hosts, a share rounded down. */
export function countOf({ kind, n }: HostCount, all: number): number {
  return kind === 'count' ? n : Math.floor((n * all) / 100)
}

function actionTemplate(
  { action }: CheckedLeaf,
  inherited: Inherited,
  content: StepFacts['content'],
): ActionTemplate {
  const { cwd, env, timeoutMs = LIMITS.stepMs } = inherited
  const become = becomeTemplate(inherited)
  const common = { ...(become === undefined ? {} : { become }), timeoutMs }
  switch (action.kind) {
    case 'run':
      return {
        ...action,
        ...(cwd === undefined ? {} : { cwd: cwd.code }),
        env: Array.from(env, ([name, { code }]) => [name, code] as const),
        ...common,
      }
    case 'put': {
      const { kind, text, shownAs } = action.source
      const source =
        kind === 'template'
          ? { kind, text: content?.template ?? [], file: content?.file ?? shownAs }
          : { kind, text }
      return { ...action, source, ...common }
    }
    case 'get':
      return { ...action, ...common }
    case 'assert':
    case 'pause':
      return action
  }
}

function becomeTemplate({ become, becomeMethod }: Inherited): BecomeTemplate | undefined {
  if (become === undefined) return undefined
  if (become === false) return { kind: 'no' }
  return {
    kind: 'yes',
    ...(become === true ? {} : { user: become.code }),
    ...(becomeMethod === undefined ? {} : { method: becomeMethod }),
  }
}
