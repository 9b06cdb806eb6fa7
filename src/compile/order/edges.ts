import type { Edge } from '../../model/plan.ts'
import type { Need } from '../../model/playbook.ts'
import type { Problem, Where } from '../../model/problem.ts'
import { isInside } from '../check/file-steps.ts'
import type { Block, Draft, LeafBlock } from '../lower/block.ts'
import { resolveId } from '../lower/resolve.ts'
import type { Needs, Source } from './needs.ts'
import type { PlacedReference, Uses } from './uses.ts'

/** What a step waits for, each step once; `where` is what asks for it, where that is written. */
export type Waits = ReadonlyMap<Draft, Source & { readonly kind: 'need' | 'reference' }>

/** Puts together what steps need and what they refer to. */
export class EdgeFinder {
  readonly problems: Problem[] = []
  readonly #needs: Needs

  constructor(needs: Needs) {
    this.#needs = needs
  }

  of(block: LeafBlock, uses: Uses): Waits {
    const { draft } = block
    const waits = new Map<Draft, Source & { readonly kind: 'need' | 'reference' }>()
    const add = (source: Source, kind: 'need' | 'reference'): void => {
      const on = this.#reach(draft, source, kind)
      const known = waits.get(source.from)
      const where = known?.where ?? source.where
      if (known === undefined) waits.set(source.from, { ...source, on, kind })
      else
        waits.set(source.from, {
          ...known,
          on: on === 'all' ? on : known.on,
          if: stricter(known.if, source.if),
          where,
        })
    }
    for (const source of this.#needs.of(block)) add(source, 'need')
    for (const use of uses.steps) for (const source of this.#referred(block, use)) add(source, 'reference')
    return waits
  }

  #referred(block: LeafBlock, { reference, place }: PlacedReference): Source[] {
    const { where, path } = reference
    const targets = resolveId(String(path[0]), place)
    const condition = conditionOf(block, { reference, place })
    const all = path[1] === 'on'
    const sources =
      condition === 'success'
        ? targets.flatMap(target => this.#needs.exits(target))
        : targets
            .flatMap(target => this.#needs.leaves(target))
            .map((from): Source => ({ from, on: 'host', if: condition, where }))
    return sources.map(source => ({
      ...source,
      on: all || source.from.checked.step.once ? 'all' : source.on,
      where,
    }))
  }

  /** Whether an edge waits for all hosts. Inside a rolling group it cannot: those of later batches have not begun. */
  #reach(draft: Draft, { from, on, where }: Source, kind: 'need' | 'reference'): Edge['on'] {
    const { once } = draft.checked.step
    const { rolling } = draft.inherited
    if (rolling === undefined || from.inherited.rolling !== rolling) return once ? 'all' : on
    if (on === 'all' && !from.checked.step.once) this.problems.push(beyondBatch(draft, from, kind, where))
    return from.checked.step.once ? on : 'host'
  }
}

/** What a step that refers to another one wants of it: that it succeeds, unless a need on the way says otherwise. */
function conditionOf(block: Block, { reference, place }: PlacedReference): Edge['if'] {
  const file = place.frame.file?.steps
  const entry = file?.byId.get(String(reference.path[0]))
  for (let at: Block | undefined = block; at !== undefined; at = at.list.container) {
    if (at.list.place.frame !== place.frame || entry === undefined) continue
    const covers = ({ step }: Need) => {
      const named = file?.byId.get(step)
      return named !== undefined && isInside(entry, named)
    }
    const need = at.checked.step.needs?.find(covers)
    if (need !== undefined) return need.if
  }
  return 'success'
}

/** The stricter of two conditions on the same step. */
function stricter(a: Edge['if'], b: Edge['if']): Edge['if'] {
  if (a === b) return a
  if (a === 'failed' || b === 'failed') return 'failed'
  return 'success'
}

function beyondBatch(
  draft: Draft,
  from: Draft,
  kind: 'need' | 'reference',
  where: Where | undefined,
): Problem {
  const what = kind === 'need' ? 'wait for' : 'use the results of'
  return {
    code: 'playbook_schema',
    severity: 'error',
    message: `"${draft.id}" cannot ${what} all hosts of "${from.id}": both are in a rolling group, where hosts come batch by batch`,
    where: where ?? draft.checked.step.where,
    hint: 'inside the group it waits host by host; what needs all hosts stands after the group',
  }
}
