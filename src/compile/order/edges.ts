import type { Edge } from '../../model/plan.ts'
import type { Need } from '../../model/playbook.ts'
import type { Problem, Where } from '../../model/problem.ts'
import { isInside } from '../check/file-steps.ts'
import type { Block, Draft, LeafBlock } from '../lower/block.ts'
import { resolveId } from '../lower/resolve.ts'
import type { Needs, Source } from './needs.ts'
import type { PlacedReference, Uses } from './uses.ts'

/** What a step waits for, each step once; `where` is what asks for it, where that is written. */
export type Waits = ReadonlyMap<Draft, Wait>

export interface Wait extends Source {
  readonly kind: 'need' | 'reference'
  /** It wants the step to succeed on its own host, and to end on all the others too. */
  readonly endsEverywhere?: true
  /** It waits for all hosts, and, as the step does not run on its own, for what the step needs there. */
  readonly alsoHere?: true
}

/** Puts together what steps need and what they refer to. */
export class EdgeFinder {
  readonly problems: Problem[] = []
  readonly #needs: Needs

  constructor(needs: Needs) {
    this.#needs = needs
  }

  of(block: LeafBlock, uses: Uses): Waits {
    const { draft } = block
    const waits = new Map<Draft, Wait>()
    const add = (source: Source, kind: 'need' | 'reference'): void => {
      const on = this.#reach(draft, source, kind)
      const alsoHere = on === 'all' && source.on === 'host' && !isAtHome(source.from, draft.hosts[0])
      const wait: Wait = { ...source, on, kind, ...(alsoHere ? { alsoHere } : {}) }
      const known = waits.get(source.from)
      waits.set(source.from, known === undefined ? wait : both(known, wait))
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

/** Two waits for the same step as one. */
function both(known: Wait, wait: Wait): Wait {
  const { kind, where = wait.where } = known
  const [mild, strict] = known.if === 'success' ? [wait, known] : [known, wait]
  if (mild.if === 'always' && mild.on === 'all' && strict.if === 'success' && strict.on === 'host')
    return { ...strict, kind, where, endsEverywhere: true }
  const on = known.on === 'all' || wait.on === 'all' ? 'all' : 'host'
  const alsoHere = known.alsoHere ?? wait.alsoHere ?? forgivesElsewhere(known, wait)
  const condition = stricter(known.if, wait.if)
  return { ...known, on, if: condition, where, ...(alsoHere === undefined ? {} : { alsoHere }) }
}

/** Of a step that some hosts may fail: what they are forgiven is not forgiven on one's own. */
function forgivesElsewhere(known: Wait, wait: Wait): true | undefined {
  const isStrict = known.if === 'success' && wait.if === 'success' && known.on !== wait.on
  return isStrict && known.from.inherited.maxFailures !== undefined ? true : undefined
}

/** Whether a step runs on a host, or would if it had something to do there. */
function isAtHome({ hosts, idle }: Draft, host: number | undefined): boolean {
  return host === undefined || hosts.includes(host) || idle?.includes(host) === true
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
