import type { Text } from '../model/playbook.ts'
import type { Problem } from '../model/problem.ts'
import type { Expr } from '../model/template.ts'
import { checkInText, type LocatedReference } from './check-template.ts'
import type { Language } from './environment.ts'
import type { Depends } from './expression.ts'

export interface CheckedCondition {
  readonly expr: Expr
  readonly references: readonly LocatedReference[]
  readonly problems: readonly Problem[]
}

/** Checks a bare expression that must be true or false, as `when:` has one. */
export function checkCondition(text: Text, language: Language, depends: Depends): CheckedCondition {
  const source = text.value.trim()
  const offset = text.value.length - text.value.trimStart().length
  if (source.includes('${{')) {
    const expr: Expr = { kind: 'expr', source, quote: 'none', perHost: false, late: false, where: text.where }
    return { expr, references: [], problems: [wrapped(text, source)] }
  }
  return checkedTest(text, source, offset, language, depends)
}

/** The same for a piece of a text. */
export function checkedTest(
  text: Text,
  source: string,
  offset: number,
  language: Language,
  depends: Depends,
): CheckedCondition {
  const { expr, checked, references, problems } = checkInText(text, source, offset, language, depends)
  const { type } = checked
  if (problems.length > 0 || type === 'bool' || type === 'dyn' || type === 'dyn<bool>')
    return { expr, references, problems }
  const problem: Problem = {
    code: 'expression_type',
    severity: 'error',
    message: `a condition is true or false, and this is ${type === 'int' ? 'an' : 'a'} ${type}`,
    where: expr.where,
    hint: hintFor(type, source),
  }
  return { expr, references, problems: [problem] }
}

function hintFor(type: string, source: string): string {
  const x = source.length <= 40 && /^[\w.[\]"]+$/.test(source) ? source : 'x'
  if (type === 'string') return `compare it, as ${x} == "…" or ${x} != ""`
  if (type === 'int') return `compare it, as ${x} > 0`
  if (type === 'double') return `compare it, as ${x} > 0.0`
  if (type.startsWith('list') || type.startsWith('map')) return `ask for its size, as size(${x}) > 0`
  return 'compare it with something'
}

function wrapped(text: Text, source: string): Problem {
  const inner = /^\$\{\{(.*)\}\}$/s.exec(source)?.[1]?.trim()
  const example = inner === undefined || inner.includes('${{') || inner.length > 60 ? '' : `: ${inner}`
  return {
    code: 'expression_syntax',
    severity: 'error',
    message: 'a condition is an expression already',
    where: text.where,
    hint: `write it without \${{ }}${example}`,
  }
}
