import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { HOSTILITIES, type Hostility, startHostileHost } from '../fault/hostile-host.ts'
import { makeKey } from '../sshd/keys.ts'
import { describeWith } from '../sshd/requirements.ts'
import { drover, endsOf, type Finished } from './drover.ts'
import { workFolder } from './work-folder.ts'

const ALL = HOSTILITIES
const LIMIT_S = 4

/** Runs a command against a host of each kind, all at once. */
async function against(
  args: (cwd: string) => readonly string[],
): Promise<{ cwd: string; finished: Finished }> {
  const cwd = workFolder()
  const hosts = await Promise.all(ALL.map(hostility => startHostileHost(cwd, hostility)))
  onTestFinished(async () => {
    await Promise.all(hosts.map(host => host.stop()))
  })
  const key = makeKey(join(cwd, 'login-key'))
  const lines = hosts.map(
    ({ host, port }, at) =>
      `${nameOf(ALL[at] as Hostility)} ansible_host=${host} ansible_port=${port} ansible_user=me ansible_ssh_private_key_file=${key.path}\n`,
  )
  writeFileSync(join(cwd, 'hosts.ini'), lines.join(''), { mode: 0o600 })
  writeFileSync(join(cwd, 'known_hosts'), hosts.map(({ knownHosts }) => knownHosts).join(''))
  const common = ['-i', 'hosts.ini', '--known-hosts', 'known_hosts', '-g', 'all', '--format', 'json']
  const [verb = '', ...rest] = args(cwd)
  const finished = await drover([verb, ...common, '--timeout', `${LIMIT_S}s`, ...rest], {
    cwd,
    keep: 64 << 20,
  })
  return { cwd, finished }
}

const nameOf = (hostility: Hostility) => hostility.replaceAll(' ', '_')

function expectBounded({ finished }: { readonly finished: Finished }): void {
  // The limit of a step, its grace time, and time for a busy machine.
  expect(finished.ms).toBeLessThan(45_000)
  expect(finished.peakMb).toBeLessThan(300)
}

describeWith(['ssh-keygen'], 'hosts that let us in and mean harm', () => {
  test('a get writes nothing outside of their folders, waits for none of them, and takes little memory', {
    timeout: 180_000,
  }, async () => {
    const ran = await against(cwd => ['get', '/etc/app', join(cwd, 'fetched')])
    expectBounded(ran)
    const { cwd, finished } = ran
    const outcomes = Object.entries(endsOf(finished)).map(([node, { outcome }]) => [
      node.split(' ')[0],
      outcome,
    ])
    expect(outcomes).toHaveLength(ALL.length)
    for (const [host, outcome] of outcomes) expect([host, outcome]).not.toEqual([host, 'ok'])
    const names = new Set(ALL.map(nameOf))
    const fetched = join(cwd, 'fetched')
    for (const name of existsSync(fetched) ? readdirSync(fetched) : []) expect(names).toContain(name)
    expect(readdirSync(cwd).filter(name => name.includes('evil'))).toEqual([])
    expect(existsSync('/tmp/drover-evil')).toBe(false)
  })

  test('a put and a command are bounded too, and no put is taken for done', {
    timeout: 180_000,
  }, async () => {
    const put = await against(cwd => {
      writeFileSync(join(cwd, 'big'), Buffer.alloc(8 << 20, 'x'))
      return ['put', join(cwd, 'big'), '/opt/big']
    })
    expectBounded(put)
    for (const { host, outcome } of Object.values(endsOf(put.finished)))
      expect([host, ['ok', 'changed'].includes(outcome ?? '')]).toEqual([host, false])
    const ran = await against(() => ['run', '--', 'true'])
    expectBounded(ran)
    // Two of them print without an end: their output is longer than anybody wants to keep.
    expect(ran.finished.status).toBe(1)
  })
})
