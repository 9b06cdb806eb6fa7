import { nearestName } from '../../../model/did-you-mean.ts'
import type { Problem } from '../../../model/problem.ts'
import type { LinedText } from '../../yaml/source.ts'
import type { YamlNode } from '../../yaml/tree.ts'
import type { SchemaError } from './error.ts'
import { kindProblem } from './kind.ts'
import { isParam, keyProblem, type Located, locate, mapName, subject, valueProblem } from './place.ts'
import { tellingErrors } from './telling-errors.ts'
import { elsewhereHint, unknownKey } from './unknown-key.ts'
import { foundInstead, valueHint } from './wording.ts'

/** Tells a schema's errors at their places in the file, without those that only follow from another. */
export function schemaProblems(source: LinedText, root: YamlNode, errors: readonly SchemaError[]): Problem[] {
  const located = tellingErrors(errors).map(error => locate(root, error))
  const byMap = Map.groupBy(located, ({ error }) => error.instancePath)
  const refused = new Set(
    located.flatMap(({ error: { keyword, instancePath, params } }) =>
      keyword === 'refused' ? [`${instancePath}/${params.key}`] : [],
    ),
  )
  return located
    .filter(one => !isWithin(one.error.instancePath, refused) && !isShellAlone(one, byMap))
    .filter(one => !follows(one, byMap.get(one.error.instancePath) ?? []))
    .map(one => problemOf(source, one))
}

/** Of a step that is nothing but `shell: COMMAND` it is told that it lacks a kind. */
function isShellAlone({ error, path }: Located, byMap: ReadonlyMap<string, readonly Located[]>): boolean {
  if (path.at(-1) !== 'shell') return false
  const step = byMap.get(error.instancePath.slice(0, -'/shell'.length)) ?? []
  return (
    step.some(one => isMissingChoice(one.error)) &&
    !step.some(one => one.error.keyword === 'additionalProperties')
  )
}

/** The value of a key that should not be there need not be right. */
function isWithin(pointer: string, refused: ReadonlySet<string>): boolean {
  if (refused.size === 0) return false
  const parts = pointer.split('/')
  return parts.some((_, index) => refused.has(parts.slice(0, index + 1).join('/')))
}

/** A key that is missing because it is misspelt, or of no use because the step's kind is missing, is no news. */
function follows({ error }: Located, siblings: readonly Located[]): boolean {
  const unknown = siblings.filter(other => other.error.keyword === 'additionalProperties')
  switch (error.keyword) {
    case 'oneOf':
      return isMistyped(siblings) || (isMissingChoice(error) && unknown.length > 0)
    case 'pattern':
      return siblings.some(other => other.error.keyword === 'minLength')
    case 'required':
      return unknown.some(other => meansMissing(String(other.error.params.additionalProperty), error))
    default:
      return false
  }
}

function isMissingChoice({ keyword, params }: SchemaError): boolean {
  return keyword === 'oneOf' && params.passingSchemas === null
}

const isMistyped = (errors: readonly Located[]) => errors.some(({ error }) => error.keyword === 'type')

function meansMissing(unknown: string, { params, instancePath }: SchemaError): boolean {
  const missing = String(params.missingProperty)
  return (
    nearestName(unknown, [missing]) === missing ||
    elsewhereHint(mapName(instancePath.split('/').slice(1)), unknown)?.includes(`"${missing}:`) === true
  )
}

function problemOf(source: LinedText, located: Located): Problem {
  const { error } = located
  switch (error.keyword) {
    case 'additionalProperties':
      return unknownKeyProblem(source, located)
    case 'oneOf':
      return kindProblem(source, located)
    case 'refused':
      return keyProblem(source, located, String(error.params.key), {
        message: `"${String(error.params.key)}" ${error.schema.errorMessage}`,
      })
    case 'dependencies':
      return keyProblem(source, located, String(error.params.property), {
        message: `"${String(error.params.property)}" goes with "${String(error.params.missingProperty)}" only`,
        hint: '"throttle" bounds how many hosts run a step at the same time',
      })
    case 'required':
      return valueProblem(source, located, {
        message: `${subject(located)} lacks "${String(error.params.missingProperty)}"`,
      })
    case 'minLength':
    case 'minItems':
      return valueProblem(source, located, { message: `${subject(located)} must not be empty` })
    default:
      return wrongValue(source, located)
  }
}

function unknownKeyProblem(source: LinedText, located: Located): Problem {
  const key = String(located.error.params.additionalProperty)
  const known = Object.keys(located.error.schema.properties ?? {})
  return keyProblem(source, located, key, unknownKey({ name: mapName(located.path), known }, key))
}

function wrongValue(source: LinedText, located: Located): Problem {
  const { node, error, path } = located
  const expected = error.schema.errorMessage ?? 'has a value that does not fit'
  const key = isParam(path) ? 'param' : (path.at(-1) ?? '')
  const hint = valueHint(key, node, error.schema)
  return valueProblem(source, located, {
    message: `${subject(located)} ${expected}, ${foundInstead(node)}`,
    ...(hint === undefined ? {} : { hint }),
  })
}
