import type { Problem } from '../../../model/problem.ts'
import type { LinedText } from '../../yaml/source.ts'
import { child, type YamlNode } from '../../yaml/tree.ts'
import { readFlag } from '../quantity.ts'
import { problemAt } from './problem.ts'

/** A command that only reads leaves nothing behind, and one that takes the link down is waited for. */
export function checkDetach(source: LinedText, step: YamlNode): readonly Problem[] {
  const node = child(step, 'detach')
  if (node === undefined || !readFlag(node)) return []
  return ['read_only', 'reconnect']
    .filter(key => readFlag(child(step, key)))
    .map(key => problemAt(source, node, { message: `"detach" and "${key}" exclude each other`, hint: HINT }))
}

const HINT = 'keep one of them'
