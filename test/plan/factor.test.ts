import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { PutAction } from '../../src/model/action.ts'
import type { PutFinding } from '../../src/model/finding.ts'
import type { NodePreview, Preview } from '../../src/model/preview.ts'
import { plannedNodesIn } from '../../src/plan/planned-in-file.ts'
import { previewOf } from '../../src/plan/preview-of.ts'
import { parsePlan } from '../../src/plan/read-plan.ts'
import { sealPlan } from '../../src/plan/seal.ts'
import { planOf } from '../engine/plans.ts'
import { BASE, documentOf, previewFrom } from './previews.ts'

const HOSTS = 10_000
const STEPS = 20
const FLEET = planOf(
  HOSTS,
  Array.from({ length: STEPS }, (_, step) => ({
    targets: Array.from({ length: HOSTS }, (_, host) => host),
    edges: step === 0 ? [] : [{ from: step - 1, on: 'host', if: 'success' }],
  })),
)

function put(text: string, dest: string): PutAction {
  return { kind: 'put', source: { kind: 'content', text }, dest, parents: false, timeoutMs: 1000 }
}

function found(before: string, size: number, text: string, path: string): PutFinding {
  return {
    kind: 'put',
    outlook: 'writes',
    before,
    targets: [path],
    changes: [
      {
        path,
        type: 'file',
        change: 'content',
        before: { size, mode: '0644', owner: 'root', group: 'root' },
        after: { size: size + 1 },
        diff: { kind: 'text', text },
      },
    ],
    counts: { new: 0, changed: 1, same: 0 },
    bytes: size + 1,
    missing: [],
  }
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

/** A configuration file, of which hosts have a version of their own, or all the same. */
function configOf(step: number, host: number | 'every host'): NodePreview {
  const lines = Array.from({ length: 20 }, (_, line) => `key${line} = ${step}.${line}.${host}\n`).join('')
  const size = lines.length + (typeof host === 'number' ? host % 997 : 0)
  const before = `file 0644 root root ${size} sha256:${sha256(`${step} ${host}`)}`
  const diff = lines.replaceAll(/^/gm, '+')
  return {
    verdict: { kind: 'change' },
    sketch: { kind: 'action', conditions: [], action: put(lines, `/etc/app/${step}.conf`) },
    finding: found(before, size, diff, `/etc/app/${step}.conf`),
  }
}

function sealed(preview: Preview) {
  const { text } = sealPlan(documentOf(preview), own => own)
  return { bytes: Buffer.byteLength(text), document: parsePlan(Buffer.from(text), 'p.json').document }
}

describe('the plan file of 20 steps on 10,000 hosts', { timeout: 180_000 }, () => {
  test('is small where all hosts get the same', () => {
    const same = FLEET.steps.map(step => configOf(step.index, 'every host'))
    const { bytes, document } = sealed(previewFrom(FLEET, step => same[step]))
    expect(bytes).toBeLessThan(1 << 20)
    expect(previewOf(document, BASE).node(19, 9_999)).toEqual(same[19])
  })

  test('is below 20 MB where each gets its own: the first ones are kept, and of all what they are held to', () => {
    const { bytes, document } = sealed(previewFrom(FLEET, configOf))
    expect(bytes).toBeLessThan(20_000_000)
    const { node } = previewOf(document, BASE)
    expect(node(0, 3)).toEqual(configOf(0, 3))
    expect(node(19, 3)).toEqual(configOf(19, 3))
    expect(node(7, 9_999)).toEqual({
      verdict: { kind: 'change' },
      sketch: {
        kind: 'action',
        conditions: [],
        action: put('(differs by host, not kept)', '/etc/app/7.conf'),
      },
      partial: true,
    })
    const planned = plannedNodesIn(document, [BASE])
    const digests = new Set(Array.from({ length: HOSTS }, (_, host) => JSON.stringify(planned.node(7, host))))
    expect(digests.size).toBe(HOSTS)
    const { finding } = configOf(7, 9_999)
    expect(planned.node(7, 9_999)).toMatchObject({ before: (finding as PutFinding).before })
  })

  test('is below 20 MB where every message is another one', () => {
    const { bytes, document } = sealed(
      previewFrom(FLEET, (step, host) => ({
        verdict: { kind: 'unknown', because: `the folder /srv/app${host}/${step} is not there`, fails: true },
        sketch: { kind: 'action', conditions: [], action: put(`${step} ${host}`, `/srv/app${host}/${step}`) },
      })),
    )
    expect(bytes).toBeLessThan(20_000_000)
    expect(previewOf(document, BASE).node(7, 9_999)).toEqual({
      verdict: { kind: 'unknown', because: '(differs by host, not kept)', fails: true },
      sketch: {
        kind: 'action',
        conditions: [],
        action: put('(differs by host, not kept)', '(differs by host, not kept)'),
      },
      partial: true,
    })
  })
})

test('a content that is too long to be kept is still known by its digest', () => {
  const long = 'x'.repeat(5 << 20)
  const plan = planOf(1, [{ targets: [0] }])
  const nodeOf = (text: string): NodePreview => ({
    verdict: { kind: 'change' },
    sketch: { kind: 'action', conditions: [], action: put(text, '/x') },
  })
  const { bytes, document } = sealed(previewFrom(plan, () => nodeOf(long)))
  expect(bytes).toBeLessThan(10_000)
  expect(previewOf(document, BASE).node(0, 0)).toEqual({ ...nodeOf('(too long, not kept)'), partial: true })
  const other = sealed(previewFrom(plan, () => nodeOf(`${long}y`))).document
  expect(plannedNodesIn(document, [BASE]).node(0, 0)).not.toEqual(plannedNodesIn(other, [BASE]).node(0, 0))
})
