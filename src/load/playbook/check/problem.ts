import type { ErrorCode } from '../../../model/errors.ts'
import type { Problem } from '../../../model/problem.ts'
import { type LinedText, placeAt } from '../../yaml/source.ts'
import type { YamlNode } from '../../yaml/tree.ts'

export interface Words {
  readonly message: string
  readonly hint?: string
}

/** An error about a value or a key as a whole. */
export function problemAt(
  source: LinedText,
  node: YamlNode,
  words: Words,
  code: ErrorCode = 'playbook_schema',
): Problem {
  return { code, severity: 'error', ...words, where: placeAt(source, node.start, node.end) }
}
