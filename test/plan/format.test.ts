import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Preview } from '../../src/model/preview.ts'
import { ProblemsError } from '../../src/model/problem.ts'
import { plannedNodesIn } from '../../src/plan/planned-in-file.ts'
import { plannedNodesOf } from '../../src/plan/planned-nodes.ts'
import { previewOf } from '../../src/plan/preview-of.ts'
import { parsePlan } from '../../src/plan/read-plan.ts'
import { sealPlan } from '../../src/plan/seal.ts'
import { planOf } from '../engine/plans.ts'
import { anyPreview, BASE, documentOf, previewFrom } from './previews.ts'

const AS_IT_IS = (text: string) => text

function textOf(preview: Preview): string {
  return sealPlan(documentOf(preview), AS_IT_IS).text
}

function read(text: string | Uint8Array) {
  return parsePlan(Buffer.from(text), 'p.json').document
}

/** `code: message` of what a text is refused for; throws what is a bug. */
function refusalOf(text: string | Uint8Array): string | undefined {
  try {
    read(text)
    return undefined
  } catch (error) {
    if (!(error instanceof ProblemsError)) throw error
    return error.problems.map(({ code, message }) => `${code}: ${message}`).join('\n')
  }
}

function nodesOf({ plan, node }: Pick<Preview, 'plan' | 'node'>) {
  return plan.steps.flatMap(step => Array.from(step.targets, host => node(step.index, host)))
}

const SIMPLE = previewFrom(planOf(2, [{ targets: [0, 1] }]), (_, host) => ({
  verdict: { kind: 'change' },
  sketch: { kind: 'pause', ms: host, conditions: [] },
}))

/** A text with a right checksum, whatever stands in it. */
function forged(change: (json: Record<string, never>) => unknown): string {
  const json = JSON.parse(JSON.stringify(documentOf(SIMPLE)))
  const document = change(json) ?? json
  return sealPlan(document as never, AS_IT_IS).text
}

describe('a plan file', () => {
  test('says of every node what the preview said', () => {
    fc.assert(
      fc.property(anyPreview, preview => {
        const shown = previewOf(read(textOf(preview)), BASE)
        expect(nodesOf(shown)).toEqual(nodesOf(preview))
        expect(shown.counts).toEqual(preview.counts)
      }),
    )
  })

  test('has the plan as far as it is shown', () => {
    fc.assert(
      fc.property(anyPreview, ({ plan, ...preview }) => {
        const shown = previewOf(read(textOf({ plan, ...preview })), BASE).plan
        const { steps, hosts, ...rest } = plan
        expect({ ...shown, steps: 0, hosts: 0 }).toEqual({ ...rest, steps: 0, hosts: 0 })
        expect(shown.hosts.map(host => host.name)).toEqual(hosts.map(host => host.name))
        const told = (own: typeof steps) => own.map(({ action, ...step }) => ({ ...step, kind: action.kind }))
        expect(told(shown.steps)).toEqual(told(steps))
      }),
    )
  })

  test('has one spelling: what was read is written as it was', () => {
    fc.assert(
      fc.property(anyPreview, preview => {
        const text = textOf(preview)
        expect(sealPlan(read(text), AS_IT_IS).text).toBe(text)
        expect(textOf(previewOf(read(text), BASE)).length).toBe(text.length)
      }),
    )
  })

  test('holds the nodes to the same as the preview itself', () => {
    fc.assert(
      fc.property(anyPreview, preview => {
        const fromFile = plannedNodesIn(read(textOf(preview)), [BASE])
        const inMemory = plannedNodesOf(preview, [BASE])
        for (const { index, targets } of preview.plan.steps)
          for (const host of targets) {
            const [read, known] = [fromFile.node(index, host), inMemory.node(index, host)]
            if (read.kind !== 'action' || known.kind !== 'action') expect(read).toEqual(known)
            else expect([read.digest, read.before]).toEqual([known.digest, known.before])
          }
      }),
    )
  })

  test('has its paths below the working folder, wherever that is then', () => {
    const preview = previewFrom(planOf(1, [{ targets: [0] }]), () => ({
      verdict: { kind: 'change' },
      sketch: {
        kind: 'action',
        conditions: [],
        action: { kind: 'get', src: '/etc/x', dest: `${BASE}/backup/h0`, timeoutMs: 1 },
      },
    }))
    const text = textOf(preview)
    expect(text).not.toContain(BASE)
    expect(JSON.stringify(previewOf(read(text), '/other').node(0, 0))).toContain('"/other/backup/h0"')
  })

  test('has no secrets, and none of the hosts’ passwords', () => {
    const preview = previewFrom(planOf(1, [{ targets: [0] }]), () => ({
      verdict: { kind: 'unknown', because: 'hunter2 is not there' },
      sketch: { kind: 'skipped', note: 'say hunter2' },
    }))
    const { text } = sealPlan(documentOf(preview), own => own.replaceAll('hunter2', '***'))
    expect(text).not.toContain('hunter2')
    expect(text).toContain('say ***')
    expect(text).not.toContain('127.0.0.1')
  })
})

