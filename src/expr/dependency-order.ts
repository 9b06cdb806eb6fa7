/** An order in which everything comes after what it needs, and the circles that have none. */
export interface DependencyOrder {
  /** All members but those on a circle or behind one; the lowest index first where there is a choice. */
  readonly order: readonly number[]
  /** Each as `a, b, a`: a needs b, b needs a. */
  readonly cycles: readonly (readonly number[])[]
}

/** Orders the members 0 … count-1. `needs[i]` are the members that i needs; O((count + needs) log count). */
export function dependencyOrder(count: number, needs: readonly (readonly number[])[]): DependencyOrder {
  const open = new Uint32Array(count)
  const neededBy: number[][] = Array.from({ length: count }, () => [])
  for (let index = 0; index < count; index++) {
    for (const need of new Set(needs[index])) {
      open[index] = (open[index] ?? 0) + 1
      neededBy[need]?.push(index)
    }
  }
  const ready = new MinHeap()
  for (let index = 0; index < count; index++) if (open[index] === 0) ready.push(index)
  const order: number[] = []
  for (let next = ready.pop(); next !== undefined; next = ready.pop()) {
    order.push(next)
    for (const index of neededBy[next] ?? []) {
      const left = (open[index] ?? 0) - 1
      open[index] = left
      if (left === 0) ready.push(index)
    }
  }
  return { order, cycles: order.length === count ? [] : cyclesAmong(needs, open) }
}

/** Every member that is left needs another one that is left: following those needs ends in a circle. */
function cyclesAmong(needs: readonly (readonly number[])[], open: Uint32Array): number[][] {
  const cycles: number[][] = []
  const seen = new Set<number>()
  for (let start = 0; start < open.length; start++) {
    const way = new Map<number, number>()
    let at: number | undefined = open[start] === 0 ? undefined : start
    while (at !== undefined && !seen.has(at)) {
      seen.add(at)
      way.set(at, way.size)
      at = needs[at]?.find(need => open[need] !== 0)
    }
    const from = at === undefined ? undefined : way.get(at)
    if (at !== undefined && from !== undefined) cycles.push([...[...way.keys()].slice(from), at])
  }
  return cycles
}

class MinHeap {
  readonly #items: number[] = []

  push(item: number): void {
    const items = this.#items
    let at = items.push(item) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      if ((items[parent] as number) <= item) break
      items[at] = items[parent] as number
      at = parent
    }
    items[at] = item
  }

  pop(): number | undefined {
    const items = this.#items
    const top = items[0]
    const last = items.pop()
    if (last === undefined || items.length === 0) return top
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= items.length) break
      if (child + 1 < items.length && (items[child + 1] as number) < (items[child] as number)) child++
      if (last <= (items[child] as number)) break
      items[at] = items[child] as number
      at = child
    }
    items[at] = last
    return top
  }
}
