import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Preview } from '../../src/model/preview.ts'
import { countStandings } from '../../src/render/preview/standing.ts'
import { foldVerdicts } from '../../src/render/preview/verdict-groups.ts'
import { renderVerdictsJson } from '../../src/render/preview/verdicts-json.ts'
import { renderVerdicts } from '../../src/render/verdicts.ts'
import { edited, fails, held, puts, ran, runs, SAME, samplePreview, skip, unknown } from './sample-preview.ts'
import { richPlan } from './sample-run.ts'

/** Names that do not fold, so that each stands in the text as it is. */
const NAMES = ['alpha', 'bravo', 'delta', 'echo', 'fox', 'golf', 'hotel', 'india']
const STEPS = ['one', 'two', 'three']

/** Some are made anew each time, as equal objects are that are not the same. */
const NODES = [
  () => SAME,
  () => held('it is there'),
  () => runs('date'),
  () => puts([edited('/x', '@@ -1 +1 @@\n-a\n+b\n')]),
  () => puts([edited('/x', '@@ -1 +1 @@\n-a\n+c\n')]),
  () => puts([]),
  () => skip('not vars.x'),
  () => unknown('steps.conf would change first'),
  () => fails('/opt is not there'),
  () => ran('v1\n'),
  () => ran('v2\n'),
]

/** For each step its hosts and what they have of it; and hosts that are unreachable. */
const previews = fc
  .record({
    targets: fc.tuple(...STEPS.map(() => fc.subarray(NAMES))),
    nodes: fc.array(fc.nat(NODES.length - 1), { minLength: 24, maxLength: 24 }),
    down: fc.subarray(NAMES, { maxLength: 3 }),
  })
  .map(({ targets, nodes, down }) => {
    const plan = richPlan(NAMES, Object.fromEntries(STEPS.map((id, at) => [id, { on: targets[at] ?? [] }])))
    const nodeOf = (at: number) => (host: string) => NODES[nodes[at * 8 + NAMES.indexOf(host)] ?? 0]?.()
    const failure = { code: 'connect_refused', message: 'refused' } as const
    return samplePreview(
      plan,
      Object.fromEntries(STEPS.map((id, at) => [id, nodeOf(at)])),
      Object.fromEntries(down.map(name => [name, failure])),
    )
  })

const namesIn = (text: string) =>
  (text.match(/\b[a-z]+\b/g) ?? []).filter(word => NAMES.includes(word)).toSorted()

/** Names of the hosts that a step runs on, those that could not be asked aside. */
function asked({ plan, unreachable }: Preview, step: number): string[] {
  const hosts = Array.from(plan.steps[step]?.targets ?? []).filter(host => !unreachable.has(host))
  return hosts.map(host => plan.hosts[host]?.name ?? '').toSorted()
}

const unreachableOf = ({ plan, unreachable }: Preview) =>
  [...unreachable.keys()].map(host => plan.hosts[host]?.name ?? '').toSorted()

test('each step names every host once, and the end those that could not be asked', () => {
  fc.assert(
    fc.property(previews, fc.boolean(), fc.boolean(), (preview, verbose, diff) => {
      const text = renderVerdicts(preview, { color: false, width: 1000, cwd: '/', verbose, diff })
      const [, ...blocks] = text.split(/^. \d\. /m)
      expect(blocks).toHaveLength(3)
      for (const [at, block] of blocks.entries()) {
        const [own = ''] = block.split(/^✖ [a-z,]+(?: \(\d\))? {2}unreachable/m)
        expect(namesIn(own)).toEqual(asked(preview, at))
      }
      const end = text.split('\n').filter(line => line.includes('unreachable: '))
      expect(namesIn(end.join('\n'))).toEqual(unreachableOf(preview))
    }),
  )
})

test('by host, each is named once in all, unless it has nothing to do', () => {
  fc.assert(
    fc.property(previews, preview => {
      const text = renderVerdicts(preview, { color: false, width: 1000, cwd: '/', by: 'host', verbose: true })
      const heads = text
        .split('\n')
        .slice(2)
        .filter(line => /^[a-z,]+(?: \(\d\))?:/.test(line))
      const busy = [...new Set(STEPS.flatMap((_, at) => asked(preview, at)))].toSorted()
      expect(namesIn(heads.join('\n').replaceAll(/:.*/g, ''))).toEqual(busy)
    }),
  )
})

test('what is folded adds up to the counts', () => {
  fc.assert(
    fc.property(previews, fc.boolean(), fc.boolean(), (preview, verbose, diff) => {
      const groups = preview.plan.steps.flatMap(step => foldVerdicts(preview, step, { verbose, diff }))
      const { unreachable: _, ...counts } = preview.counts
      expect(countStandings(groups)).toEqual(counts)
    }),
  )
})

test('the document names every host of a step once, those that could not be asked too', () => {
  fc.assert(
    fc.property(previews, preview => {
      const { steps, unreachable } = JSON.parse(renderVerdictsJson(preview))
      for (const [at, { groups }] of steps.entries()) {
        const targets = Array.from(preview.plan.steps[at]?.targets ?? [], host => NAMES[host])
        expect(groups.flatMap((group: { hosts: string[] }) => group.hosts).toSorted()).toEqual(
          targets.toSorted(),
        )
      }
      expect(unreachable.flatMap((group: { hosts: string[] }) => group.hosts).toSorted()).toEqual(
        unreachableOf(preview),
      )
    }),
  )
})

test('equal nodes stand together, whether they are one object or not', () => {
  const plan = richPlan(NAMES, { one: { on: NAMES } })
  const shared = puts([edited('/x', '@@ -1 +1 @@\n-a\n+b\n')])
  const preview = samplePreview(plan, {
    one: host => (host < 'e' ? shared : puts([edited('/x', '@@ -1 +1 @@\n-a\n+b\n')])),
  })
  const [step] = plan.steps
  expect(
    foldVerdicts(preview, step!, { verbose: false, diff: true }).map(({ hosts }) => hosts.length),
  ).toEqual([8])
})

test('what is not shown does not keep hosts apart: what was there before a put that changes nothing', () => {
  const plan = richPlan(NAMES, { one: { on: NAMES } })
  const preview = samplePreview(plan, { one: host => puts([], { before: `of ${host}`, bytes: host.length }) })
  expect(foldVerdicts(preview, plan.steps[0]!, { verbose: true, diff: true })).toHaveLength(1)
})
