import type { Action } from '../model/action.ts'
import type { Finding } from '../model/finding.ts'
import type { Foreseen, NodeName } from '../model/foresight.ts'
import type { NodeResult } from '../model/outcome.ts'
import type { Judged } from './judge.ts'

/** A node that has no verdict yet, and what is known of it so far. */
export interface OpenNode extends NodeName {
  /** All that it needs has a verdict. */
  ready: boolean
  foreseen: Exclude<Foreseen, { kind: 'waits' }> | undefined
  /** What its texts and conditions depend on. */
  waitsFor: readonly NodeName[]
  asked: boolean
  finding: Finding | undefined
  /** Of a step that only reads, which really runs. */
  running: boolean
  /** As it would be judged if nothing else happened on the host, once that is known for good. */
  alone: Judged | undefined
  ran: NodeResult | 'later' | undefined
}

export function openNode(step: number, host: number): OpenNode {
  const unknown = { foreseen: undefined, finding: undefined, alone: undefined, ran: undefined }
  return { step, host, ready: false, waitsFor: [], asked: false, running: false, ...unknown }
}

/** Of a node that has its verdict. Nodes are old by then, and what they hold would be taken for something that lasts. */
export function forget(node: OpenNode): void {
  node.foreseen = undefined
  node.finding = undefined
  node.alone = undefined
  node.ran = undefined
}

/** What the host is asked about: of a node that is unknown, where it would write. */
export function askedOf(node: OpenNode): Action | undefined {
  return node.foreseen?.kind === 'unknown' ? node.foreseen.places : actionOf(node)
}

export function actionOf({ foreseen }: OpenNode): Action | undefined {
  return foreseen?.kind === 'action' ? foreseen.action : undefined
}
