import type { Where } from '../model/problem.ts'

/** Why a template or an expression has no value for a host. */
export interface RenderProblem {
  readonly code: 'expression_value'
  readonly message: string
  readonly hint?: string
  readonly where: Where
  /** Only the run knows what it needs. */
  readonly unknown?: true
  /** What else is wrong in the same text, or the others of the same step. */
  readonly also?: readonly RenderProblem[]
}

/** A problem and all that comes with it. */
export function withOthers(problem: RenderProblem): readonly RenderProblem[] {
  const { also = [], ...first } = problem
  return [first, ...also]
}

/** Several problems as one that has the others with it. */
export function allOf([first, ...also]: readonly RenderProblem[]): RenderProblem | undefined {
  return first === undefined || also.length === 0 ? first : { ...first, also }
}
