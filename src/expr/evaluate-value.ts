import type { ValueTemplate } from '../model/template.ts'
import type { Value } from '../model/value.ts'
import type { Language } from './environment.ts'
import { evaluateExpr, type RenderProblem, renderTemplate } from './render-template.ts'
import type { Scope } from './scope.ts'

/** A value as it is for one host, or why it has none. */
export function evaluateTemplate(
  template: ValueTemplate,
  language: Language,
  scope: Scope,
): { readonly value: Value } | RenderProblem {
  switch (template.kind) {
    case 'fixed':
      return template
    case 'expr':
      return evaluateExpr(template.expr, language, scope)
    case 'text': {
      const value = renderTemplate(template.text, language, scope)
      return typeof value === 'string' ? { value } : value
    }
    case 'list': {
      const values: Value[] = []
      for (const item of template.items) {
        const evaluated = evaluateTemplate(item, language, scope)
        if ('code' in evaluated) return evaluated
        values.push(evaluated.value)
      }
      return { value: values }
    }
    case 'map': {
      const entries: (readonly [string, Value])[] = []
      for (const [key, item] of template.entries) {
        const evaluated = evaluateTemplate(item, language, scope)
        if ('code' in evaluated) return evaluated
        entries.push([key, evaluated.value])
      }
      return { value: Object.fromEntries(entries) }
    }
  }
}
