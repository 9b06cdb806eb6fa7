import type { Plan } from '../model/plan.ts'
import { PlanGroups } from './plan-groups.ts'

const WAYS = { limit: '--limit', tags: '--tags or --skip-tags', step: '--step' } as const

/** What options took, each option once: `Left out by --limit: a, b`. A group of which nothing is left stands for its steps. */
export function leftOut(plan: Plan): string[] {
  const told = plan.steps.filter(({ hidden }) => !hidden)
  const groups = new PlanGroups(plan)
  return (['limit', 'tags', 'step'] as const).flatMap(way => {
    const kept = new Set(told.filter(step => step.excluded !== way).flatMap(step => groups.around(step)))
    const ids = told
      .filter(({ excluded }) => excluded === way)
      .map(step => {
        const whole = groups.around(step).find(group => !kept.has(group))
        return whole === undefined ? step.id : (plan.groups[whole]?.id ?? step.id)
      })
    return ids.length === 0 ? [] : [`Left out by ${WAYS[way]}: ${[...new Set(ids)].join(', ')}`]
  })
}
