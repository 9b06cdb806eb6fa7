import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Admission } from '../../src/engine/admission.ts'
import { Carriers } from '../../src/engine/carriers.ts'
import type { Plan } from '../../src/model/plan.ts'
import { planOf } from './plans.ts'

const FORKS = 6
const CHANNELS = 2
const PERMITS = [1, 1, 2]
const HOSTS = 4

/** What a step takes: of its throttle and of the semaphores. */
const steps = fc.array(
  fc.record(
    {
      targets: fc.constant([0, 1, 2, 3]),
      throttle: fc.integer({ min: 1, max: 2 }),
      semaphores: fc.uniqueArray(fc.nat(PERMITS.length - 1)),
      delegates: fc.array(fc.nat(HOSTS - 1), { minLength: HOSTS, maxLength: HOSTS }),
    },
    { requiredKeys: ['targets'] },
  ),
  { minLength: 1, maxLength: 6 },
)

/** Offer one more node, let one in flight end, or take one back that waits. */
const operations = fc.array(
  fc.record({ what: fc.constantFrom('offer', 'offer', 'end', 'drop'), which: fc.nat() }),
  { maxLength: 80 },
)

class Desk {
  readonly plan: Plan
  readonly waiting = new Set<number>()
  readonly inFlight: number[] = []
  readonly #admission: Admission

  constructor(plan: Plan) {
    this.plan = plan
    this.#admission = new Admission(plan, new Carriers(plan), { forks: FORKS, channelsPerHost: CHANNELS })
  }

  offer(node: number): void {
    this.waiting.add(node)
    this.#admission.offer(node)
    this.#admit()
  }

  end(at: number): number {
    const [node] = this.inFlight.splice(at, 1) as [number]
    this.#admission.giveBack(node)
    this.#admit()
    return node
  }

  drop(node: number): void {
    this.waiting.delete(node)
    this.#admit()
  }

  /** Everything that this node would use, by name, with how much of it there is. */
  uses(node: number): [name: string, permits: number][] {
    const step = this.plan.steps[Math.floor(node / HOSTS)]!
    const host = node % HOSTS
    return [
      ['forks', FORKS],
      [`channels ${step.delegates?.[host] ?? host}`, CHANNELS],
      ...(step.throttle === undefined ? [] : [[`throttle ${step.index}`, step.throttle] as [string, number]]),
      ...step.semaphores.map((index): [string, number] => [
        `semaphore ${index}`,
        this.plan.semaphores[index]!.permits,
      ]),
    ]
  }

  taken(name: string): number {
    return this.inFlight.filter(node => this.uses(node).some(([used]) => used === name)).length
  }

  #admit(): void {
    for (let node = this.#next(); node !== undefined; node = this.#next()) {
      this.waiting.delete(node)
      this.inFlight.push(node)
    }
  }

  #next(): number | undefined {
    return this.#admission.next(node => this.waiting.has(node))
  }
}

test('never more than permits, and nothing waits for ever', () => {
  fc.assert(
    fc.property(steps, operations, (shapes, todo) => {
      const desk = new Desk(planOf(HOSTS, shapes, { semaphores: PERMITS }))
      const nodes = shapes.flatMap((_, step) => [0, 1, 2, 3].map(host => step * HOSTS + host))
      for (const { what, which } of todo) {
        const fresh = nodes.filter(node => !desk.waiting.has(node) && !desk.inFlight.includes(node))
        if (what === 'offer' && fresh.length > 0) desk.offer(fresh[which % fresh.length]!)
        if (what === 'end' && desk.inFlight.length > 0) desk.end(which % desk.inFlight.length)
        for (const [name, permits] of desk.inFlight.flatMap(node => desk.uses(node))) {
          expect(desk.taken(name)).toBeLessThanOrEqual(permits)
        }
      }
      while (desk.inFlight.length > 0) desk.end(0)
      expect([...desk.waiting]).toEqual([])
    }),
    { numRuns: 5000 },
  )
})

test('what could go goes at once', () => {
  fc.assert(
    fc.property(steps, operations, (shapes, todo) => {
      const desk = new Desk(planOf(HOSTS, shapes, { semaphores: PERMITS }))
      const nodes = new Set(shapes.flatMap((_, step) => [0, 1, 2, 3].map(host => step * HOSTS + host)))
      // Few enough for nobody to have waited in vain so often that permits are kept for it.
      const last = nodes.size - 10
      for (const { what, which } of todo) {
        const fresh = [...nodes][which % nodes.size]!
        if (what === 'offer' && nodes.size > last && nodes.delete(fresh)) desk.offer(fresh)
        if (what === 'end' && desk.inFlight.length > 0) desk.end(which % desk.inFlight.length)
        if (what === 'drop' && desk.waiting.size > 0) desk.drop([...desk.waiting][which % desk.waiting.size]!)
        for (const node of desk.waiting) {
          expect(desk.uses(node).some(([name, permits]) => desk.taken(name) >= permits)).toBe(true)
        }
      }
    }),
    { numRuns: 10_000 },
  )
})

test('a node that needs several permits is not overtaken for ever; then the others go on', () => {
  const targets = [0, 1, 2, 3]
  const shapes = [[0, 1, 2], [0], [1], [2]].map(semaphores => ({ targets, semaphores }))
  const permits = [1, 1, 4]
  const desk = new Desk(planOf(HOSTS, shapes, { semaphores: permits }))
  const several = 0
  const others = Array.from({ length: 3 * HOSTS }, (_, at) => HOSTS + (at % 3) * HOSTS + Math.floor(at / 3))
  for (const node of [...others.slice(0, 6), several, ...others.slice(6)]) desk.offer(node)
  let turns = 0
  while (desk.waiting.has(several) && turns < 1000) {
    desk.offer(desk.end(0))
    turns += 1
  }
  expect(turns).toBeLessThan(140)
  expect(desk.inFlight).toContain(several)
  expect(permits.map((_, index) => desk.taken(`semaphore ${index}`))).toEqual(permits)
})
