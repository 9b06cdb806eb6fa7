import { LIMITS } from '../model/limits.ts'
import type { Problem } from '../model/problem.ts'

/**
 * Each problem once (a wrong `defaults:` shows in every step), by their places; those without one come first. At most
 * `LIMITS.problemsPerFile` of them: more would only bury the first ones.
 */
export function inFileOrder(problems: readonly Problem[]): Problem[] {
  const distinct = new Map(
    problems.map(problem => [`${problem.where?.line}:${problem.where?.col} ${problem.message}`, problem]),
  )
  const sorted = [...distinct.values()].sort(
    ({ where: a }, { where: b }) => (a?.line ?? 0) - (b?.line ?? 0) || (a?.col ?? 0) - (b?.col ?? 0),
  )
  const more = sorted.length - LIMITS.problemsPerFile
  if (more <= 0) return sorted
  const where = sorted[LIMITS.problemsPerFile]?.where
  const last: Problem = {
    code: 'playbook_schema',
    severity: 'error',
    message: `from here on there are ${more} more problems`,
    ...(where === undefined ? {} : { where }),
  }
  return [...sorted.slice(0, LIMITS.problemsPerFile), last]
}
