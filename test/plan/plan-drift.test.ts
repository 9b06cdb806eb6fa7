import { describe, expect, test } from 'vitest'
import type { Plan } from '../../src/model/plan.ts'
import type { SketchNode } from '../../src/model/sketch.ts'
import { planDrift, sketchDrift } from '../../src/plan/plan-drift.ts'
import { parsePlan } from '../../src/plan/read-plan.ts'
import { sealPlan } from '../../src/plan/seal.ts'
import { sketchDigests } from '../../src/plan/sketch-digests.ts'
import { onAll, onHost, planOf } from '../engine/plans.ts'
import { documentOf, previewFrom } from './previews.ts'

const PLAN = planOf(3, [{ targets: [0, 1] }, { targets: [0, 1, 2], edges: [onHost(0)] }])
const mask = (text: string) => text.replaceAll('test', '***')
const { text } = sealPlan(documentOf(previewFrom(PLAN, () => undefined)), mask)
const SAVED = parsePlan(Buffer.from(text), 'p.json').document

function driftTo(plan: Plan): string[] {
  return planDrift(SAVED, plan, mask).map(({ code, message }) => `${code}: ${message}`)
}

function withHost(at: number, change: (host: Plan['hosts'][number]) => Plan['hosts'][number]): Plan {
  return { ...PLAN, hosts: PLAN.hosts.map((host, index) => (index === at ? change(host) : host)) }
}

test('the same plan has not drifted, whatever in it is secret', () => {
  expect(driftTo(PLAN)).toEqual([])
})

test('hosts that are gone, new or elsewhere are named', () => {
  expect(driftTo(withHost(1, host => ({ ...host, name: 'new' })))).toEqual([
    'drift: hosts of the plan are gone: h1',
    'drift: there are hosts that the plan does not have: new',
  ])
  const moved = withHost(1, host => ({ ...host, connection: { ...host.connection, address: '10.0.0.9' } }))
  expect(driftTo(moved)).toEqual([
    'drift: hosts are reached at another address, or as another user, than was planned: h1',
  ])
})

test('steps that are gone, new or other ones are named', () => {
  expect(driftTo(planOf(3, [{ targets: [0, 1] }]))).toEqual(['drift: steps of the plan are gone: s1'])
  const more = planOf(3, [{ targets: [0, 1] }, { targets: [0, 1, 2], edges: [onHost(0)] }, { targets: [2] }])
  expect(driftTo(more)).toEqual(['drift: there are steps that the plan does not have: s2'])
  const other = planOf(3, [{ targets: [0, 1] }, { targets: [0, 1, 2], edges: [onAll(0)] }])
  expect(driftTo(other)).toEqual(['drift: steps run on other hosts, or in another order or way: s1'])
})

test('what concerns the whole plan counts, too', () => {
  expect(driftTo({ ...PLAN, maxFailures: 1 })).toEqual([
    'drift: the plan of this playbook is another one now',
  ])
})

describe('what steps do, as far as it is known without their hosts', () => {
  const doing =
    (text: (step: number, host: number) => string, base = '/work'): SketchNode =>
    (step, host) => ({
      kind: 'action',
      conditions: [],
      action: {
        kind: 'put',
        source: { kind: 'src', text: `${base}/files/x` },
        dest: text(step, host),
        parents: false,
        timeoutMs: 1,
      },
    })
  const sketches = sketchDigests(
    PLAN,
    doing((step, host) => `${step} ${host}`),
    ['/work'],
  )

  test('is the same in another folder', () => {
    const elsewhere = doing((step, host) => `${step} ${host}`, '/home/ann')
    expect(sketchDrift({ sketches }, PLAN, elsewhere, ['/home/ann'])).toEqual([])
  })

  test('is another thing where it is on one host', () => {
    const other = doing((step, host) => (step === 1 && host === 2 ? 'other' : `${step} ${host}`))
    expect(sketchDrift({ sketches }, PLAN, other, ['/work']).map(({ message }) => message)).toEqual([
      'steps would do something else than was planned: s1',
    ])
  })
})
