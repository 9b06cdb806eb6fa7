import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Plan } from '../../src/model/plan.ts'
import { planOf } from './compiled.ts'

/** A step of a random playbook. Named needs point to siblings before it, and to steps inside of them. */
interface Tree {
  readonly members: readonly Tree[] | undefined
  /** How many items its loop has; undefined: it is none. */
  readonly items: number | undefined
  readonly parallel: number
  /** Undefined: the step before it; else which of the earlier steps, by chance. */
  readonly needs: readonly number[] | undefined
}

const { tree } = fc.letrec<{ tree: Tree }>(tie => ({
  tree: fc.record({
    members: fc.option(fc.array(tie('tree'), { minLength: 1, maxLength: 4 }), {
      nil: undefined,
      depthSize: 'small',
      maxDepth: 3,
    }),
    items: fc.option(fc.nat({ max: 3 }), { nil: undefined, freq: 2 }),
    parallel: fc.integer({ min: 1, max: 3 }),
    needs: fc.option(fc.array(fc.nat(), { maxLength: 3 }), { nil: undefined, freq: 2 }),
  }),
}))

interface Named extends Omit<Tree, 'members' | 'needs'> {
  readonly id: string
  readonly members: readonly Named[] | undefined
  readonly needs: readonly string[] | undefined
}

/** Gives ids, and picks the needs among what comes before in the same list and is not inside of a loop there. */
function named(trees: readonly Tree[]): readonly Named[] {
  let count = 0
  const visit = (list: readonly Tree[], outer: readonly string[]): Named[] => {
    const before: string[] = [...outer]
    return list.map(({ members, needs, ...rest }) => {
      const id = `s${count++}`
      const from = [...before]
      const inner = members === undefined ? undefined : visit(members, [])
      before.push(id, ...(inner ?? []).map(member => member.id))
      return {
        ...rest,
        id,
        members: inner,
        needs: from.length === 0 ? undefined : needs?.map(pick => from[pick % from.length] as string),
      }
    })
  }
  return visit(trees, [])
}

function yaml(steps: readonly Named[], indent = '  '): string {
  return steps
    .map(({ id, members, items, parallel, needs }) => {
      const lines = [`- id: ${id}`]
      if (needs !== undefined) lines.push(`  needs: [${needs.join(', ')}]`)
      if (items !== undefined) {
        lines.push(`  for_each: "\${{ vars.n${items} }}"`)
        lines.push(`  parallel: ${parallel}`)
      }
      if (members === undefined) lines.push('  run: "true"')
      const body = members === undefined ? '' : `${indent}  steps:\n${yaml(members, `${indent}    `)}`
      return `${lines.map(line => `${indent}${line}\n`).join('')}${body}`
    })
    .join('')
}

/** The plain reference: every block has a start and an end, and waiting is from one end to another start. */
class Reference {
  readonly after = new Map<string, string[]>()
  readonly leaves: string[] = []
  /** All instances of a step, as `[start, end]`. */
  readonly #instances = new Map<string, (readonly [path: string, start: string, end: string])[]>()
  readonly #parents = new Map<string, string>()
  readonly #waits: (readonly [needed: string, path: string, start: string])[] = []

  constructor(steps: readonly Named[]) {
    this.#takeParents(steps)
    this.#list(steps, '', undefined)
    for (const [needed, path, start] of this.#waits) {
      const all = this.#instancesOf(needed)
      // Those that share the most iterations with it.
      const shared = Math.max(...all.map(([own]) => sharedIterations(own, path)))
      for (const [own, , end] of all) if (sharedIterations(own, path) === shared) this.#edge(end, start)
    }
  }

