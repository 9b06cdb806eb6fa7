import type { RenderProblem } from '../../expr/render-template.ts'
import type { Sketch } from '../../model/sketch.ts'
import type { CheckedLeaf } from '../check/checked.ts'
import { FACTS_ACTION } from '../facts-step.ts'
import type { Draft } from '../lower/block.ts'
import type { Nodes } from './nodes.ts'
import { falseNote, type PlanIndex, renderFailure } from './program.ts'

/** A sketch, or what of the values that are known already does not fit. */
export type Sketched = Exclude<Sketch, { kind: 'failure' }> | RenderProblem

/** Sketches nodes before the run: what is late stays as it is written. */
export class Sketches {
  readonly #nodes: Nodes
  /** Of steps that are the same on all hosts, by the action and the open conditions. */
  readonly #shared = new Map<
    Draft,
    { readonly key: string; readonly body: object; readonly sketch: Sketched }[]
  >()

  constructor(nodes: Nodes) {
    this.#nodes = nodes
  }

  of(draft: Draft, host: number): Sketched {
    const conditions: string[] = []
    for (const condition of draft.inherited.when) {
      if (condition.code.late) conditions.push(condition.code.source.trim())
      else {
        const holds = this.#nodes.holds(condition, host)
        if (typeof holds !== 'boolean') return { ...holds, message: `when: ${holds.message}` }
        if (!holds) return { kind: 'skipped', note: falseNote(condition.code) }
      }
    }
    const { spec } = draft.checked
    if (spec.kind !== 'leaf') throw new Error(`${draft.id} is no step of a plan`)
    return this.#body(draft, host, spec, conditions)
  }

  #body(draft: Draft, host: number, { action }: CheckedLeaf, conditions: readonly string[]): Sketched {
    switch (action.kind) {
      case 'pause':
        return this.#same(draft, action, conditions, { kind: 'pause', ms: action.ms, conditions })
      case 'assert': {
        const that = action.that.map(({ source }) => source.trim())
        if (action.message === undefined)
          return this.#same(draft, action, conditions, { kind: 'assert', that, conditions })
        const { place, checked } = draft
        const source = { code: action.message, language: checked.language, place }
        const message = this.#nodes.text(source, host, 'sketch')
        return typeof message === 'string' ? { kind: 'assert', that, message, conditions } : message
      }
      default: {
        const rendered = this.#nodes.action(draft, host, action, 'sketch')
        if ('code' in rendered) return rendered
        return this.#same(draft, rendered, conditions, { kind: 'action', action: rendered, conditions })
      }
    }
  }

  /** The same object for nodes that do the same, which is how they are told apart fast. */
  #same(draft: Draft, body: object, conditions: readonly string[], made: Sketched): Sketched {
    if (this.#nodes.isVarying(draft)) return made
    const known = this.#shared.get(draft) ?? []
    this.#shared.set(draft, known)
    const key = conditions.join('\n')
    const same = known.find(entry => entry.body === body && entry.key === key)
    if (same !== undefined) return same.sketch
    known.push({ key, body, sketch: made })
    return made
  }
}

/** What previews ask. */
export function createSketch(sketches: Sketches, index: PlanIndex): (step: number, host: number) => Sketch {
  const facts: Sketch = { kind: 'action', action: FACTS_ACTION, conditions: [] }
  return (step, host) => {
    const draft = index.draft(step)
    if (draft === undefined) return facts
    const sketched = sketches.of(draft, index.host(host))
    return 'code' in sketched ? { kind: 'failure', failure: renderFailure(sketched) } : sketched
  }
}
