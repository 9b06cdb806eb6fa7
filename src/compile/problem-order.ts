import type { Problem } from '../model/problem.ts'

/** Each problem once (a wrong `defaults:` shows in every step), by their places; those without one come first. */
export function inFileOrder(problems: readonly Problem[]): Problem[] {
  const distinct = new Map(
    problems.map(problem => [`${problem.where?.line}:${problem.where?.col} ${problem.message}`, problem]),
  )
  return [...distinct.values()].sort(
    ({ where: a }, { where: b }) => (a?.line ?? 0) - (b?.line ?? 0) || (a?.col ?? 0) - (b?.col ?? 0),
  )
}
