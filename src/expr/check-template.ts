import type { Text } from '../model/playbook.ts'
import type { Problem, Where } from '../model/problem.ts'
import type { Expr, QuotePlace, Template } from '../model/template.ts'
import type { CelProblem } from './cel-problem.ts'
import type { Language } from './environment.ts'
import { type CheckedExpression, checkExpression, type Depends } from './expression.ts'
import type { Reference } from './references.ts'
import { type Segment, scanText } from './scan.ts'
import { type ShellPlace, shellPlaces } from './shell/place.ts'

export type { Depends, Traits } from './expression.ts'

export interface CheckedTemplate {
  readonly template: Template
  readonly references: readonly LocatedReference[]
  readonly problems: readonly Problem[]
}

export type LocatedReference = Reference & { readonly where: Where }

/** A text with more expressions is refused. */
export const MOST_EXPRESSIONS = 1_000

/**
 * Cuts a text at its expressions and checks each of them. In `shell` text it also finds how a value is to be quoted
 * at each place; elsewhere values are inserted as they are.
 */
export function checkTemplate(
  text: Text,
  kind: 'shell' | 'plain',
  language: Language,
  depends: Depends,
): CheckedTemplate {
  const { segments, problems } = scanText(text)
  if (segments.length > 2 * MOST_EXPRESSIONS)
    return { template: [], references: [], problems: [tooMany(text)] }
  const places = kind === 'shell' ? placesOf(segments) : []
  const references: LocatedReference[] = []
  let nth = 0
  const template = segments.map(segment => {
    if (segment.kind === 'literal') return segment.text
    const place = kind === 'shell' ? places[nth++] : undefined
    const checked = checkInText(text, segment.source, segment.offset, language, depends)
    references.push(...checked.references)
    problems.push(...checked.problems)
    const { where } = checked.expr
    const quote = quoteIn(place, checked.checked)
    if (typeof quote === 'string') return { ...checked.expr, quote }
    if (checked.problems.length === 0 || quote.code === 'expression_quote')
      problems.push({ ...quote, severity: 'error', where })
    return checked.expr
  })
  return { template, references, problems }
}

export interface CheckedExpr {
  readonly expr: Expr
  readonly checked: CheckedExpression
  readonly references: readonly LocatedReference[]
  readonly problems: readonly Problem[]
}

/** Checks the expression that stands at an offset of a text; its value is not quoted. */
export function checkInText(
  text: Text,
  source: string,
  offset: number,
  language: Language,
  depends: Depends,
): CheckedExpr {
  const at = (start: number, end: number) => text.at(offset + start, Math.max(1, end - start))
  const checked = checkExpression(source, language, depends)
  const where = at(0, source.length)
  return {
    expr: { kind: 'expr', source, quote: 'none', perHost: checked.perHost, late: checked.late, where },
    checked,
    references: checked.references.map(reference => ({
      ...reference,
      where: at(reference.range.start, endOf(reference, source)),
    })),
    problems: checked.problems.map(({ range, unknown: _, ...problem }) => ({
      ...problem,
      severity: 'error',
      where: range === undefined ? where : at(range.start, range.end),
    })),
  }
}

/** A bracket closes the key before it. */
function endOf({ range, keyRanges }: Reference, source: string): number {
  const end = keyRanges.at(-1)?.end ?? range.end
  return source[end] === ']' ? end + 1 : end
}

export function tooMany(text: Text, most = MOST_EXPRESSIONS): Problem {
  const message = `this text has more than ${most} expressions`
  return { code: 'yaml_limit', severity: 'error', message, where: text.where }
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

/** How a value is to be quoted, or why it cannot stand where it does. */
function quoteIn(place: ShellPlace | undefined, checked: CheckedExpression): QuotePlace | CelProblem {
  const { raw, quoted } = checked
  if (place === undefined) {
    if (raw)
      return { code: 'expression_type', message: 'raw() only means something in shell text: leave it out' }
    return textProblem(checked) ?? 'none'
  }
  if (raw) return textProblem(checked) ?? 'none'
  if (quoted)
    return {
      code: 'expression_type',
      message: 'values are quoted in shell text, and this one would be so twice',
      hint: 'leave out quote(…); or write raw(quote(…)) where that is meant',
    }
  if ('refused' in place) {
    if (place.takesNumbers && checked.type === 'int') return 'number'
    return {
      code: 'expression_quote',
      message: `a value cannot be quoted safely here: ${place.refused}`,
      hint: `${place.takesNumbers ? 'int(x), if it is a whole number; or ' : ''}pass it by env: and use "$NAME"; or raw(x) inserts it unquoted, if you trust it`,
    }
  }
  const isList = checked.type.startsWith('list')
  const quote = place.alone === true && (isList || checked.type === 'dyn') ? 'words' : place.quote
  return wordsProblem(checked, quote) ?? quote
}

const TEXT_TYPES: ReadonlySet<string> = new Set(['string', 'int', 'uint', 'double', 'bool', 'dyn'])

/** Lists and maps are no text. */
function textProblem({ type }: CheckedExpression): CelProblem | undefined {
  if (TEXT_TYPES.has(type) || type.startsWith('dyn<')) return undefined
  const hint = type.startsWith('list')
    ? { hint: 'choose an item, as x[0], or join them: x.join(" ")' }
    : type.startsWith('map')
      ? { hint: 'choose one of its values, as x.key; or json(x) writes it as JSON' }
      : {}
  return { code: 'expression_type', message: `a value of type ${type} cannot stand in text`, ...hint }
}

/** A list of texts or numbers may be several words, where no quotes are around and nothing touches it. */
function wordsProblem(checked: CheckedExpression, quote: QuotePlace): CelProblem | undefined {
  const { type, shape } = checked
  if (!type.startsWith('list')) return textProblem(checked)
  const items = shape.kind === 'list' ? shape.items.kind : 'any'
  if (items === 'list' || items === 'map')
    return {
      code: 'expression_type',
      message: `a list of ${items}s cannot stand in shell text`,
      hint: 'for_each goes through it; or choose what is meant: x.map(i, i.name)',
    }
  if (quote === 'words') return undefined
  return {
    code: 'expression_type',
    message:
      quote === 'bare'
        ? 'a list stands for several words, and this one touches what is beside it'
        : 'a list cannot stand inside of quotes',
    hint: 'put it bare between blanks, where it is a word for each item; or join them: x.join(" "); or use for_each',
  }
}
