import { resolve } from 'node:path'
import type { Language } from '../expr/environment.ts'
import type { Problem, Where } from '../model/problem.ts'
import type { Expr, Template, TemplatePart } from '../model/template.ts'
import type { Draft, Place } from './lower/block.ts'

// Which local files are sent to hosts, and where those of hosts land, is not for a host to choose: a local path may take
// in what only the run knows, but its beginning is known before, and it stays below that.

/** A text and where it is evaluated. */
interface Standing {
  readonly code: Template
  readonly language: Language
  readonly place: Place
}

/** What of a path is known before any host is touched. */
export interface Beginning extends Standing {
  /** What it is relative to. */
  readonly folder: string
  /** What comes after it. */
  readonly late: Expr | undefined
}

/**
 * The part of a path before what only the run knows; that of a parameter where the path is nothing but one.
 * @param folder what the path is relative to
 */
export function beginningOf(path: Standing, folder: string): Beginning {
  const [first] = path.code
  const binding = isLatePart(first) ? path.place.frame.bindings.get(paramIn(first)) : undefined
  if (binding?.code.kind === 'text')
    return beginningOf({ ...binding, code: binding.code.text }, binding.folder)
  if (binding?.code.kind === 'expr')
    return beginningOf({ ...binding, code: [binding.code.expr] }, binding.folder)
  const at = path.code.findIndex(isLatePart)
  const late = path.code.find(isLatePart)
  return { ...path, code: at < 0 ? path.code : path.code.slice(0, at), folder, late }
}

/** Where a text is written that may be nothing but a parameter: there where that is given, as far out as that leads. */
export function writtenAt(text: Standing & { readonly where: Where }): Where {
  const [first, ...others] = text.code
  if (first === undefined || typeof first === 'string' || first.kind !== 'expr' || others.length > 0)
    return text.where
  const binding = text.place.frame.bindings.get(paramIn(first))
  if (binding === undefined) return text.where
  const { code } = binding
  const inner: Template = code.kind === 'text' ? code.text : code.kind === 'expr' ? [code.expr] : []
  return writtenAt({ ...binding, code: inner })
}

/** Whether a path, absolute and without `..`, is below its beginning, that names something itself. */
export function staysBelow(path: string, beginning: string, folder: string): boolean {
  if (!namesSomething(beginning)) return false
  const cut = beginning.lastIndexOf('/') + 1
  const start = resolve(folder, beginning.slice(0, cut))
  const whole = `${start === '/' ? '' : start}/${beginning.slice(cut)}`
  return path.startsWith(whole) && path.length > whole.length
}

/** What is wrong with the local path of a step, whatever the hosts are. */
export function localPathProblem({ checked, place }: Draft): Problem | undefined {
  const { spec, language } = checked
  if (spec.kind !== 'leaf') return undefined
  const { action } = spec
  const isSource = action.kind === 'put' && action.source.kind === 'src'
  const code = isSource ? action.source.text : action.kind === 'get' ? action.dest : undefined
  if (code === undefined) return undefined
  const { code: known, late } = beginningOf({ code, language, place }, '')
  const mayBeginWell = known.some(part => typeof part !== 'string') || namesSomething(known.join(''))
  if (late === undefined || mayBeginWell) return undefined
  const [key, example] = isSource ? ['src', 'files/${{ … }}'] : ['dest', 'fetched/${{ … }}']
  return {
    code: 'expression_value',
    severity: 'error',
    message: `"${key}" begins with what only the run can know: which local path it is would be for a host to choose`,
    where: late.where,
    hint: `begin it with a folder, below which it stays: ${key}: ${example}`,
  }
}

/** Neither nothing nor only the way to a folder that holds anything, as `./`. */
const namesSomething = (beginning: string) => /[^./]/.test(beginning)

const isLatePart = (part: TemplatePart | undefined): part is Expr =>
  typeof part === 'object' && part.kind === 'expr' && part.late

/** The parameter that an expression is nothing but. */
function paramIn({ source }: Expr): string {
  return /^\s*params\.([A-Za-z_]\w*)\s*$/.exec(source)?.[1] ?? ''
}
