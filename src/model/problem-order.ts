import { LIMITS } from './limits.ts'
import type { Problem } from './problem.ts'

/** By line and column; what has no place comes first. */
export function byPlace({ where: a }: Problem, { where: b }: Problem): number {
  return (a?.line ?? 0) - (b?.line ?? 0) || (a?.col ?? 0) - (b?.col ?? 0)
}

/**
 * The problems of one file, each once (a wrong `defaults:` shows in every step), by their places. At most
 * `LIMITS.problemsPerFile` of them: more would only bury the first ones.
 */
export function inFileOrder(problems: readonly Problem[]): Problem[] {
  const distinct = new Map(
    problems.map(problem => [`${problem.where?.line}:${problem.where?.col} ${problem.message}`, problem]),
  )
  const sorted = [...distinct.values()].sort(byPlace)
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
