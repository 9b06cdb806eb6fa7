import type { Failure } from '../model/errors.ts'
import type { Captured, NodeResult } from '../model/outcome.ts'
import type { Plan } from '../model/plan.ts'
import type { NodePreview, Preview, PreviewCounts, Verdict } from '../model/preview.ts'
import type { Sketch, SketchNode } from '../model/sketch.ts'
import { actionOf, type OpenNode } from './open-node.ts'

/** Of what a step that only reads has printed, so much is shown. */
const SHOWN_OUTPUT = 2_048

/** The verdicts as they are found. Nodes of a step that are the same share one object. */
export class Gathering {
  readonly #plan: Plan
  readonly #sketch: SketchNode
  readonly #nodes: (NodePreview | undefined)[] = []
  readonly #known = new Map<string, NodePreview>()
  readonly #numbers = new Map<object, number>()

  constructor(plan: Plan, sketch: SketchNode) {
    this.#plan = plan
    this.#sketch = sketch
  }

  add(node: OpenNode, verdict: Verdict): void {
    const { step, host } = node
    const sketch = this.#sketchOf(node, verdict)
    const counts = verdict.kind !== 'unknown' || verdict.fails === true
    const finding = counts ? node.finding : undefined
    const result = counts && typeof node.ran === 'object' ? shown(node.ran) : undefined
    const rest = JSON.stringify([verdict, finding, result])
    const key = `${step} ${this.#number('action' in sketch ? sketch.action : sketch)} ${rest}`
    const known = this.#known.get(key)
    const made = known ?? {
      ...{ verdict, sketch },
      ...(finding === undefined ? {} : { finding }),
      ...(result === undefined ? {} : { result }),
    }
    if (known === undefined) this.#known.set(key, made)
    this.#nodes[step * this.#plan.hosts.length + host] = made
  }

  preview(unreachable: ReadonlyMap<number, Failure>): Preview {
    const { hosts } = this.#plan
    return {
      plan: this.#plan,
      node: (step, host) => this.#nodes[step * hosts.length + host],
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

  /** Objects that hosts share have one number. */
  #number(object: object): number {
    const known = this.#numbers.get(object)
    if (known !== undefined) return known
    this.#numbers.set(object, this.#numbers.size)
    return this.#numbers.size - 1
  }

  #counts(unreachable: ReadonlyMap<number, Failure>): PreviewCounts {
    const { steps, hosts } = this.#plan
    const verdicts = steps.flatMap(({ index, targets }) =>
      Array.from(targets, host => ({ host, verdict: this.#nodes[index * hosts.length + host]?.verdict })),
    )
    const count = (kind: Verdict['kind']) => verdicts.filter(({ verdict }) => verdict?.kind === kind)
    const unknown = count('unknown')
    return {
      change: count('change').length,
      unchanged: count('no change').length,
      skipped: count('skip').length,
      unknown: unknown.filter(({ host }) => !unreachable.has(host)).length,
      failing: unknown.filter(({ verdict }) => verdict?.kind === 'unknown' && verdict.fails === true).length,
      unreachable: unreachable.size,
    }
  }
}

/** Without what differs each time. */
function shown(result: NodeResult): NodeResult {
  return { ...result, stdout: beginning(result.stdout), stderr: beginning(result.stderr), durationMs: 0 }
}

function beginning(captured: Captured): Captured {
  if (captured.head.length <= SHOWN_OUTPUT && captured.tail === '') return captured
  return { ...captured, head: captured.head.slice(0, SHOWN_OUTPUT), tail: '', truncated: true }
}
