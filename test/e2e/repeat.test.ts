import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FaultProxy, startFaultProxy } from '../fault/proxy.ts'
import { describeWith } from '../sshd/requirements.ts'
import type { TestServer } from '../sshd/server.ts'
import { startSshd } from '../sshd/sshd.ts'
import { processesNaming, uniqueSeconds, untilGone } from '../transport/step-processes.ts'
import {
  descendantsOf,
  drover,
  endsOf,
  eventsOf,
  type Finished,
  outcomesOf,
  startDrover,
  untilPrinted,
} from './drover.ts'
import { workFolder, writeHosts, writePlaybook } from './work-folder.ts'

const NO_EVENTS = { retried: [], outcomes: {}, ends: {} } as ReturnType<typeof eventsIn>

function eventsIn(finished: Finished) {
  const retried = eventsOf(finished).filter(({ event, step }) => event === 'node_retried' && step === 'work')
  return { retried, outcomes: outcomesOf(finished), ends: endsOf(finished) }
}

describeWith(['root', 'sshd'], 'a step whose link breaks while it runs', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startSshd({ account: {} })
  })
  afterAll(() => server.stop())

  /**
   * The step notes each of its runs in a file, and the first run hangs until the link breaks. What follows needs it, or
   * does not.
   */
  async function breakOnce(
    keys: string,
    breakIt: (proxy: FaultProxy, drover: number) => void | Promise<void>,
    args: readonly string[] = [],
  ) {
    const proxy = await startFaultProxy(server)
    const cwd = workFolder()
    const seconds = uniqueSeconds()
    const hosts = writeHosts(cwd, { web1: { ...server, host: proxy.host, port: proxy.port } })
    const log = join(server.home, `log-${seconds}`)
    const script = `echo run >> ${log}; echo up; test $(wc -l < ${log}) -gt 1 || sleep ${seconds}`
    const play = writePlaybook(
      cwd,
      `  - { id: work, run: "${script}"${keys} }
  - { id: after, run: "echo after" }
  - { id: beside, needs: [], put: { content: "${seconds}", dest: beside } }
`,
    )
    const policy = ['--host-key-policy', 'off', ...(args.length > 0 ? args : ['--format', 'json'])]
    const running = startDrover(['apply', play, ...hosts, ...policy], { cwd })
    await expect
      .poll(() => processesNaming(seconds).length, { timeout: 20_000, interval: 20 })
      .toBeGreaterThan(0)
    await breakIt(proxy, running.pid)
    const finished = await running.finished
    await untilGone(seconds)
    await proxy.stop()
    const runs = readFileSync(log, 'utf8').trim().split('\n').length
    return { finished, runs, ...(args.length > 0 ? NO_EVENTS : eventsIn(finished)) }
  }

  const BREAKS: readonly (readonly [name: string, breakIt: (proxy: FaultProxy) => void])[] = [
    ['by RST', proxy => proxy.reset()],
    ['with its session, killed', () => server.sessions().forEach(pid => void process.kill(pid, 'SIGKILL'))],
  ]

  test.each(BREAKS)('%s is unknown, and not repeated', async (_name, breakIt) => {
    const { runs, retried, outcomes, ends, finished } = await breakOnce('', breakIt)
    expect(outcomes).toMatchObject({ 'web1 work': 'unknown', 'web1 after': 'blocked' })
    expect(ends['web1 work']?.failure?.code).toBe('link_lost')
    expect([runs, retried]).toEqual([1, []])
    expect(finished.status).toBe(1)
  })

  test.each(BREAKS)('%s is repeated where it may run twice', async (_name, breakIt) => {
    const { runs, retried, outcomes, finished } = await breakOnce(', idempotent: true', breakIt)
    expect(outcomes).toEqual({ 'web1 work': 'changed', 'web1 after': 'changed', 'web1 beside': 'changed' })
    expect(retried).toMatchObject([{ step: 'work', attempt: 1, failure: { code: 'link_lost' } }])
    expect([runs, finished.status]).toEqual([2, 0])
  })

  test.each(['read_only: true', 'creates: /nonexistent/x', 'unless: "false"'])(
    '%s lets it be repeated',
    async key => {
      const { runs, outcomes } = await breakOnce(`, ${key}`, proxy => proxy.reset())
      expect(outcomes).toMatchObject({ 'web1 after': 'changed' })
      expect(runs).toBe(2)
    },
  )

  test('with its worker, killed, is repeated by another one', async () => {
    const killWorkers = (_: FaultProxy, drover: number) =>
      descendantsOf(drover).forEach(pid => void process.kill(pid, 'SIGKILL'))
    const { runs, retried, outcomes } = await breakOnce(', idempotent: true', killWorkers)
    expect(outcomes).toMatchObject({ 'web1 work': 'changed', 'web1 after': 'changed' })
    expect(retried).toMatchObject([{ failure: { code: 'worker_died' } }])
    expect(runs).toBe(2)
  })

  test('stays unknown where the host is gone by then, and takes along only what needs the host', async () => {
    const { runs, outcomes, ends, finished } = await breakOnce(', idempotent: true', async proxy => {
      proxy.reset()
      await proxy.stop()
    })
    expect(outcomes).toMatchObject({ 'web1 work': 'unknown', 'web1 after': 'blocked' })
    expect(ends['web1 work']?.failure).toMatchObject({
      code: 'link_lost',
      message: expect.stringMatching(
        /^the connection to .* was lost.*; it could not be repeated: .* refuses connections$/,
      ),
    })
    expect([runs, finished.status]).toEqual([1, 1])
  })

  test('is told of, as what it is', async () => {
    const { finished } = await breakOnce(', idempotent: true', proxy => proxy.reset(), ['--format', 'lines'])
    expect(finished.stdout + finished.stderr).toMatch(/↻ retry 2 in 1 s: the connection to .* was lost/)
    expect(finished.stdout + finished.stderr).not.toMatch(/failed|unreachable/)
  })

  test('and that a saved plan allows is repeated, and held to the plan', async () => {
    const proxy = await startFaultProxy(server)
    const cwd = workFolder()
    const seconds = uniqueSeconds()
    const hosts = writeHosts(cwd, { web1: { ...server, host: proxy.host, port: proxy.port } })
    const made = join(server.home, `made-${seconds}`)
    const script = `test -e ${made} && exit 9; touch ${made}; echo up; sleep ${seconds}`
    const play = writePlaybook(cwd, `  - { id: work, run: "${script}", creates: ${made} }\n`)
    const policy = ['--host-key-policy', 'off']
    expect((await drover(['plan', play, ...hosts, ...policy, '--out', 'p.json'], { cwd })).status).toBe(0)
    const running = startDrover(
      ['apply', 'p.json', '--known-hosts', join(cwd, 'known_hosts'), ...policy, '--format', 'json'],
      { cwd },
    )
    await untilPrinted(running, 'web1')
    proxy.reset()
    const finished = await running.finished
    // What it creates is there by now: by its own doing, so that it is no drift.
    expect(outcomesOf(finished)).toEqual({ 'web1 work': 'changed' })
    await untilGone(seconds)
    await proxy.stop()
  })

  test('or by Ctrl-C, when it is detached: it is unknown, and goes on', async () => {
    const cwd = workFolder()
    const seconds = uniqueSeconds()
    const hosts = writeHosts(cwd, { web1: server })
    const play = writePlaybook(
      cwd,
      `  - { id: serve, run: "echo up; exec sleep ${seconds}", detach: true }
  - { id: limited, needs: [], run: "sleep 1${seconds}", detach: true, timeout: 1s }
  - { id: usual, needs: [], run: "sleep 2${seconds}" }
`,
    )
    const running = startDrover(['apply', play, ...hosts, '--format', 'json'], { cwd })
    await untilPrinted(running, 'web1')
    const ends = () =>
      outcomesOf({ stdout: running.stdout().slice(0, running.stdout().lastIndexOf('\n') + 1) })
    await expect.poll(() => ends()['web1 limited'], { timeout: 20_000 }).toBe('unknown')
    process.kill(running.pid, 'SIGINT')
    const finished = await running.finished
    expect(outcomesOf(finished)).toEqual({
      'web1 serve': 'unknown',
      'web1 limited': 'unknown',
      'web1 usual': 'cancelled',
    })
    expect(endsOf(finished)['web1 serve']?.failure).toMatchObject({
      code: 'interrupted',
      message: 'not waited for any longer; left running',
    })
    expect(endsOf(finished)['web1 limited']?.failure?.message).toBe('timed out after 1 s; left running')
    expect(finished.status).toBe(130)
    await untilGone(`2${seconds}`)
    for (const text of [seconds, `1${seconds}`]) expect(processesNaming(text)).not.toEqual([])
    for (const pid of processesNaming(seconds)) process.kill(pid, 'SIGKILL')
    await untilGone(seconds)
  })
})
