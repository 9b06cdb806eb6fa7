import type { Plan, PlanStep } from '../model/plan.ts'
import type { Field } from '../model/plan-diff.ts'
import type { SketchNode } from '../model/sketch.ts'

/** One of two plans that are compared. */
export interface Side {
  readonly plan: Plan
  readonly sketch: SketchNode
  /** A text with local paths as they are called in the repository, so that two revisions can be compared. */
  readonly shownIn: (text: string) => string
  /** What there is at the local path of a put: its content, or that of each file below. */
  readonly files: (path: string) => readonly Field[]
}

export const hostName = ({ hosts }: Plan, index: number): string => hosts[index]?.name ?? ''

export const targetNames = (plan: Plan, { targets }: PlanStep): readonly string[] =>
  Array.from(targets, host => hostName(plan, host))
