import { expect, test } from 'vitest'
import { onAll } from '../engine/plans.ts'
import { isAlive, outputOf, runOn, startFakePool, untilGone } from './pools.ts'

test('nodes run in a worker and answer; a host is told connected, started, finished in order', async () => {
  const { events, summary } = await runOn(startFakePool(), { hosts: ['h'], scripts: ['echo hello'] })
  expect(events.map(event => event.kind)).toEqual([
    'run_started',
    'node_sent',
    'host_connected',
    'node_started',
    'node_output',
    'node_finished',
    'run_finished',
  ])
  expect(outputOf(events)).toBe('hello')
  expect(summary).toMatchObject({ status: 0, counts: { changed: 1 } })
})

test('one connection and one worker a host, for all of its steps', async () => {
  const pool = startFakePool({ workers: 2 })
  const hosts = Array.from({ length: 300 }, () => 'h')
  const { results } = await runOn(pool, { hosts, scripts: ['pid', 'session', 'pid'] })
  for (const host of hosts.keys()) {
    expect(results.get(`1@${host}`)?.note).toBe('1')
    expect(results.get(`2@${host}`)?.note).toBe(results.get(`0@${host}`)?.note)
  }
  const pids = new Set([...hosts.keys()].map(host => results.get(`0@${host}`)?.note))
  expect(pids.size).toBe(2)
})

test('a few hosts need one worker only', async () => {
  const pool = startFakePool({ workers: 8 })
  const running = runOn(pool, { hosts: ['a', 'b', 'c'], scripts: ['true'] })
  expect(pool.pids).toHaveLength(1)
  await running
})

test('closing leaves no process behind, also when no plan ever came', async () => {
  const pool = startFakePool()
  const pids = pool.pids
  await pool.close()
  expect(pids.filter(isAlive)).toEqual([])
})

test('a host that refuses: all its waiting nodes are unreachable, told once; the other host finishes', async () => {
  const { events, summary } = await runOn(startFakePool(), {
    hosts: ['refused', 'h'],
    scripts: ['true', 'true', 'true'],
    edges: [[], [], [onAll(0)]],
  })
  expect(events.filter(event => event.kind === 'host_unreachable')).toMatchObject([
    { host: 0, failure: { code: 'connect_refused' } },
  ])
  expect(summary.counts).toMatchObject({ unreachable: 2, changed: 2, blocked: 2 })
})

test('a lost link makes the running node unknown; the next one gets a new connection, once', async () => {
  const scripts = ['break-link', 'session', 'break-link', 'session']
  const { results, summary, events } = await runOn(startFakePool(), {
    hosts: ['h'],
    scripts,
    onFailure: 'continue',
  })
  expect(results.get('1@0')?.note).toBe('1')
  expect(summary.counts).toMatchObject({ unknown: 2, ok: 1, unreachable: 1 })
  expect(events.filter(event => event.kind === 'host_connected')).toHaveLength(2)
  expect(events.find(event => event.kind === 'host_unreachable')).toMatchObject({
    failure: { code: 'link_lost' },
  })
})

test('a command that could not be sent is sent on a new connection', async () => {
  const { results } = await runOn(startFakePool(), { hosts: ['h'], scripts: ['unsent-once'] })
  expect(results.get('0@0')).toMatchObject({ outcome: 'changed' })
})

test('a character that comes in pieces comes out whole', async () => {
  const { events } = await runOn(startFakePool(), { hosts: ['h'], scripts: ['split Zürich→東京🚚'] })
  expect(outputOf(events)).toBe('Zürich→東京🚚')
})

test('a flood is held back while it is not taken, and all of it arrives', async () => {
  let taken = 0
  let largest = 0
  let underWay = 0
  const { results, summary } = await runOn(
    startFakePool(),
    { hosts: ['h'], scripts: ['flood 24'] },
    {
      listeners: [
        async event => {
          if (event.kind !== 'node_output') return
          underWay += event.text.length
          largest = Math.max(largest, underWay)
          await new Promise(resolve => setImmediate(resolve))
          underWay -= event.text.length
          taken += event.text.length
        },
      ],
    },
  )
  expect(summary.status).toBe(0)
  expect(taken).toBe(24 << 20)
  expect(largest).toBeLessThan(1 << 20)
  expect(Number.parseInt(results.get('0@0')?.note ?? '', 10)).toBeLessThan(200)
})

test('an unknown host key is put to the user; yes goes on, no and nobody to ask do not', async () => {
  const asked: string[] = []
  const steps = { hosts: ['asks'], scripts: ['true'] }
  const answering = (answer: boolean) =>
    startFakePool({
      ask: async about => {
        asked.push(about.fingerprint)
        return answer
      },
    })
  expect((await runOn(answering(true), steps)).summary.status).toBe(0)
  expect((await runOn(answering(false), steps)).summary.counts.unreachable).toBe(1)
  expect((await runOn(startFakePool(), steps)).summary.counts.unreachable).toBe(1)
  expect(asked).toEqual(['SHA256:x', 'SHA256:x'])
})

test('an exception in a step or a transport is a bug of that node, and the worker lives', async () => {
  const { results, summary, events } = await runOn(startFakePool(), {
    hosts: ['h', 'throws', 'h'],
    scripts: [['throw', 'true', 'true']],
  })
  expect(results.get('0@0')).toMatchObject({ outcome: 'failed', failure: { code: 'bug' } })
  expect(events.find(event => event.kind === 'host_unreachable')).toMatchObject({ failure: { code: 'bug' } })
  expect(results.get('0@2')?.outcome).toBe('changed')
  expect(summary.status).toBe(70)
})

test('workers that cannot even start end the run with a failure for every host', async () => {
  const pool = startFakePool({ entry: new URL('./no-such-entry.ts', import.meta.url) })
  const { summary, results } = await runOn(pool, { hosts: ['a', 'b'], scripts: ['true'] })
  expect(summary.counts.unknown + summary.counts.failed).toBe(2)
  expect(results.get('0@0')?.failure?.message).toContain('no-such-entry')
  await untilGone(pool.pids)
})
