import { execFile, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startDropbear } from './dropbear.ts'
import { fleetAddress, writeFleetInventory } from './inventory.ts'
import { describeWith } from './requirements.ts'
import type { TestServer } from './server.ts'
import { type SshdOptions, startSshd } from './sshd.ts'

const run = promisify(execFile)

/** For OpenSSH's client, with nothing of the user's own set-up. */
function sshArgs(server: TestServer, command: string, host = server.host): string[] {
  const options = ['BatchMode=yes', `UserKnownHostsFile=${server.knownHosts}`, 'IdentitiesOnly=yes']
  return [
    ...['-F', 'none', '-i', server.privateKey, '-p', String(server.port), '-l', server.user],
    ...options.flatMap(option => ['-o', option]),
    host,
    command,
  ]
}

function ssh(server: TestServer, command: string, host?: string): Promise<{ stdout: string }> {
  return run('ssh', sshArgs(server, command, host))
}

async function withSshd(options: SshdOptions, use: (server: TestServer) => Promise<void>): Promise<void> {
  const server = await startSshd(options)
  try {
    await use(server)
  } finally {
    await server.stop()
  }
}

describeWith(['sshd', 'ssh'], 'a test sshd', () => {
  test('lets OpenSSH in with its key, strictly checked against its known_hosts', () =>
    withSshd({}, async server => {
      const { stdout } = await ssh(server, 'echo hello')
      expect(stdout).toBe('hello\n')
      expect(server.log()).toContain('Accepted publickey')
    }))

  test('is found under hashed names too', () =>
    withSshd({ knownHosts: 'hashed' }, async server => {
      expect(readFileSync(server.knownHosts, 'utf8')).toMatch(/^\|1\|/)
      expect((await ssh(server, 'echo hello')).stdout).toBe('hello\n')
    }))

  test('is refused by OpenSSH when known_hosts has another key', () =>
    withSshd({ knownHosts: 'changed' }, async server => {
      await expect(ssh(server, 'true')).rejects.toThrow(/IDENTIFICATION HAS CHANGED/)
    }))

  test('is many hosts at once, each with an address of its own', () =>
    withSshd({ addresses: ['0.0.0.0'] }, async server => {
      const folder = mkdtempSync(join(tmpdir(), 'drover-test-'))
      const text = readFileSync(writeFleetInventory(join(folder, 'hosts.ini'), server, 300), 'utf8')
      rmSync(folder, { recursive: true })
      expect(text).toContain(`h300 ansible_host=${fleetAddress(299)} ansible_port=${server.port}`)
      for (const index of [0, 299]) {
        expect((await ssh(server, 'echo hello', fleetAddress(index))).stdout).toBe('hello\n')
      }
    }))

  test('goes on while the test itself is busy', () =>
    withSshd({ config: ['LogLevel DEBUG3'] }, async server => {
      // Together they log more than the 64 KiB that a pipe takes when nobody reads it.
      for (let n = 0; n < 5; n++) expect(spawnSync('ssh', sshArgs(server, 'true')).status).toBe(0)
      expect(server.log().length).toBeGreaterThan(64 << 10)
    }))

  test('leaves no process and no file behind, not even of a login that goes on', async () => {
    const server = await startSshd()
    await ssh(server, 'sleep 1000 >/dev/null 2>&1 & echo started')
    expect(server.processes().length).toBeGreaterThan(0)
    await server.stop()
    expect(server.processes()).toEqual([])
    expect(existsSync(dirname(server.knownHosts))).toBe(false)
    expect(() => process.kill(server.pid, 0)).toThrow()
  })
})

describeWith(['root', 'sshd', 'ssh', 'fish', 'sshpass'], 'a test sshd with an account of its own', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startSshd({ account: { shell: '/usr/bin/fish', password: "p'w x" }, login: 'both' })
  })
  afterAll(async () => {
    await server.stop()
    await expect(run('id', [server.user])).rejects.toThrow()
  })

  test('uses the login shell that was asked for', async () => {
    expect((await ssh(server, 'echo $FISH_VERSION (pwd)')).stdout).toMatch(/^\d.* .*\/home\n$/)
  })

  test('accepts the password', async () => {
    const { stdout } = await run('sshpass', [
      ...['-p', server.password ?? '', 'ssh', '-F', 'none', '-p', String(server.port), '-l', server.user],
      ...['-o', `UserKnownHostsFile=${server.knownHosts}`, '-o', 'PubkeyAuthentication=no'],
      ...[server.host, 'whoami'],
    ])
    expect(stdout.trim()).toBe(server.user)
  })
})

describeWith(['root', 'dropbear', 'dropbearkey', 'ssh'], 'a test dropbear', () => {
  test('lets OpenSSH in and leaves nothing behind', async () => {
    const server = await startDropbear()
    try {
      expect((await ssh(server, 'whoami; sleep 1000 >/dev/null 2>&1 &')).stdout.trim()).toBe(server.user)
      expect(server.processes().length).toBeGreaterThan(0)
    } finally {
      await server.stop()
    }
    expect(existsSync(server.home)).toBe(false)
    await expect(run('id', [server.user])).rejects.toThrow()
  })
})
