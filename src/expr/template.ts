import type { Text } from '../model/playbook.ts'
import type { Problem, Where } from '../model/problem.ts'
import type { Expr, QuotePlace, Template } from '../model/template.ts'
import type { CelProblem } from './cel-problem.ts'
import type { Language, Scope } from './environment.ts'
import { checkExpression } from './expression.ts'
import { quoteFor } from './quote.ts'
import { asText, read } from './read.ts'
import type { Reference } from './references.ts'
import { type Segment, scanText } from './scan.ts'
import { type ShellPlace, shellPlaces } from './shell-place.ts'

export interface CheckedTemplate {
  readonly template: Template
  readonly references: readonly (Reference & { readonly where: Where })[]
  readonly problems: readonly Problem[]
}

/** What `isPerHost` is asked with: does this name differ between hosts? */
export type Varies = (reference: Reference) => boolean

/**
 * Cuts a text at its expressions and checks each of them. In `shell` text it also finds how a value is to be quoted
 * at each place; elsewhere values are inserted as they are.
 */
export function checkTemplate(
  text: Text,
  kind: 'shell' | 'plain',
  language: Language,
  varies: Varies,
): CheckedTemplate {
  const { segments, problems: unclosed } = scanText(text)
  const problems = [...unclosed]
  const references: (Reference & { readonly where: Where })[] = []
  const places = kind === 'shell' ? placesOf(segments) : []
  let nth = 0
  const template = segments.map(segment => {
    if (segment.kind === 'literal') return segment.text
    const place = places[nth++]
    const checked = checkExpression(segment.source, language)
    const at = (range = { start: 0, end: segment.source.length }) =>
      text.at(segment.offset + range.start, Math.max(1, range.end - range.start))
    for (const reference of checked.references) references.push({ ...reference, where: at(reference.range) })
    for (const { range, ...problem } of checked.problems)
      problems.push({ ...problem, severity: 'error', where: at(range) })
    const where = at()
    const quote = quoteIn(place, checked.raw)
    if (typeof quote !== 'string') problems.push({ ...quote, severity: 'error', where })
    return {
      source: segment.source,
      quote: typeof quote === 'string' ? quote : 'none',
      perHost: checked.references.some(varies),
      where,
    } satisfies Expr
  })
  return { template, references, problems }
}

/** The place of each expression. What a `raw()` inserts is not known, but taken to leave the quoting as it was. */
function placesOf(segments: readonly Segment[]): ShellPlace[] {
  const pieces = ['']
  for (const segment of segments) {
    if (segment.kind === 'literal') pieces[pieces.length - 1] += segment.text
    else pieces.push('')
  }
  return shellPlaces(pieces)
}

function quoteIn(place: ShellPlace | undefined, raw: boolean): QuotePlace | CelProblem {
  if (place === undefined) {
    if (!raw) return 'none'
    return { code: 'expression_type', message: 'raw() only means something in shell text: leave it out' }
  }
  if (raw) return 'none'
  if ('quote' in place) return place.quote
  return {
    code: 'expression_quote',
    message: `a value cannot be quoted safely here: ${place.refused}`,
    hint: 'pass it by env: and use "$NAME"; or raw(x) inserts it unquoted, if you trust it',
  }
}

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
    else {
      const rendered = renderExpression(part, language, scope)
      if (typeof rendered !== 'string') return rendered
      text += rendered
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
