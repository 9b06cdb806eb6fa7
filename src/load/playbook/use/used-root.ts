import type { Problem } from '../../../model/problem.ts'
import { type LinedText, placeAt } from '../../yaml/source.ts'
import { keyOf, type YamlNode } from '../../yaml/tree.ts'

const OWN = 'it is a playbook of its own; to use its steps, move them into a file without it'

/** What belongs to playbooks that are applied, and what to do where a file that another one uses has it. */
const NOT_HERE: readonly (readonly [key: string, hint: string])[] = [
  ['hosts', OWN],
  ['inventory', OWN],
  ['max_failures', OWN],
  ['vars', 'declare them under "params:", and give them with "with:" where the file is used'],
]

/** The keys that a file has when it is applied, and not when another file uses it. */
export function checkUsedRoot(source: LinedText, root: YamlNode): readonly Problem[] {
  return NOT_HERE.flatMap(([name, hint]) => {
    const key = keyOf(root, name)
    if (key === undefined) return []
    return {
      code: 'use_file',
      severity: 'error',
      message: `a file that another one uses has no "${name}"`,
      where: placeAt(source, key.start, key.end),
      hint,
    }
  })
}
