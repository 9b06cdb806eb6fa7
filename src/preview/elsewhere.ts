import type { Plan } from '../model/plan.ts'

/**
 * Changes on other hosts that surely come before a node: what a command may ask over the network. Where steps follow
 * each other host by host, a host's nodes do not come after those of others.
 */
export class Elsewhere {
  /** For each step those of which all hosts come before it, though its own host may not be among them. */
  readonly #before: readonly ReadonlySet<number>[]
  /** By step that comes so before another one, the hosts that it may change. */
  readonly #changed: ReadonlyMap<number, Set<number>>

  constructor(plan: Plan) {
    this.#before = crossings(plan)
    const earlier = new Set(this.#before.flatMap(steps => [...steps]))
    this.#changed = new Map([...earlier].map(step => [step, new Set<number>()]))
  }

  /** A node of the step may change the host `via`. */
  add(step: number, via: number): void {
    this.#changed.get(step)?.add(via)
  }

  /** A step that may change another host than `via`, and that host. */
  first(step: number, via: number): { readonly step: number; readonly via: number } | undefined {
    for (const earlier of this.#before[step] ?? []) {
      for (const other of this.#changed.get(earlier) ?? [])
        if (other !== via) return { step: earlier, via: other }
    }
    return undefined
  }
}

function crossings({ steps, order }: Plan): readonly ReadonlySet<number>[] {
  const earlier: Set<number>[] = steps.map(() => new Set())
  const crossing: Set<number>[] = steps.map(() => new Set())
  for (const step of order) {
    const own = crossing[step] as Set<number>
    for (const { from, on } of steps[step]?.edges ?? []) {
      const all = earlier[from] as Set<number>
      const isCrossing = on === 'all' || !covers(steps[from]?.targets, steps[step]?.targets)
      for (const other of isCrossing ? all : (crossing[from] as Set<number>)) own.add(other)
      if (isCrossing) own.add(from)
      for (const other of all) earlier[step]?.add(other)
      earlier[step]?.add(from)
    }
  }
  return crossing
}

/** Both ascending. */
function covers(outer: Uint32Array | undefined, inner: Uint32Array | undefined): boolean {
  if (outer === undefined || inner === undefined || outer === inner) return true
  let at = 0
  for (const host of inner) {
    while (at < outer.length && (outer[at] ?? 0) < host) at += 1
    if (outer[at] !== host) return false
  }
  return true
}
