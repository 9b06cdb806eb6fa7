import type { Failure } from '../model/errors.ts'
import type { Captured, NodeResult } from '../model/outcome.ts'
import type { Plan } from '../model/plan.ts'
import type { NodePreview, Preview, PreviewCounts, Verdict } from '../model/preview.ts'
import type { Sketch, SketchNode } from '../model/sketch.ts'
import { AlikeNodes } from './alike-nodes.ts'
import type { Revision } from './early-end.ts'
import { actionOf, type OpenNode } from './open-node.ts'

/** Of what a step that only reads has printed, so much is shown. */
const SHOWN_OUTPUT = 2_048

/** The verdicts as they are found. */
export class Gathering {
  readonly #plan: Plan
  readonly #sketch: SketchNode
  /** By step and host. */
  readonly #nodes: readonly (NodePreview | undefined)[][]
  readonly #alike = new AlikeNodes()

  constructor(plan: Plan, sketch: SketchNode) {
    this.#plan = plan
    this.#sketch = sketch
    this.#nodes = plan.steps.map(() => new Array<NodePreview | undefined>(plan.hosts.length))
  }

  add(node: OpenNode, verdict: Verdict): void {
    const { step, host } = node
    const counts = verdict.kind !== 'unknown' || verdict.fails === true
    const finding = counts ? node.finding : undefined
    const result = counts && typeof node.ran === 'object' ? shown(node.ran) : undefined
    const found = {
      verdict,
      ...(finding === undefined ? {} : { finding }),
      ...(result === undefined ? {} : { result }),
    }
    const sketch = this.#sketchOf(node, verdict)
    const shared = sketch.kind === 'action' ? sketch.action : sketch.kind === 'skipped' ? SKIPPED : sketch
    const made = this.#alike.share(step, shared, found, () => ({ ...found, sketch }))
    const ofStep = this.#nodes[step]
    if (ofStep !== undefined) ofStep[host] = made
  }

  revise(revision: Revision): void {
    if (!revision.isNeeded) return
    for (const { index: step, targets } of this.#plan.steps) {
      for (const host of targets) {
        const node = this.#nodes[step]?.[host]
        const verdict = node && revision.of({ step, host }, node)
        if (verdict === undefined) continue
        const sketch = node?.sketch.kind === 'action' ? node.sketch : this.#sketch(step, host)
        ;(this.#nodes[step] as (NodePreview | undefined)[])[host] = { verdict, sketch }
      }
    }
  }

  preview(unreachable: ReadonlyMap<number, Failure>): Preview {
    return {
      plan: this.#plan,
      node: (step, host) => this.#nodes[step]?.[host],
      unreachable,
      counts: this.#counts(unreachable),
    }
  }

  #sketchOf(node: OpenNode, verdict: Verdict): Sketch {
    if (verdict.kind === 'skip') return { kind: 'skipped', note: verdict.because }
    const action = actionOf(node)
    return action === undefined
      ? this.#sketch(node.step, node.host)
      : { kind: 'action', action, conditions: [] }
  }

  #counts(unreachable: ReadonlyMap<number, Failure>): PreviewCounts {
    const counts = { change: 0, 'no change': 0, skip: 0, unknown: 0, failing: 0 }
    for (const { index, targets } of this.#plan.steps) {
      for (const host of targets) {
        const verdict = this.#nodes[index]?.[host]?.verdict
        if (verdict === undefined) continue
        if (verdict.kind !== 'unknown' || !unreachable.has(host)) counts[verdict.kind] += 1
        if (verdict.kind === 'unknown' && verdict.fails === true) counts.failing += 1
      }
    }
    const { change, 'no change': unchanged, skip: skipped, unknown, failing } = counts
    return { change, unchanged, skipped, unknown, failing, unreachable: unreachable.size }
  }
}

/** What skipped nodes have in common: the verdict says all that their sketches do. */
const SKIPPED = {}

/** Without what differs each time. */
function shown(result: NodeResult): NodeResult {
  return { ...result, stdout: beginning(result.stdout), stderr: beginning(result.stderr), durationMs: 0 }
}

function beginning(captured: Captured): Captured {
  if (captured.head.length <= SHOWN_OUTPUT && captured.tail === '') return captured
  return { ...captured, head: captured.head.slice(0, SHOWN_OUTPUT), tail: '', truncated: true }
}
