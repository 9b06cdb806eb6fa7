import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { LIMITS } from '../../../src/model/limits.ts'
import { createSshTransport } from '../../../src/transport/ssh/ssh-transport.ts'
import type { Session, Target } from '../../../src/transport/transport.ts'
import { type FaultProxy, startFaultProxy } from '../../fault/proxy.ts'
import { describeWith } from '../../sshd/requirements.ts'
import type { TestServer } from '../../sshd/server.ts'
import { startSshd } from '../../sshd/sshd.ts'
import { OK, runExec, sessionOf, startExec, targetOf } from '../run-exec.ts'
import { processesNaming, uniqueSeconds, untilGone } from '../step-processes.ts'

/** Until a heartbeat has arrived, and the watchdog has set its clock. */
async function untilWatched(): Promise<void> {
  while (processesNaming(`sleep\0${LIMITS.silentMs / 1000}\0`).length === 0) await sleep(10)
}

const sessions: Session[] = []
afterEach(() => {
  vi.useRealTimers()
  for (const session of sessions.splice(0)) session.end()
})

async function connect(server: TestServer, connection: Partial<Target['connection']> = {}): Promise<Session> {
  const transport = createSshTransport({ policy: 'off', knownHosts: server.knownHosts, home: '/nonexistent' })
  const session = sessionOf(
    await transport.connect(targetOf(server, connection), new AbortController().signal),
  )
  sessions.push(session)
  return session
}

