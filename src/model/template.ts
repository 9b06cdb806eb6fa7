import type { Where } from './problem.ts'

/** How a value is quoted where it stands in shell text; `none` where it is not shell text, or under `raw()`. */
export type QuotePlace = 'bare' | 'single' | 'double' | 'none'

/** One `${{ }}`: checked CEL source. */
export interface Expr {
  readonly source: string
  readonly quote: QuotePlace
  /** True when the value can differ between hosts. */
  readonly perHost: boolean
  readonly where: Where
}

/** A text with its expressions; pure data, rendered by expr/. A text without expressions is one string. */
export type Template = readonly (string | Expr)[]
