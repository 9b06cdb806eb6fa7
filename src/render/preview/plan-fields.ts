import type { Action } from '../../model/action.ts'
import type { Plan, PlanStep, Rolling } from '../../model/plan.ts'
import type { Sketch } from '../../model/sketch.ts'
import { batchHosts, PlanGroups } from '../plan-groups.ts'

// What the documents of all previews have in common, as schema/preview.schema.json says.

export type Fields = Readonly<Record<string, unknown>>

/** The `v` of the documents. A reader refuses a number it does not know; new fields do not change it. */
export const VERSION = 1

export function planFields(plan: Plan): Fields {
  const rollings = new PlanGroups(plan).rollings()
  return {
    nodes: plan.steps.reduce((sum, { targets }) => sum + targets.length, 0),
    max_failures: plan.maxFailures,
    semaphores: Object.fromEntries(plan.semaphores.map(({ name, permits }) => [name, permits])),
    groups: plan.groups.map(({ kind, id, title, parent }, index) => ({
      kind,
      id,
      title,
      group: parent === undefined ? undefined : plan.groups[parent]?.id,
      rolling: rollingFields(rollings.get(index), plan),
    })),
  }
}

function rollingFields(rolling: Rolling | undefined, plan: Plan): Fields | undefined {
  if (rolling === undefined) return undefined
  return {
    batches: batchHosts(rolling, plan),
    max_failures: rolling.tolerated,
    pause_ms: rolling.pauseMs,
  }
}

/** A step but for what it does on its hosts. */
export function stepFields(plan: Plan, step: PlanStep): Fields {
  const { retry } = step
  return {
    id: step.id,
    title: step.title,
    group: step.group === undefined ? undefined : plan.groups[step.group]?.id,
    excluded: step.excluded,
    hidden: step.hidden || undefined,
    needs: step.edges.map(({ from, on, if: how }) => ({ step: plan.steps[from]?.id, on, if: how })),
    once: step.once,
    may_overlap: step.mayOverlap,
    throttle: step.throttle,
    semaphores: step.semaphores.map(index => plan.semaphores[index]?.name),
    on_failure: step.onFailure,
    max_failures: step.tolerated,
    tags: step.tags,
    retry: retry && {
      attempts: retry.attempts,
      delay_ms: retry.delayMs,
      backoff: retry.backoff,
      until: retry.until?.source,
    },
    changed_when: step.changedWhen?.source,
    failed_when: step.failedWhen?.source,
  }
}

/** Conditions that only the run decides. */
export function conditionFields(sketch: Sketch): readonly string[] | undefined {
  return 'conditions' in sketch ? sketch.conditions : undefined
}

export function sketchFields(sketch: Sketch): Fields {
  switch (sketch.kind) {
    case 'skipped':
      return { kind: 'skip', reason: sketch.note }
    case 'failure':
      return { kind: 'unknown', reason: sketch.failure.message }
    case 'pause':
      return { kind: 'pause', duration_ms: sketch.ms }
    case 'assert':
      return { kind: 'assert', that: sketch.that, message: sketch.message }
    case 'action':
      return actionFields(sketch.action)
  }
}

/** In the spelling of all JSON that drover writes. */
function actionFields(action: Action): Fields {
  const { timeoutMs, ...fields } = action
  if (fields.kind !== 'run') return { ...fields, timeout_ms: timeoutMs }
  const { env, readOnly, onlyIf, ...rest } = fields
  return {
    ...rest,
    only_if: onlyIf,
    env: Object.fromEntries(env),
    read_only: readOnly,
    timeout_ms: timeoutMs,
  }
}
