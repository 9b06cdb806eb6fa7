import { randomInt } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeWith } from '../sshd/requirements.ts'
import type { TestServer } from '../sshd/server.ts'
import { startSshd } from '../sshd/sshd.ts'
import { uniqueSeconds, untilGone } from '../transport/step-processes.ts'
import { descendantsOf, drover, endsOf, eventsOf, outcomesOf, startDrover, untilPrinted } from './drover.ts'
import { workFolder, writeHosts, writePlaybook } from './work-folder.ts'

describeWith(['root', 'sshd'], 'a step that has to be ended', () => {
  let server: TestServer
  let single: TestServer
  beforeAll(async () => {
    ;[server, single] = await Promise.all([
      startSshd({ account: {} }),
      startSshd({ account: {}, maxSessions: 1 }),
    ])
  })
  afterAll(async () => {
    await Promise.all([server.stop(), single.stop()])
  })

  test.for<[name: string, script: (seconds: string) => string]>([
    ['takes no TERM', s => `trap '' TERM; sleep ${s} & sleep ${s}; sleep ${s}`],
    ['has made a daemon', s => `setsid sh -c 'trap "" TERM HUP; (sleep ${s} &); sleep ${s}' & sleep ${s}`],
    ['has forked twice', s => `(setsid sh -c 'sleep ${s} & exit' &); sleep ${s}`],
    ['floods', s => `sleep ${s} & yes`],
  ])('one that %s, by its timeout', async ([, script]) => {
    const cwd = workFolder()
    const seconds = uniqueSeconds()
    const hosts = writeHosts(cwd, { h1: server, single })
    const args = ['run', ...hosts, '-g', 'all', '--timeout', '1s', '--format', 'json', '--', script(seconds)]
    const finished = await drover(args, { cwd, keep: 1 << 30 })
    const failure = { code: 'step_timeout', message: 'timed out after 1 s' }
    for (const host of ['h1', 'single'])
      expect(endsOf(finished)[`${host} run`]).toMatchObject({ outcome: 'failed', failure })
    expect(finished.status).toBe(1)
    await untilGone(seconds)
  })

  describe('signals', () => {
    /** Three steps at once on two hosts, one of which takes no TERM and one of which makes a daemon. */
    function start(...options: readonly string[]) {
      const cwd = workFolder()
      const seconds = uniqueSeconds()
      const hosts = writeHosts(cwd, { h1: server, h2: single })
      const play = writePlaybook(
        cwd,
        `  - { id: stubborn, run: "sleep ${seconds} & trap '' TERM; echo up; sleep ${seconds}" }
  - { id: daemon, needs: [], run: "setsid sleep ${seconds} & sleep ${seconds}" }
  - { id: copy, needs: [], put: { content: x, dest: copy-${seconds} } }
  - { id: after, needs: [stubborn], run: "true" }
`,
      )
      const running = startDrover(['apply', play, ...hosts, '--format', 'json', ...options], { cwd })
      return { running, seconds }
    }

    test.for(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s ends the run in order', async signal => {
      const { running, seconds } = start()
      await untilPrinted(running, 'h1')
      process.kill(running.pid, signal)
      const finished = await running.finished
      expect(finished.status).toBe(130)
      const outcomes = outcomesOf(finished)
      for (const step of ['stubborn', 'daemon', 'after']) expect(outcomes[`h1 ${step}`]).toBe('cancelled')
      expect(eventsOf(finished).at(-1)).toMatchObject({ event: 'run_finished', stopped: 'interrupted' })
      await untilGone(seconds)
    })

    test('a second Ctrl-C does not wait for those that take no TERM', async () => {
      const { running, seconds } = start()
      await untilPrinted(running, 'h1')
      process.kill(running.pid, 'SIGINT')
      await sleep(100)
      const since = performance.now()
      process.kill(running.pid, 'SIGINT')
      expect((await running.finished).status).toBe(130)
      expect(performance.now() - since).toBeLessThan(4500)
      await untilGone(seconds)
    })

    test('a controller that is killed leaves nothing running', async () => {
      const { running, seconds } = start()
      await untilPrinted(running, 'h1')
      process.kill(running.pid, 'SIGKILL')
      await untilGone(seconds)
    })

    test('a worker that is killed leaves nothing running, and its nodes unknown', async ({ expect }) => {
      const { running, seconds } = start()
      await untilPrinted(running, 'h1')
      for (const pid of descendantsOf(running.pid)) process.kill(pid, 'SIGKILL')
      const finished = await running.finished
      expect(finished.status).toBe(1)
      expect(endsOf(finished)['h1 stubborn']).toMatchObject({
        outcome: 'unknown',
        failure: { code: 'worker_died' },
      })
      await untilGone(seconds)
    })

    test('at any moment', async () => {
      const kill = async (round: number) => {
        const { running, seconds } = start('--no-lock')
        // A signal before drover itself has started ends the process as ever.
        await expect.poll(() => listensToSignals(running.pid), { timeout: 30_000, interval: 20 }).toBe(true)
        await sleep(randomInt(1500))
        const signal = (['SIGINT', 'SIGTERM', 'SIGKILL'] as const)[round % 3]
        process.kill(running.pid, signal)
        const { status } = await running.finished
        expect(status).toBe(signal === 'SIGKILL' ? signal : 130)
        await untilGone(seconds)
      }
      for (let round = 0; round < 12; round += 4) {
        await Promise.all([0, 1, 2, 3].map(offset => kill(round + offset)))
      }
    })
  })
})

/** Node by itself leaves SIGHUP, the first signal of the mask, alone. */
function listensToSignals(pid: number): boolean {
  const mask = /^SigCgt:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0'
  return (BigInt(`0x${mask}`) & 1n) === 1n
}
