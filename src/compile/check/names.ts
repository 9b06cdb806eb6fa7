import { didYouMean } from '../../model/did-you-mean.ts'
import type { Need, Step } from '../../model/playbook.ts'
import type { Problem } from '../../model/problem.ts'
import type { FileSteps } from './file-steps.ts'

/** Needs that name a step which the file does not have. */
export function unknownNeeds(steps: FileSteps): Problem[] {
  const ids = [...steps.byId.keys()]
  return [...steps.byId.values()].flatMap(({ step }) =>
    (step.needs ?? []).flatMap(need => (steps.byId.has(need.step) ? [] : [unknownNeed(step, need, ids)])),
  )
}

function unknownNeed(step: Step, need: Need, ids: readonly string[]): Problem {
  const others = ids.filter(id => id !== step.id)
  const hint =
    didYouMean(need.step, others) ?? (others.length > 0 ? `the others are ${some(others)}` : undefined)
  return {
    code: 'step_unknown',
    severity: 'error',
    message: `"${step.id}" needs "${need.step}", and there is no such step`,
    where: need.where,
    ...(hint === undefined ? {} : { hint }),
  }
}

function some(ids: readonly string[]): string {
  return ids.slice(0, 8).join(', ') + (ids.length > 8 ? ', …' : '')
}
