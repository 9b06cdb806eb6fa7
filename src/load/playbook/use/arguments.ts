import { basename } from 'node:path'
import { didYouMean, nearestName } from '../../../model/did-you-mean.ts'
import type { ParamDecl, ParamType, PlaybookFile, Setting, UseSpec } from '../../../model/playbook.ts'
import type { Problem } from '../../../model/problem.ts'
import { type Value, WrittenNumber } from '../../../model/value.ts'

/** What is wrong with the params that a `use` gives: unknown, missing, or not what the file declares. */
export function argumentProblems(spec: UseSpec): readonly Problem[] {
  const { file } = spec
  if (file === undefined) return []
  const declared = new Map(file.params.map(param => [param.name, param]))
  return [
    ...missing(spec, file),
    ...[...spec.with].flatMap(([name, given]) => {
      const param = declared.get(name)
      return param === undefined ? unknown(file, name, given.key) : misfits(param, given)
    }),
  ]
}

function missing({ path, with: given }: UseSpec, file: PlaybookFile): readonly Problem[] {
  const names = file.params.filter(
    ({ name, fallback }) => fallback === undefined && !isGiven(name, given, file),
  )
  const [first] = names
  if (first === undefined) return []
  const list = names.map(({ name }) => `"${name}"`).join(', ')
  const example = names.map(({ name }) => `${name}: …`).join(', ')
  const about = first.description === undefined ? '' : `; "${first.name}": ${first.description}`
  return [
    {
      code: 'use_param',
      severity: 'error',
      message: `${titleOf(file)} needs ${names.length === 1 ? 'the param' : 'the params'} ${list}`,
      where: path.where,
      hint: `write "with: { ${example} }"${about}`,
    },
  ]
}

/** Under a misspelt name is told there. */
function isGiven(name: string, given: UseSpec['with'], { params }: PlaybookFile): boolean {
  const declared = new Set(params.map(param => param.name))
  return (
    given.has(name) ||
    [...given.keys()].some(key => !declared.has(key) && nearestName(key, declared) === name)
  )
}

function unknown(file: PlaybookFile, name: string, where: Problem['where'] & {}): readonly Problem[] {
  const names = file.params.map(param => param.name)
  const hint =
    names.length === 0 ? 'it takes none' : (didYouMean(name, names) ?? `it has ${names.join(', ')}`)
  return [
    { code: 'use_param', severity: 'error', message: `${titleOf(file)} has no param "${name}"`, where, hint },
  ]
}

/** Only what is known already: expressions are for the compiler. */
function misfits(param: ParamDecl, given: Setting): readonly Problem[] {
  if (hasExpression(given)) return []
  const message = param.misfit(given.value)
  if (message === undefined) return []
  const hint = quotingHint(param.type, given.value)
  const problem: Problem = { code: 'use_param', severity: 'error', message, where: given.where }
  return [hint === undefined ? problem : { ...problem, hint }]
}

function quotingHint({ kind }: ParamType, value: Value): string | undefined {
  if (typeof value === 'string') {
    const isNumber = (kind === 'integer' || kind === 'number') && /^-?\d+$/.test(value)
    const isWord = kind === 'boolean' && (value === 'true' || value === 'false')
    if (isNumber || isWord) return 'remove the quotes'
    if (kind === 'list') return `write a list: [${value}]`
    const yes = kind === 'boolean' ? /^(?:(y|yes|on|true)|n|no|off|false)$/i.exec(value) : null
    return yes === null ? undefined : `write ${yes[1] !== undefined}`
  }
  if (kind !== 'string' && kind !== 'path') return undefined
  if (typeof value === 'boolean') return `quote it: "${value}"`
  return WrittenNumber.is(value) ? `quote it: "${value.text}"` : undefined
}

export function hasExpression({ texts }: Setting): boolean {
  return [...texts.values()].some(({ value }) => value.includes('${{'))
}

const titleOf = ({ file }: PlaybookFile) => `"${basename(file)}"`
