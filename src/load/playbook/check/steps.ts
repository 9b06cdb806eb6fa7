import { didYouMean } from '../../../model/did-you-mean.ts'
import { LIMITS } from '../../../model/limits.ts'
import type { PlaybookFile, RollingSpec, Step } from '../../../model/playbook.ts'
import type { Problem } from '../../../model/problem.ts'
import { argumentProblems } from '../use/arguments.ts'

/** What is only seen with the files that steps use: their params, semaphores, rolling groups in rolling groups. */
export function checkSteps(file: PlaybookFile, playbookSemaphores: Iterable<string>): readonly Problem[] {
  const semaphores = new Set([...file.semaphores.keys(), ...playbookSemaphores])
  const check = (step: Step, outer: RollingSpec | undefined): readonly Problem[] => {
    const rolling = step.rolling ?? outer
    return [
      ...checkSemaphores(step, semaphores),
      ...checkRolling(step, outer),
      ...(step.spec.kind === 'use' ? argumentProblems(step.spec) : []),
      ...(step.spec.kind === 'group' ? step.spec.steps.flatMap(member => check(member, rolling)) : []),
    ]
  }
  return file.steps.flatMap(step => check(step, undefined))
}

const TAKES_PERMITS: ReadonlySet<string> = new Set(['run', 'put', 'get'])

function checkSemaphores(step: Step, known: ReadonlySet<string>): readonly Problem[] {
  if (!TAKES_PERMITS.has(step.spec.kind)) return []
  return step.semaphores
    .filter(({ name }) => !known.has(name))
    .map(({ name, where }) => ({
      code: 'playbook_schema',
      severity: 'error',
      message: `there is no semaphore "${name}"`,
      where,
      hint: didYouMean(name, known) ?? `declare it at the top of the file: "semaphores: { ${name}: 5 }"`,
    }))
}

/** Batches inside batches have no meaning. */
function checkRolling(step: Step, outer: RollingSpec | undefined): readonly Problem[] {
  const problem = (message: string, where: Problem['where'] & {}, hint: string): Problem[] => [
    { code: 'playbook_schema', severity: 'error', message, where, hint },
  ]
  if (outer !== undefined && step.rolling !== undefined)
    return problem(
      `a rolling group inside a rolling group: that of line ${outer.where.line}`,
      step.rolling.where,
      'keep one of them',
    )
  if ((outer ?? step.rolling) === undefined || step.spec.kind !== 'use') return []
  const inner = step.spec.file === undefined ? undefined : rollingIn(step.spec.file, 0)
  if (inner === undefined) return []
  const place = `${inner.where.file}:${inner.where.line}`
  return problem(
    `a rolling group inside a rolling group: that of ${place}`,
    step.spec.path.where,
    'keep one of them',
  )
}

/** The first rolling group in a file and in those that it uses. */
function rollingIn({ steps }: { readonly steps: readonly Step[] }, depth: number): RollingSpec | undefined {
  if (depth > LIMITS.useDepth) return undefined
  for (const { rolling, spec } of steps) {
    if (rolling !== undefined) return rolling
    const below = spec.kind === 'group' ? rollingIn(spec, depth) : undefined
    const used = spec.kind === 'use' && spec.file !== undefined ? rollingIn(spec.file, depth + 1) : undefined
    if ((below ?? used) !== undefined) return below ?? used
  }
  return undefined
}
