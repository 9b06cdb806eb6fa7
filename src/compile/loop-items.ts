import { evaluateTemplate } from '../expr/evaluate-value.ts'
import { someOf } from '../expr/host-list.ts'
import type { RenderProblem } from '../expr/render-template.ts'
import type { Host } from '../model/host.ts'
import type { Problem } from '../model/problem.ts'
import type { Value } from '../model/value.ts'
import type { CheckedLoop } from './check/checked.ts'
import type { Hosts, Place } from './lower/block.ts'
import { type Items, isItems, itemsOfHosts, NO_ITEMS, sameItems } from './lower/items.ts'
import type { Evaluated } from './program/evaluated.ts'
import type { Scopes } from './program/scopes.ts'

/** Works out the items of loops before any host is touched. */
export class LoopItems {
  readonly problems: Problem[] = []
  readonly #scopes: Scopes
  readonly #hosts: readonly Host[]

  constructor(scopes: Scopes, hosts: readonly Host[]) {
    this.#scopes = scopes
    this.#hosts = hosts
  }

  of(loop: CheckedLoop, place: Place, hosts: Hosts): Items {
    if (loop.late) return NO_ITEMS
    if (!loop.perHost) {
      const items = this.#evaluate(loop, place, 0)
      if (!('code' in items)) return sameItems(items.value)
      this.#tell(items, [])
      return NO_ITEMS
    }
    const values: Value[] = []
    const wrong = new Map<string, { readonly problem: RenderProblem; readonly names: string[] }>()
    for (const host of hosts) {
      const items = this.#evaluate(loop, place, host)
      if (!('code' in items)) values.push(items.value)
      else {
        const entry = wrong.get(items.message) ?? { problem: items, names: [] }
        wrong.set(items.message, entry)
        entry.names.push(this.#hosts[host]?.name ?? '')
      }
    }
    for (const { problem, names } of wrong.values()) this.#tell(problem, names)
    return wrong.size > 0 ? NO_ITEMS : itemsOfHosts(hosts, values)
  }

  #evaluate(loop: CheckedLoop, place: Place, host: number): Evaluated {
    const evaluated = evaluateTemplate(loop.code, loop.language, this.#scopes.at(place, host))
    if ('code' in evaluated || isItems(evaluated.value)) return evaluated
    return {
      code: 'expression_value',
      message: 'for_each takes a list or a map, and this is neither',
      where: loop.where,
    }
  }

  #tell(problem: RenderProblem, names: readonly string[]): void {
    const message = names.length === 0 ? problem.message : `${problem.message} (on ${someOf(names)})`
    this.problems.push({ ...problem, severity: 'error', message })
  }
}
