import type { Action } from '../model/action.ts'
import type { Finding } from '../model/finding.ts'
import type { Foreseen, NodeName } from '../model/foresight.ts'
import type { NodeResult } from '../model/outcome.ts'

/** A node that has no verdict yet, and what is known of it so far. */
export interface OpenNode extends NodeName {
  /** All that it needs has a verdict. */
  ready: boolean
  foreseen?: Exclude<Foreseen, { kind: 'waits' }>
  /** What its texts and conditions depend on. */
  waitsFor: readonly NodeName[]
  asked: boolean
  finding?: Finding
  /** Of a step that only reads, which really runs. */
  running: boolean
  ran?: NodeResult | 'later'
}

export function openNode(step: number, host: number): OpenNode {
  return { step, host, ready: false, waitsFor: [], asked: false, running: false }
}

export function actionOf({ foreseen }: OpenNode): Action | undefined {
  return foreseen?.kind === 'action' ? foreseen.action : undefined
}
