import { LIMITS } from '../model/limits.ts'
import type { Where } from '../model/problem.ts'
import type { Expr, ForBlock, IfBlock, Template } from '../model/template.ts'
import type { Value } from '../model/value.ts'
import { celToValue, isList, isMap } from './cel-value.ts'
import type { Language } from './environment.ts'
import { ExpressionFailure } from './failure.ts'
import { read } from './read.ts'
import { allOf, type RenderProblem, withOthers } from './render-problem.ts'
import { scalarText } from './scalar-text.ts'
import type { Scope } from './scope.ts'
import { ANY } from './shape.ts'
import { quoteFor } from './shell/quote.ts'

export type { RenderProblem }

/** How many times the bodies of loops in one text are written. */
const MOST_ROUNDS = 1_000_000

/** The text of a template for one host. Values are inserted as data: nothing in them is evaluated again. */
export function renderTemplate(template: Template, language: Language, scope: Scope): string | RenderProblem {
  return new Renderer(false).render(template, language, scope)
}

/** The same before the run: what only the run knows stands as it is written, `${{ … }}`. */
export function sketchTemplate(template: Template, language: Language, scope: Scope): string | RenderProblem {
  return new Renderer(true).render(template, language, scope)
}

class Renderer {
  /** Late expressions stay as they are written. */
  readonly #sketches: boolean
  #length = 0
  #rounds = 0

  constructor(sketches: boolean) {
    this.#sketches = sketches
  }

  render(template: Template, language: Language, scope: Scope): string | RenderProblem {
    let text = ''
    const problems: RenderProblem[] = []
    for (const part of template) {
      const added = typeof part === 'string' ? part : this.#part(part, language, scope)
      if (typeof added !== 'string') {
        problems.push(...withOthers(added))
        continue
      }
      text += added
      if (typeof part === 'string' || part.kind === 'expr') this.#length += added.length
      // Defaults that take each other twice would grow without end.
      if (this.#length > LIMITS.contentBytes) return valueProblem(tooLong(), placeOf(template))
    }
    return allOf(problems) ?? text
  }

  #part(part: Expr | ForBlock | IfBlock, language: Language, scope: Scope): string | RenderProblem {
    switch (part.kind) {
      case 'expr':
        return this.#sketches && part.late ? asWritten(part) : textOf(part, language, scope)
      case 'for':
        return this.#sketches && part.list.late
          ? this.#written(`for ${part.name} in ${part.list.source}`, part.body, language, scope)
          : this.#each(part, language, scope)
      case 'if':
        return this.#choice(part, language, scope)
    }
  }

  #each({ name, list, body }: ForBlock, language: Language, scope: Scope): string | RenderProblem {
    const items = evaluate(list, language, scope)
    if ('code' in items) return items
    const entries = entriesOf(items.value)
    if (entries === undefined)
      return valueProblem('for goes through a list or a map, and this is neither', list.where)
    const inside = languageInside(language, name)
    let text = ''
    for (const item of entries) {
      if (++this.#rounds > MOST_ROUNDS)
        return valueProblem(`the loops of this text go through more than ${MOST_ROUNDS} items`, list.where)
      const locals = new Map(scope.locals).set(name, item)
      const added = this.render(body, inside, { ...scope, locals })
      if (typeof added !== 'string') return added
      text += added
    }
    return text
  }

  #choice({ branches, otherwise }: IfBlock, language: Language, scope: Scope): string | RenderProblem {
    for (const [index, { test, body }] of branches.entries()) {
      if (this.#sketches && test.late)
        return this.#writtenChoice(branches.slice(index), otherwise, language, scope)
      const holds = evaluateCondition(test, language, scope)
      if (typeof holds !== 'boolean') return holds
      if (holds) return this.render(body, language, scope)
    }
    return this.render(otherwise, language, scope)
  }

  #written(tag: string, body: Template, language: Language, scope: Scope): string | RenderProblem {
    const inner = this.render(body, language, scope)
    return typeof inner === 'string' ? `\${{ ${tag} }}${inner}\${{ end }}` : inner
  }

  #writtenChoice(
    branches: IfBlock['branches'],
    otherwise: Template,
    language: Language,
    scope: Scope,
  ): string | RenderProblem {
    let text = ''
    for (const { test, body } of branches) {
      const inner = this.render(body, language, scope)
      if (typeof inner !== 'string') return inner
      text += `\${{ ${text === '' ? 'if' : 'elif'} ${test.source} }}${inner}`
    }
    const last = this.render(otherwise, language, scope)
    if (typeof last !== 'string') return last
    return `${text}${last === '' ? '' : `\${{ else }}${last}`}\${{ end }}`
  }
}

