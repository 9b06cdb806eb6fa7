import type { Where } from './problem.ts'
import type { Value } from './value.ts'

/**
 * How a value is quoted where it stands in shell text; `none` where it is not shell text, or under `raw()`. `words`:
 * bare, and a word of its own, where a list gives a word for each of its items. `number`: a whole number, as it is, where
 * shells evaluate or no quoting holds.
 */
export type QuotePlace = 'bare' | 'words' | 'single' | 'double' | 'number' | 'none'

/** One `${{ }}`, or a bare condition: checked CEL source. */
export interface Expr {
  readonly kind: 'expr'
  readonly source: string
  readonly quote: QuotePlace
  /** True when the value can differ between hosts. */
  readonly perHost: boolean
  /** True when only the run can know it: it needs a step's result, a fact, or `run`. */
  readonly late: boolean
  readonly where: Where
}

/** A text with its expressions; pure data, rendered by expr/. A text without expressions is one string. */
export type Template = readonly TemplatePart[]

/** Blocks occur in template files only. */
export type TemplatePart = string | Expr | ForBlock | IfBlock

/** `${{ for NAME in LIST }} … ${{ end }}`; over a map, NAME has `key` and `value`. */
export interface ForBlock {
  readonly kind: 'for'
  readonly name: string
  readonly list: Expr
  readonly body: Template
}

/** The first branch whose test holds, else `otherwise`. */
export interface IfBlock {
  readonly kind: 'if'
  readonly branches: readonly { readonly test: Expr; readonly body: Template }[]
  readonly otherwise: Template
}

/** A value whose strings may hold expressions. A string that is nothing but one expression keeps its type. */
export type ValueTemplate =
  | { readonly kind: 'fixed'; readonly value: Value }
  | { readonly kind: 'expr'; readonly expr: Expr }
  | { readonly kind: 'text'; readonly text: Template }
  | { readonly kind: 'list'; readonly items: readonly ValueTemplate[] }
  | { readonly kind: 'map'; readonly entries: readonly (readonly [key: string, value: ValueTemplate])[] }
