import type { Problem } from '../../../model/problem.ts'
import type { LinedText } from '../../yaml/source.ts'
import { keyOf, type YamlNode } from '../../yaml/tree.ts'
import type { Words } from '../check/problem.ts'
import { keyProblem, type Located, subject, valueProblem } from './place.ts'

/** None or several of the keys of which one must be there: told at the second one. */
export function kindProblem(source: LinedText, located: Located): Problem {
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