describeWith(['sshd'], 'a session over SSH', () => {
  let server: TestServer
  let single: TestServer
  beforeAll(async () => {
    server = await startSshd()
    single = await startSshd({ maxSessions: 1 })
  })
  afterAll(() => Promise.all([server.stop(), single.stop()]))

  /** A session through a proxy that a test may break. */
  async function connectThrough(): Promise<{ session: Session; proxy: FaultProxy }> {
    const proxy = await startFaultProxy(server)
    return { proxy, session: await connect(server, { address: proxy.host, port: proxy.port }) }
  }

  test('output, exit code and signal are told apart', async () => {
    const session = await connect(server)
    const ran = await runExec(session, 'echo out; echo err >&2; exit 3')
    expect(ran).toEqual({
      end: { kind: 'exit', code: 3 },
      stdout: Buffer.from('out\n'),
      stderr: Buffer.from('err\n'),
    })
    expect((await runExec(session, 'kill -9 $$')).end).toEqual({ kind: 'signal', signal: 'SIGKILL' })
  })

  test('output comes as it is written', async () => {
    const session = await connect(server)
    const exec = await startExec(session, 'echo first; read x', { stdin: { kind: 'stream' } })
    exec.end()
    expect((await exec.done).kind).toBe('exit')
  })

  test.each([
    ['more steps than channels', 'ten', 24],
    ['a server that allows one session at a time', 'one', 6],
  ])('%s', async (_, which, count) => {
    const session = await connect(which === 'one' ? single : server)
    const runs = Array.from({ length: count }, (_, i) => runExec(session, `echo ${i}`))
    const done = await Promise.all(runs)
    expect(done.map(ran => [ran.end, ran.stdout.toString()])).toEqual(done.map((_, i) => [OK, `${i}\n`]))
  })

  test.each(['empty', 'stream'] as const)(
    'a step can be stopped where no second session is allowed: %s',
    async kind => {
      const session = await connect(single)
      const seconds = uniqueSeconds()
      const script =
        kind === 'stream' ? `echo started; cat; sleep ${seconds}` : `echo started; sleep ${seconds}`
      const exec = await startExec(session, script, { stdin: { kind } })
      exec.stop('cancel')
      expect((await exec.done).kind).toBe('stopped')
      if (kind === 'empty') await untilGone(seconds)
      else for (const pid of processesNaming(seconds)) process.kill(pid)
    },
  )

  test('a step that waits for a channel can be stopped, and does not run', async () => {
    const session = await connect(single)
    const first = runExec(session, 'sleep 0.3')
    const second = await runExec(session, 'echo ran', {}, exec => exec.stop('timeout'))
    expect(second).toMatchObject({
      end: { kind: 'stopped', reason: 'timeout', confirmed: true },
      stdout: Buffer.alloc(0),
    })
    expect((await first).end).toEqual(OK)
  })

  test.each(['timeout', 'now'] as const)('a step stopped by %s leaves no process', async reason => {
    const session = await connect(server)
    const seconds = uniqueSeconds()
    const exec = await startExec(session, `sleep ${seconds} & echo started; sleep ${seconds}`)
    exec.stop(reason)
    expect(await exec.done).toEqual({ kind: 'stopped', reason, confirmed: true })
    await untilGone(seconds)
  })

  test('a step with streamed input is stopped through another channel', async () => {
    const session = await connect(server)
    const seconds = uniqueSeconds()
    const exec = await startExec(session, `echo started; cat; sleep ${seconds}`, {
      stdin: { kind: 'stream' },
    })
    await exec.write(Buffer.from('some'))
    exec.stop('cancel')
    expect(await exec.done).toEqual({ kind: 'stopped', reason: 'cancel', confirmed: true })
    await untilGone(seconds)
  })

  test.each(['cut', 'reset'] as const)('a link that is %s while a step runs', async how => {
    const { session, proxy } = await connectThrough()
    const seconds = uniqueSeconds()
    const exec = await startExec(session, `echo started; sleep ${seconds}`)
    proxy[how]()
    expect(await exec.done).toMatchObject({ kind: 'lost', failure: { code: 'link_lost' } })
    expect((await session.closed).code).toBe('link_lost')
    expect((await runExec(session, 'true')).end).toMatchObject({
      kind: 'unsent',
      failure: { code: 'link_lost' },
    })
    await untilGone(seconds)
    await proxy.stop()
  })

  test('a link that goes silent is given up, and the host ends the step by itself', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const { session, proxy } = await connectThrough()
    const seconds = uniqueSeconds()
    const exec = await startExec(session, `echo started; sleep ${seconds}`)
    await vi.advanceTimersByTimeAsync(LIMITS.heartbeatMs)
    await untilWatched()
    proxy.stall()
    await vi.advanceTimersByTimeAsync(LIMITS.keepaliveMs * LIMITS.keepaliveMisses)
    expect(await exec.done).toMatchObject({
      kind: 'lost',
      failure: { message: expect.stringContaining('45 s') },
    })
    vi.useRealTimers()
    await proxy.stop()
    await untilGone(seconds)
  })

  test('a session whose server process is killed', async () => {
    const own = await startSshd()
    try {
      const session = await connect(own)
      const seconds = uniqueSeconds()
      const waiting = Array.from({ length: 10 }, () => startExec(session, `echo started; sleep ${seconds}`))
      await Promise.all(waiting.slice(0, 8))
      for (const pid of own.sessions()) process.kill(pid, 'SIGKILL')
      const ends = await Promise.all(waiting.map(async exec => (await (await exec).done).kind))
      expect(ends).toEqual([...Array(8).fill('lost'), 'unsent', 'unsent'])
      await untilGone(seconds)
    } finally {
      await own.stop()
    }
  })

  test('a step ends when its controller is killed', async () => {
    const seconds = uniqueSeconds()
    const file = join(import.meta.dirname, '../../../src/transport/ssh/ssh-transport.ts')
    const code = `
      import { createSshTransport } from ${JSON.stringify(file)}
      const transport = createSshTransport({ policy: 'strict', knownHosts: ${JSON.stringify(server.knownHosts)}, home: '/' })
      const session = await transport.connect(${JSON.stringify(targetOf(server))}, new AbortController().signal)
      session.exec(
        { script: 'echo started; sleep ${seconds}', env: [], stdin: { kind: 'empty' } },
        { onStdout: () => console.log('up'), onStderr: () => {} },
      )`
    const args = ['--input-type=module', '-e', code]
    const controller = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(controller.stdout, 'data')
    expect(processesNaming(seconds).length).toBeGreaterThan(0)
    controller.kill('SIGKILL')
    await untilGone(seconds)
  })

  test('a flood of output is read only as fast as it is taken', async () => {
    const session = await connect(server)
    let taken = 0
    const before = process.memoryUsage.rss()
    let most = 0
    const exec = session.exec(
      { script: 'head -c 1000000000 /dev/zero', env: [], stdin: { kind: 'empty' } },
      {
        onStdout: async chunk => {
          taken += chunk.length
          if (taken % (32 << 20) < chunk.length) {
            await sleep(20)
            most = Math.max(most, process.memoryUsage.rss())
          }
        },
        onStderr: () => {},
      },
    )
    expect(await exec.done).toEqual(OK)
    expect(taken).toBe(1_000_000_000)
    expect(most - before).toBeLessThan(150 << 20)
  })

  test('a child that holds the output does not hold the step', async () => {
    const session = await connect(server)
    const ran = await runExec(session, 'sleep 60 & echo $!')
    expect(ran.end).toEqual(OK)
    process.kill(Number(ran.stdout.toString()))
  })

  test('a large input arrives whole', async () => {
    const session = await connect(server)
    const sent = createHash('sha256')
    const ran = await runExec(session, 'sha256sum', { stdin: { kind: 'stream' } }, async exec => {
      for (let i = 0; i < 64; i++) {
        const chunk = Buffer.alloc(1 << 20, i)
        sent.update(chunk)
        await exec.write(chunk)
      }
      exec.end()
    })
    expect(ran.stdout.toString()).toMatch(
      /^0b8c7fd9e09c5a73a1cd79e8a2fcd8ad2d8ed2c9d4e5ea6c1b6f2a0f9b3f|^[0-9a-f]{64} /,
    )
    const text = await runExec(session, 'wc -c', { stdin: { kind: 'text', text: 'é'.repeat(1_000_000) } })
    expect(text.stdout.toString().trim()).toBe('2000000')
  })
})

describe('an account that cannot run commands', () => {
  describeWith(['sshd', 'root'], 'over SSH', () => {
    test.each([
      ['/usr/sbin/nologin', /not available/],
      ['/bin/false', /exit status 1/],
    ])('%s', async (shell, words) => {
      const server = await startSshd({ account: { shell } })
      try {
        const session = await connect(server)
        const { end } = await runExec(session, 'touch /tmp/never')
        expect(end).toMatchObject({ kind: 'unsent', failure: { code: 'remote_shell' } })
        expect(end.kind === 'unsent' && end.failure.message).toMatch(words)
      } finally {
        await server.stop()
      }
    })

    test('a forced command', async () => {
      const server = await startSshd({ config: ['ForceCommand echo only this'] })
      try {
        const { end } = await runExec(await connect(server), 'true')
        expect(end).toMatchObject({
          kind: 'unsent',
          failure: { message: expect.stringContaining('only this') },
        })
      } finally {
        await server.stop()
      }
    })
  })
})
