import { describe, expect, test } from 'vitest'
import { parsePlaybook } from '../../src/load/playbook.ts'
import { NO_BATCH } from '../../src/model/plan.ts'
import { renderDot } from '../../src/render/graph/dot.ts'
import { graphOfOutline } from '../../src/render/graph/from-outline.ts'
import { graphOfPlan } from '../../src/render/graph/from-plan.ts'
import { renderGraphJson } from '../../src/render/graph/json.ts'
import { renderMermaid } from '../../src/render/graph/mermaid.ts'
import { renderGraph } from '../../src/render/graph/text.ts'
import type { Graph } from '../../src/render/graph.ts'
import { outlineOf } from '../../src/render/outline/outline.ts'
import { richPlan } from './sample-run.ts'

const WEB = ['web1', 'web2', 'web3']

/** A roll-out with facts, a loop, a looped group, a rolling group and cleanup. */
const PLAN = richPlan(
  [...WEB, 'db1'],
  {
    facts: { on: WEB, hidden: true },
    'users[0]': { on: WEB, in: 'users', needs: ['facts'] },
    'users[1]': { on: WEB, in: 'users', needs: ['users[0]'] },
    migrate: { on: ['db1'], once: true, needs: [['users[1]', 'all']] },
    restart: { on: WEB, in: 'roll', rolling: 0, needs: [['migrate', 'all']] },
    'g[0].a': { on: WEB, in: 'g[0]', rolling: 0, needs: ['restart'] },
    'g[0].b': { on: WEB, in: 'g[0]', rolling: 0, needs: ['g[0].a'] },
    'g[1].a': { on: WEB, in: 'g[1]', rolling: 0, needs: ['g[0].b'] },
    'g[1].b': { on: WEB, in: 'g[1]', rolling: 0, needs: ['g[1].a'] },
    undo: {
      on: WEB,
      needs: [
        ['restart', 'host', 'failed'],
        ['g[1].b', 'host', 'failed'],
      ],
    },
    tidy: { on: WEB, needs: [['undo', 'all', 'always']] },
    odd: { on: [], excluded: 'tags', needs: ['tidy'] },
  },
  {
    groups: [
      { kind: 'loop', id: 'users' },
      { kind: 'group', id: 'roll', title: 'One by one' },
      { kind: 'loop', id: 'g', in: 'roll' },
      { kind: 'group', id: 'g[0]', in: 'g' },
      { kind: 'group', id: 'g[1]', in: 'g' },
    ],
    rollings: [
      {
        batchOf: Uint32Array.of(0, 1, 1, NO_BATCH),
        batches: 2,
        steps: [4, 5, 6, 7, 8],
        tolerated: 0,
        pauseMs: 0,
      },
    ],
  },
)

const drawn = (graph: Graph, width = 100) => renderGraph(graph, { color: false, width })

