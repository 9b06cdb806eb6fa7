import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { LIMITS } from '../../src/model/limits.ts'
import { drover, endsOf, outcomesOf, startDrover } from '../e2e/drover.ts'
import { workFolder, writeHosts, writePlaybook } from '../e2e/work-folder.ts'
import { makeNamespace, type Namespace } from '../fault/namespace.ts'
import { describeWith } from '../sshd/requirements.ts'
import type { TestServer } from '../sshd/server.ts'
import { startSshd } from '../sshd/sshd.ts'
import { processesNaming, uniqueSeconds, untilGone } from '../transport/step-processes.ts'
import { expectUnknownInWords, recordedEnds } from './recorded.ts'

// A busy machine takes its time to start servers and drover.
vi.setConfig({ testTimeout: 120_000 })

/** What a busy machine may add to any wait. */
const LATE = 10_000
/** Without a sign of life for so long, a link is given up; what may be repeated then needs another one, in vain. */
const GIVEN_UP = LIMITS.keepaliveMs * LIMITS.keepaliveMisses + LIMITS.repeatPauseMs + LIMITS.connectMs

describeWith(['root', 'sshd', 'ip', 'netns'], 'a host behind a cable of its own that falls silent', () => {
  let namespace: Namespace
  let good: TestServer
  let dark: TestServer
  let frozen: TestServer

  beforeAll(async () => {
    namespace = makeNamespace()
    const { name, address } = namespace
    ;[good, frozen, dark] = await Promise.all([
      startSshd({ account: {} }),
      startSshd({ account: {} }),
      startSshd({ account: {}, namespace: name, addresses: [address] }),
    ])
  })
  afterAll(async () => {
    await Promise.all([good, frozen, dark].map(server => server?.stop()))
    await namespace?.remove()
  })

  test('before the first command: it is unreachable when the time to connect is over, and nobody waits for it', async () => {
    namespace.darken()
    const cwd = workFolder()
    const hosts = writeHosts(cwd, { good, dark })
    const finished = await drover(['run', ...hosts, '-g', 'all', '--format', 'json', '--', 'true'], { cwd })
    namespace.lighten()
    const ends = endsOf(finished)
    expect(ends['good run']?.outcome).toBe('changed')
    expect(ends['dark run']).toMatchObject({
      outcome: 'unreachable',
      failure: { code: 'connect_timeout', message: expect.stringContaining('does not answer within 10 s') },
    })
    expect(finished.ms).toBeLessThan(LIMITS.connectMs + LATE)
    expect(dark.log()).not.toContain('Connection from')
  })

  test('and somebody presses Ctrl-C: that takes the grace time, and nobody knows how the command has ended', async () => {
    const cwd = workFolder()
    const seconds = uniqueSeconds()
    const hosts = writeHosts(cwd, { good, dark })
    const play = writePlaybook(
      cwd,
      `  - { id: work, run: "sleep ${seconds}" }\n  - { id: last, run: "true" }\n`,
    )
    const running = startDrover(['apply', play, ...hosts, '--format', 'lines'], { cwd })
    await expect.poll(() => processesNaming(seconds).length, { timeout: 40_000 }).toBe(2)
    namespace.darken()
    const since = performance.now()
    process.kill(running.pid, 'SIGINT')
    const finished = await running.finished
    expect(performance.now() - since).toBeLessThan(LIMITS.graceMs + LIMITS.signOfLifeMs + LATE)
    namespace.lighten()
    const outcomes = Object.entries(recordedEnds(cwd)).map(([node, end]) => [node, end.outcome])
    expect(Object.fromEntries(outcomes)).toEqual({
      'good work': 'cancelled',
      'good last': 'cancelled',
      'dark work': 'unknown',
      'dark last': 'cancelled',
    })
    expectUnknownInWords(finished)
    expect(finished.status).toBe(130)
    // The word that the link is closed gets through when the cable is in again.
    await untilGone(seconds)
  })

  test('for some seconds only: nothing is lost, and nothing is said', async () => {
    const cwd = workFolder()
    const play = writePlaybook(
      cwd,
      `  - { id: work, run: "touch begun; sleep 3; echo fine" }\n  - { id: last, run: "true" }\n`,
    )
    const running = startDrover(['apply', play, ...writeHosts(cwd, { dark }), '--format', 'json'], { cwd })
    await expect.poll(() => existsSync(join(dark.home, 'begun')), { timeout: 40_000 }).toBe(true)
    namespace.darken()
    await sleep(6000)
    namespace.lighten()
    const finished = await running.finished
    expect(finished).toMatchObject({ status: 0, stderr: '' })
    expect(outcomesOf(finished)).toEqual({ 'dark work': 'changed', 'dark last': 'changed' })
    expect(finished.stdout).toContain('fine')
    rmSync(join(dark.home, 'begun'))
  })

  // The one test that waits for a minute, once for all of them: the keepalive's and the watchdog's time.
  test('during a command or an upload: nobody knows, and the host ends by itself what it runs', {
    timeout: 260_000,
  }, async () => {
    const cwd = workFolder()
    const seconds = uniqueSeconds()
    writeFileSync(join(cwd, 'big'), Buffer.alloc(300 << 20, 'n'))
    const hosts = writeHosts(cwd, { good, dark, frozen, upload: dark })
    const play = writePlaybook(
      cwd,
      `  - { id: work, hosts: "good,dark,frozen", run: "sleep \${{ host.name == 'good' ? '0' : '${seconds}' }}" }
  - { id: after, hosts: "good,dark,frozen", run: "true" }
  - { id: heard, hosts: upload, needs: [], run: "sleep 4" }
  - { id: copy, hosts: upload, put: { src: big, dest: new } }
`,
    )
    // The upload begins when the watchdogs have heard from drover once: before that they do not look for silence.
    const running = startDrover(['apply', play, ...hosts, '--format', 'lines'], { cwd })
    const staged = () => readdirSync(dark.home).some(name => name.startsWith('.drover-'))
    const under = () => processesNaming(seconds).length === 2 && staged()
    await expect.poll(under, { timeout: 60_000, interval: 5 }).toBe(true)
    const since = performance.now()
    namespace.darken()
    for (const pid of frozen.sessions()) process.kill(pid, 'SIGSTOP')
    const finished = await running.finished
    expect(performance.now() - since).toBeLessThan(GIVEN_UP + LATE)
    const ends = recordedEnds(cwd)
    for (const node of ['dark work', 'frozen work', 'upload copy']) {
      expect(ends[node]).toMatchObject({
        outcome: 'unknown',
        failure: { code: 'link_lost', message: expect.stringContaining('has not answered for 45 s') },
      })
    }
    expect(ends['good after']?.outcome).toBe('changed')
    expect(ends['dark after']?.outcome).toBe('blocked')
    for (const step of ['work', 'copy']) expectUnknownInWords(finished, step)
    expect(finished.status).toBe(1)
    const left = LIMITS.silentMs + LIMITS.heartbeatMs + LIMITS.graceMs + LATE - (performance.now() - since)
    for (
      const end = Date.now() + left;
      (processesNaming(seconds).length > 0 || staged()) && Date.now() < end;
      await sleep(100)
    ) {
      // The watchdogs end the commands, and the guard the upload, which no watchdog can hear for.
    }
    expect(processesNaming(seconds)).toEqual([])
    expect(readdirSync(dark.home)).not.toContain('new')
    expect(staged()).toBe(false)
    namespace.lighten()
  })

  test.todo('in the first second of a command, before the first heartbeat: the host ends it by itself')
})
