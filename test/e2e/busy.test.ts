import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { startBlackHole } from '../fault/black-hole.ts'
import { listenOnLoopback, stopServer } from '../fault/listen.ts'
import { describeWith } from '../sshd/requirements.ts'
import type { TestServer } from '../sshd/server.ts'
import { startSshd } from '../sshd/sshd.ts'
import { drover, endsOf, type Finished, outcomesOf } from './drover.ts'
import { workFolder, writeHosts, writePlaybook } from './work-folder.ts'

const BIN = resolve(import.meta.dirname, '../../bin/drover.js')

/** Many hosts that are one server, under as many addresses of the loopback. */
function manyHosts(cwd: string, server: TestServer, count: number): string[] {
  const address = (i: number) => `127.0.${1 + Math.floor(i / 250)}.${1 + (i % 250)}`
  const hosts = Array.from({ length: count }, (_, i) => [`h${i}`, { ...server, host: address(i) }] as const)
  return writeHosts(cwd, Object.fromEntries(hosts))
}

const countsOf = (finished: Pick<Finished, 'stdout'>) => {
  const counts: Record<string, number> = {}
  for (const outcome of Object.values(outcomesOf(finished)))
    counts[`${outcome}`] = (counts[`${outcome}`] ?? 0) + 1
  return counts
}

describeWith(['root', 'sshd'], 'many connections to one server', () => {
  let busy: TestServer
  let server: TestServer
  beforeAll(async () => {
    ;[busy, server] = await Promise.all([
      startSshd({ account: {}, addresses: ['0.0.0.0'], maxStartups: '2:100:3' }),
      startSshd({ account: {}, addresses: ['0.0.0.0'] }),
    ])
  })
  afterAll(async () => {
    await Promise.all([busy.stop(), server.stop()])
  })

  test('that refuses some (MaxStartups) is asked again', async () => {
    const cwd = workFolder()
    const hosts = manyHosts(cwd, busy, 30)
    const args = ['run', ...hosts, '-g', 'all', '--format', 'json', '--connect-retries', '30', '--', 'true']
    const finished = await drover(args, { cwd })
    expect(countsOf(finished)).toEqual({ changed: 30 })
    expect(busy.log()).toMatch(/MaxStartups|drop connection/)
  })

  /** As sshd does with more connections than it takes. */
  async function startDoor(refusals: number) {
    let opened = 0
    const sockets = new Set<Socket>()
    const door = createServer(client => {
      opened += 1
      client.on('error', () => {}).resume()
      if (opened <= refusals) {
        client.end('Exceeded MaxStartups\r\n')
        return
      }
      const inner = connect(server.port, server.host)
      for (const socket of [client, inner]) sockets.add(socket.on('error', () => {}))
      client.pipe(inner).pipe(client)
    })
    const { host, port } = await listenOnLoopback(door)
    onTestFinished(() => stopServer(door, sockets))
    return { through: { ...server, host, port }, opened: () => opened }
  }

  test('that refuses twice is asked a third time by itself', async () => {
    const cwd = workFolder()
    const { through, opened } = await startDoor(2)
    const hosts = writeHosts(cwd, { h1: through })
    const args = ['run', ...hosts, '-g', 'all', '--host-key-policy', 'off', '--format', 'json']
    expect(outcomesOf(await drover([...args, '--', 'true'], { cwd }))).toEqual({ 'h1 run': 'changed' })
    expect(opened()).toBe(3)
  })

  test('is asked no more often than is set', async () => {
    const cwd = workFolder()
    const { through, opened } = await startDoor(100)
    const hosts = writeHosts(cwd, { h1: through })
    const args = ['run', ...hosts, '-g', 'all', '--format', 'json', '--connect-retries', '1', '--', 'true']
    const finished = await drover(args, { cwd })
    expect(endsOf(finished)['h1 run']).toMatchObject({
      outcome: 'unreachable',
      failure: { code: 'connect_closed' },
    })
    expect(opened()).toBe(2)
  })

  test('that takes no connection at all is given up in the time that is set', async () => {
    const cwd = workFolder()
    const hole = await startBlackHole()
    onTestFinished(() => hole.stop())
    const hosts = writeHosts(cwd, { h1: { ...server, host: hole.host, port: hole.port } })
    const patience = ['--connect-timeout', '1s', '--connect-retries', '2']
    const finished = await drover(
      ['run', ...hosts, '-g', 'all', '--format', 'json', ...patience, '--', 'true'],
      {
        cwd,
      },
    )
    expect(endsOf(finished)['h1 run']?.failure?.message).toMatch(/does not answer within 1 s$/)
    expect(finished.ms).toBeGreaterThan(3_000)
    expect(finished.ms).toBeLessThan(30_000)
  })

  test('where few files may be open: all are done, some of them later', { timeout: 180_000 }, async () => {
    const cwd = workFolder()
    const hosts = manyHosts(cwd, server, 100)
    writeFileSync(join(cwd, 'big'), Buffer.alloc(300_000, 'x\n'))
    const play = writePlaybook(
      cwd,
      `  - { id: copy, put: { src: big, dest: "copy-\${{ host.name }}" } }
  - { id: fetch, get: { src: "copy-\${{ host.name }}", dest: got/ } }
`,
    )
    const args = [BIN, 'apply', play, ...hosts, '--format', 'json', '--yes']
    const script = `ulimit -n 64; exec "$0" "$@"`
    const child = spawn('/bin/sh', ['-c', script, process.execPath, ...args], {
      cwd,
      env: { PATH: process.env.PATH, HOME: cwd },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', text => {
      stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', text => {
      stderr += text
    })
    await once(child, 'close')
    expect(stderr).toBe('')
    expect(countsOf({ stdout })).toEqual({ changed: 100, ok: 100 })
    expect(
      execFileSync('find', [join(cwd, 'got'), '-type', 'f'], { encoding: 'utf8' })
        .trim()
        .split('\n'),
    ).toHaveLength(100)
  })
})
