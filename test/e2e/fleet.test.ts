import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { writeFleetInventory } from '../sshd/inventory.ts'
import { describeWith } from '../sshd/requirements.ts'
import type { TestServer } from '../sshd/server.ts'
import { startSshd } from '../sshd/sshd.ts'
import { drover, endsOf, outcomesOf } from './drover.ts'
import { workFolder, writeHosts } from './work-folder.ts'

const BIN = resolve(import.meta.dirname, '../../bin/drover.js')

describeWith(['sshd'], 'a fleet', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startSshd({ addresses: ['0.0.0.0'] })
  })
  afterAll(async () => {
    await server.stop()
  })

  function fleet(count: number): { readonly cwd: string; readonly options: readonly string[] } {
    const cwd = workFolder()
    const file = writeFleetInventory(join(cwd, 'hosts.ini'), server, count)
    return { cwd, options: ['-i', file, '--known-hosts', server.knownHosts, '-g', 'all', '--format', 'json'] }
  }

  test('300 hosts at once', async () => {
    const { cwd, options } = fleet(300)
    const finished = await drover(['run', ...options, '-f', '300', '--', 'true'], { cwd })
    expect(Object.values(outcomesOf(finished)).filter(outcome => outcome === 'changed')).toHaveLength(300)
    expect(finished.status).toBe(0)
    expect(finished.peakMb).toBeLessThan(450)
  })

  test('200 hosts at once with 64 open files', async () => {
    const { cwd, options } = fleet(200)
    const line = 'ulimit -n 64; exec "$@" >out'
    const args = ['-c', line, 'sh', process.execPath, BIN, 'run', ...options, '-f', '200', '--', 'true']
    const child = spawn('/bin/sh', args, { cwd, stdio: 'ignore', env: { PATH: process.env.PATH, HOME: cwd } })
    const [status] = await once(child, 'close')
    const outcomes = Object.values(outcomesOf({ stdout: readFileSync(join(cwd, 'out'), 'utf8') }))
    expect(outcomes.filter(outcome => outcome === 'changed')).toHaveLength(200)
    expect(status).toBe(0)
  })

  test('two runs at once do not disturb each other', async () => {
    const { cwd, options } = fleet(60)
    const runs = await Promise.all(
      ['a', 'b'].map(word => drover(['run', ...options, '--', `echo ${word}`], { cwd })),
    )
    expect(runs.map(({ status }) => status)).toEqual([0, 0])
  })

  test('two runs at once that meet new hosts remember all of their keys', async () => {
    const { cwd } = fleet(30)
    const known = join(cwd, 'new_known_hosts')
    const options = [
      // The system's ssh_config may have HashKnownHosts.
      '-F',
      'none',
      '-i',
      'hosts.ini',
      // The machine's own may say HashKnownHosts.
      '-F',
      'none',
      '--known-hosts',
      known,
      '-g',
      'all',
      '--host-key-policy',
      'accept-new',
    ]
    const run = (policy: readonly string[]) => drover(['run', ...options, ...policy, '--', 'true'], { cwd })
    const runs = await Promise.all([run([]), run([])])
    expect(runs.map(({ status }) => status)).toEqual([0, 0])
    for (const line of readFileSync(known, 'utf8').trim().split('\n')) {
      expect(line).toMatch(/^\[127\.1\.0\.\d+\]:\d+ ssh-ed25519 \S{68}$/)
    }
    expect((await run(['--host-key-policy', 'strict'])).status).toBe(0)
  })
})

describeWith(['root', 'sshd'], 'a server that takes few logins at a time', () => {
  test('refuses some with a hint, and the rest finish', async () => {
    const server = await startSshd({ account: {}, config: ['MaxStartups 1', 'LoginGraceTime 5'] })
    const cwd = workFolder()
    const hosts = writeHosts(cwd, Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`h${n}`, server])))
    const finished = await drover(['run', ...hosts, '-g', 'all', '--format', 'json', '--', 'true'], { cwd })
    await server.stop()
    const ends = Object.values(endsOf(finished))
    const refused = ends.filter(({ outcome }) => outcome !== 'changed')
    expect(refused.length).toBeLessThan(12)
    for (const { outcome, failure } of refused) {
      expect(outcome).toBe('unreachable')
      expect(failure?.hint).toContain('MaxStartups')
    }
  })

  test('an agent that is gone is one way less to log in, not the end', async () => {
    const server = await startSshd({ account: {} })
    const cwd = workFolder()
    const hosts = writeHosts(cwd, { h1: server })
    const run = (env: Record<string, string>) =>
      drover(['run', ...hosts, '-g', 'all', '--format', 'json', '--', 'true'], { cwd, env })
    expect((await run({ SSH_AUTH_SOCK: join(cwd, 'gone') })).status).toBe(0)
    const file = join(cwd, 'hosts.ini')
    writeFileSync(file, readFileSync(file, 'utf8').replace(/ansible_ssh_private_key_file=\S+/, ''))
    const sockets = [join(cwd, 'gone'), '', '22']
    const runs = await Promise.all(sockets.map(socket => run({ SSH_AUTH_SOCK: socket })))
    await server.stop()
    for (const finished of runs) {
      expect(endsOf(finished)['h1 run']).toMatchObject({
        outcome: 'unreachable',
        failure: { code: 'login_refused' },
      })
      expect(finished.ms).toBeLessThan(10_000)
    }
  })
})
