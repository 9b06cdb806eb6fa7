import type { ASTNode } from '@marcbachmann/cel-js'
import type { Path } from './cel-value.ts'
import { pathOf } from './references.ts'
import type { Shape } from './shape.ts'
import { argumentSources, ternarySources } from './split-source.ts'

/**
 * How an expression is read. Where it only selects or chooses, the value comes as it was written (`1.10` stays
 * `1.10`); only what calculates goes through CEL.
 */
export type Reader =
  | { readonly kind: 'path'; readonly root: Root; readonly name: string; readonly path: Path }
  | { readonly kind: 'json'; readonly value: Reader }
  | { readonly kind: 'default'; readonly wanted: Reader; readonly fallback: Reader }
  | { readonly kind: 'choice'; readonly test: Reader; readonly yes: Reader; readonly no: Reader }
  | { readonly kind: 'cel'; readonly source: string }

/** `local`: what a block of a template binds, under its `name`; elsewhere `name` is the first key. */
export type Root =
  | 'vars'
  | 'params'
  | 'host'
  | 'hostVars'
  | 'groups'
  | 'env'
  | 'secrets'
  | 'facts'
  | 'run'
  | 'steps'
  | 'result'
  | 'item'
  | 'local'

/** Chooses how to read a checked expression; `raw(x)` reads as x. */
export function readerOf(
  source: string,
  parse: (source: string) => ASTNode,
  names: ReadonlyMap<string, Shape>,
): Reader {
  const ast = parse(source)
  const [first, second, third] = partsOf(source, ast, parse)?.map(part => readerOf(part, parse, names)) ?? []
  if (first !== undefined && ast.op === 'call' && ast.args[0] === 'json')
    return first.kind === 'cel' ? { kind: 'cel', source } : { kind: 'json', value: first }
  if (first !== undefined && second === undefined) return first
  if (first !== undefined && second !== undefined && third === undefined)
    return { kind: 'default', wanted: first, fallback: second }
  if (first !== undefined && second !== undefined && third !== undefined)
    return { kind: 'choice', test: first, yes: second, no: third }
  return selectionOf(ast, names) ?? { kind: 'cel', source }
}

/** The parts of `raw(x)`, `default(x, y)` or `a ? b : c`, but only if each is surely what the parser saw. */
function partsOf(
  source: string,
  ast: ASTNode,
  parse: (source: string) => ASTNode,
): readonly string[] | undefined {
  const children = childrenOf(ast)
  const sources = ast.op === 'call' ? argumentSources(source) : ternarySources(source)
  if (children === undefined || sources?.length !== children.length) return undefined
  return sources.every((part, index) => isSame(attempt(part, parse), children[index])) ? sources : undefined
}

function childrenOf(ast: ASTNode): readonly ASTNode[] | undefined {
  if (ast.op === '?:') return ast.args
  if (ast.op !== 'call') return undefined
  const [name, args] = ast.args
  return ((name === 'raw' || name === 'json') && args.length === 1) ||
    (name === 'default' && args.length === 2)
    ? args
    : undefined
}

function attempt(source: string, parse: (source: string) => ASTNode): ASTNode | undefined {
  try {
    return parse(source)
  } catch {
    return undefined
  }
}

/** Whether two pieces of parsed expressions say the same, wherever they stand. */
function isSame(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, index) => isSame(item, b[index]))
  if (isNode(a) && isNode(b)) return a.op === b.op && isSame(a.args, b.args)
  return typeof a === 'object' && a !== null ? String(a) === String(b) : a === b
}

function isNode(value: unknown): value is { readonly op: string; readonly args: unknown } {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value
}

function selectionOf(ast: ASTNode, names: ReadonlyMap<string, Shape>): Reader | undefined {
  const selection = pathOf(ast)
  if (selection === undefined || selection.dynamic || !names.has(selection.root)) return undefined
  const { root, path } = selection
  const [first, ...below] = path
  switch (root) {
    case 'item':
      return { kind: 'path', root, name: '', path }
    case 'result':
    case 'vars':
    case 'params':
    case 'groups':
    case 'env':
    case 'secrets':
    case 'facts':
    case 'run':
    case 'steps':
      return first === undefined ? undefined : { kind: 'path', root, name: String(first), path: below }
    case 'host':
      if (first !== 'vars') return { kind: 'path', root, name: String(first), path: below }
      if (below.length === 0) return undefined
      return { kind: 'path', root: 'hostVars', name: String(below[0]), path: below.slice(1) }
    default:
      return { kind: 'path', root: 'local', name: root, path }
  }
}
