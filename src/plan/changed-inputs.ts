import type { Problem } from '../model/problem.ts'
import { type ChangeWords, OF_PLAN } from './change-words.ts'
import type { FoundInput, PlanInputs } from './document.ts'
import { digestInputs, type ExpandPattern } from './inputs.ts'

/**
 * What of a plan's files has changed, gone or come since it was made: a problem for each.
 * @throws ProblemsError with everything that cannot be read
 */
export async function changedInputs(
  { roots, found }: PlanInputs,
  base: string,
  expand: ExpandPattern,
  words: ChangeWords = OF_PLAN,
): Promise<readonly Problem[]> {
  const changes = await inputChanges({ roots, found }, base, expand)
  return changes.map(({ path, change }) => problemOf(`${path.replace(/^\.\//, '')} ${change(words)}`, words))
}

/** A file, folder or link that is no longer as it was. */
export interface InputChange {
  /** As in `PlanInputs`. */
  readonly path: string
  readonly change: (words: ChangeWords) => string
}

/**
 * The same as data.
 * @param most as it was for `digestInputs`
 * @throws ProblemsError with everything that cannot be read
 */
export async function inputChanges(
  { roots, found }: PlanInputs,
  base: string,
  expand: ExpandPattern,
  most?: number,
): Promise<readonly InputChange[]> {
  const present = await digestInputs(roots, base, expand, most)
  const [before, now] = [byPath(found), byPath(present.found)]
  const paths = [...new Set([...before.keys(), ...now.keys()])].sort()
  return paths.flatMap(path => {
    const change = changeOf(before.get(path), now.get(path))
    return change === undefined ? [] : [{ path, change }]
  })
}

/** What is not there is as if it were not named. */
function byPath(found: readonly FoundInput[]): ReadonlyMap<string, FoundInput> {
  return new Map(found.filter(({ type }) => type !== 'none').map(input => [input.path, input]))
}

function changeOf(
  before: FoundInput | undefined,
  now: FoundInput | undefined,
): InputChange['change'] | undefined {
  if (before === undefined) return ({ when }) => `is new: it was not there when ${when}`
  if (now === undefined) return () => 'is gone'
  if (before.type !== now.type) return () => `was a ${before.type}, and is a ${now.type} now`
  return before.digest === now.digest ? undefined : ({ when }) => `has changed since ${when}`
}

export function problemOf(message: string, { inputCode, hint }: ChangeWords): Problem {
  return { code: inputCode, severity: 'error', message, hint }
}
