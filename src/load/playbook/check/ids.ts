import type { Problem } from '../../../model/problem.ts'
import { type LinedText, placeAt } from '../../yaml/source.ts'
import { child, type YamlNode } from '../../yaml/tree.ts'
import { CEL_WORDS, RESERVED_IDS, writtenIds } from '../step-id.ts'
import { problemAt } from './problem.ts'

/**
 * Ids that expressions cannot use, or that two steps of the file have.
 * @param steps all of the file, those of groups too
 */
export function checkIds(source: LinedText, steps: readonly YamlNode[]): readonly Problem[] {
  const first = new Map<string, YamlNode>()
  return writtenIds(steps).flatMap((id, index) => {
    const node = child(steps[index], 'id')
    if (id === undefined || node === undefined) return []
    const why = reservedBy(id)
    if (why !== undefined) {
      const message = `"${id}" cannot be the id of a step: it is ${why}`
      return [problemAt(source, node, { message, hint: `write for instance "${id}_step"` }, 'step_id')]
    }
    const before = first.get(id)
    if (before === undefined) {
      first.set(id, node)
      return []
    }
    const { line } = placeAt(source, before.start)
    const message = `the step in line ${line} has the id "${id}" already`
    return [problemAt(source, node, { message }, 'step_id')]
  })
}

function reservedBy(id: string): string | undefined {
  if (CEL_WORDS.has(id)) return 'a word of the expression language'
  return RESERVED_IDS.has(id) ? 'the step with which drover gathers them' : undefined
}