  /** A step in a loop without items: the loop stands for it. */
  #instancesOf(id: string): readonly (readonly [path: string, start: string, end: string])[] {
    return this.#instances.get(id) ?? this.#instancesOf(this.#parents.get(id) as string)
  }

  #takeParents(steps: readonly Named[]): void {
    for (const { id, members = [] } of steps) {
      for (const member of members) this.#parents.set(member.id, id)
      this.#takeParents(members)
    }
  }

  #edge(from: string, to: string): void {
    this.after.set(from, [...(this.after.get(from) ?? []), to])
  }

  #list(steps: readonly Named[], path: string, around: readonly [string, string] | undefined): void {
    for (const [at, step] of steps.entries()) {
      const name = `${path}/${step.id}`
      const [start, end] = [`${name}^`, `${name}$`]
      this.#edge(start, end)
      if (around !== undefined) {
        this.#edge(around[0], start)
        this.#edge(end, around[1])
      }
      this.#instances.set(step.id, [...(this.#instances.get(step.id) ?? []), [path, start, end]])
      const before = steps[at - 1]
      if (step.needs !== undefined) for (const need of step.needs) this.#waits.push([need, path, start])
      else if (before !== undefined) this.#edge(`${path}/${before.id}$`, start)
      if (step.items === undefined) this.#body(step, name, path, start, end)
      else this.#loop(step, step.items, name, start, end)
    }
  }

  #loop(step: Named, items: number, name: string, start: string, end: string): void {
    for (let item = 0; item < items; item += 1) {
      const own = `${name}[${item}]`
      this.#edge(start, `${own}^`)
      this.#edge(`${own}$`, end)
      this.#edge(`${own}^`, `${own}$`)
      if (item >= step.parallel) this.#edge(`${name}[${item - step.parallel}]$`, `${own}^`)
      this.#body(step, own, own, `${own}^`, `${own}$`)
    }
  }

  #body(step: Named, name: string, path: string, start: string, end: string): void {
    if (step.members !== undefined) this.#list(step.members, path, [start, end])
    else {
      this.leaves.push(name)
      this.#edge(start, name)
      this.#edge(name, end)
    }
  }
}

function sharedIterations(a: string, b: string): number {
  const [left, right] = [a.split('/'), b.split('/')]
  const differs = left.findIndex((part, at) => part !== right[at])
  return differs === -1 ? left.length : differs
}

function reachable(from: string, next: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const seen = new Set<string>()
  const open = [...(next.get(from) ?? [])]
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (seen.has(at)) continue
    seen.add(at)
    open.push(...(next.get(at) ?? []))
  }
  return seen
}

function planAfter({ steps }: Plan): ReadonlyMap<string, readonly string[]> {
  const after = new Map<string, string[]>()
  for (const { index, edges } of steps)
    for (const { from } of edges) after.set(String(from), [...(after.get(String(from)) ?? []), String(index)])
  return after
}

test('groups, loops and needs come in the order that a plain reading gives', () => {
  fc.assert(
    fc.property(fc.array(tree, { minLength: 1, maxLength: 4 }), trees => {
      const steps = named(trees)
      const reference = new Reference(steps)
      fc.pre(reference.leaves.length > 0 && reference.leaves.length < 60)
      const { plan } = planOf(
        `hosts: all\nvars: { n0: [], n1: [1], n2: [1, 2], n3: [1, 2, 3] }\nsteps:\n${yaml(steps)}`,
      )
      expect(plan.steps.length).toBe(reference.leaves.length)
      const after = planAfter(plan)
      for (const [index, leaf] of reference.leaves.entries()) {
        const wanted = reachable(leaf, reference.after)
        const found = reachable(String(index), after)
        const leavesAfter = reference.leaves.flatMap((other, at) => (wanted.has(other) ? [at] : []))
        expect([...found].map(Number).sort((a, b) => a - b)).toEqual(leavesAfter)
      }
      const place = new Map(plan.order.map((step, at) => [step, at]))
      expect(place.size).toBe(plan.steps.length)
      for (const { index, edges } of plan.steps)
        for (const { from } of edges) expect(place.get(from)).toBeLessThan(place.get(index) as number)
    }),
    { numRuns: 150 },
  )
})
