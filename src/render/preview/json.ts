import type { Action } from '../../model/action.ts'
import type { Plan, PlanStep, Rolling } from '../../model/plan.ts'
import type { Sketch, SketchNode } from '../../model/sketch.ts'
import { batchHosts, PlanGroups } from '../plan-groups.ts'
import { foldSketches } from './fold.ts'

type Fields = Readonly<Record<string, unknown>>

/** What a plan would do, for programs: for each step in their order, groups of hosts with the same action. */
export function renderPreviewJson(plan: Plan, sketch: SketchNode): string {
  const { name, file, hosts, steps, order, maxFailures } = plan
  const rollings = new PlanGroups(plan).rollings()
  const document = {
    v: 1,
    connected: false,
    name,
    file,
    hosts: hosts.map(host => host.name),
    nodes: steps.reduce((sum, { targets }) => sum + targets.length, 0),
    max_failures: maxFailures,
    semaphores: Object.fromEntries(plan.semaphores.map(({ name, permits }) => [name, permits])),
    groups: plan.groups.map(({ kind, id, title, parent }, index) => ({
      kind,
      id,
      title,
      group: parent === undefined ? undefined : plan.groups[parent]?.id,
      rolling: rollingFields(rollings.get(index), plan),
    })),
    steps: order.flatMap(index => steps[index] ?? []).map(step => stepFields(plan, step, sketch)),
  }
  return `${JSON.stringify(document, null, 2)}\n`
}

function stepFields(plan: Plan, step: PlanStep, sketch: SketchNode): Fields {
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
    groups: foldSketches(plan, step, sketch).map(group => ({
      hosts: group.hosts,
      delegate: group.delegate,
      only_when: 'conditions' in group.sketch ? group.sketch.conditions : undefined,
      action: sketchFields(group.sketch),
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

function sketchFields(sketch: Sketch): Fields {
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
