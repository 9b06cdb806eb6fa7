import type { Problem } from '../../../model/problem.ts'
import type { LinedText } from '../../yaml/source.ts'
import { child, type YamlNode } from '../../yaml/tree.ts'
import { problemAt } from './problem.ts'

/** Keys of maps that are values: they stand for themselves, and none is ever computed. */
export function checkKeys(source: LinedText, values: readonly (YamlNode | undefined)[]): readonly Problem[] {
  return values.flatMap(value => keysIn(source, value))
}

/** What `vars` or `with` give: their own keys are names, of which others tell. */
export function valuesOf(map: YamlNode | undefined): readonly YamlNode[] {
  return map?.kind === 'map' ? [...map.entries.values()].map(({ value }) => value) : []
}

/** The defaults of params. */
export function defaultsOf(params: YamlNode | undefined): readonly (YamlNode | undefined)[] {
  return valuesOf(params).map(param => child(param, 'default'))
}

function keysIn(source: LinedText, value: YamlNode | undefined): readonly Problem[] {
  if (value?.kind === 'list') return checkKeys(source, value.items)
  if (value?.kind !== 'map') return []
  return [...value.entries.values()].flatMap(({ key, value: inner }) => [
    ...(key.text.includes('${{') ? [computed(source, key)] : []),
    ...keysIn(source, inner),
  ])
}

function computed(source: LinedText, key: YamlNode): Problem {
  const message = 'an expression is not possible in a key'
  const hint = 'make the whole map an expression, as ${{ {vars.name: "value"} }}'
  return problemAt(source, key, { message, hint }, 'expression_name')
}
