import { expect, test } from 'vitest'
import { outputOf, runOn, startFakePool } from './pools.ts'

const TO_LAST = [2, 2, 2]

test('delegated nodes are carried out by the delegate, over its one connection, and end as their own', async () => {
  const { results, events } = await runOn(startFakePool(), {
    hosts: ['h', 'refused', 'h'],
    scripts: ['host', ['echo a', 'echo b', 'echo c'], 'session'],
    delegates: [TO_LAST, TO_LAST, TO_LAST],
  })
  expect([0, 1, 2].map(host => results.get(`0@${host}`)?.note)).toEqual(['h2', 'h2', 'h2'])
  expect([0, 1, 2].map(host => results.get(`2@${host}`)?.note)).toEqual(['1', '1', '1'])
  expect(events.filter(event => event.kind === 'host_connected')).toMatchObject([{ host: 2 }])
  expect([...outputOf(events)].toSorted().join('')).toBe('abc')
  const told = events.flatMap(event => (event.kind === 'node_output' ? `${event.host}${event.text}` : []))
  expect(told.toSorted()).toEqual(['0a', '1b', '2c'])
})

test('each of several nodes of one step on one delegate can be stopped', async () => {
  const user = new AbortController()
  let started = 0
  const { results, summary } = await runOn(
    startFakePool(),
    { hosts: ['h', 'h', 'h'], scripts: ['hang'], delegates: [TO_LAST] },
    {
      signal: user.signal,
      listeners: [
        event => {
          if (event.kind === 'node_started') started += 1
          if (started === 3) user.abort()
        },
      ],
    },
  )
  expect([0, 1, 2].map(host => results.get(`0@${host}`)?.note)).toEqual(['cancel', 'cancel', 'cancel'])
  expect(summary.status).toBe(130)
})

test('a delegate that refuses makes the nodes unreachable, and is asked once', async () => {
  const { results, events, summary } = await runOn(startFakePool(), {
    hosts: ['h', 'h', 'refused'],
    scripts: ['true', 'true'],
    delegates: [undefined, TO_LAST],
  })
  expect(results.get('1@0')).toMatchObject({
    outcome: 'unreachable',
    failure: { code: 'connect_refused', message: expect.stringMatching(/^h2, which carries this step out/) },
  })
  expect(events.filter(event => event.kind === 'host_unreachable')).toMatchObject([{ host: 2 }])
  expect(summary.counts).toMatchObject({ changed: 2, unreachable: 3, blocked: 1 })
})
