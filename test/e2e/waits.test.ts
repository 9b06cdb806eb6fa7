import { afterAll, beforeAll, expect, test } from 'vitest'
import { LIMITS } from '../../src/model/limits.ts'
import { describeWith } from '../sshd/requirements.ts'
import type { TestServer } from '../sshd/server.ts'
import { startSshd } from '../sshd/sshd.ts'
import { uniqueSeconds, untilGone } from '../transport/step-processes.ts'
import { drover, endsOf, eventsOf, outcomesOf, startDrover, untilPrinted } from './drover.ts'
import { workFolder, writeHosts, writePlaybook } from './work-folder.ts'

/** How long a worker has to end. */
const WORKER = 2000

/** No wait ends later than this after its time is over. */
const LATE = 2000

describeWith(['root', 'sshd'], 'waits that end when they should', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startSshd({ account: {} })
  })
  afterAll(() => server.stop())

  function runOn(script: string, options: readonly string[] = []) {
    const cwd = workFolder()
    const hosts = writeHosts(cwd, { h1: server })
    return startDrover(['run', ...hosts, '-g', 'all', ...options, '--format', 'json', '--', script], { cwd })
  }

  test('a step that takes no TERM, after its timeout and the grace time', async () => {
    const seconds = uniqueSeconds()
    const finished = await runOn(`trap '' TERM; sleep ${seconds} & sleep ${seconds}; sleep ${seconds}`, [
      ...['--timeout', '1s'],
    ]).finished
    const end = endsOf(finished)['h1 run']
    expect(end?.failure?.code).toBe('step_timeout')
    expect(end?.duration_ms).toBeLessThan(1000 + LIMITS.graceMs + LATE)
    await untilGone(seconds)
  })

  test('a child in the background that holds the output, after the time to drain it', async () => {
    const seconds = uniqueSeconds()
    const finished = await runOn(`sleep ${seconds} & echo up`).finished
    const end = endsOf(finished)['h1 run']
    expect(end?.outcome).toBe('changed')
    expect(end?.duration_ms).toBeLessThan(LIMITS.drainMs + LATE)
  })

  test('Ctrl-C on a step that takes no TERM, after the grace time', async () => {
    const seconds = uniqueSeconds()
    const running = runOn(`trap '' TERM; echo up; sleep ${seconds}; sleep ${seconds}`)
    await untilPrinted(running, 'h1')
    const since = performance.now()
    process.kill(running.pid, 'SIGINT')
    expect((await running.finished).status).toBe(130)
    expect(performance.now() - since).toBeLessThan(LIMITS.graceMs + WORKER + LATE)
    await untilGone(seconds)
  })

  test('the whole run, after its time and the grace time: nothing new starts, and it has failed', async () => {
    const cwd = workFolder()
    const seconds = uniqueSeconds()
    const hosts = writeHosts(cwd, { h1: server, h2: server })
    const play = writePlaybook(
      cwd,
      `  - { id: stubborn, run: "trap '' TERM; sleep ${seconds}; sleep ${seconds}" }
  - { id: after, run: "true" }
`,
    )
    const finished = await drover(['apply', play, ...hosts, '--timeout', '3s', '--format', 'json'], { cwd })
    expect(finished.status).toBe(1)
    const outcomes = outcomesOf(finished)
    for (const node of ['h1 stubborn', 'h2 stubborn', 'h1 after', 'h2 after'])
      expect(outcomes[node]).toBe('cancelled')
    const events = eventsOf(finished)
    expect(events.at(-1)).toMatchObject({ event: 'run_finished', stopped: 'timeout' })
    const at = (index: number) => Date.parse(String(events.at(index)?.time))
    expect(at(-1) - at(0)).toBeLessThan(3000 + LIMITS.graceMs + LATE)
    expect(at(-1) - at(0)).toBeGreaterThanOrEqual(2990)
    await untilGone(seconds)
  })

  test('all of a single command, on however many hosts', async () => {
    const cwd = workFolder()
    const seconds = uniqueSeconds()
    const hosts = writeHosts(cwd, { h1: server, h2: server })
    const options = ['-g', 'all', '-f', '1', '--run-timeout', '2s', '--format', 'json']
    const finished = await drover(['run', ...hosts, ...options, '--', `sleep ${seconds}`], { cwd })
    expect(finished.status).toBe(1)
    expect(outcomesOf(finished)).toEqual({ 'h1 run': 'cancelled', 'h2 run': 'cancelled' })
    expect(eventsOf(finished).at(-1)).toMatchObject({ stopped: 'timeout' })
    await untilGone(seconds)
  })

  test('a clock that is set meanwhile moves no time: neither back nor far ahead', async () => {
    const cwd = workFolder()
    const hosts = writeHosts(cwd, { h1: server })
    const jump = 'const now = Date.now; Date.now = () => now() + (performance.now() > 1500 ? HOUR : 0)'
    for (const hour of [-3_600_000, 86_400_000]) {
      const patch = `data:text/javascript,${encodeURIComponent(jump.replace('HOUR', String(hour)))}`
      const args = ['run', ...hosts, '-g', 'all', '--format', 'json', '--', 'sleep 2']
      const finished = await drover(args, { cwd, env: { NODE_OPTIONS: `--import=${patch}` } })
      expect(finished.status).toBe(0)
      const times = eventsOf(finished).map(({ time }) => Date.parse(String(time)))
      expect(times).toEqual(times.toSorted((a, b) => a - b))
      const took = (times.at(-1) ?? 0) - (times[0] ?? 0)
      expect(took).toBeGreaterThanOrEqual(1900)
      expect(took).toBeLessThan(finished.ms)
    }
  })

  test('a run that ends in time knows nothing of it', async () => {
    const cwd = workFolder()
    const play = writePlaybook(cwd, '  - { id: quick, run: "true" }\n')
    const hosts = writeHosts(cwd, { h1: server })
    const finished = await drover(['apply', play, ...hosts, '--timeout', '1h'], { cwd })
    expect(finished).toMatchObject({ status: 0, stdout: expect.not.stringContaining('Out of time') })
    expect(finished.ms).toBeLessThan(60_000)
  })
})
