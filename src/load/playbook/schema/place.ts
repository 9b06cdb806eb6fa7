import type { ErrorCode } from '../../../model/errors.ts'
import type { Problem } from '../../../model/problem.ts'
import { type LinedText, placeAt } from '../../yaml/source.ts'
import { keyOf, nodeAt, type YamlMap, type YamlNode } from '../../yaml/tree.ts'
import { problemAt, type Words } from '../check/problem.ts'
import type { SchemaError } from './error.ts'

/** An error with the place in the file that it is about. */
export interface Located {
  readonly error: SchemaError
  readonly path: readonly string[]
  readonly node: YamlNode
  readonly parent: YamlNode | undefined
}

export function locate(root: YamlNode, error: SchemaError): Located {
  const path = error.instancePath
    .split('/')
    .slice(1)
    .map(part => part.replaceAll('~1', '/').replaceAll('~0', '~'))
  const node = nodeAt(root, path) ?? root
  return { error, path, node, parent: path.length === 0 ? undefined : nodeAt(root, path.slice(0, -1)) }
}

/** `steps/3` is a step, `steps/3/put` is put. */
export function mapName(path: readonly string[]): string {
  const last = path.at(-1)
  if (last === undefined) return 'playbook'
  if (path[0] === 'params' && path.length > 1) return 'param'
  if (!/^\d+$/.test(last)) return last
  return path.at(-2) === 'steps' ? 'step' : (path.at(-2) ?? '')
}

/** Whether it is a whole schema of `params:`, whose name is the user's. */
export function isParam(path: readonly string[]): boolean {
  return (
    path[0] === 'params' && (path.length === 2 || path.at(-1) === 'items' || path.at(-2) === 'properties')
  )
}

/** How a message names the value it is about. */
export function subject({ path }: Located): string {
  const last = path.at(-1)
  if (last === undefined) return 'a playbook'
  if (!/^\d+$/.test(last)) return `"${last}"`
  const list = path.at(-2) ?? ''
  return list === 'steps' ? 'a step' : `item ${Number(last) + 1} of "${list}"`
}

/** Points at the value; at its key where nothing stands beside that. Of a step its first key stands for the whole. */
export function valueProblem(source: LinedText, located: Located, words: Words, code?: ErrorCode): Problem {
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

/** Points at a key of the map that the error is about. */
export function keyProblem(
  source: LinedText,
  { node }: Located,
  name: string,
  words: Words,
  code?: ErrorCode,
): Problem {
  return problemAt(source, keyOf(node, name) ?? node, words, code)
}
