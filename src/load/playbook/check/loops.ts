import type { Problem } from '../../../model/problem.ts'
import type { LinedText } from '../../yaml/source.ts'
import { child, type YamlNode } from '../../yaml/tree.ts'
import { problemAt } from './problem.ts'

/** An item without a value is a forgotten one. */
export function checkItems(source: LinedText, step: YamlNode): readonly Problem[] {
  const loop = child(step, 'for_each')
  if (loop?.kind !== 'list') return []
  return loop.items.flatMap((item, index) => {
    if (item.kind !== 'scalar' || item.type !== 'null') return []
    const message = `item ${index + 1} of "for_each" has no value`
    return [problemAt(source, item, { message, hint: 'remove it, or write "" for an empty text' })]
  })
}
