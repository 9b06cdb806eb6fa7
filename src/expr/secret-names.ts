import { didYouMean } from '../model/did-you-mean.ts'
import type { CelProblem } from './cel-problem.ts'
import { nameProblem as problem } from './name-problem.ts'
import type { Reference } from './references.ts'
import type { Shape } from './shape.ts'

/** A secret that the playbook does not have. */
export function unknownSecret(
  { path, dynamic, range, keyRanges }: Reference,
  shape: Shape,
): CelProblem | undefined {
  const [name, ...below] = path
  const names = shape.kind === 'map' ? [...shape.keys.keys()] : []
  if (name === undefined || dynamic)
    return problem('secrets needs the name of a secret', 'as secrets.db_password', range)
  if (!names.includes(String(name)))
    return problem(
      `there is no secret "${name}"`,
      didYouMean(String(name), names) ?? 'declare it under secrets:',
      keyRanges[0],
    )
  return below.length === 0
    ? undefined
    : problem('a secret is a text, and has no fields', undefined, keyRanges[1])
}

/** Names that hold something. */
export function usableNames(names: ReadonlyMap<string, Shape>): readonly string[] {
  return [...names].flatMap(([name, shape]) =>
    name === 'secrets' && shape.kind === 'map' && shape.keys.size === 0 ? [] : name,
  )
}
