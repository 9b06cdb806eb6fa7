import type { Problem } from '../../../model/problem.ts'
import type { LinedText } from '../../yaml/source.ts'
import type { YamlNode } from '../../yaml/tree.ts'
import { problemAt } from './problem.ts'

const CEL_WORD = 'it is a word of the expression language'
const NO_NAMES: ReadonlyMap<string, string> = new Map([
  ...['true', 'false', 'null', 'in'].map(name => [name, CEL_WORD] as const),
  ['__proto__', 'to many programs it means something else'],
])

/**
 * `vars.in` and its like are no expressions.
 * @param noun what the keys of the map are, as `variable`
 */
export function checkNames(source: LinedText, map: YamlNode | undefined, noun: string): readonly Problem[] {
  if (map?.kind !== 'map') return []
  return [...map.entries.values()].flatMap(({ key }) => {
    const why = NO_NAMES.get(key.text)
    if (why === undefined) return []
    const message = `"${key.text}" cannot be the name of a ${noun}: ${why}`
    return [problemAt(source, key, { message, hint: 'choose another name' })]
  })
}
