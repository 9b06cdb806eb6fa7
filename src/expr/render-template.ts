import { LIMITS } from '../model/limits.ts'
import type { Where } from '../model/problem.ts'
import type { Expr, Template } from '../model/template.ts'
import type { Language, Scope } from './environment.ts'
import { asText, read } from './read.ts'
import { quoteFor } from './shell/quote.ts'

/** Why a template has no text for a host. */
export interface RenderProblem {
  readonly code: 'expression_value'
  readonly message: string
  readonly hint?: string
  readonly where: Where
}

/** The text of a template for one host. Values are inserted as data: nothing in them is evaluated again. */
export function renderTemplate(template: Template, language: Language, scope: Scope): string | RenderProblem {
  let text = ''
  for (const part of template) {
    if (typeof part === 'string') text += part
    else if (part.kind === 'expr') {
      const rendered = renderExpression(part, language, scope)
      if (typeof rendered !== 'string') return rendered
      text += rendered
      // Defaults that take each other twice would grow without end.
      if (text.length > LIMITS.contentBytes)
        return valueProblem(`the text becomes longer than ${LIMITS.contentBytes >> 20} MiB`, part.where)
    }
  }
  return text
}

function renderExpression(expr: Expr, language: Language, scope: Scope): string | RenderProblem {
  const reading = read(language.reader(expr.source), language, scope)
  const { where } = expr
  if ('problem' in reading) {
    const { message, hint } = reading.problem
    return { code: 'expression_value', message, ...(hint === undefined ? {} : { hint }), where }
  }
  if ('missing' in reading) {
    return {
      code: 'expression_value',
      message: `${reading.missing} has no value`,
      hint: 'give another value for that case: default(x, "…")',
      where,
    }
  }
  const text = asText(reading.value)
  if (text === undefined) return valueProblem('the value is no text, number or truth value', where)
  if (text.includes('\0')) return valueProblem('the value holds a NUL character', where)
  if (!text.isWellFormed()) return valueProblem('the value is no well-formed text', where)
  return quoteFor(expr.quote, text)
}

function valueProblem(message: string, where: Where): RenderProblem {
  return { code: 'expression_value', message, where }
}