/** What a condition comes to on a host. */
export function evaluateCondition(expr: Expr, language: Language, scope: Scope): boolean | RenderProblem {
  const evaluated = evaluate(expr, language, scope)
  if ('code' in evaluated) return evaluated
  if (typeof evaluated.value === 'boolean') return evaluated.value
  const text = scalarText(evaluated.value)
  return valueProblem(
    `the condition is neither true nor false${text === undefined ? '' : `, but ${JSON.stringify(text.slice(0, 60))}`}`,
    expr.where,
  )
}

/** Reads an expression; what has no value tells why. */
export function evaluate(
  expr: Expr,
  language: Language,
  scope: Scope,
): { readonly value: unknown } | RenderProblem {
  const { where } = expr
  const reading = read(language.reader(expr.source), language, scope)
  if ('value' in reading) return reading
  if ('problem' in reading) {
    const { message, hint, unknown } = reading.problem
    return {
      code: 'expression_value',
      message,
      ...(hint === undefined ? {} : { hint }),
      where,
      ...(unknown === undefined ? {} : { unknown }),
    }
  }
  const { missing, reason } = reading
  return {
    code: 'expression_value',
    message: `${missing} has no value${reason === undefined ? '' : `: ${reason}`}`,
    hint: 'give another value for that case: default(x, "…")',
    where,
  }
}

/** What an expression gives, as a value. */
export function evaluateExpr(
  expr: Expr,
  language: Language,
  scope: Scope,
): { readonly value: Value } | RenderProblem {
  const evaluated = evaluate(expr, language, scope)
  if ('code' in evaluated) return evaluated
  try {
    return { value: celToValue(evaluated.value) }
  } catch (error) {
    if (error instanceof ExpressionFailure) return valueProblem(error.problem.message, expr.where)
    throw error
  }
}

/** Why a text cannot stand where it is to. */
function unfitText(text: string, quote: Expr['quote']): string | undefined {
  if (text.includes('\0')) return 'the value holds a NUL character'
  if (!text.isWellFormed()) return 'the value is no well-formed text'
  if (text.length > LIMITS.contentBytes) return tooLong()
  return quote === 'number' && !/^-?\d+$/.test(text) ? 'the value is no whole number' : undefined
}

function textOf(expr: Expr, language: Language, scope: Scope): string | RenderProblem {
  const { where, quote } = expr
  const evaluated = evaluate(expr, language, scope)
  if ('code' in evaluated) return evaluated
  const { value } = evaluated
  const words = quote === 'words' && Array.isArray(value) ? value : [value]
  const texts: string[] = []
  for (const word of words) {
    const text = scalarText(word)
    if (text === undefined)
      return valueProblem(
        quote === 'words' && words !== value
          ? 'the value is no text, number or truth value, or list of them'
          : 'the value is no text, number or truth value',
        where,
      )
    const unfit = unfitText(text, quote)
    if (unfit !== undefined) return valueProblem(unfit, where)
    texts.push(quoteFor(quote, text))
  }
  return texts.join(' ')
}

/** The items of a list, or of a map as `key` and `value`. */
function entriesOf(value: unknown): readonly Value[] | undefined {
  const plain = celToValue(value)
  if (isList(plain)) return plain
  if (isMap(plain)) return Object.entries(plain).map(([key, item]) => ({ key, value: item }))
  return undefined
}

/** Types have been checked: while rendering, the name may be anything. */
function languageInside(language: Language, name: string): Language {
  return language.within({ locals: new Map(language.inner.locals).set(name, ANY) })
}

const asWritten = ({ source }: Expr) => `\${{ ${source} }}`

const tooLong = () => `the text becomes longer than ${LIMITS.contentBytes >> 20} MiB`

function placeOf(template: Template): Where {
  for (const part of template) {
    if (typeof part === 'string') continue
    if (part.kind === 'expr') return part.where
    if (part.kind === 'for') return part.list.where
    const [first] = part.branches
    if (first !== undefined) return first.test.where
  }
  return { file: '', line: 1, col: 1 }
}

function valueProblem(message: string, where: Where): RenderProblem {
  return { code: 'expression_value', message, where }
}
