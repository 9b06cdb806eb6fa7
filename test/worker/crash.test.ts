import { expect, test } from 'vitest'
import { runOn, startFakePool } from './pools.ts'

/** Hosts enough for two workers; they are dealt out in turn, so even ones share a worker. */
const HOSTS = Array.from({ length: 600 }, () => 'h')

test('a worker that is killed takes its running nodes along, and nothing else', async () => {
  const pool = startFakePool({ workers: 2 })
  const scripts = [HOSTS.map((_, host) => (host === 0 ? 'die' : 'true')), 'pid']
  const { results, summary, events } = await runOn(pool, { hosts: HOSTS, scripts }, { forks: 300 })
  expect(results.get('0@0')).toMatchObject({
    outcome: 'unknown',
    failure: { code: 'worker_died', message: expect.stringContaining('SIGKILL') },
  })
  for (const host of HOSTS.keys()) {
    if (host % 2 === 1) expect(results.get(`1@${host}`)?.outcome).toBe('ok')
  }
  expect(events.filter(event => event.kind === 'node_finished')).toHaveLength(2 * HOSTS.length)
  expect(summary.status).toBe(1)
})

test('the later nodes of its hosts get a new worker and a new connection', async () => {
  const { results, events } = await runOn(startFakePool({ workers: 1 }), {
    hosts: ['h'],
    scripts: ['pid', 'die', 'pid'],
    onFailure: 'continue',
  })
  expect(results.get('1@0')?.outcome).toBe('unknown')
  expect(results.get('2@0')?.outcome).toBe('ok')
  expect(results.get('2@0')?.note).not.toBe(results.get('0@0')?.note)
  expect(events.filter(event => event.kind === 'host_connected')).toHaveLength(2)
})

test('an exception that nobody catches is reported as a bug, with its text', async () => {
  const { results, summary } = await runOn(startFakePool(), { hosts: ['h'], scripts: ['crash'] })
  expect(results.get('0@0')).toMatchObject({
    outcome: 'unknown',
    failure: { code: 'bug', message: expect.stringContaining('a crash on purpose') },
  })
  expect(summary.status).toBe(70)
})

test('a host that kills every worker does not keep the run going for ever', async () => {
  const hosts = Array.from({ length: 30 }, () => 'h')
  const { summary } = await runOn(startFakePool({ workers: 1 }), { hosts, scripts: ['die'] }, { forks: 1 })
  expect(summary.counts.unknown).toBe(11)
  expect(summary.counts.failed).toBe(19)
})

test('a worker that hangs is ended, though nobody cancels', async () => {
  const pool = startFakePool({ silentMs: 3_000 })
  const { results } = await runOn(pool, { hosts: ['h'], scripts: ['spin'] })
  expect(results.get('0@0')).toMatchObject({
    outcome: 'unknown',
    failure: { code: 'worker_died', message: expect.stringContaining('it hung') },
  })
})
