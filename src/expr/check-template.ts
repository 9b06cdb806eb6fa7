import type { Text } from '../model/playbook.ts'
import type { Problem, Where } from '../model/problem.ts'
import type { Expr, QuotePlace, Template } from '../model/template.ts'
import type { CelProblem } from './cel-problem.ts'
import type { Language } from './environment.ts'
import { checkExpression } from './expression.ts'
import type { Reference } from './references.ts'
import { type Segment, scanText } from './scan.ts'
import { type ShellPlace, shellPlaces } from './shell/place.ts'

export interface CheckedTemplate {
  readonly template: Template
  readonly references: readonly LocatedReference[]
  readonly problems: readonly Problem[]
}

export type LocatedReference = Reference & { readonly where: Where }

/** What `isPerHost` is asked with: does this name differ between hosts? */
export type Varies = (reference: Reference) => boolean

/** A text with more expressions is refused. */
const MOST_EXPRESSIONS = 1_000

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
  const { segments, problems } = scanText(text)
  if (segments.length > 2 * MOST_EXPRESSIONS)
    return { template: [], references: [], problems: [tooMany(text)] }
  const places = kind === 'shell' ? placesOf(segments) : []
  const references: LocatedReference[] = []
  let nth = 0
  const template = segments.map(segment => {
    if (segment.kind === 'literal') return segment.text
    const at: Locate = (start, end) => text.at(segment.offset + start, Math.max(1, end - start))
    const checked = checkExpression(segment.source, language)
    for (const reference of checked.references)
      references.push({ ...reference, where: at(reference.range.start, reference.range.end) })
    const quote = quoteIn(places[nth++], checked.raw)
    const where = at(0, segment.source.length)
    for (const problem of typeof quote === 'string' ? checked.problems : [...checked.problems, quote])
      problems.push(located(problem, at, where))
    return {
      kind: 'expr',
      source: segment.source,
      quote: typeof quote === 'string' ? quote : 'none',
      perHost: checked.references.some(varies),
      late: false,
      where,
    } satisfies Expr
  })
  return { template, references, problems }
}

/** The place of a part of an expression in its file. */
type Locate = (start: number, end: number) => Where

function located({ range, ...problem }: CelProblem, at: Locate, whole: Where): Problem {
  return { ...problem, severity: 'error', where: range === undefined ? whole : at(range.start, range.end) }
}

function tooMany(text: Text): Problem {
  const message = `this text has more than ${MOST_EXPRESSIONS} expressions`
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
