import { type ASTNode, serialize } from '@marcbachmann/cel-js'
import type { Path } from './cel-value.ts'
import { pathOf } from './references.ts'

/**
 * How an expression is read. Where it only selects or chooses, the value comes as it was written (`1.10` stays
 * `1.10`); only what calculates goes through CEL.
 */
export type Reader =
  | { readonly kind: 'vars' | 'hostVars'; readonly path: Path }
  | { readonly kind: 'host'; readonly field: string }
  | { readonly kind: 'default'; readonly wanted: Reader; readonly fallback: Reader }
  | { readonly kind: 'choice'; readonly test: Reader; readonly yes: Reader; readonly no: Reader }
  | { readonly kind: 'cel'; readonly source: string }

/** Chooses how to read a checked expression; `raw(x)` reads as x. */
export function readerOf(ast: ASTNode): Reader {
  if (ast.op === 'call') {
    const [name, [first, second]] = ast.args
    if (name === 'raw' && first !== undefined) return readerOf(first)
    if (name === 'default' && first !== undefined && second !== undefined)
      return { kind: 'default', wanted: readerOf(first), fallback: readerOf(second) }
  }
  if (ast.op === '?:') {
    const [test, yes, no] = ast.args
    return {
      kind: 'choice',
      test: { kind: 'cel', source: serialize(test) },
      yes: readerOf(yes),
      no: readerOf(no),
    }
  }
  const path = pathOf(ast)
  if (path !== undefined && !path.dynamic) {
    const [first, ...below] = path.path
    if (path.root === 'vars') return { kind: 'vars', path: path.path }
    if (path.root === 'host' && first === 'vars' && below.length > 0) return { kind: 'hostVars', path: below }
    if (path.root === 'host' && first !== 'vars' && below.length === 0)
      return { kind: 'host', field: String(first) }
  }
  return { kind: 'cel', source: serialize(ast) }
}
