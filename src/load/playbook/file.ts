import type { PlaybookFile, Text } from '../../model/playbook.ts'
import type { LinedText } from '../yaml/source.ts'
import { child, type YamlNode } from '../yaml/tree.ts'
import { readOptions } from './options.ts'
import { readParams } from './param/params.ts'
import { present } from './present.ts'
import { readNumber } from './quantity.ts'
import { readStep } from './step/step.ts'
import { stepIds, stepsWithin } from './step-id.ts'
import { textOf } from './text.ts'

/** What a playbook and a file that it uses have in common. What does not fit is left out or empty. */
export function readFile(
  source: LinedText,
  folder: string,
  root: YamlNode,
  use: (path: Text) => PlaybookFile | undefined,
): PlaybookFile {
  const list = child(root, 'steps')
  const ids = stepIds(stepsWithin(list)).values()
  const reader = { source, use, nextId: () => ids.next().value ?? 'step' }
  return {
    file: source.file,
    folder,
    name: textOf(source, child(root, 'name'))?.value ?? source.file.replace(/^.*\//, ''),
    ...present({ description: textOf(source, child(root, 'description'))?.value }),
    params: readParams(source, child(root, 'params')),
    defaults: readOptions(source, child(root, 'defaults')),
    semaphores: readSemaphores(child(root, 'semaphores')),
    steps: list?.kind === 'list' ? list.items.map(step => readStep(reader, step)) : [],
  }
}

function readSemaphores(node: YamlNode | undefined): ReadonlyMap<string, number> {
  if (node?.kind !== 'map') return new Map()
  return new Map([...node.entries].map(([name, { value }]) => [name, readNumber(value) ?? 1]))
}
