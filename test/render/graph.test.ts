import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { renderDot } from '../../src/render/graph/dot.ts'
import { renderGraphJson } from '../../src/render/graph/json.ts'
import { drawLanes } from '../../src/render/graph/lanes.ts'
import { renderMermaid } from '../../src/render/graph/mermaid.ts'
import { renderGraph } from '../../src/render/graph/text.ts'
import type { Graph, GraphNeed, GraphStep } from '../../src/render/graph.ts'

type Needs = readonly (number | (Omit<GraphNeed, 'if'> & Partial<GraphNeed>))[]

/** A graph of steps in their order, each given as its id and needs. */
function graphOf(steps: readonly (readonly [id: string, needs: Needs, rest?: Partial<GraphStep>])[]): Graph {
  return {
    name: 'Release the shop',
    file: 'play.yml',
    size: { steps: steps.length, hosts: 3 },
    order: steps.map((_, index) => index),
    groups: [],
    steps: steps.map(([id, needs, rest]) => ({
      id,
      title: id,
      kind: 'run',
      hosts: { kind: 'names', names: ['web1', 'web2', 'web3'] },
      needs: needs.map(need =>
        typeof need === 'number' ? { step: need, on: 'host', if: 'success' } : { if: 'success', ...need },
      ),
      once: false,
      hidden: false,
      ...rest,
    })),
  }
}

const drawn = (graph: Graph, width = 80) =>
  renderGraph(graph, { color: false, width }).trimEnd().split('\n').slice(2)

describe('the drawing for a terminal', () => {
  test('one step after the other', () => {
    expect(
      drawn(
        graphOf([
          ['look', []],
          ['upload', [0]],
          ['check', [1]],
        ]),
      ),
    ).toEqual(['● look    run  web[1-3]', '● upload  run  web[1-3]', '● check   run  web[1-3]'])
  })

  test('branches side by side, and where they meet', () => {
    const graph = graphOf([
      ['look', []],
      ['upload', [0]],
      ['unpack', [1]],
      ['dump', [0], { hosts: { kind: 'names', names: ['db1', 'db2'] } }],
      ['migrate', [{ step: 3, on: 'all' }], { once: true, hosts: { kind: 'names', names: ['db1'] } }],
      ['switch', [2, 4], { throttle: 1 }],
      ['check', [{ step: 5, on: 'all' }]],
    ])
    expect(drawn(graph)).toEqual([
      '●   look     run  web[1-3]',
      '├─╮',
      '● │ upload   run  web[1-3]',
      '● │ unpack   run  web[1-3]',
      '│ ● dump     run  db[1-2]  after look',
      '│ ● migrate  run  db1  once, after dump',
      '├─╯',
      '●   switch   run  web[1-3]  1 at a time, after unpack and migrate',
      '●   check    run  web[1-3]  after switch on all hosts',
    ])
  })

  test('three branches, one of them long', () => {
    const graph = graphOf([
      ['a', []],
      ['b', [0]],
      ['c', [0]],
      ['d', [0]],
      ['e', [1, 2]],
      ['f', [3, 4]],
    ])
    expect(drawn(graph).map(line => line.slice(0, 8).trimEnd())).toEqual([
      '●     a',
      '├─┬─╮',
      '● │ │ b',
      '│ ● │ c',
      '├─╯ │',
      '│   ● d',
      '●   │ e',
      '╰───┤',
      '    ● f',
    ])
  })

  test('steps that start at once say so', () => {
    expect(
      drawn(
        graphOf([
          ['a', []],
          ['b', []],
        ]),
      ),
    ).toEqual(['● a  run  web[1-3]', '● b  run  web[1-3]  starts at once'])
  })

  test('a step that --limit left out', () => {
    const graph = graphOf([
      ['a', []],
      ['b', [0], { hosts: { kind: 'names', names: [] } }],
    ])
    expect(drawn(graph)[1]).toBe('● b  run  left out: no host of it is left')
  })

  test('needs that others imply are not drawn', () => {
    expect(
      drawn(
        graphOf([
          ['a', []],
          ['b', [0]],
          ['c', [0, 1]],
        ]),
      ).map(line => line.slice(0, 3)),
    ).toEqual(['● a', '● b', '● c'])
  })

  test('too many branches become a list', () => {
    const steps = Array.from({ length: 20 }, (_, n) => [`s${n}`, n === 0 ? [] : [0]] as const)
    expect(drawn(graphOf(steps))[19]).toBe('• s19  run  web[1-3]  after s0')
  })

  test('a line is never wider than the terminal', () => {
    const names = Array.from({ length: 50 }, (_, n) => `host-${n * 3}`)
    const graph = graphOf([
      ['a_step_with_an_id_that_is_really_much_too_long', [], { hosts: { kind: 'names', names } }],
      ['b', [{ step: 0, on: 'all' }], { hosts: { kind: 'names', names }, throttle: 5 }],
    ])
    for (const width of [80, 120, 200])
      for (const line of drawn(graph, width)) expect(line.length).toBeLessThanOrEqual(width)
  })

  test('names cannot drive the terminal', () => {
    const graph = { ...graphOf([['a', []]]), name: 'x\x1b[2J' }
    expect(renderGraph(graph, { color: false, width: 80 })).toContain('x\\x1b[2J')
  })
})

