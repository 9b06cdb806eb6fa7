import type { Plan, PlanStep } from '../model/plan.ts'
import type { PlanDiff, StepDiff } from '../model/plan-diff.ts'
import { compareFields } from './compare-fields.ts'
import { compareHosts } from './compare-hosts.ts'
import { compareStep, oneSided } from './compare-steps.ts'
import type { Side } from './side.ts'
import { planFields } from './step-fields.ts'

/** What differs between two compiled plans. */
export function comparePlans(before: Side, after: Side): PlanDiff {
  const old = new Map(before.plan.steps.map(step => [step.id, step]))
  const now = new Set(after.plan.steps.map(({ id }) => id))
  const steps: StepDiff[] = []
  let same = 0
  const removed = removedAfter(before.plan, now)
  const tellRemoved = (id: string | undefined) =>
    steps.push(...(removed.get(id) ?? []).map(step => oneSided('removed', before, step)))
  tellRemoved(undefined)
  for (const step of after.plan.steps) {
    const was = old.get(step.id)
    const changed = was === undefined ? oneSided('added', after, step) : compareStep(before, was, after, step)
    if (changed === undefined) same += 1
    else steps.push(changed)
    tellRemoved(step.id)
  }
  const counted = (kind: StepDiff['kind']) => steps.filter(step => step.kind === kind).length
  return {
    settings: compareFields(planFields(before.plan), planFields(after.plan)),
    hosts: compareHosts(before.plan, after.plan),
    steps,
    counts: { added: counted('added'), removed: counted('removed'), changed: counted('changed'), same },
  }
}

/** Removed steps by the kept one that they came after. */
function removedAfter(
  { steps }: Plan,
  kept: ReadonlySet<string>,
): ReadonlyMap<string | undefined, PlanStep[]> {
  const removed = new Map<string | undefined, PlanStep[]>()
  let last: string | undefined
  for (const step of steps) {
    if (kept.has(step.id)) last = step.id
    else removed.set(last, [...(removed.get(last) ?? []), step])
  }
  return removed
}

/** Whether nothing differs. */
export function isSame({ settings, hosts, steps }: PlanDiff): boolean {
  const { added, removed, changed } = hosts
  return [settings, added, removed, changed, steps].every(({ length }) => length === 0)
}
