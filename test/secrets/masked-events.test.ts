import { expect, test } from 'vitest'
import type { RunEvent } from '../../src/model/event.ts'
import type { NodeResult } from '../../src/model/outcome.ts'
import type { Plan } from '../../src/model/plan.ts'
import { maskedEvents } from '../../src/secrets/masked-events.ts'
import { Matcher } from '../../src/secrets/matcher.ts'

const SECRET = 'hunter22'
const START = { kind: 'run_started', at: 0, run: 'r', plan: { hosts: [{}, {}] } as unknown as Plan } as const

/** What is told of events. */
function told(...events: readonly RunEvent[]): RunEvent[] {
  const all: RunEvent[] = []
  const sieve = maskedEvents(new Matcher([SECRET]))
  for (const event of [START, ...events]) sieve(event, each => all.push(each))
  return all.slice(1)
}

const output = (text: string, host = 0, stream: 'stdout' | 'stderr' = 'stdout'): RunEvent => ({
  ...{ kind: 'node_output', at: 1, step: 0, host, stream },
  text,
})

const captured = (head: string, tail = '') => ({
  ...{ head, tail, bytes: Buffer.byteLength(head + tail) },
  truncated: tail !== '',
})

function ended(result: Partial<NodeResult> = {}, host = 0): RunEvent {
  const whole = {
    outcome: 'failed',
    stdout: captured(''),
    stderr: captured(''),
    durationMs: 1,
    ...result,
  } as const
  return { kind: 'node_finished', at: 2, step: 0, host, outcome: 'failed', result: whole }
}

const texts = (events: readonly RunEvent[]) =>
  events.flatMap(event => (event.kind === 'node_output' ? `${event.host} ${event.stream} ${event.text}` : []))

test('each stream of each node goes on for itself', () => {
  const events = told(
    output('a hun'),
    output('hunt', 1),
    output('ter', 0, 'stderr'),
    output('ter22 b'),
    output('x', 1),
  )
  expect(texts(events)).toEqual(['0 stdout a ', '0 stderr ter', '0 stdout *** b', '1 stdout huntx'])
})

test('what was held back is told before the end of its node', () => {
  const events = told(output('a hunter'), ended())
  expect(events.map(({ kind }) => kind)).toEqual(['node_output', 'node_output', 'node_finished'])
  expect(texts(events)).toEqual(['0 stdout a ', '0 stdout hunter'])
})

test('and another attempt begins anew', () => {
  const retried = { ...ended(), kind: 'node_retried', attempt: 1, ms: 0 } as unknown as RunEvent
  expect(texts(told(output('hunt'), retried, output('er22'), ended()))).toEqual([
    '0 stdout hunt',
    '0 stdout er22',
  ])
})

test('a result that had a secret is marked: it is not what the host sent', () => {
  const failure = { code: 'step_exit', message: `exit status 1: ${SECRET}`, hint: `try ${SECRET}` } as const
  const [event] = told(
    ended({ stdout: captured(`x ${SECRET}`), stderr: captured('y'), failure, note: SECRET }),
  )
  expect(event).toMatchObject({
    result: {
      stdout: { head: 'x ***', bytes: 10, masked: true },
      stderr: { head: 'y' },
      failure: { message: 'exit status 1: ***', hint: 'try ***' },
      note: '***',
    },
  })
  expect((event as { result: NodeResult }).result.stderr).not.toHaveProperty('masked')
})

test('also where only what is not kept of it had one', () => {
  const [, event] = told(output(SECRET), ended({ stdout: captured('') }))
  expect(event).toMatchObject({ result: { stdout: { masked: true } } })
})

test('a secret that is cut in the middle is not shown in part', () => {
  const [event] = told(ended({ stdout: captured('a hunte', 'nter22 b') }))
  expect(event).toMatchObject({ result: { stdout: { head: 'a ', tail: ' b', masked: true } } })
})

test('events without a secret stay the same objects', () => {
  const events = [output('plain'), ended({ stdout: captured('plain') })]
  const [first, last] = told(...events)
  expect(first).toBe(events[0])
  expect((last as { result: NodeResult }).result).toBe((events[1] as { result: NodeResult }).result)
})

test('failures to connect, and who holds a lock, are masked too', () => {
  const failure = { code: 'login_refused', message: `${SECRET} refused` } as const
  const events = told(
    { kind: 'host_unreachable', at: 0, host: 0, failure },
    { kind: 'lock_waiting', at: 0, host: 0, holder: SECRET },
    { kind: 'lock_missed', at: 0, host: 0, why: SECRET },
  )
  expect(JSON.stringify(events)).not.toContain(SECRET)
})
