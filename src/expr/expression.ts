import type { ASTNode } from '@marcbachmann/cel-js'
import { type CelProblem, celProblem } from './cel-problem.ts'
import { checkNames } from './check-names.ts'
import type { Language } from './environment.ts'
import { badPattern } from './functions/regex.ts'
import { namesIn, nodesOf, type Reference } from './references.ts'
import type { Shape } from './shape.ts'
import { expressionShape } from './var-shapes.ts'

/** Longer expressions are refused before they are parsed, in UTF-16 units. */
const LONGEST = 4096

/** Whether what a name stands for can differ between hosts, and whether only the run can know it. */
export interface Traits {
  readonly perHost: boolean
  readonly late: boolean
}

/** What a name depends on. */
export type Depends = (reference: Reference) => Traits

/** What the check of one expression tells. */
export interface CheckedExpression extends Traits {
  /** True for `raw(x)`: to be inserted as it is. */
  readonly raw: boolean
  /** True for `quote(x)`. */
  readonly quoted: boolean
  readonly references: readonly Reference[]
  /** The CEL type, and all that is known of the value. */
  readonly type: string
  readonly shape: Shape
  readonly problems: readonly CelProblem[]
}

/** Checks one expression: syntax, names, then types. */
export function checkExpression(source: string, language: Language, depends: Depends): CheckedExpression {
  if (source === '') return refused({ code: 'expression_syntax', message: 'the expression is empty' })
  if (source.length > LONGEST) {
    const message = `the expression is longer than ${LONGEST} characters`
    return refused({ code: 'expression_syntax', message })
  }
  try {
    const { parsed, names, type, error } = language.prepare(source)
    const outermost = parsed.ast.op === 'call' ? parsed.ast.args[0] : ''
    const nodes = nodesOf(parsed.ast)
    const problems = [...checkNames(names, language), ...innerRaw(names.calls, outermost === 'raw')]
    if (problems.length === 0)
      problems.push(...nodes.flatMap(node => [...patternProblems(node), ...fileProblems(node, depends)]))
    if (problems.length === 0 && error !== undefined) problems.push(celProblem(error))
    const traits = names.references.map(depends)
    return {
      raw: outermost === 'raw',
      quoted: outermost === 'quote',
      references: names.references,
      perHost: traits.some(({ perHost }) => perHost),
      late: traits.some(({ late }) => late),
      type: type ?? 'dyn',
      shape: expressionShape(source, language),
      problems,
    }
  } catch (error) {
    return refused(celProblem(error))
  }
}

const refused = (problem: CelProblem): CheckedExpression => ({
  raw: false,
  quoted: false,
  references: [],
  perHost: false,
  late: false,
  type: 'dyn',
  shape: { kind: 'any' },
  problems: [problem],
})

function innerRaw(calls: ReturnType<typeof namesIn>['calls'], outermost: boolean): CelProblem[] {
  const inner = calls.filter(call => call.name === 'raw' && !call.method).slice(outermost ? 1 : 0)
  return inner.map(({ range }) => ({
    code: 'expression_type',
    message: 'raw() can only stand around a whole expression',
    range,
  }))
}

/** Regular expressions that are written out are compiled at once. */
function patternProblems(node: ASTNode): CelProblem[] {
  if (node.op !== 'rcall') return []
  const [name, receiver, args] = node.args
  const isOurs = receiver.op === 'id' && receiver.args === 'regex'
  const pattern = isOurs ? args[1] : name === 're2_matches' ? args[0] : undefined
  if (pattern?.op !== 'value' || typeof pattern.args !== 'string') return []
  const message = badPattern(pattern.args)
  return message === undefined ? [] : [{ code: 'expression_value', message, range: pattern.range }]
}

/** What `file()` reads must be there before any host is touched. */
function fileProblems(node: ASTNode, depends: Depends): CelProblem[] {
  if (node.op !== 'call' || node.args[0] !== 'file') return []
  const late = node.args[1].flatMap(arg => namesIn(arg).references).find(reference => depends(reference).late)
  if (late === undefined) return []
  return [
    {
      code: 'expression_value',
      message: 'the path of file() must be known before any host is touched, and this only the run can know',
      range: late.range,
    },
  ]
}
