import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Outcome } from '../../src/model/outcome.ts'
import type { Plan } from '../../src/model/plan.ts'
import type { Preview, Verdict } from '../../src/model/preview.ts'
import { inventoryOf, planOf } from '../compile/compiled.ts'
import { applyOn, type End, previewOn } from './memory-fleet.ts'
import { MemoryHost } from './memory-host.ts'
import { type RandomCase, randomCase } from './random-playbook.ts'

/** So many are tried, others each time; without it always the same. */
const MORE = process.env.DROVER_AGREEMENT

const OUTCOME_OF: Readonly<Record<string, Outcome>> = {
  change: 'changed',
  'no change': 'ok',
  skip: 'skipped',
}

function hostsOf({ files }: RandomCase): MemoryHost[] {
  return files.map(own => {
    const host = new MemoryHost()
    for (const [path, text] of Object.entries(own)) {
      if (path.startsWith('/d/')) host.folders.add('/d')
      host.files.set(path, text)
    }
    return host
  })
}

/** What was unknown may have failed, and blocked others. */
function isExcused(preview: Preview, end: End | undefined): boolean {
  if (end?.outcome !== 'blocked' || end.cause === undefined) return false
  return preview.node(end.cause.step, end.cause.host)?.verdict.kind === 'unknown'
}

/** The same numbers for the same seed. */
function picker(seed: number): (among: number) => number {
  let state = seed + 1
  return among => {
    state = (state * 48_271) % 2_147_483_647
    return state % among
  }
}

/** What each node was said to do, told where the run did something else. */
function compare(plan: Plan, preview: Preview, ends: ReadonlyMap<string, End>): Verdict['kind'][] {
  return plan.steps.flatMap(({ index, id, targets }) =>
    Array.from(targets, host => {
      const verdict = preview.node(index, host)?.verdict
      if (verdict === undefined) throw new Error(`${id} on h${host} has no verdict`)
      const end = ends.get(`${index}@${host}`)
      const wanted =
        verdict.kind === 'unknown'
          ? verdict.fails === true
            ? 'failed'
            : undefined
          : OUTCOME_OF[verdict.kind]
      if (wanted !== undefined && !isExcused(preview, end))
        expect([id, host, end?.outcome]).toEqual([id, host, wanted])
      return verdict.kind
    }),
  )
}

test('a run does what its preview said, whatever order hosts and steps come in', async () => {
  const inventory = inventoryOf({ h0: {}, h1: {} })
  const seen: Verdict['kind'][] = []
  await fc.assert(
    fc.asyncProperty(randomCase, async random => {
      const hosts = hostsOf(random)
      const before = hosts.map(host => host.snapshot())
      const { preview } = await previewOn(planOf(random.text, { inventory }), hosts, picker(random.seed))
      expect(hosts.map(host => host.snapshot())).toEqual(before)
      const { plan, program } = planOf(random.text, { inventory })
      seen.push(...compare(plan, preview, await applyOn(plan, program, hosts, picker(random.seed + 7))))
    }),
    MORE === undefined ? { numRuns: 200, seed: 1 } : { numRuns: Number(MORE) },
  )
  // A preview that calls everything unknown would agree with any run.
  const known = seen.filter(kind => kind !== 'unknown')
  expect(known.length / seen.length).toBeGreaterThan(0.3)
}, 3_600_000)
