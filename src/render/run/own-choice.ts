import type { Plan, PlanStep } from '../../model/plan.ts'

/**
 * Whether a step that is skipped is so by the choice of the included file that it stands in, as the steps for other
 * systems are in `use: package`: its conditions are all of that file, and look at no results. Nobody needs to know.
 */
export function isOwnChoice({ when, where }: PlanStep, plan: Plan): boolean {
  if (where.file === plan.file || when.length === 0) return false
  return when.every(({ source, where: { file } }) => file === where.file && !/\bsteps\b/.test(source))
}