describe('a plan file is refused', () => {
  test('whichever byte of it is changed', () => {
    const bytes = Buffer.from(textOf(SIMPLE))
    fc.assert(
      fc.property(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = Buffer.from(bytes)
        changed[at] = (changed[at] ?? 0) ^ flip
        expect(refusalOf(changed)).toMatch(/^plan_(tampered|file): p\.json: /)
      }),
      { numRuns: 2000 },
    )
  })

  test('wherever it is cut off, or goes on', () => {
    const text = textOf(SIMPLE)
    for (let end = 0; end < text.length; end += 7)
      expect(refusalOf(text.slice(0, end))).toMatch(/^plan_(tampered|file): /)
    expect(refusalOf(`${text}\n`)).toContain('plan_tampered')
    expect(refusalOf(`\ufeff${text}`)).toContain('plan_tampered')
  })

  test('after an editor has been at it, even if only at its spaces', () => {
    const pretty = JSON.stringify(JSON.parse(textOf(SIMPLE)), null, 2)
    expect(refusalOf(pretty)).toBe(
      'plan_tampered: p.json: the plan file was changed or cut off after it was made',
    )
  })

  test('of another version, which it names', () => {
    const text = textOf(SIMPLE).replace('{"drover_plan":1,', '{"drover_plan":2,')
    expect(refusalOf(text)).toBe(
      'plan_file: p.json: the plan file has format version 2, and this drover knows only 1',
    )
    expect(refusalOf('{ "drover_plan": 17 }')).toContain('format version 17')
  })

  test.each(['', '[]', 'null', '{}', 'hosts: all\n', '{"drover_plan":"1"}', '{"drover_plan":1e99}', '\xff'])(
    'if it is none: %j',
    text => expect(refusalOf(text)).toMatch(/^plan_/),
  )

  test('with anything in it that does not belong there, though the checksum is right', () => {
    const sound = forged(() => undefined)
    const resealed = (text: string) => {
      const body = text.slice(text.indexOf('\n"made"') + 1)
      return sealText(body)
    }
    expect(refusalOf(resealed(sound))).toBeUndefined()
    const wrong: readonly [RegExp | string, string, string][] = [
      ['"made":{', '"made":{"__proto__":{"x":1},', 'made has an unknown key "__proto__"'],
      ['"user":"ann",', '', 'made lacks the key "user"'],
      ['"user":"ann"', '"user":7', 'made.user is not a text'],
      ['"ms":1', '"ms":1e999', 'is not a whole number from 0'],
      ['"ms":1', '"ms":-1', 'is not a whole number from 0'],
      ['"ms":1', '"ms":9007199254740993', 'is not a whole number from 0'],
      ['"kind":"pause"', '"kind":"constructor"', 'is not of a known kind'],
      ['"order":[0]', '"order":[5]', 'plan.order names what is not there (5)'],
      ['"order":[0]', '"order":[0,0]', 'plan.order is not that of the steps'],
      ['"targets":[0,1]', '"targets":[0,4000000000]', 'has a range out of place'],
      ['"targets":[0,1]', '"targets":[0]', 'has a range without an end'],
      ['"hosts":[1,1]', '"hosts":[0,0]', 'nodes has a host twice'],
      ['"sketch":1', '"sketch":2', 'nodes.sketch names what is not there (2)'],
      [/"nodes":\[\n.*\n?\]\}/, '"nodes":[]}', 'nodes are not those of the steps'],
      ['"kind":"change"', '"kind":"change","fails":true', 'has an unknown key "fails"'],
    ]
    for (const [from, to, message] of wrong) {
      const text = resealed(sound).replace(from, to)
      expect(text, String(from)).not.toBe(resealed(sound))
      expect(refusalOf(resealed(text)), String(from)).toContain(message)
    }
  })

  test('never with a crash, whatever of it is replaced by what', () => {
    const body = JSON.parse(textOf(SIMPLE)) as Record<string, unknown>
    const paths = pathsOf({ ...body, drover_plan: undefined, checksum: undefined })
    const odd = fc.constantFrom(null, -1, 1e308, 2 ** 53, 0, '', [], {}, [[]], true, '__proto__', [0, 1, 2])
    fc.assert(
      fc.property(fc.constantFrom(...paths), odd, (path, value) => {
        const { drover_plan: _, checksum: __, ...changed } = structuredClone(body)
        replaceAt(changed, path, value)
        const text = sealText(`${JSON.stringify(changed).slice(1)}\n`)
        if (refusalOf(text) !== undefined) return
        const document = read(text)
        expect(() => nodesOf(previewOf(document, BASE))).not.toThrow()
        const planned = plannedNodesIn(document, [BASE])
        for (const host of [0, 1]) expect(() => planned.node(0, host)).not.toThrow()
      }),
      { numRuns: 1000 },
    )
  })
})

/** Gives what follows the header of a plan file a right checksum. */
function sealText(body: string): string {
  const checksum = createHash('sha256').update(`{"drover_plan":1,\n${body}`).digest('hex')
  return `{"drover_plan":1,\n"checksum":"sha256:${checksum}",\n${body}`
}

type Path = readonly (string | number)[]

function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return []
  const keys: Path = Array.isArray(value) ? [...value.keys()] : Object.keys(value)
  return keys.flatMap(key => [
    [...path, key],
    ...pathsOf((value as Record<string | number, unknown>)[key], [...path, key]),
  ])
}

function replaceAt(root: unknown, path: Path, value: unknown): void {
  let at = root as Record<string | number, unknown>
  for (const key of path.slice(0, -1)) at = at[key] as Record<string | number, unknown>
  at[path.at(-1) as string] = value
}
