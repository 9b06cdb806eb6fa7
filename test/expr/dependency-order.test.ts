import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dependencyOrder } from '../../src/expr/dependency-order.ts'

/** Any graph: for each member the ones that it needs. */
const graph = fc
  .integer({ min: 1, max: 30 })
  .chain(count =>
    fc.array(fc.array(fc.nat({ max: count - 1 }), { maxLength: 4 }), { minLength: count, maxLength: count }),
  )

/** A graph without circles, its members shuffled. */
const acyclic = graph.chain(needs =>
  fc
    .shuffledSubarray(
      needs.map((_, index) => index),
      { minLength: needs.length },
    )
    .map(rank => needs.map((own, index) => own.filter(need => (rank[need] ?? 0) < (rank[index] ?? 0)))),
)

describe('dependency order', () => {
  test('everything comes after what it needs', () => {
    fc.assert(
      fc.property(acyclic, needs => {
        const { order, cycles } = dependencyOrder(needs.length, needs)
        expect(cycles).toEqual([])
        expect([...order].sort((a, b) => a - b)).toEqual(needs.map((_, index) => index))
        for (const [index, own] of needs.entries())
          for (const need of own) expect(order.indexOf(need)).toBeLessThan(order.indexOf(index))
      }),
    )
  })

  test('where there is a choice the lowest comes first', () => {
    expect(dependencyOrder(4, [[], [], [0], [1]]).order).toEqual([0, 1, 2, 3])
    expect(dependencyOrder(4, [[3], [], [], []]).order).toEqual([1, 2, 3, 0])
  })

  test('a circle is always found, and every one that is told is one', () => {
    fc.assert(
      fc.property(graph, needs => {
        const { order, cycles } = dependencyOrder(needs.length, needs)
        expect(order.length === needs.length).toBe(cycles.length === 0)
        for (const cycle of cycles) {
          expect(cycle.length).toBeGreaterThan(1)
          expect(cycle.at(-1)).toBe(cycle[0])
          for (const [at, member] of cycle.slice(0, -1).entries())
            expect(needs[member]).toContain(cycle[at + 1])
        }
      }),
    )
  })

  test('two circles are told as two', () => {
    expect(dependencyOrder(5, [[1], [0], [3], [2], [0]]).cycles).toEqual([
      [0, 1, 0],
      [2, 3, 2],
    ])
  })

  test('a chain of any length is followed', () => {
    const count = 100_000
    const needs = Array.from({ length: count }, (_, index) => (index + 1 < count ? [index + 1] : []))
    expect(dependencyOrder(count, needs).order[0]).toBe(count - 1)
  })
})
