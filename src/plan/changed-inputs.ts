import type { Problem } from '../model/problem.ts'
import type { FoundInput, PlanInputs } from './document.ts'
import { digestInputs, type ExpandPattern } from './inputs.ts'

/**
 * What of a plan's files has changed, gone or come since it was made: a problem for each.
 * @param most as it was for `digestInputs`
 * @throws ProblemsError with everything that cannot be read
 */
export async function changedInputs(
  { roots, found }: PlanInputs,
  base: string,
  expand: ExpandPattern,
  most?: number,
): Promise<readonly Problem[]> {
  const present = await digestInputs(roots, base, expand, most)
  const [before, now] = [byPath(found), byPath(present.found)]
  const paths = [...new Set([...before.keys(), ...now.keys()])].sort()
  return paths.flatMap(path => {
    const change = changeOf(before.get(path), now.get(path))
    return change === undefined ? [] : [problemOf(`${path.replace(/^\.\//, '')} ${change}`)]
  })
}

/** What is not there is as if it were not named. */
function byPath(found: readonly FoundInput[]): ReadonlyMap<string, FoundInput> {
  return new Map(found.filter(({ type }) => type !== 'none').map(input => [input.path, input]))
}

function changeOf(before: FoundInput | undefined, now: FoundInput | undefined): string | undefined {
  if (before === undefined) return 'is new: it was not there when the plan was made'
  if (now === undefined) return 'is gone'
  if (before.type !== now.type) return `was a ${before.type}, and is a ${now.type} now`
  return before.digest === now.digest ? undefined : 'has changed since the plan was made'
}

function problemOf(message: string): Problem {
  return { code: 'plan_input', severity: 'error', message, hint: 'make the plan again' }
}
