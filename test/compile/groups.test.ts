import { describe, expect, test } from 'vitest'
import { inventoryOf, planOf, problemsOf } from './compiled.ts'
import { edgesOf, hostsOf } from './nodes.ts'

const plan = (text: string) => planOf(`hosts: all\nsteps:\n${text}`).plan

describe('a group', () => {
  test('is its members: the first takes the needs of the group, what follows waits for the last', () => {
    expect(
      edgesOf(
        plan(`
  - { id: a, run: "true" }
  - id: g
    steps:
      - { id: b, run: "true" }
      - { id: c, run: "true" }
  - { id: d, run: "true" }
`),
      ),
    ).toEqual({ a: '', b: 'a', c: 'b', d: 'c' })
  })

  test('whose members wait for nothing starts and ends with all of them', () => {
    expect(
      edgesOf(
        plan(`
  - { id: a, run: "true" }
  - id: g
    needs: [a]
    steps:
      - { id: b, run: "true", needs: [] }
      - { id: c, run: "true", needs: [] }
  - { id: d, run: "true", needs: [g] }
`),
      ),
    ).toEqual({ a: '', b: 'a', c: 'a', d: 'b c' })
  })

  test('that runs under a condition has each of its members under it', () => {
    expect(
      edgesOf(
        plan(`
  - { id: a, run: "true" }
  - id: undo
    needs: [{ step: a, if: failed }]
    steps:
      - { id: b, run: "true" }
      - { id: c, run: "true" }
      - { id: d, run: "true", needs: [{ step: c, if: always }] }
      - { id: e, run: "true", needs: [{ step: c, if: failed }] }
`),
      ),
    ).toEqual({ a: '', b: 'a!', c: 'b a!', d: 'c? a!', e: 'c!' })
  })

  test('that ends with cleanup has succeeded only if its work has', () => {
    expect(
      edgesOf(
        plan(`
  - id: g
    steps:
      - { id: drain, run: "true" }
      - { id: work, run: "true" }
      - { id: undo, run: "true", needs: { step: work, if: failed } }
      - { id: undrain, run: "true", needs: { step: undo, if: always } }
  - { id: after, run: "true" }
`),
      ),
    ).toEqual({ drain: '', work: 'drain', undo: 'work!', undrain: 'undo?', after: 'work undo undrain' })
  })

  test('inside another one takes the needs of both', () => {
    expect(
      edgesOf(
        plan(`
  - { id: a, run: "true" }
  - { id: x, run: "true", needs: [] }
  - id: g
    needs: [a]
    steps:
      - id: h
        needs: [x]
        steps:
          - { id: b, run: "true" }
  - { id: d, run: "true" }
`),
      ),
    ).toEqual({ a: '', x: '', b: 'x a', d: 'b' })
  })

  test('that is needed however it ends is all of its members', () => {
    expect(
      edgesOf(
        plan(`
  - id: g
    steps:
      - { id: b, run: "true" }
      - { id: c, run: "true" }
  - { id: d, run: "true", needs: [{ step: g, if: always }] }
`),
      ),
    ).toEqual({ b: '', c: 'b', d: 'b? c?' })
  })

  test('gives its members its options, and they override them', () => {
    const { steps } = plan(`
  - id: g
    when: host.name != "x"
    throttle: 3
    on_failure: continue
    timeout: 7s
    cwd: /srv
    env: { A: "1", B: "2" }
    become: true
    tags: [deploy]
    steps:
      - { id: b, run: "true", when: 'host.port > 1', tags: [x], env: { B: "3" } }
      - { id: c, run: "true", become: false, throttle: 1 }
`)
    const [b, c] = steps
    expect(b?.when.map(({ source }) => source)).toEqual(['host.name != "x"', 'host.port > 1'])
    expect([b?.throttle, c?.throttle, b?.onFailure]).toEqual([3, 1, 'continue'])
    expect([b?.tags, c?.tags]).toEqual([['deploy', 'x'], ['deploy']])
    expect(b?.action).toMatchObject({
      timeoutMs: 7000,
      cwd: ['/srv'],
      env: [
        ['A', ['1']],
        ['B', ['3']],
      ],
      become: { kind: 'yes' },
    })
    expect(c?.action).toMatchObject({ become: { kind: 'no' } })
  })

  test('stands in the plan for people', () => {
    const { groups, steps } = plan(`
  - id: g
    name: The group
    steps: [{ id: h, steps: [{ id: b, run: "true" }] }]
`)
    expect(groups.map(({ kind, id, title, parent }) => [kind, id, title, parent])).toEqual([
      ['group', 'g', 'The group', undefined],
      ['group', 'h', 'h', 0],
    ])
    expect(steps[0]?.group).toBe(1)
  })

  test('has its own hosts, and max_failures for its members', () => {
    const inventory = inventoryOf({ a1: {}, a2: {}, b1: {} }, { a: ['a1', 'a2'], b: ['b1'] })
    const { plan: made } = planOf(
      'hosts: all\nsteps:\n  - { id: g, hosts: a, max_failures: 50%, steps: [{ id: x, run: "true" }, { id: y, hosts: b, run: "true" }] }',
      { inventory },
    )
    expect(hostsOf(made)).toEqual({ x: 'a1 a2', y: 'b1' })
    expect(made.steps.map(step => step.tolerated)).toEqual([1, 0])
  })
})

describe('circles through groups', () => {
  test('a member that needs its group', () => {
    expect(
      problemsOf('hosts: all\nsteps:\n  - { id: g, steps: [{ id: a, run: "true", needs: [g] }] }').join(),
    ).toMatch(/"a" needs itself/)
  })
  test('a member that needs what needs the group', () => {
    expect(
      problemsOf(
        'hosts: all\nsteps:\n  - { id: g, needs: [], steps: [{ id: a, run: "true", needs: [b] }] }\n  - { id: b, needs: [g], run: "true" }',
      ),
    ).toEqual([expect.stringMatching(/^3:\d+ these steps wait for each other: a → b → a/)])
  })
})
