import type { RenderProblem } from '../../expr/render-template.ts'
import type { Value } from '../../model/value.ts'

/** A value, or why there is none. */
export type Evaluated = { readonly value: Value } | RenderProblem
