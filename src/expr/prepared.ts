import type { ASTNode, ParseResult } from '@marcbachmann/cel-js'
import { HIDDEN } from './evaluation.ts'
import { MissingValue } from './failure.ts'
import { MATCHES } from './functions/environment.ts'
import { type Names, namesIn, nodesOf, type Reference } from './references.ts'
import { celTypeOf, type Shape, shapeAt } from './shape.ts'

/** An expression that has been parsed and checked. */
export interface Prepared {
  readonly parsed: ParseResult
  readonly names: Names
  /** The CEL type; undefined where the types are wrong. */
  readonly type: string | undefined
  readonly error: Error | undefined
}

/** The parts of the library's nodes that its types leave out. */
interface Inside {
  readonly meta: {
    readonly check: Check
    readonly alternate?: { readonly op: string; handle: Handle }
    readonly macro?: { evaluate: (...args: readonly unknown[]) => unknown }
  }
  setMeta(key: 'check', check: Check): void
  args: unknown
}

type Check = (checker: { getType(name: string): unknown }, ast: unknown, context: unknown) => unknown
type Handle = (items: unknown, args: unknown, evaluator: unknown, context: Context) => unknown
interface Context {
  getValue(name: string): unknown
}

/** Checks what has been parsed, by the names of a language. */
export function prepare(parsed: ParseResult, shapes: ReadonlyMap<string, Shape>): Prepared {
  const nodes = nodesOf(parsed.ast)
  const names = namesIn(parsed.ast, (node, reference) => refine(node, reference, shapes))
  for (const node of nodes) takeMatches(node)
  const { type, error } = parsed.check()
  for (const node of nodes) {
    boundLoop(node)
    if (node.op === 'call' && node.args[0] === 'has') letHasMiss(node)
  }
  return { parsed, names, type: error === undefined ? (type ?? 'dyn') : undefined, error }
}

/** Regular expressions are ours. */
function takeMatches(node: ASTNode): void {
  if (node.op === 'rcall' && node.args[0] === 'matches' && !isNamespace(node.args[1])) node.args[0] = MATCHES
}

const isNamespace = (node: ASTNode) => node.op === 'id' && node.args === 'regex'

/** Where CEL knows a map's values only as anything, what is known of the key tells their type. */
function refine(node: ASTNode, { root, path, dynamic }: Reference, shapes: ReadonlyMap<string, Shape>): void {
  const outer = shapes.get(root)
  if (dynamic || path.length === 0 || outer === undefined) return
  const shape = shapeAt(outer, path)
  if (shape === undefined || shape.kind === 'double' || shape.kind === 'null' || shape.kind === 'any') return
  const inside = node as unknown as Inside
  const { check } = inside.meta
  inside.setMeta('check', (checker, ast, context) => {
    check(checker, ast, context)
    return checker.getType(celTypeOf(shape))
  })
}

/** What a macro goes through is counted. */
function boundLoop(node: ASTNode): void {
  const { alternate } = (node as unknown as Inside).meta
  if (alternate?.op !== 'comprehension' || alternate.handle === undefined) return
  const { handle } = alternate
  alternate.handle = (items, args, evaluator, context) => {
    const charge = context.getValue(HIDDEN.charge) as (count: number) => void
    charge(sizeOf(items))
    return handle(items, args, evaluator, context)
  }
}

/** `has(x)` is false where a view tells that it has no such value. */
function letHasMiss(node: ASTNode): void {
  const { macro } = (node as unknown as Inside).meta
  if (macro === undefined) return
  const { evaluate } = macro
  macro.evaluate = (...args) => {
    try {
      return evaluate(...args)
    } catch (error) {
      if (error instanceof MissingValue) return false
      throw error
    }
  }
}

function sizeOf(items: unknown): number {
  if (Array.isArray(items)) return items.length
  if (items instanceof Map) return items.size
  return typeof items === 'object' && items !== null ? Object.keys(items).length : 0
}