describe('lanes of any graph', () => {
  const dag = fc
    .integer({ min: 1, max: 14 })
    .chain(count =>
      fc.tuple(
        ...Array.from({ length: count }, (_, index) =>
          fc.uniqueArray(fc.nat({ max: Math.max(0, index - 1) }), { maxLength: index === 0 ? 0 : 3 }),
        ),
      ),
    )

  test('show every step once, and join nothing that is not joined', () => {
    fc.assert(
      fc.property(dag, needs => {
        const rows = drawLanes(
          needs.map((_, index) => index),
          needs,
        )
        if (rows === undefined) return
        expect(rows.flatMap(row => row.step ?? [])).toEqual(needs.map((_, index) => index))
        for (const row of rows.filter(({ step }) => step !== undefined))
          expect(row.signs.match(/●/g)).toHaveLength(1)
        for (const [at, row] of rows.entries())
          if (row.step === undefined) expect(endsOf(rows, at)).toEqual([])
      }),
    )
  })
})

const UP = '│├┤┼╯╰┴●'
const DOWN = '│├┤┼╮╭┬●'

/** Columns of a connecting row where a line would end in the air. */
function endsOf(rows: readonly { readonly signs: string }[], at: number): number[] {
  const signs = [...(rows[at]?.signs ?? '')]
  const above = [...(rows[at - 1]?.signs ?? '')]
  const below = [...(rows[at + 1]?.signs ?? '')]
  return signs.flatMap((sign, column) => {
    if (sign === ' ' || sign === '─') return []
    const loose =
      (UP.includes(sign) && !DOWN.includes(above[column] ?? ' ')) ||
      (DOWN.includes(sign) && !UP.includes(below[column] ?? ' '))
    return loose ? [column] : []
  })
}

describe('other formats', () => {
  const graph = graphOf([
    ['a', [], { title: 'Say "hi" <b> #1 \\ `x`; |pipe|' }],
    ['b', [{ step: 0, on: 'all' }], { kind: 'put', hosts: { kind: 'pattern', text: 'web:!web3' } }],
  ])

  test('Mermaid escapes what could be markup', () => {
    expect(renderMermaid(graph)).toBe(`---
title: "Release the shop"
---
flowchart TD
  s0["Say #34;hi#34; #60;b#62; #35;1 #92; #96;x#96;#59; #124;pipe#124;<br/>run on web#91;1-3#93;"]
  s1["b<br/>put on web:#33;web3"]
  s0 ==>|all hosts| s1
`)
  })

  test('Graphviz escapes quotes and backslashes', () => {
    expect(renderDot(graph)).toBe(`digraph "Release the shop" {
  node [shape=box];
  s0 [label="Say \\"hi\\" <b> #1 \\\\ \`x\`; |pipe|\\nrun on web[1-3]"];
  s1 [label="b\\nput on web:!web3"];
  s0 -> s1 [style=bold, label="all hosts"];
}
`)
  })

  test('JSON says it all', () => {
    expect(JSON.parse(renderGraphJson(graph))).toEqual({
      v: 1,
      name: 'Release the shop',
      file: 'play.yml',
      groups: [],
      steps: [
        {
          id: 'a',
          title: 'Say "hi" <b> #1 \\ `x`; |pipe|',
          kind: 'run',
          hosts: ['web1', 'web2', 'web3'],
          needs: [],
          once: false,
        },
        {
          id: 'b',
          title: 'b',
          kind: 'put',
          pattern: 'web:!web3',
          needs: [{ step: 'a', on: 'all', if: 'success' }],
          once: false,
        },
      ],
      order: ['a', 'b'],
    })
  })
})
