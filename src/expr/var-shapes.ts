import type { Setting, VarDecl } from '../model/playbook.ts'
import type { Prepared } from './prepared.ts'
import { pathOf } from './references.ts'
import { scanText } from './scan.ts'
import { ANY, type Shape, shapeAt, shapeOf, shapeOfType, TEXT } from './shape.ts'

/** What expressions are understood in: a `Language`. */
export interface Understanding {
  readonly names: ReadonlyMap<string, Shape>
  prepare(source: string): Prepared
}

/** Variables that take their types from each other further than this are taken for anything. */
const ROUNDS = 8

/**
 * What is known of each variable: the type of its default. That of a default with expressions that stand alone comes
 * from the other variables, until nothing new is learnt.
 */
export function shapesOfVars(
  decls: readonly VarDecl[],
  languageOf: (known: ReadonlyMap<string, Shape>) => Understanding,
): ReadonlyMap<string, Shape> {
  const round = (shapeOfSource: (source: string) => Shape) =>
    new Map(decls.map(decl => [decl.name, decl.value === null ? TEXT : shapeOfSetting(decl, shapeOfSource)]))
  let known = round(() => ANY)
  if (!decls.some(decl => [...decl.texts.values()].some(text => loneExpression(text.value) !== undefined)))
    return known
  for (let rounds = 0; rounds < ROUNDS; rounds++) {
    const language = languageOf(known)
    const next = round(source => expressionShape(source, language))
    if (isSame(next, known)) break
    known = next
  }
  return known
}

/** What is known of a value whose strings may hold expressions. */
function shapeOfSetting(setting: Setting, ofSource: (source: string) => Shape): Shape {
  return shapeOf(setting.value, path => {
    const source = loneExpression(setting.texts.get(path)?.value ?? '')
    return source === undefined ? undefined : ofSource(source)
  })
}

/** The expression that a text is nothing but. */
function loneExpression(value: string): string | undefined {
  if (!value.startsWith('${{')) return undefined
  const { segments } = scanText({ value, where: NOWHERE, at: () => NOWHERE })
  const [first] = segments
  return segments.length === 1 && first?.kind === 'expression' ? first.source : undefined
}

const NOWHERE = { file: '', line: 1, col: 1 }

/** What is known of an expression's value; anything where it is wrong, which is told elsewhere. */
export function expressionShape(source: string, language: Understanding): Shape {
  try {
    const { type = 'dyn', parsed } = language.prepare(source)
    const reference = pathOf(parsed.ast)
    const root = language.names.get(reference?.root ?? '')
    if (reference === undefined || reference.dynamic || root === undefined) return shapeOfType(type)
    const shape = shapeAt(root, reference.path)
    return shape === undefined || (shape.kind === 'map' && shape.view !== undefined) ? ANY : shape
  } catch {
    return ANY
  }
}

function isSame(a: ReadonlyMap<string, Shape>, b: ReadonlyMap<string, Shape>): boolean {
  const text = (shapes: ReadonlyMap<string, Shape>) =>
    JSON.stringify([...shapes], (_, value) => (value instanceof Map ? [...value] : value))
  return text(a) === text(b)
}
