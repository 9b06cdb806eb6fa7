import { nearestName } from '../../model/did-you-mean.ts'
import type { ErrorCode } from '../../model/errors.ts'
import type { Problem } from '../../model/problem.ts'
import { type LinedText, placeAt } from '../yaml/source.ts'
import { keyOf, nodeAt, type YamlMap, type YamlNode } from '../yaml/tree.ts'
import type { SchemaError } from './schema-error.ts'
import { foundInstead, valueHint } from './schema-wording.ts'
import { tellingErrors } from './telling-errors.ts'
import { elsewhereHint, unknownKey } from './unknown-key.ts'

/** An error with the place in the file that it is about. */
interface Located {
  readonly error: SchemaError
  readonly path: readonly string[]
  readonly node: YamlNode
  readonly parent: YamlNode | undefined
}

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

function locate(root: YamlNode, error: SchemaError): Located {
  const path = error.instancePath
    .split('/')
    .slice(1)
    .map(part => part.replaceAll('~1', '/').replaceAll('~0', '~'))
  const node = nodeAt(root, path) ?? root
  return { error, path, node, parent: path.length === 0 ? undefined : nodeAt(root, path.slice(0, -1)) }
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

interface Words {
  readonly message: string
  readonly hint?: string
}

function unknownKeyProblem(source: LinedText, located: Located): Problem {
  const key = String(located.error.params.additionalProperty)
  const known = Object.keys(located.error.schema.properties ?? {})
  return keyProblem(source, located, key, unknownKey({ name: mapName(located.path), known }, key))
}

/** `steps/3` is a step, `steps/3/put` is put. */
function mapName(path: readonly string[]): string {
  const last = path.at(-1)
  if (last === undefined) return 'playbook'
  if (path[0] === 'params' && path.length > 1) return 'param'
  if (!/^\d+$/.test(last)) return last
  return path.at(-2) === 'steps' ? 'step' : (path.at(-2) ?? '')
}

/** Whether it is a whole schema of `params:`, whose name is the user's. */
function isParam(path: readonly string[]): boolean {
  return (
    path[0] === 'params' && (path.length === 2 || path.at(-1) === 'items' || path.at(-2) === 'properties')
  )
}

/** None or several of the keys of which one must be there: told at the second one. */
function kindProblem(source: LinedText, located: Located): Problem {
  const isStep = located.path.at(-1) !== 'put'
  const kinds = isStep ? STEP_KINDS : PUT_SOURCES
  const code = isStep ? 'step_kind' : 'playbook_schema'
  const present = kinds.flatMap(kind => keyOf(located.node, kind) ?? []).toSorted((a, b) => a.start - b.start)
  const [first, second] = present
  if (first !== undefined && second !== undefined)
    return keyProblem(
      source,
      located,
      second.text,
      {
        message: `${subject(located)} has both "${first.text}" and "${second.text}"`,
        hint: isStep ? 'make two steps of it' : 'keep one of them',
      },
      code,
    )
  if (isStep && keyOf(located.node, 'shell') !== undefined)
    return keyProblem(source, located, 'shell', SHELL_ALONE, code)
  const message = `${subject(located)} has none of "${kinds.join('", "')}"`
  return valueProblem(source, located, { message, hint: missingKindHint(located.node) }, code)
}

function missingKindHint(node: YamlNode): string {
  if (keyOf(node, 'with') !== undefined) return 'write the file or the name that "with:" is for as "use:"'
  return 'give it exactly one of them'
}

const SHELL_ALONE: Words = {
  message: '"shell" only names another shell than /bin/sh, for "run"',
  hint: 'write the command as "run:"',
}

const STEP_KINDS = ['run', 'put', 'get', 'assert', 'pause', 'use', 'steps']
const PUT_SOURCES = ['src', 'content', 'template']

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

/** How a message names the value it is about. */
function subject({ path }: Located): string {
  const last = path.at(-1)
  if (last === undefined) return 'a playbook'
  if (!/^\d+$/.test(last)) return `"${last}"`
  const list = path.at(-2) ?? ''
  return list === 'steps' ? 'a step' : `item ${Number(last) + 1} of "${list}"`
}

/** Points at the value; at its key where nothing stands beside that. Of a step its first key stands for the whole. */
function valueProblem(source: LinedText, located: Located, words: Words, code?: ErrorCode): Problem {
  const { node, parent, path } = located
  const key = keyOf(parent, path.at(-1) ?? '')
  const value = placeAt(source, node.start, node.kind === 'map' ? firstKeyEnd(node) : node.end)
  const keyPlace = key === undefined ? undefined : placeAt(source, key.start, key.end)
  const isBesideKey = node.start < node.end && (keyPlace === undefined || keyPlace.line === value.line)
  return {
    code: code ?? 'playbook_schema',
    severity: 'error',
    ...words,
    where: isBesideKey ? value : (keyPlace ?? value),
  }
}

/** A map in braces is marked whole. */
function firstKeyEnd(node: YamlMap): number {
  const [first] = node.entries.values()
  return first !== undefined && first.key.start === node.start ? first.key.end : node.end
}

function keyProblem(
  source: LinedText,
  located: Located,
  name: string,
  words: Words,
  code?: ErrorCode,
): Problem {
  const { start, end } = keyOf(located.node, name) ?? located.node
  return { code: code ?? 'playbook_schema', severity: 'error', ...words, where: placeAt(source, start, end) }
}
