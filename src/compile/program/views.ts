import type { ResultView, StepView } from '../../expr/scope.ts'
import type { Block, Draft, Place } from '../lower/block.ts'
import { resolveId } from '../lower/resolve.ts'

/** What an id stands for at a place: one step of the plan, or the steps of a loop or group. */
interface Named {
  readonly kind: StepView['kind']
  readonly drafts: readonly Draft[]
}

/** Where results come from: a run, or the verdicts of a preview. */
export interface ResultSource {
  /** Undefined where the step does not run on the host, or has not ended. */
  view(draft: Draft, host: number): ResultView | undefined
}

/** Shows results to expressions, as the ids of their place name them. */
export class Views {
  readonly #results: ResultSource
  readonly #leaves: (block: Block) => readonly Draft[]
  readonly #hostIndex: ReadonlyMap<string, number>
  readonly #named = new Map<Place, Map<string, Named>>()

  constructor(
    results: ResultSource,
    leaves: (block: Block) => readonly Draft[],
    hostIndex: ReadonlyMap<string, number>,
  ) {
    this.#results = results
    this.#leaves = leaves
    this.#hostIndex = hostIndex
  }

  view(place: Place, id: string, host: number): StepView | undefined {
    const { kind, drafts } = this.#lookUp(place, id)
    const [first] = drafts
    if (kind === 'step') return first === undefined ? undefined : this.#step(first, host)
    const views = drafts.flatMap(draft => this.#here(draft, host) ?? [])
    return kind === 'loop' ? { kind, items: views } : { kind, members: views }
  }

  #step(draft: Draft, host: number): StepView {
    return {
      kind: 'step',
      here: this.#here(draft, host),
      on: name => {
        const index = this.#hostIndex.get(name)
        return index === undefined ? undefined : this.#results.view(draft, index)
      },
    }
  }

  /** On the host itself; a `once` step has one host for all. */
  #here(draft: Draft, host: number) {
    return this.#results.view(draft, draft.checked.step.once ? (draft.hosts[0] ?? host) : host)
  }

  #lookUp(place: Place, id: string): Named {
    const ofPlace = this.#named.get(place) ?? new Map<string, Named>()
    this.#named.set(place, ofPlace)
    const known = ofPlace.get(id)
    if (known !== undefined) return known
    const blocks = resolveId(id, place)
    const named = { kind: kindOf(place, id), drafts: blocks.flatMap(this.#leaves) }
    ofPlace.set(id, named)
    return named
  }
}

function kindOf(place: Place, id: string): StepView['kind'] {
  const entry = place.frame.file?.steps.byId.get(id)
  if (entry?.step.spec.kind === 'use' || entry?.step.spec.kind === 'group') return 'group'
  for (let at: Place | undefined = place; at !== undefined; at = at.outer)
    if (at.blocks.get(id)?.kind === 'leaf') return 'step'
  return 'loop'
}
