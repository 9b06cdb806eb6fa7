import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { descendantsOf, drover, startDrover } from '../e2e/drover.ts'
import { workFolder, writeHosts, writePlaybook } from '../e2e/work-folder.ts'
import { type FaultProxy, startFaultProxy } from '../fault/proxy.ts'
import { describeWith } from '../sshd/requirements.ts'
import type { TestServer } from '../sshd/server.ts'
import { startSshd } from '../sshd/sshd.ts'
import { processesNaming, uniqueSeconds, untilGone } from '../transport/step-processes.ts'
import { expectUnknownInWords, recordedCodes } from './recorded.ts'

// A busy machine takes its time to start servers and drover.
vi.setConfig({ testTimeout: 120_000 })

interface Scene {
  readonly proxy: FaultProxy
  readonly server: TestServer
  readonly controller: number
}

const killSessions = (signal: NodeJS.Signals) => (scene: Scene) => {
  for (const pid of scene.server.sessions()) process.kill(pid, signal)
}

describeWith(['root', 'sshd'], 'what nobody knows the end of is called unknown, and nothing else', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startSshd({ account: {} })
  })
  afterAll(() => server.stop())

  test.for<[fault: string, code: string, act: (scene: Scene) => void]>([
    ['RST', 'link_lost', ({ proxy }) => proxy.reset()],
    ['FIN', 'link_lost', ({ proxy }) => proxy.cut()],
    ['kill -9 of the session', 'link_lost', killSessions('SIGKILL')],
    ['TERM of the session', 'link_lost', killSessions('SIGTERM')],
    [
      'kill -9 of the worker',
      'worker_died',
      ({ controller }) => process.kill(descendantsOf(controller)[0] ?? 0, 'SIGKILL'),
    ],
  ])('%s while a command runs', async ([, code, act]) => {
    const proxy = await startFaultProxy(server)
    onTestFinished(() => proxy.stop())
    const cwd = workFolder()
    const seconds = uniqueSeconds()
    const hosts = writeHosts(cwd, { h1: { ...server, host: proxy.host, port: proxy.port } })
    const play = writePlaybook(
      cwd,
      `  - { id: work, run: "echo up; sleep ${seconds}" }\n  - { id: last, run: "true" }\n`,
    )
    const args = ['apply', play, ...hosts, '--host-key-policy', 'off', '--format', 'lines', '-v']
    const running = startDrover(args, { cwd })
    await expect.poll(() => processesNaming(seconds).length, { timeout: 40_000 }).toBeGreaterThan(0)
    act({ proxy, server, controller: running.pid })
    const finished = await running.finished
    expect(recordedCodes(cwd)).toEqual({ 'h1 work': `unknown ${code}`, 'h1 last': 'blocked' })
    expectUnknownInWords(finished)
    expect(finished.stdout).toContain('It may or may not have run there: look')
    expect(finished.status).toBe(1)
    // Told again later, and in the list of runs.
    for (const verb of ['show last', 'history']) {
      const told = await drover(verb.split(' '), { cwd })
      expectUnknownInWords(told)
    }
    await untilGone(seconds)
  })
})
