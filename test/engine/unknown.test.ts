import { describe, expect, test } from 'vitest'
import type { Judgement } from '../../src/model/program.ts'
import { type Begun, begin, programOf } from './fleet.ts'
import { onHost, planOf } from './plans.ts'

const PLAN = planOf(1, [{ targets: [0] }, { targets: [0], edges: [onHost(0)] }])

/** The first step may be repeated. */
const program = programOf({
  judge: (step, _host, result): Judgement =>
    step === 0 && result.outcome === 'unknown' ? { kind: 'again', ms: 1000 } : { kind: 'stands', result },
})

async function end({ ran }: Begun) {
  const { events, outcomes, summary } = await ran
  const finished = events.filter(event => event.kind === 'node_finished').find(({ step }) => step === 0)
  return { outcomes: Object.fromEntries(outcomes), result: finished?.result, summary }
}

describe('a node that is repeated, since nobody knows whether it has run', () => {
  test('is what the further attempt gives', async () => {
    const begun = begin(PLAN, undefined, { program })
    begun.fleet.finish('0@0', 'unknown')
    begun.clock.next()
    begun.fleet.finish('0@0', 'failed')
    expect((await end(begun)).outcomes).toEqual({ '0@0': 'failed', '1@0': 'blocked' })
    expect(begun.events.filter(({ kind }) => kind === 'node_retried')).toHaveLength(1)
  })

  test.each([
    [true, 'changed'],
    [undefined, 'ok'],
  ] as const)(
    'that may have changed the host (%s), and finds it done: %s',
    async (mayHaveChanged, outcome) => {
      const changing = programOf({
        judge: (step, host, result, attempt): Judgement => {
          const judgement = program.judge(step, host, result, attempt)
          return judgement.kind === 'again' && mayHaveChanged ? { ...judgement, mayHaveChanged } : judgement
        },
      })
      const begun = begin(PLAN, undefined, { program: changing })
      begun.fleet.finish('0@0', 'unknown')
      begun.clock.next()
      begun.fleet.finish('0@0', 'ok')
      begun.fleet.finish('1@0', 'ok')
      expect((await end(begun)).outcomes).toEqual({ '0@0': outcome, '1@0': 'ok' })
    },
  )

  test('stays unknown where its host is gone by then', async () => {
    const begun = begin(PLAN, undefined, { program })
    begun.fleet.finish('0@0', 'unknown')
    begun.clock.next()
    begun.fleet.finish('0@0', 'unreachable')
    const { outcomes, result } = await end(begun)
    expect(outcomes).toEqual({ '0@0': 'unknown', '1@0': 'blocked' })
    expect(result?.failure).toEqual({
      code: 'link_lost',
      message: 'the link broke; it could not be repeated: refused',
    })
  })

  test('stays unknown where its host is lost while it waits', async () => {
    const begun = begin(PLAN, undefined, { program })
    begun.fleet.finish('0@0', 'unknown')
    begun.fleet.lose(0)
    expect((await end(begun)).outcomes).toEqual({ '0@0': 'unknown', '1@0': 'blocked' })
    expect(begun.fleet.calls.filter(call => call.startsWith('start'))).toEqual(['start 0@0'])
  })

  test.each(['before the next attempt', 'in it', 'while it waits for a permit'])(
    'stays unknown after Ctrl-C %s',
    async when => {
      const user = new AbortController()
      const plan = when.includes('permit') ? planOf(2, [{ targets: [0, 1], throttle: 1 }]) : PLAN
      const begun = begin(plan, undefined, { program, signal: user.signal })
      begun.fleet.finish('0@0', 'unknown')
      if (!when.startsWith('before')) begun.clock.next()
      user.abort()
      for (const name of [...begun.fleet.inFlight]) begun.fleet.finish(name, 'cancelled')
      const { outcomes, result, summary } = await end(begun)
      expect(outcomes['0@0']).toBe('unknown')
      expect(result?.failure?.message).toMatch(/^the link broke/)
      expect(summary).toMatchObject({ status: 130, counts: { unknown: 1, cancelled: 1 } })
    },
  )

  test('knows the first end of several of which nobody knows more', async () => {
    const begun = begin(PLAN, undefined, { program })
    for (let attempt = 0; attempt < 2; attempt++) {
      begun.fleet.finish('0@0', 'unknown')
      begun.clock.next()
    }
    begun.fleet.finish('0@0', 'refused')
    expect((await end(begun)).outcomes['0@0']).toBe('unknown')
  })
})
