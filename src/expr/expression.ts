import { type CelProblem, celProblem } from './cel-problem.ts'
import { checkNames } from './check-names.ts'
import type { Language } from './environment.ts'
import { namesIn, type Reference } from './references.ts'

/** Longer expressions are refused before they are parsed, in UTF-16 units. */
const LONGEST = 4096

/** What the check of one expression tells. */
export interface CheckedExpression {
  /** True for `raw(x)`: to be inserted as it is. */
  readonly raw: boolean
  readonly references: readonly Reference[]
  readonly problems: readonly CelProblem[]
}

const TEXT_TYPES: ReadonlySet<string> = new Set(['string', 'int', 'uint', 'double', 'bool', 'dyn'])

/** Checks one expression that is to become text: syntax, names, then types. */
export function checkExpression(source: string, language: Language): CheckedExpression {
  if (source === '') return refused({ code: 'expression_syntax', message: 'the expression is empty' })
  if (source.length > LONGEST) {
    const message = `the expression is longer than ${LONGEST} characters`
    return refused({ code: 'expression_syntax', message })
  }
  try {
    const parsed = language.parse(source)
    const names = namesIn(parsed.ast)
    const raw = parsed.ast.op === 'call' && parsed.ast.args[0] === 'raw'
    const problems = [...checkNames(names, language), ...innerRaw(names.calls, raw)]
    if (problems.length === 0) problems.push(...checkTypes(parsed.check()))
    return { raw, references: names.references, problems }
  } catch (error) {
    return refused(celProblem(error))
  }
}

const refused = (problem: CelProblem): CheckedExpression => ({
  raw: false,
  references: [],
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

function checkTypes(result: { readonly type?: string; readonly error?: Error }): CelProblem[] {
  if (result.error !== undefined) return [celProblem(result.error)]
  const { type = 'dyn' } = result
  if (TEXT_TYPES.has(type)) return []
  const hint = type.startsWith('list')
    ? { hint: 'choose an item, as x[0], or join them: x.join(" ")' }
    : type.startsWith('map')
      ? { hint: 'choose one of its values: x.key' }
      : {}
  return [{ code: 'expression_type', message: `a value of type ${type} cannot stand in text`, ...hint }]
}
