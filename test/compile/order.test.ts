import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { inventoryOf, planOf, problemsOf } from './compiled.ts'

/** Steps `a`, `b`, … with what is written after the id of each. */
function steps(...keys: readonly string[]): string {
  const lines = keys.map(
    (text, index) => `  - { id: ${idOf(index)}, run: "true"${text === '' ? '' : `, ${text}`} }`,
  )
  return `hosts: all\nsteps:\n${lines.join('\n')}\n`
}

const idOf = (index: number) => `s${index}`

/** What each step waits for, as `s0 s1*`, the star for all hosts. */
function edges(...keys: readonly string[]): string[] {
  const { plan } = planOf(steps(...keys))
  return plan.steps.map(step =>
    step.edges.map(({ from, on }) => idOf(from) + (on === 'all' ? '*' : '')).join(' '),
  )
}

describe('what a step waits for', () => {
  test('without needs: the step before it', () => {
    expect(edges('', '', '')).toEqual(['', 's0', 's1'])
  })

  test('needs: [] waits for nothing, and a name for that step', () => {
    expect(edges('', 'needs: []', 'needs: [s0]', 'needs: [s1, s2]')).toEqual(['', '', 's0', 's1 s2'])
  })

  test('a barrier and a once step wait for all hosts', () => {
    expect(edges('', 'needs: [{ step: s0, on: all }]', 'once: true', 'needs: [s0, s2]')).toEqual([
      '',
      's0*',
      's1*',
      's0 s2',
    ])
  })

  test('a step that is needed twice counts once, the barrier wins', () => {
    expect(edges('', 'needs: [s0, { step: s0, on: all }, s0]')).toEqual(['', 's0*'])
  })

  test('needs may point forward', () => {
    const { plan } = planOf(steps('needs: [s1]', 'needs: []'))
    expect(plan.order).toEqual([1, 0])
  })

  test('steps in any order of needs are put into one that works', () => {
    const lists = fc.integer({ min: 2, max: 12 }).chain(count =>
      fc.tuple(
        fc.shuffledSubarray(
          Array.from({ length: count }, (_, index) => index),
          { minLength: count },
        ),
        fc.array(fc.uniqueArray(fc.nat({ max: count - 1 }), { maxLength: 3 }), {
          minLength: count,
          maxLength: count,
        }),
      ),
    )
    fc.assert(
      fc.property(lists, ([rank, needs]) => {
        const earlier = (index: number) =>
          needs[index]?.filter(need => (rank[need] ?? 0) < (rank[index] ?? 0)) ?? []
        const { plan } = planOf(
          steps(...rank.map((_, index) => `needs: [${earlier(index).map(idOf).join(', ')}]`)),
        )
        for (const { index } of plan.steps)
          for (const need of earlier(index))
            expect(plan.order.indexOf(need)).toBeLessThan(plan.order.indexOf(index))
      }),
      { numRuns: 40 },
    )
  })
})

describe('needs that cannot be', () => {
  test.each([
    [['', 'needs: [s0, s00]'], ['4:40 "s1" needs "s00", and there is no such step (did you mean "s0"?)']],
    [['needs: [s0]'], ['3:36 "s0" needs itself (take it away)']],
    [
      ['needs: [s2]', '', ''],
      [
        '3:36 these steps wait for each other: s0 → s2 → s1 → s0 (each arrow reads "needs"; take one of them away)',
      ],
    ],
    [
      ['needs: [s1]', 'needs: [s0]', 'needs: [s3]', 'needs: [s2]'],
      [
        '3:36 these steps wait for each other: s0 → s1 → s0 (each arrow reads "needs"; take one of them away)',
        '5:36 these steps wait for each other: s2 → s3 → s2 (each arrow reads "needs"; take one of them away)',
      ],
    ],
  ])('%j', (keys, problems) => {
    expect(problemsOf(steps(...keys))).toEqual(problems)
  })
})

describe('what a step takes from its playbook', () => {
  const inventory = inventoryOf(Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`web${n}`, {}])))

  test('counts of failures: a number, or a share of the hosts, rounded down', () => {
    const { plan } = planOf(
      `max_failures: 25%\n${steps('max_failures: 2', 'max_failures: 19%', 'max_failures: 0', '')}`,
      {
        inventory,
      },
    )
    expect(plan.steps.map(step => step.tolerated)).toEqual([2, 1, 0, 0])
    expect(plan.maxFailures).toBe(2)
    expect(planOf(steps('')).plan.maxFailures).toBeUndefined()
  })

  test('defaults, which a step overrides', () => {
    const text = `defaults: { throttle: 5, on_failure: stop, timeout: 10s, cwd: /srv, env: { A: "1", B: "2" } }\n${steps('', 'throttle: 1, on_failure: continue, timeout: 1m, cwd: /opt, env: { B: "3" }')}`
    const { plan, render } = planOf(text, { inventory })
    expect(plan.steps.map(({ throttle, onFailure }) => [throttle, onFailure])).toEqual([
      [5, 'stop'],
      [1, 'continue'],
    ])
    expect(render(0, 0)).toMatchObject({
      cwd: '/srv',
      timeoutMs: 10_000,
      env: [
        ['A', '1'],
        ['B', '2'],
      ],
    })
    expect(render(1, 0)).toMatchObject({
      cwd: '/opt',
      timeoutMs: 60_000,
      env: [
        ['A', '1'],
        ['B', '3'],
      ],
    })
  })
})
