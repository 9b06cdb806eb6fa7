import { execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Fleet, startFleet } from '../src/demo/fleet.ts'
import { demoHosts } from '../src/demo/hosts.ts'
import { makeKeyPair } from '../src/demo/keys.ts'
import { describeWith } from './sshd/requirements.ts'

const run = promisify(execFile)
const ROOT = resolve(import.meta.dirname, '..')

test('the demo has six hosts, and three more with faults', () => {
  expect(demoHosts(false)).toHaveLength(6)
  expect(demoHosts(true).map(host => host.fault ?? 'none')).toEqual([
    ...Array(6).fill('none'),
    ...['failing', 'unreachable', 'changed_key'],
  ])
})

test('every key pair can be read back', () => {
  // One in 256 of the library's own could not.
  for (let n = 0; n < 300; n++) expect(makeKeyPair().public).toMatch(/^ssh-ed25519 AAAA/)
})

describeWith(['ssh', 'ssh-keygen'], 'the demo fleet under OpenSSH', () => {
  let fleet: Fleet
  beforeAll(async () => {
    fleet = await startFleet(true)
  })
  afterAll(async () => {
    await fleet.stop()
    expect(existsSync(fleet.files.folder)).toBe(false)
  })

  function portOf(host: string): string {
    return (
      new RegExp(`^${host} ansible_port=(\\d+)$`, 'm').exec(
        readFileSync(fleet.files.inventory, 'utf8'),
      )?.[1] ?? ''
    )
  }

  function ssh(host: string, command: string, input = '') {
    const options = ['BatchMode=yes', 'IdentitiesOnly=yes', `UserKnownHostsFile=${fleet.files.knownHosts}`]
    return spawnSync(
      'ssh',
      [
        ...['-F', 'none', '-i', fleet.files.privateKey, '-p', portOf(host), '-l', 'demo'],
        ...options.flatMap(option => ['-o', option]),
        ...['127.0.0.1', command],
      ],
      { input, encoding: 'utf8', timeout: 20_000, maxBuffer: 16 << 20 },
    )
  }

  test('each host has a home of its own', () => {
    expect(ssh('web1', 'pwd; echo $HOME').stdout).toMatch(/(.*\/homes\/web1\n){2}/)
    expect(ssh('db2', 'pwd').stdout).toMatch(/\/homes\/db2\n$/)
  })

  test('input, both outputs and the exit code pass through whole', () => {
    const text = 'x'.repeat(3 << 20)
    const { status, stdout, stderr } = ssh('web1', 'cat; echo note >&2; exit 7', text)
    expect({ status, stderr }).toEqual({ status: 7, stderr: 'note\n' })
    expect(stdout === text).toBe(true)
    expect(ssh('web1', 'cat >&2', text).stderr === text).toBe(true)
  })

  test('a signal is told as one', () => {
    const { status, stderr } = ssh('web1', 'kill -TERM $$')
    expect(status).toBe(255)
    expect(stderr).toMatch(/signal|^$/i)
  })

  test('a key that is not the one in known_hosts is refused', () => {
    expect(ssh('web6', 'true').stderr).toContain('IDENTIFICATION HAS CHANGED')
  })

  test('nobody answers for the unreachable host', () => {
    expect(ssh('web5', 'true').stderr).toContain('Connection refused')
  })

  test('another key may not log in', async () => {
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(fleet.files.folder, 'stranger')])
    const { stderr } = spawnSync(
      'ssh',
      [
        ...['-F', 'none', '-i', join(fleet.files.folder, 'stranger'), '-p', portOf('web1'), '-l', 'demo'],
        ...['-o', 'BatchMode=yes', '-o', 'IdentitiesOnly=yes'],
        ...['-o', `UserKnownHostsFile=${fleet.files.knownHosts}`, '127.0.0.1', 'true'],
      ],
      { encoding: 'utf8' },
    )
    expect(stderr).toContain('Permission denied')
  })

  test('the private key is for its owner only', () => {
    expect(statSync(fleet.files.privateKey).mode & 0o777).toBe(0o600)
  })
})

test('the fleet ends with the process that started it', async () => {
  const script = `
    const { startFleet } = await import(${JSON.stringify(join(ROOT, 'src/demo/fleet.ts'))})
    const fleet = await startFleet(false)
    process.stdout.write(fleet.files.folder)
    process.kill(process.pid, 'SIGKILL')`
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
  expect(stdout).toContain('drover-demo-')
  await expect.poll(() => existsSync(stdout), { timeout: 10_000 }).toBe(false)
})

describe('drover demo', () => {
  const DROVER = join(ROOT, 'bin/drover.js')

  /** The demo's folder, from the command line that it shows. */
  const folderIn = (text: string) => /-i (\S+)\/hosts\.ini/.exec(text)?.[1] ?? ''

  function demo(...options: readonly string[]) {
    return spawnSync(process.execPath, [DROVER, 'demo', ...options], { encoding: 'utf8', timeout: 50_000 })
  }

  test('applies the playbook to six hosts, ends with 0 and removes everything', () => {
    const { status, stdout, stderr } = demo()
    expect(status, stdout + stderr).toBe(0)
    for (const host of ['web1', 'web2', 'web3', 'db1', 'db2', 'monitor1']) expect(stdout).toContain(host)
    expect(stderr).toContain('backups/db1/before-1.4.2.sql, backups/db2/before-1.4.2.sql')
    expect(folderIn(stderr)).toContain('drover-demo-')
    expect(existsSync(folderIn(stderr))).toBe(false)
  })

  test('shows each fault as what it is', () => {
    const { status, stdout, stderr } = demo('--faults', '--format', 'json')
    expect(status).toBe(1)
    const events = stdout
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as Record<string, unknown>)
    const happened = (expected: object) => expect(events).toContainEqual(expect.objectContaining(expected))
    happened({ event: 'node_finished', host: 'web4', step: 'upload', outcome: 'failed' })
    happened({ event: 'host_unreachable', host: 'web5' })
    happened({ event: 'host_unreachable', host: 'web6' })
    happened({ event: 'node_finished', host: 'web1', step: 'switch', outcome: 'changed' })
    happened({ event: 'node_finished', host: 'monitor1', step: 'check', outcome: 'blocked' })
    expect(stderr).toContain('Exit status 1')
    expect(existsSync(folderIn(stderr))).toBe(false)
  })

  test('keeps the fleet up until Ctrl-C, and what it says to type works', async () => {
    // Under `npm test` it would say `npx drover`, which takes npm along.
    const { npm_lifecycle_event: _, ...env } = process.env
    const child = spawn(process.execPath, [DROVER, 'demo', '--keep'], {
      cwd: ROOT,
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const ended = once(child, 'exit')
    let text = ''
    child.stderr.setEncoding('utf8').on('data', (piece: string) => {
      text += piece
    })
    try {
      await expect.poll(() => text, { timeout: 50_000 }).toContain('PORT demo@127.0.0.1')
      const hints = text.split('\n').filter(line => /^ {2}node bin\/drover\.js/.test(line))
      expect(hints).toHaveLength(7)
      for (const hint of hints) {
        // A person would be asked.
        const approved = hint.includes(' apply ') ? ' --yes' : ''
        const command = hint.trim().replace(/^node/, `'${process.execPath}'`) + approved
        const { status, stdout, stderr } = spawnSync(command, { shell: true, cwd: ROOT, encoding: 'utf8' })
        expect(status, hint + stdout + stderr).toBe(0)
      }
    } finally {
      child.kill('SIGINT')
    }
    expect(await ended).toEqual([0, null])
    expect(existsSync(folderIn(text))).toBe(false)
  })
})
