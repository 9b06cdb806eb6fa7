import { expect, test } from 'vitest'
import { type Pool, startPool } from '../../src/worker/pool.ts'
import { isAlive, outputOf, runOn, untilGone } from './pools.ts'

const start = (): Pool => startPool({ hostKeys: { policy: 'strict' } })
const local = { transport: 'local', hosts: ['127.0.0.1'] } as const

test('commands run for real: output, exit status, and what depends on a failure is blocked', async () => {
  const { results, events, summary } = await runOn(start(), {
    ...local,
    scripts: ['echo hello; echo oops >&2', 'exit 3', 'true'],
  })
  expect(outputOf(events)).toContain('hello\n')
  expect(results.get('0@0')).toMatchObject({
    outcome: 'changed',
    stdout: { head: 'hello\n' },
    stderr: { head: 'oops\n' },
  })
  expect(results.get('1@0')).toMatchObject({ outcome: 'failed', exitCode: 3 })
  expect(summary).toMatchObject({ status: 1, counts: { changed: 1, failed: 1, blocked: 1 } })
})

test('cancel ends the processes of a command', async () => {
  const user = new AbortController()
  let command = 0
  const { results, summary } = await runOn(
    start(),
    { ...local, scripts: ['echo $$; sleep 600'] },
    {
      signal: user.signal,
      listeners: [
        event => {
          if (event.kind !== 'node_output') return
          command = Number(event.text)
          user.abort()
        },
      ],
    },
  )
  expect(results.get('0@0')?.outcome).toBe('cancelled')
  expect(summary.status).toBe(130)
  expect(isAlive(command)).toBe(false)
})

test('when a worker is killed, its commands end, and the node is unknown', async () => {
  const pool = start()
  let command = 0
  const { results } = await runOn(
    pool,
    { ...local, scripts: ['echo $$; sleep 600'] },
    {
      listeners: [
        event => {
          if (event.kind !== 'node_output') return
          command = Number(event.text)
          for (const pid of pool.pids) process.kill(pid, 'SIGKILL')
        },
      ],
    },
  )
  expect(results.get('0@0')).toMatchObject({ outcome: 'unknown', failure: { code: 'worker_died' } })
  await untilGone([command])
})

test('a command that floods its output arrives whole, at the pace at which it is taken', async () => {
  let taken = 0
  const { results } = await runOn(
    start(),
    { ...local, scripts: ['head -c 30000000 /dev/zero | tr "\\0" x'] },
    {
      listeners: [
        async event => {
          if (event.kind !== 'node_output') return
          taken += event.text.length
          await new Promise(resolve => setImmediate(resolve))
        },
      ],
    },
  )
  expect(taken).toBe(30_000_000)
  expect(results.get('0@0')).toMatchObject({
    outcome: 'changed',
    stdout: { bytes: 30_000_000, truncated: true },
  })
})
