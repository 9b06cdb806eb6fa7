import type { Action } from '../model/action.ts'
import type { Finding } from '../model/finding.ts'
import { NOTHING_FAILS, type Preview, type Verdict } from '../model/preview.ts'
import type { Sketch } from '../model/sketch.ts'
import { actionDigest } from './digest.ts'
import type { Bases } from './local-paths.ts'
import { unseenNodes } from './unseen.ts'

/** What a plan says of a node, as far as it is held against what the node comes to in the run. */
export type PlannedNode =
  /** Its plan was unknown, or it is drover's own: whatever it comes to is right. */
  | { readonly kind: 'free' }
  /** Nobody saw what it would do: the host that carries it out could not be reached. */
  | { readonly kind: 'unseen' }
  /** The plan has no such node. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'skip'; readonly because: string }
  | { readonly kind: 'assert' }
  | { readonly kind: 'pause'; readonly ms: number }
  | {
      readonly kind: 'action'
      readonly digest: string
      /** As it was shown; what was not kept of it is told by a note in its place. */
      readonly action: Action
      /** What the host, or for a get the local folder, had; for a run whether it `runs` or is `held`. */
      readonly before?: string
    }

export interface PlannedNodes {
  readonly node: (step: number, host: number) => PlannedNode
  /** Where the local paths of actions count from. */
  readonly bases: Bases
}

/** The nodes of a preview that was approved as it was shown. */
export function plannedNodesOf(preview: Preview, bases: Bases): PlannedNodes {
  const digests = new ActionDigests(bases)
  const { steps } = preview.plan
  const isUnseen = unseenNodes(
    steps.map(step => step.delegates),
    preview.unreachable,
  )
  return {
    bases,
    node: (step, host) => {
      if (steps[step]?.hidden === true) return { kind: 'free' }
      const node = preview.node(step, host)
      if (node === undefined) return { kind: 'absent' }
      const { verdict, sketch, finding } = node
      if (isUnseen(step, host, verdict)) return { kind: 'unseen' }
      return plannedNode(verdict, sketch, digests.of(verdict, sketch), beforeOf(finding))
    },
  }
}

/** @param digest of the sketch's action, where there is one that is known */
export function plannedNode(
  verdict: Verdict,
  sketch: Sketch,
  digest: string | undefined,
  before: string | undefined,
): PlannedNode {
  if (verdict.kind === 'unknown' || sketch.kind === 'failure') return { kind: 'free' }
  // What cleans up after a failure does so whenever there is one.
  if (verdict.kind === 'skip' && verdict.because === NOTHING_FAILS) return { kind: 'free' }
  if (verdict.kind === 'skip') return { kind: 'skip', because: verdict.because }
  switch (sketch.kind) {
    case 'skipped':
      return { kind: 'skip', because: sketch.note }
    case 'assert':
      return { kind: 'assert' }
    case 'pause':
      return { kind: 'pause', ms: sketch.ms }
    case 'action': {
      const { action } = sketch
      if (digest === undefined) return { kind: 'absent' }
      return { kind: 'action', digest, action, ...(before === undefined ? {} : { before }) }
    }
  }
}

/** What a finding says of the state that the step would meet, in one line. */
export function beforeOf(finding: Finding | undefined): string | undefined {
  switch (finding?.kind) {
    case 'run':
      return finding.outlook
    case 'put':
    case 'get':
      return finding.before
    default:
      return undefined
  }
}

/** Digests of the actions of nodes of which it is known what they will do; nodes share sketches. */
export class ActionDigests {
  readonly #bases: Bases
  readonly #known = new WeakMap<Sketch, string>()

  constructor(bases: Bases) {
    this.#bases = bases
  }

  of(verdict: Verdict, sketch: Sketch): string | undefined {
    if (sketch.kind !== 'action' || (verdict.kind !== 'change' && verdict.kind !== 'no change'))
      return undefined
    const known = this.#known.get(sketch)
    if (known !== undefined) return known
    const digest = actionDigest(sketch.action, this.#bases)
    this.#known.set(sketch, digest)
    return digest
  }
}