describe('the graph of a plan', () => {
  test('draws groups as headings, loops as one step, and says what edges want', () => {
    expect(drawn(graphOfPlan(PLAN))).toBe(
      `Deploy the web tier: 10 steps on 4 hosts

●   facts      facts      web[1-3]
●   users      run × 2    web[1-3]
●   migrate    run        db1  once, after users
│   group roll  One by one: 3 hosts in 2 batches
●     restart  run        web[1-3]  after migrate on all hosts
●     g        group × 2  web[1-3]
●   undo       run        web[1-3]  only if restart or g failed
●   tidy       run        web[1-3]  after undo on all hosts, however it ends
●   odd        run        left out by --tags or --skip-tags
`.replaceAll(/^([●│]) {3}/gm, '$1 '),
    )
  })

  test('in Mermaid groups are subgraphs', () => {
    const text = renderMermaid(graphOfPlan(PLAN))
    expect(text).toContain(`
  subgraph g0["group roll  One by one: 3 hosts in 2 batches"]
    s3["restart<br/>run on web#91;1-3#93;"]
    s4["g<br/>group #215; 2 on web#91;1-3#93;"]
  end
  s5["undo<br/>`)
    expect(text).toContain('\n  s2 ==>|all hosts| s3\n')
    expect(text).toContain('\n  s4 -.->|if it failed| s5\n')
    expect(text).toContain('\n  s5 -.->|all hosts, however it ends| s6\n')
  })

  test('in Graphviz groups are clusters', () => {
    const text = renderDot(graphOfPlan(PLAN))
    expect(text).toContain('  s0 [label="facts\\nfacts on web[1-3]", style=dashed];\n')
    expect(text).toContain('  subgraph cluster_0 {\n    label="group roll  One by one: 3 hosts in 2')
    expect(text).toContain('\n  s4 -> s5 [style=dashed, label="if it failed"];\n')
  })

  test('JSON has it all', () => {
    expect(JSON.parse(renderGraphJson(graphOfPlan(PLAN)))).toMatchObject({
      groups: [{ kind: 'group', id: 'roll', title: 'One by one' }],
      steps: [
        { id: 'facts', hidden: true },
        { id: 'users', kind: 'run', loop: { items: 2 } },
        { id: 'migrate', needs: [{ step: 'users', on: 'all', if: 'success' }] },
        { id: 'restart', group: 'roll' },
        { id: 'g', kind: 'group', group: 'roll', loop: { items: 2 }, needs: [{ step: 'restart' }] },
        {
          id: 'undo',
          needs: [
            { step: 'restart', if: 'failed' },
            { step: 'g', if: 'failed' },
          ],
        },
        { id: 'tidy', needs: [{ step: 'undo', on: 'all', if: 'always' }] },
        { id: 'odd', hosts: [], excluded: 'tags' },
      ],
      order: ['facts', 'users', 'migrate', 'restart', 'g', 'undo', 'tidy', 'odd'],
    })
  })

  test('what a whole group waits for is told of its first step', () => {
    const plan = richPlan(
      ['a'],
      {
        try: { on: ['a'] },
        undo: { on: ['a'], in: 'g', needs: [['try', 'host', 'failed']] },
        check: { on: ['a'], in: 'g', needs: ['undo', ['try', 'host', 'failed']] },
      },
      { groups: [{ kind: 'group', id: 'g' }] },
    )
    const lines = drawn(graphOfPlan(plan)).split('\n')
    expect(lines.find(line => line.includes('undo'))).toContain('only if try failed')
    expect(lines.find(line => line.includes('check'))).toMatch(/run {2}a$/)
  })

  test('a group that goes on after another branch says its name again', () => {
    const plan = richPlan(
      ['a'],
      { x: { on: ['a'], in: 'g' }, y: { on: ['a'], needs: ['x'] }, z: { on: ['a'], in: 'g', needs: ['y'] } },
      { groups: [{ kind: 'group', id: 'g' }] },
    )
    expect(drawn(graphOfPlan(plan)).match(/group g/g)).toHaveLength(2)
  })
})

const PLAYBOOK = `
name: Release
hosts: web
defaults: { throttle: 3 }
steps:
  - id: build
    run: make
    once: true
    delegate_to: localhost
  - id: users
    for_each: [ann, bob]
    run: useradd \${{ item }}
  - id: roll
    rolling: { batch: [1, "25%", 10] }
    steps:
      - id: restart
        run: systemctl restart app
      - id: wait
        steps:
          - id: up
            run: curl localhost
            retry: { attempts: 3 }
          - id: log
            needs: []
            run: tail log
  - id: report
    hosts: db
    run: report \${{ steps.build.stdout }}
    needs: [{ step: roll, on: all }, { step: restart, if: failed }]
`

test('without an inventory the source alone is drawn', () => {
  const { playbook, problems } = parsePlaybook('play.yml', '/play', PLAYBOOK)
  expect(problems).toEqual([])
  if (playbook === undefined) return
  expect(drawn(graphOfOutline(outlineOf(playbook)))).toBe(`Release: 6 steps

●   build      run      web  once, 3 at a time
●   users      run × 2  web  3 at a time
│   group roll: batch by batch, first 1 host, then 25 %, then 10 at a time
●     restart  run      web  3 at a time
├─╮
│ │   group wait
● │     up     run      web  3 at a time
│ ●     log    run      web  3 at a time, after restart
├─╯
●   report     run      db  3 at a time, after up on all hosts, log on all hosts and build on all h…
`)
})
