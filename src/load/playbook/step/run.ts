import type { RunSpec } from '../../../model/playbook.ts'
import type { LinedText } from '../../yaml/source.ts'
import { child, type YamlNode } from '../../yaml/tree.ts'
import { present } from '../present.ts'
import { readFlag } from '../quantity.ts'
import { requiredText, textOf, textsOf } from '../text.ts'

export function readRun(source: LinedText, node: YamlNode): RunSpec {
  const text = (key: string) => textOf(source, child(node, key))
  const writes = child(node, 'writes')
  return {
    kind: 'run',
    script: requiredText(source, node, text('run')),
    readOnly: readFlag(child(node, 'read_only')),
    idempotent: readFlag(child(node, 'idempotent')),
    detach: readFlag(child(node, 'detach')),
    reconnect: readFlag(child(node, 'reconnect')),
    creates: textsOf(source, child(node, 'creates')),
    removes: textsOf(source, child(node, 'removes')),
    ...present({
      shell: text('shell')?.value,
      stdin: text('stdin'),
      unless: text('unless'),
      onlyIf: text('only_if'),
      changedWhen: text('changed_when'),
      failedWhen: text('failed_when'),
      writes: writes === undefined ? undefined : textsOf(source, writes),
    }),
  }
}
