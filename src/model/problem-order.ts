import { LIMITS } from './limits.ts'
import type { PlaybookFile, Step } from './playbook.ts'
import type { Problem } from './problem.ts'

/** By line and column; what has no place comes first. Only for problems of one file. */
function byPlace({ where: a }: Problem, { where: b }: Problem): number {
  return (a?.line ?? 0) - (b?.line ?? 0) || (a?.col ?? 0) - (b?.col ?? 0)
}

/**
 * By file, line and column; what has no place comes first.
 * @param files the order of the files, as `filesOf` gives it; others follow in the order of their first problems
 */
export function byFile(problems: readonly Problem[], files: readonly string[] = []): Problem[] {
  const ranks = new Map<string | undefined, number>([[undefined, 0]])
  for (const file of [...files, ...problems.map(({ where }) => where?.file)])
    if (!ranks.has(file)) ranks.set(file, ranks.size)
  const rank = ({ where }: Problem) => ranks.get(where?.file) ?? 0
  return problems.toSorted((a, b) => rank(a) - rank(b) || byPlace(a, b))
}

/** The names of a playbook and of the files that it uses, in the order of use. */
export function filesOf(playbook: PlaybookFile): readonly string[] {
  return playbookFiles(playbook).map(({ file }) => file)
}

/** A playbook and the files that it uses, in the order of use. */
export function playbookFiles(playbook: PlaybookFile): readonly PlaybookFile[] {
  const files = new Set<PlaybookFile>()
  const visit = (file: PlaybookFile): void => {
    if (files.has(file)) return
    files.add(file)
    file.steps.forEach(visitStep)
  }
  const visitStep = ({ spec }: Step): void => {
    if (spec.kind === 'group') spec.steps.forEach(visitStep)
    else if (spec.kind === 'use' && spec.file !== undefined) visit(spec.file)
  }
  visit(playbook)
  return [...files]
}

/**
 * The problems of a playbook and its files, each once (a wrong `defaults:` shows in every step), by their places. At
 * most `LIMITS.problemsPerFile` of them: more would only bury the first ones.
 */
export function inFileOrder(problems: readonly Problem[], files: readonly string[] = []): Problem[] {
  const distinct = new Map(
    problems.map(problem => {
      const { where, message } = problem
      return [`${where?.file}:${where?.line}:${where?.col} ${message}`, problem]
    }),
  )
  const sorted = byFile([...distinct.values()], files)
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
