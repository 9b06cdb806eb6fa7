import { describe, expect, test } from 'vitest'
import { inventoryOf, planOf, problemsOf } from './compiled.ts'
import { edgesOf, hostsOf, stepIndex } from './nodes.ts'

const steps = (text: string, more = '') => `hosts: all\n${more}steps:\n${text}`
const plan = (text: string, more = '') => planOf(steps(text, more)).plan

describe('a looped step', () => {
  test('is one step for each item, one after the other', () => {
    expect(
      edgesOf(
        plan(`
  - { id: a, run: "true" }
  - { id: x, run: "echo \${{ item }}", for_each: [p, q, r] }
  - { id: b, run: "true" }
`),
      ),
    ).toEqual({ a: '', 'x[0]': 'a', 'x[1]': 'x[0]', 'x[2]': 'x[1]', b: 'x[2]' })
  })

  test('has so many lanes as parallel says', () => {
    expect(
      edgesOf(
        plan(`
  - { id: a, run: "true" }
  - { id: x, run: "echo \${{ item }}", for_each: [p, q, r], parallel: 2 }
  - { id: b, run: "true" }
`),
      ),
    ).toEqual({ a: '', 'x[0]': 'a', 'x[1]': 'a', 'x[2]': 'x[0]', b: 'x[1] x[2]' })
  })

  test('over a map has its keys as labels, and key and value as the item', () => {
    const { plan: made, render } = planOf(
      steps(
        '  - { id: x, run: "echo ${{ item.key }} ${{ item.value }}", for_each: { ann: 1001, bob: 1002 } }',
      ),
    )
    expect(made.steps.map(({ id }) => id)).toEqual(['x["ann"]', 'x["bob"]'])
    expect(render(1, 0)).toMatchObject({ script: "echo 'bob' '1002'" })
  })

  test('without items vanishes, and edges pass through it', () => {
    expect(
      edgesOf(
        plan(
          `
  - { id: a, run: "true" }
  - { id: x, run: "echo \${{ item }}", for_each: "\${{ vars.none }}" }
  - { id: y, run: "echo \${{ item }}", for_each: "\${{ vars.none }}" }
  - { id: b, run: "true", needs: [{ step: y, on: all }] }
`,
          'vars: { none: [] }\n',
        ),
      ),
    ).toEqual({ a: '', b: 'a*' })
  })

  test('whose lists differ has an item on the hosts that have it', () => {
    const inventory = inventoryOf({
      h1: { disks: ['sda', 'sdb'] },
      h2: { disks: ['vda'] },
      h3: { disks: [] },
    })
    const { plan: made, render } = planOf(
      steps('  - { id: x, run: "mount ${{ item }}", for_each: "${{ host.vars.disks }}" }'),
      { inventory },
    )
    expect(hostsOf(made)).toEqual({ 'x[0]': 'h1 h2', 'x[1]': 'h1' })
    expect(made.steps.map(step => [...(step.idle ?? [])])).toEqual([[2], [1, 2]])
    expect(render(0, 1)).toMatchObject({ script: "mount 'vda'" })
    expect(render(1, 0)).toMatchObject({ script: "mount 'sdb'" })
  })
})

describe('a looped group', () => {
  const GROUP = `
  - id: g
    for_each: [p, q]
    steps:
      - { id: a, run: "echo \${{ item }}" }
      - { id: b, run: "echo \${{ steps.a.stdout }}", needs: [] }
  - { id: c, run: "true" }
`
  test('repeats all of its members, and references stay in the iteration', () => {
    const made = plan(GROUP)
    expect(edgesOf(made)).toEqual({
      'g[0].a': '',
      'g[0].b': 'g[0].a',
      'g[1].a': 'g[0].a g[0].b',
      'g[1].b': 'g[0].a g[0].b g[1].a',
      c: 'g[1].a g[1].b',
    })
    expect(made.groups.map(({ kind, id, parent }) => [kind, id, parent])).toEqual([
      ['loop', 'g', undefined],
      ['group', 'g[0]', 0],
      ['group', 'g[1]', 0],
    ])
  })

  test('may hold loops', () => {
    const made = plan(`
  - id: g
    for_each: [p, q]
    steps:
      - { id: a, for_each: [1, 2], run: "echo \${{ item }}" }
`)
    expect(edgesOf(made)).toEqual({
      'g[0].a[0]': '',
      'g[0].a[1]': 'g[0].a[0]',
      'g[1].a[0]': 'g[0].a[1]',
      'g[1].a[1]': 'g[1].a[0]',
    })
  })

  test('is seen from outside with all of its iterations', () => {
    const {
      plan: made,
      program,
      render,
    } = planOf(
      steps(
        `
  - id: g
    for_each: [p, q]
    steps: [{ id: a, run: "echo \${{ item }}" }]
  - { id: c, run: "echo \${{ steps.a.items.map(x, x.stdout) }} \${{ steps.g.changed }}" }
`.replace('${{ steps.a.items.map(x, x.stdout) }}', '${{ steps.a.items[1].stdout }}'),
      ),
    )
    const result = (stdout: string) => ({
      outcome: 'changed' as const,
      exitCode: 0,
      stdout: { head: stdout, tail: '', bytes: stdout.length, truncated: false },
      stderr: { head: '', tail: '', bytes: 0, truncated: false },
      durationMs: 1,
    })
    program.ended(stepIndex(made, 'g[0].a'), 0, 'changed', result('one\n'))
    program.ended(stepIndex(made, 'g[1].a'), 0, 'changed', result('two\n'))
    expect(render(stepIndex(made, 'c'), 0)).toMatchObject({ script: "echo 'two' 'true'" })
  })
})

describe('loops that cannot be', () => {
  test.each([
    ['{ id: x, run: "true", for_each: "${{ host.name }}" }', 'for_each takes a list or a map'],
    ['{ id: x, run: "true", for_each: "${{ facts.ips }}" }', 'must be known before any host is touched'],
    ['{ id: x, run: "echo ${{ steps.x.changed }}", for_each: [1] }', 'uses its own result'],
    ['{ id: x, run: "echo ${{ item }}" }', 'item'],
  ])('%s', (step, problem) => {
    expect(problemsOf(steps(`  - ${step}\n`)).join()).toContain(problem)
  })

  test('a step inside two loops is not seen from outside', () => {
    expect(
      problemsOf(
        steps(`
  - { id: g, for_each: [1], steps: [{ id: a, for_each: [2], run: "true" }] }
  - { id: b, run: "echo \${{ steps.a.changed }}" }
`),
      ),
    ).toEqual([expect.stringMatching(/^5:\d+ "a" is in several loops/)])
  })
})
