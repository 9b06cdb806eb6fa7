import { type ChildProcess, spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { RunAction } from '../../src/model/action.ts'
import { createSteps } from '../../src/steps/index.ts'
import { createSshTransport } from '../../src/transport/ssh/ssh-transport.ts'
import { HostLink } from '../../src/worker/host-link.ts'
import { NodeRun } from '../../src/worker/node-run.ts'
import { OpenFiles } from '../../src/worker/open-files.ts'
import { connectionsOf } from '../sshd/processes.ts'
import { findProgram } from '../sshd/programs.ts'
import { describeWith } from '../sshd/requirements.ts'
import type { TestServer } from '../sshd/server.ts'
import { startSshd } from '../sshd/sshd.ts'
import { run } from '../steps/run-action.ts'

const FILES = new OpenFiles({ links: 100, nodes: 100 })

describeWith(['sshd'], 'reconnect over sshd', () => {
  let server: TestServer
  let daemon: ChildProcess | undefined
  let link: HostLink
  let told: string[]

  beforeEach(async () => {
    server = await startSshd()
    told = []
    link = linkTo(server, told)
  })
  afterEach(async () => {
    link.close()
    if (daemon?.pid !== undefined) for (const pid of connectionsOf(daemon.pid)) process.kill(pid, 'SIGKILL')
    daemon?.kill('SIGKILL')
    daemon = undefined
    await server.stop()
  })

  /** As a host that goes down does: nobody listens, and all connections end. */
  const goDown = () => {
    const sessions = server.sessions()
    process.kill(server.pid, 'SIGKILL')
    for (const pid of sessions) process.kill(pid, 'SIGKILL')
  }
  const comeBack = async () => {
    const config = join(dirname(server.knownHosts), 'sshd_config')
    daemon = spawn(findProgram('sshd') as string, ['-D', '-e', '-f', config], { stdio: 'ignore' })
  }
  const start = (action: RunAction, onOutput = (_text: string) => {}) => {
    let started = false
    const node = new NodeRun({ link, files: FILES }, action, createSteps(), {
      started: () => {
        started = true
      },
      output: (_stream, text) => void onOutput(text),
    })
    return { node, result: node.run(), started: () => started }
  }

  test.each([
    ['the command ends before the link does', 'echo going; sleep 0.2', { exitCode: 0 }],
    ['the link ends before the command does', 'echo going; sleep 600', {}],
  ])('%s: the step ends when the host is back', async (_which, script, expected) => {
    const reboot = start(run(script, { reconnect: true }), () =>
      setTimeout(goDown, script.includes('600') ? 0 : 500),
    )
    setTimeout(() => void comeBack(), 1500)
    const result = await reboot.result
    expect(result).toMatchObject({ outcome: 'changed', stdout: { head: 'going\n' }, ...expected })
    expect(result.note).toMatch(/^back after [0-9]+ s, same boot$/)
    expect(told).toEqual(['connected', 'connected'])
  })

  test('other nodes wait for the new link, and it costs no attempt of theirs', async () => {
    for (let round = 1; round <= 3; round++) {
      const reboot = start(run('echo going; sleep 600', { reconnect: true, readOnly: true }), goDown)
      while (!reboot.started()) await sleep(5)
      const others = [1, 2, 3].map(n => start(run(`echo ${n}`)))
      setTimeout(() => void comeBack(), 700)
      expect((await reboot.result).outcome).toBe('ok')
      for (const other of others) expect((await other.result).outcome).toBe('changed')
      // The next round takes down the daemon that runs now.
      const { pid } = daemon as ChildProcess
      server = { ...server, pid: pid as number, sessions: () => connectionsOf(pid as number) }
    }
    expect(told).toEqual(['connected', 'connected', 'connected', 'connected'])
  })

  test('two at the same time take turns', async () => {
    const script = 'kill -9 $PPID; sleep 600'
    const nodes = [start(run(script, { reconnect: true })), start(run(script, { reconnect: true }))]
    for (const { result } of nodes) expect(await result).toMatchObject({ outcome: 'changed' })
    expect(told).toHaveLength(3)
  })

  test('a host that stays away, its command with it, is a time-out with the last reason, and not yet unreachable', async () => {
    const reboot = start(run('echo going; sleep 600', { reconnect: true, timeoutMs: 3000 }), goDown)
    const result = await reboot.result
    expect(result).toMatchObject({ outcome: 'unknown', failure: { code: 'step_timeout' } })
    expect(result.failure?.message).toMatch(/^did not come back within 3 s: .* refuses connections$/)
    expect(told).toEqual(['connected'])
    expect((await start(run('true')).result).outcome).toBe('unreachable')
    expect(told).toEqual(['connected', 'unreachable'])
  })

  test('a failure before the link goes down is one', async () => {
    const { result } = start(run('echo no >&2; exit 3', { reconnect: true }))
    expect(await result).toMatchObject({
      outcome: 'failed',
      exitCode: 3,
      failure: { message: 'exit status 3: no' },
    })
    expect(told).toEqual(['connected'])
  })

  test('a guard that holds takes no link down', async () => {
    const { result } = start(run('kill -9 $PPID', { reconnect: true, onlyIf: 'false' }))
    expect(await result).toMatchObject({ outcome: 'ok', note: 'its only_if does not hold: exit status 1' })
    expect((await start(run('kill -9 $PPID', { reconnect: true, creates: ['/'] })).result).outcome).toBe('ok')
    expect(told).toEqual(['connected'])
  })

  test('cancelling ends the wait', async () => {
    const reboot = start(run('echo going; sleep 600', { reconnect: true }), goDown)
    setTimeout(() => reboot.node.stop('cancel'), 1000)
    expect((await reboot.result).outcome).toBe('unknown')
  })
})

function linkTo(server: TestServer, told: string[]): HostLink {
  const { host: address, port, user } = server
  const transport = createSshTransport({ policy: 'strict', knownHosts: server.knownHosts, home: server.home })
  const connection = { transport: 'ssh', address, port, user, keys: [server.privateKey] } as const
  const events = {
    connected: () => void told.push('connected'),
    unreachable: () => void told.push('unreachable'),
  }
  return new HostLink({ host: 'web1', connection }, transport, events, { files: FILES, random: () => 1 })
}
