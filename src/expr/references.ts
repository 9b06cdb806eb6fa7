import type { ASTNode, SourceRange } from '@marcbachmann/cel-js'
import type { Path } from './cel-value.ts'

/** A name that an expression uses, with what is selected from it as far as that is literal: `vars.a["b"][0]`. */
export interface Reference {
  readonly root: string
  readonly path: Path
  /** True where more is selected by a computed key. */
  readonly dynamic: boolean
  /** True inside `has()` and the first argument of `default()`: it may be missing. */
  readonly optional: boolean
  /** The root's place in the source, and the place of each key of `path`. */
  readonly range: SourceRange
  readonly keyRanges: readonly SourceRange[]
}

/** A function or method that an expression calls. */
export interface Call {
  readonly name: string
  readonly method: boolean
  readonly range: SourceRange
}

export interface Names {
  readonly references: readonly Reference[]
  readonly calls: readonly Call[]
}

/** Macros whose first argument names a variable for the other ones. */
const BINDERS: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'map', 'filter', 'bind'])

/** Names before a dot that only group functions. */
const NAMESPACES: ReadonlySet<string> = new Set(['path', 'regex'])

interface Walk {
  readonly references: Reference[]
  readonly calls: Call[]
  readonly seen: (node: ASTNode, reference: Reference) => void
}

/**
 * All names of a parsed expression but those that it binds itself, in source order of their roots.
 * @param seen is called with each of them
 */
export function namesIn(ast: ASTNode, seen: Walk['seen'] = () => undefined): Names {
  const walk: Walk = { references: [], calls: [], seen }
  visit(walk, ast, new Set(), false)
  return { references: walk.references, calls: walk.calls }
}

/** All nodes of an expression. */
export function nodesOf(ast: ASTNode): readonly ASTNode[] {
  const nodes: ASTNode[] = []
  const visitNode = (node: ASTNode): void => {
    nodes.push(node)
    if (node.op === 'call') node.args[1].forEach(visitNode)
    else if (node.op === 'rcall') [node.args[1], ...node.args[2]].forEach(visitNode)
    else if (node.op === '[]') node.args.forEach(visitNode)
    else childrenOf(node).forEach(visitNode)
  }
  visitNode(ast)
  return nodes
}

/** The path that an expression is, where it is nothing but one. */
export function pathOf(ast: ASTNode): Reference | undefined {
  return select(ast, false)?.reference
}

function visit(walk: Walk, ast: ASTNode, bound: ReadonlySet<string>, optional: boolean): void {
  const selection = select(ast, optional)
  if (selection !== undefined) {
    if (!bound.has(selection.reference.root)) {
      walk.references.push(selection.reference)
      walk.seen(ast, selection.reference)
    }
    for (const key of selection.computed) visit(walk, key, bound, false)
    return
  }
  if (ast.op === 'call') visitCall(walk, ast.args, ast.range, bound)
  else if (ast.op === 'rcall') visitMethod(walk, ast.args, nameRange(ast), bound)
  else for (const child of childrenOf(ast)) visit(walk, child, bound, optional)
}

function visitCall(
  walk: Walk,
  [name, args]: [string, ASTNode[]],
  range: SourceRange,
  bound: ReadonlySet<string>,
): void {
  walk.calls.push({ name, method: false, range: { start: range.start, end: range.start + name.length } })
  for (const [index, arg] of args.entries()) {
    visit(walk, arg, bound, name === 'has' || (name === 'default' && index === 0))
  }
}

function visitMethod(
  walk: Walk,
  [name, receiver, args]: [string, ASTNode, ASTNode[]],
  range: SourceRange,
  bound: ReadonlySet<string>,
): void {
  walk.calls.push({ name, method: true, range })
  const [first, ...others] = args
  const binds = BINDERS.has(name) && first?.op === 'id' && others.length > 0
  const isNamespace = receiver.op === 'id' && !bound.has(receiver.args) && NAMESPACES.has(receiver.args)
  if (!isNamespace) visit(walk, receiver, bound, false)
  if (!binds) for (const arg of args) visit(walk, arg, bound, false)
  else {
    const inner = new Set(bound).add(first.args)
    for (const arg of others) visit(walk, arg, inner, false)
  }
}

/** Where the name of a method stands: after its receiver, around which there may be parentheses. */
function nameRange({
  args: [name, receiver],
  input,
  range,
}: ASTNode & { readonly op: 'rcall' }): SourceRange {
  const gap = /[\s)]*\.\s*/y
  gap.lastIndex = receiver.range.end
  const start = gap.test(input) ? gap.lastIndex : range.end
  return input.startsWith(name, start) ? { start, end: start + name.length } : range
}

function childrenOf(ast: ASTNode): readonly ASTNode[] {
  switch (ast.op) {
    case 'value':
    case 'id':
    case 'call':
    case 'rcall':
      return []
    case '.':
    case '.?':
      return [ast.args[0]]
    case '!_':
    case '-_':
      return [ast.args]
    case 'map':
      return ast.args.flat()
    default:
      return ast.args
  }
}

interface Selection {
  readonly reference: Reference
  /** The computed keys, which have names of their own. */
  readonly computed: readonly ASTNode[]
}

/** Reads `a.b["c"][i]` from the inside out; undefined where the innermost is no name. */
function select(ast: ASTNode, optional: boolean): Selection | undefined {
  if (ast.op === 'id') {
    const { args: root, range } = ast
    return { reference: { root, path: [], dynamic: false, optional, range, keyRanges: [] }, computed: [] }
  }
  if (ast.op !== '.' && ast.op !== '[]') return undefined
  const inner = select(ast.args[0], optional)
  if (inner === undefined) return undefined
  const { reference, computed } = inner
  const key = literalKey(ast)
  if (key === undefined || reference.dynamic) {
    const keys = ast.op === '[]' && key === undefined ? [...computed, ast.args[1]] : computed
    return { reference: { ...reference, dynamic: true }, computed: keys }
  }
  const range = ast.op === '.' ? { start: ast.pos, end: ast.end } : ast.args[1].range
  const path = [...reference.path, key]
  return { reference: { ...reference, path, keyRanges: [...reference.keyRanges, range] }, computed }
}

function literalKey(ast: ASTNode): string | number | undefined {
  if (ast.op === '.') return ast.args[1]
  if (ast.op !== '[]' || ast.args[1].op !== 'value') return undefined
  const { args: key } = ast.args[1]
  if (typeof key === 'string') return key
  return typeof key === 'bigint' && key >= 0n && key <= 0xffff_ffffn ? Number(key) : undefined
}
