import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FaultProxy, startFaultProxy } from '../fault/proxy.ts'
import { describeWith } from '../sshd/requirements.ts'
import type { TestServer } from '../sshd/server.ts'
import { startSshd } from '../sshd/sshd.ts'
import { uniqueSeconds, untilGone } from '../transport/step-processes.ts'
import { endsOf, outcomesOf, startDrover, untilPrinted } from './drover.ts'
import { workFolder, writeHosts } from './work-folder.ts'

describeWith(['root', 'sshd'], 'a link that breaks while a command runs', () => {
  let good: TestServer
  let sick: TestServer
  let proxy: FaultProxy

  beforeAll(async () => {
    ;[good, sick] = await Promise.all([startSshd({ account: {} }), startSshd({ account: {} })])
  })
  afterAll(async () => {
    await Promise.all([good.stop(), sick.stop()])
  })

  /** Runs a long command on the sick host, behind a proxy, and a short one on the other; breaks something meanwhile. */
  async function breakWhileRunning(breakIt: () => void, options: readonly string[] = []) {
    proxy = await startFaultProxy(sick)
    const cwd = workFolder()
    const seconds = uniqueSeconds()
    const through = { ...sick, host: proxy.host, port: proxy.port }
    const hosts = writeHosts(cwd, { good, sick: through })
    const script = `echo up; test \${{ host.name }} = good || sleep ${seconds}`
    const policy = ['--host-key-policy', 'off', '--format', 'json']
    const args = ['run', ...hosts, ...policy, '-g', 'all', ...options, '--', script]
    const running = startDrover(args, { cwd })
    await untilPrinted(running, 'sick')
    breakIt()
    return { finished: await running.finished, seconds }
  }

  function signalSessions(signal: NodeJS.Signals): void {
    for (const pid of sick.sessions()) process.kill(pid, signal)
  }

  test.for<[name: string, breakIt: () => void]>([
    ['reset', () => proxy.reset()],
    ['closed', () => proxy.cut()],
    ['gone with the process that serves it', () => signalSessions('SIGKILL')],
  ])('%s: nobody knows whether the command has run, and it does not go on', async ([, breakIt]) => {
    const { finished, seconds } = await breakWhileRunning(breakIt)
    expect(outcomesOf(finished)).toEqual({ 'good run': 'changed', 'sick run': 'unknown' })
    expect(endsOf(finished)['sick run']?.failure).toMatchObject({
      code: 'link_lost',
      message: expect.stringContaining('the connection to 127.0.0.1:'),
    })
    expect(finished.status).toBe(1)
    await untilGone(seconds)
    await proxy.stop()
  })

  test.for<[name: string, breakIt: () => void]>([
    ['that stalls', () => proxy.stall()],
    ['whose server process is frozen', () => signalSessions('SIGSTOP')],
  ])('%s does not hold a step longer than its timeout', async ([, breakIt]) => {
    const { finished, seconds } = await breakWhileRunning(breakIt, ['--timeout', '3s'])
    expect(outcomesOf(finished)).toEqual({ 'good run': 'changed', 'sick run': 'unknown' })
    const end = endsOf(finished)['sick run']
    expect(end?.failure).toMatchObject({
      code: 'step_timeout',
      message: 'timed out after 3 s; the host did not confirm that its processes ended: they may still run',
    })
    expect(end?.duration_ms).toBeLessThan(5000)
    signalSessions('SIGKILL')
    await proxy.stop()
    await untilGone(seconds)
  })
})
