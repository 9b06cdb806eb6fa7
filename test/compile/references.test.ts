import { describe, expect, test } from 'vitest'
import { inventoryOf, planOf, problemsOf } from './compiled.ts'
import { edgesOf, ended, hostsOf, stepIndex } from './nodes.ts'

const steps = (text: string, more = '') => `hosts: all\n${more}steps:\n${text}`
const INVENTORY = inventoryOf({ web1: {}, web2: {}, db1: {} }, { web: ['web1', 'web2'], db: ['db1'] })
const plan = (text: string, more = '') => planOf(steps(text, more), { inventory: INVENTORY }).plan

describe('a reference to a result is an edge', () => {
  test('in any text or condition, host by host', () => {
    expect(
      edgesOf(
        plan(`
  - { id: a, run: "true" }
  - { id: b, needs: [], run: "echo \${{ steps.a.stdout }}" }
  - { id: c, needs: [], run: "true", when: steps.a.changed }
  - { id: d, needs: [], run: "true", env: { A: "\${{ steps.a.stdout }}" } }
  - { id: e, needs: [], put: { content: "\${{ steps.a.stdout }}", dest: /x } }
  - { id: f, needs: [], assert: steps.a.changed }
`),
      ),
    ).toEqual({ a: '', b: 'a', c: 'a', d: 'a', e: 'a', f: 'a' })
  })

  test('to all hosts for another host’s, and for a once step', () => {
    expect(
      edgesOf(
        plan(`
  - { id: a, run: "true" }
  - { id: o, needs: [], once: true, run: "true" }
  - { id: b, needs: [], run: 'echo \${{ steps.a.on["db1"].stdout }}' }
  - { id: c, needs: [], run: "echo \${{ steps.o.stdout }}" }
`),
      ),
    ).toEqual({ a: '', o: '', b: 'a*', c: 'o*' })
  })

  test('with the condition of a need that names the step, or the group that it is in', () => {
    expect(
      edgesOf(
        plan(`
  - { id: g, steps: [{ id: a, run: "true" }] }
  - { id: b, needs: [{ step: a, if: always }], run: "echo \${{ steps.a.failed }}" }
  - { id: c, needs: [{ step: g, if: failed }], run: "echo \${{ steps.a.failed }}" }
  - { id: h, needs: [{ step: a, if: always }], steps: [{ id: d, run: "true" }, { id: e, run: "echo \${{ steps.a.failed }}" }] }
`),
      ),
    ).toEqual({ a: '', b: 'a?', c: 'a!', d: 'a?', e: 'd a?' })
  })

  test('of a group’s condition: for each member', () => {
    expect(
      edgesOf(
        plan(`
  - { id: a, run: "true" }
  - { id: g, needs: [], when: steps.a.changed, steps: [{ id: b, run: "true" }, { id: c, run: "true" }] }
`),
      ),
    ).toEqual({ a: '', b: 'a', c: 'b a' })
  })

  test('a circle is told where the reference stands', () => {
    expect(
      problemsOf(
        steps(`  - { id: a, needs: [], run: "echo \${{ steps.b.stdout }}" }\n  - { id: b, run: "true" }\n`),
      ),
    ).toEqual([expect.stringMatching(/^3:\d+ these steps wait for each other: a → b → a/)])
  })

  test('a step that runs elsewhere has no result here', () => {
    const text = (use: string) =>
      steps(`  - { id: a, hosts: db, run: "true" }\n  - { id: b, hosts: web, run: 'echo \${{ ${use} }}' }\n`)
    const problems = (use: string) => problemsOf(text(use), { inventory: INVENTORY })
    expect(problems('steps.a.stdout')).toEqual([
      expect.stringMatching(
        /^4:\d+ "a" does not run on web1, web2, where "b" uses its result \(name the host: steps.a.on\["db1"\]/,
      ),
    ])
    expect(problems('steps.a.on["db1"].stdout')).toEqual([])
    expect(problems('default(steps.a.stdout, "")')).toEqual([])
  })
})

describe('results', () => {
  const {
    plan: made,
    program,
    render,
  } = planOf(
    steps(`
  - { id: a, run: hostname }
  - { id: o, once: true, run: "date" }
  - { id: b, run: 'echo \${{ steps.a.stdout }} \${{ steps.a.on["db1"].stdout }} \${{ steps.o.stdout }}' }
`),
    { inventory: INVENTORY },
  )
  test('are the host’s own, another one’s, and those of a once step', () => {
    for (const [host, name] of ['web1', 'web2', 'db1'].entries())
      program.ended(stepIndex(made, 'a'), host, 'changed', ended('changed', `${name}\n`))
    program.ended(stepIndex(made, 'o'), 0, 'changed', ended('changed', 'today\n'))
    expect(render(stepIndex(made, 'b'), 1)).toMatchObject({ script: "echo 'web2' 'db1' 'today'" })
  })
})

describe('facts', () => {
  test('are gathered first, on the hosts that need them', () => {
    const {
      plan: made,
      program,
      render,
    } = planOf(
      steps(`
  - { id: a, hosts: db, run: "true" }
  - { id: b, hosts: web, run: "echo \${{ facts.os.id }}" }
`),
      { inventory: INVENTORY },
    )
    expect(hostsOf(made)).toEqual({ facts: 'web1 web2', a: 'db1', b: 'web1 web2' })
    expect(edgesOf(made)).toEqual({ facts: '', a: '', b: 'facts a' })
    expect(made.steps[0]).toMatchObject({ hidden: true, action: { readOnly: true } })
    expect(program.render(0, 0)).toMatchObject({ kind: 'action', action: { readOnly: true } })
    expect(render(2, 0)).toMatchObject({ code: 'step_render' })
    expect(program.judge(0, 0, ended('ok', 'nonsense'), 1)).toMatchObject({
      kind: 'stands',
      result: { outcome: 'failed', failure: { code: 'remote_shell' } },
    })
  })

  test('come with variables that refer to them', () => {
    expect(
      edgesOf(plan('  - { id: a, run: "echo ${{ vars.v }}" }\n', 'vars: { v: "${{ facts.os.id }}" }\n')),
    ).toEqual({ facts: '', a: 'facts' })
  })
})
