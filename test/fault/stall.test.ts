import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import type { Task } from '../../src/model/action.ts'
import { createSteps } from '../../src/steps/index.ts'
import { createSshTransport } from '../../src/transport/ssh/ssh-transport.ts'
import type { Session } from '../../src/transport/transport.ts'
import { describeWith } from '../sshd/requirements.ts'
import type { TestServer } from '../sshd/server.ts'
import { startSshd } from '../sshd/sshd.ts'
import { testContext } from '../steps/context.ts'
import { tempFolder } from '../steps/temp.ts'
import { sessionOf, targetOf } from '../transport/run-exec.ts'
import { type Breakage, type FaultProxy, startFaultProxy } from './proxy.ts'

const MEGABYTE = 1 << 20
/** More than all buffers on the way hold. */
const SIZE = 40 * MEGABYTE
const STALL_MS = 1500

describeWith(['sshd'], 'a transfer through which nothing moves', () => {
  const temp = tempFolder()
  const here = (...names: string[]) => join(temp.path, ...names)
  let server: TestServer
  beforeAll(async () => {
    server = await startSshd()
  })
  afterAll(() => server.stop())

  /** A folder on the host, and a session to it through a proxy. */
  async function through(afterBytes?: Breakage) {
    const proxy = await startFaultProxy(server, afterBytes)
    const transport = createSshTransport({
      policy: 'off',
      knownHosts: server.knownHosts,
      home: '/nonexistent',
    })
    const target = targetOf(server, { address: proxy.host, port: proxy.port })
    const session = sessionOf(await transport.connect(target, new AbortController().signal))
    const there = mkdtempSync(join(server.home, 'stall-'))
    onTestFinished(async () => {
      session.end()
      await proxy.stop()
      rmSync(there, { recursive: true, force: true })
    })
    return { proxy, session, there }
  }

  /** Does something once so many pieces of input are under way. */
  function afterPieces(session: Session, pieces: number, act: () => void): Session {
    let sent = 0
    return {
      ...session,
      exec(request, handlers) {
        const exec = session.exec(request, handlers)
        const write = (chunk: Buffer) => {
          sent += 1
          if (sent === pieces) act()
          return exec.write(chunk)
        }
        return { done: exec.done, write, end: () => exec.end(), stop: reason => exec.stop(reason) }
      },
    }
  }

  function carryOut(action: Task, session: Session) {
    return createSteps()(action, { ...testContext(session), stallMs: STALL_MS })
  }

  const put = (src: string, dest: string): Task => ({
    ...{ kind: 'put', source: { kind: 'src', text: src }, dest, parents: false, timeoutMs: 60_000 },
  })

  async function untilEmpty(folder: string, proxy: FaultProxy): Promise<void> {
    proxy.reset()
    await expect.poll(() => readdirSync(folder), { timeout: 20_000 }).toEqual([])
  }

  test.for(['a file', 'a folder'])('a put of %s has failed, and nothing of it is left', async kind => {
    const { proxy, session, there } = await through()
    writeFileSync(here('big'), Buffer.alloc(SIZE, 'x'))
    const src = kind === 'a file' ? here('big') : `${temp.path}/`
    const stalling = afterPieces(session, 60, () => proxy.stall())
    const result = await carryOut(put(src, `${there}/`), stalling)
    expect(result).toMatchObject({
      outcome: 'failed',
      failure: {
        code: 'transfer_stalled',
        message: expect.stringMatching(/^nothing moved for 1\.5 s; \d+(\.\d)? MB of 42 MB were sent$/),
      },
    })
    expect(result.durationMs).toBeLessThan(10_000)
    await untilEmpty(there, proxy)
  })

  test('a get has failed, and what came of it is not there', async () => {
    const { proxy, session, there } = await through({ bytes: 4 * MEGABYTE, how: 'stall' })
    writeFileSync(join(there, 'big'), Buffer.alloc(SIZE, 'x'))
    const action: Task = { kind: 'get', src: join(there, 'big'), dest: here('got'), timeoutMs: 60_000 }
    const result = await carryOut(action, session)
    expect(result).toMatchObject({
      outcome: 'failed',
      failure: {
        code: 'transfer_stalled',
        message: expect.stringMatching(/^nothing moved for 1\.5 s; \d(\.\d)? MB were received$/),
      },
    })
    expect(result.durationMs).toBeLessThan(10_000)
    expect(readdirSync(here('got'))).toEqual([])
    proxy.resume()
  })

  test('one that goes on before the time is over is none, however slow', async () => {
    const { proxy, session, there } = await through()
    writeFileSync(here('big'), Buffer.alloc(SIZE, 'x'))
    const stalling = afterPieces(session, 60, () => {
      proxy.stall()
      setTimeout(() => proxy.resume(), STALL_MS / 3)
    })
    expect(await carryOut(put(here('big'), `${there}/`), stalling)).toMatchObject({ outcome: 'changed' })
    expect(readdirSync(there)).toEqual(['big'])
  })
})
