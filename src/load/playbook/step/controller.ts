import type { AssertSpec, PauseSpec } from '../../../model/playbook.ts'
import type { LinedText } from '../../yaml/source.ts'
import { child, type YamlNode } from '../../yaml/tree.ts'
import { present } from '../present.ts'
import { readDuration } from '../quantity.ts'
import { textOf, textsOf } from '../text.ts'

// The kinds that act in the controller: nothing is sent to a host.

/** `COND`, `[COND…]`, or `{that: …, message: …}`. */
export function readAssert(source: LinedText, node: YamlNode): AssertSpec {
  const that = node.kind === 'map' ? child(node, 'that') : node
  const message = textOf(source, child(node, 'message'))
  return { kind: 'assert', that: textsOf(source, that), ...present({ message }) }
}

export function readPause(node: YamlNode): PauseSpec {
  return { kind: 'pause', ms: readDuration(node) ?? 0 }
}
