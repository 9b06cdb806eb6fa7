import type { Problem } from '../../../model/problem.ts'
import type { LinedText } from '../../yaml/source.ts'
import { keyOf, type YamlNode } from '../../yaml/tree.ts'
import { checkStatic } from './expressions.ts'
import { problemAt } from './problem.ts'

const SOURCES: readonly string[] = ['file', 'env', 'command', 'prompt']

/** A secret comes from one place, which is known before anything else is. */
export function checkSecrets(source: LinedText, secrets: YamlNode | undefined): readonly Problem[] {
  if (secrets?.kind !== 'map') return []
  return [...secrets.entries.values()].flatMap(({ key, value }) => {
    if (value.kind !== 'map') return []
    const early = checkStatic(source, value, [...SOURCES, 'key'])
    if (early.length > 0) return early
    const [first, second] = [...value.entries.keys()].filter(name => SOURCES.includes(name))
    if (first === undefined)
      return problemAt(source, key, {
        message: `the secret "${key.text}" comes from nowhere`,
        hint: `give it one of ${SOURCES.join(', ')}`,
      })
    if (second !== undefined)
      return problemAt(source, keyOf(value, second) ?? value, {
        message: `"${first}" and "${second}" exclude each other`,
        hint: 'a secret comes from one place: keep one of them',
      })
    const inFile = keyOf(value, 'key')
    if (inFile === undefined || first === 'file') return []
    return problemAt(source, inFile, {
      message: '"key" is the name in a file of secrets',
      hint: 'it goes with "file"',
    })
  })
}
