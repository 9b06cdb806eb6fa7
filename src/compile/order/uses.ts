import type { LocatedReference } from '../../expr/check-template.ts'
import type { Binding, Draft, Place } from '../lower/block.ts'

/** A name, and the place that it is looked up from. */
export interface PlacedReference {
  readonly reference: LocatedReference
  readonly place: Place
}

/** What a step of the plan uses, through the parameters and variables that it names as well. */
export interface Uses {
  readonly steps: readonly PlacedReference[]
  readonly facts: boolean
  /** Names that stand for something of the inventory. */
  readonly hosts: readonly LocatedReference[]
}

interface Found {
  readonly steps: PlacedReference[]
  facts: boolean
  readonly hosts: LocatedReference[]
}

/** Follows the names of steps to results, facts and the inventory. */
export class UsesFinder {
  readonly #needsFacts: (reference: LocatedReference) => boolean
  readonly #ofBindings = new Map<Binding, Found>()

  /** @param needsFacts whether a variable takes facts */
  constructor(needsFacts: (reference: LocatedReference) => boolean) {
    this.#needsFacts = needsFacts
  }

  /** @param content the names in its template file */
  of(draft: Draft, content: readonly LocatedReference[] = []): Uses {
    const found: Found = { steps: [], facts: false, hosts: [] }
    this.#collect(content, draft.place, found)
    for (const { references, place } of boundOf(draft)) this.#collect(references, place, found)
    return found
  }

  #collect(references: readonly LocatedReference[], place: Place, found: Found): void {
    for (const reference of references) {
      switch (reference.root) {
        case 'steps':
          found.steps.push({ reference, place })
          break
        case 'facts':
          found.facts = true
          break
        case 'vars':
          found.facts ||= this.#needsFacts(reference)
          break
        case 'host':
          found.hosts.push(reference)
          break
        case 'params':
          this.#follow(place.frame.bindings.get(String(reference.path[0])), found)
          break
      }
    }
  }

  #follow(binding: Binding | undefined, found: Found): void {
    if (binding === undefined) return
    const known = this.#ofBindings.get(binding)
    const own: Found = known ?? { steps: [], facts: false, hosts: [] }
    if (known === undefined) {
      // First, so that parameters that refer to each other, which is told elsewhere, end here.
      this.#ofBindings.set(binding, own)
      this.#collect(binding.references, binding.place, own)
    }
    found.steps.push(...own.steps)
    found.facts ||= own.facts
    found.hosts.push(...own.hosts)
  }
}

/** Everything that is evaluated for a step, each with the place where it stands. */
function boundOf({
  checked,
  place,
  inherited,
}: Draft): { references: readonly LocatedReference[]; place: Place }[] {
  const { spec, delegateTo } = checked
  if (spec.kind !== 'leaf') return []
  const { cwd, env, become, when } = inherited
  const isRun = spec.action.kind === 'run'
  const acts = isRun || spec.action.kind === 'put' || spec.action.kind === 'get'
  return [
    { references: spec.references, place },
    ...(delegateTo === undefined ? [] : [{ references: delegateTo.references, place }]),
    ...(isRun && cwd !== undefined ? [cwd] : []),
    ...(isRun ? env.values() : []),
    ...(acts && typeof become === 'object' ? [become] : []),
    ...when,
  ]
}
