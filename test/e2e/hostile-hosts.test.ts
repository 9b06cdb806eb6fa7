import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { HOSTILITIES, type Hostility, startHostileHost } from '../fault/hostile-host.ts'
import { makeKey } from '../sshd/keys.ts'
import { describeWith } from '../sshd/requirements.ts'
import type { TestServer } from '../sshd/server.ts'
import { startSshd } from '../sshd/sshd.ts'
import { drover, endsOf, eventsOf, type Finished } from './drover.ts'
import { workFolder } from './work-folder.ts'

vi.setConfig({ testTimeout: 240_000 })

const LIMIT_S = 8
const nameOf = (hostility: Hostility) => hostility.replaceAll(' ', '_')
/** They never let anybody in; waiting for that has a limit of its own. */
const LOCKED: readonly Hostility[] = ['prompts', 'banners', 'login silent', 'odd methods']

describeWith(['root', 'sshd', 'ssh-keygen'], 'hosts that mean harm', () => {
  let healthy: TestServer
  beforeAll(async () => {
    healthy = await startSshd()
  })
  afterAll(() => healthy.stop())

  /** Runs a command against a host of each kind, all at once, and one that means well. */
  async function against(
    kinds: readonly Hostility[],
    args: (cwd: string) => readonly string[],
  ): Promise<{ cwd: string; finished: Finished }> {
    const cwd = workFolder()
    const hosts = await Promise.all(kinds.map(hostility => startHostileHost(cwd, hostility)))
    onTestFinished(async () => {
      await Promise.all(hosts.map(host => host.stop()))
    })
    const key = makeKey(join(cwd, 'login-key'))
    const lines = hosts.map(({ host, port }, at) => {
      const secret =
        kinds[at] === 'prompts' ? 'ansible_password=right1' : `ansible_ssh_private_key_file=${key.path}`
      return `${nameOf(kinds[at] as Hostility)} ansible_host=${host} ansible_port=${port} ansible_user=me ${secret}\n`
    })
    const { host, port, user, privateKey } = healthy
    lines.push(
      `healthy ansible_host=${host} ansible_port=${port} ansible_user=${user} ansible_ssh_private_key_file=${privateKey}\n`,
    )
    writeFileSync(join(cwd, 'hosts.ini'), lines.join(''), { mode: 0o600 })
    const known = [readFileSync(healthy.knownHosts, 'utf8'), ...hosts.map(({ knownHosts }) => knownHosts)]
    writeFileSync(join(cwd, 'known_hosts'), known.join(''))
    const common = ['-i', 'hosts.ini', '--known-hosts', 'known_hosts', '-g', 'all', '--format', 'json']
    const [verb = '', ...rest] = args(cwd)
    const finished = await drover([verb, ...common, '--timeout', `${LIMIT_S}s`, ...rest], {
      cwd,
      keep: 64 << 20,
    })
    return { cwd, finished }
  }

  /** Time and memory, and what reaches a terminal. */
  function expectBounded({ finished }: { readonly finished: Finished }): void {
    // The limits of a step and a login, their grace time, and time for a busy machine.
    expect(finished.ms).toBeLessThan(90_000)
    expect(finished.peakMb).toBeLessThan(300)
    expect(finished.stdout + finished.stderr).not.toMatch(/[\p{Cc}--[\n]]/v)
    // What a host says of itself is no longer than people read.
    for (const { failure } of eventsOf(finished)) expect(failure?.message.length ?? 0).toBeLessThan(1000)
  }

  /** The host beside them is done soon. */
  function expectPrompt({ finished }: { readonly finished: Finished }): void {
    const [first] = eventsOf(finished)
    const own = eventsOf(finished).find(({ event, host }) => event === 'node_finished' && host === 'healthy')
    expect(own?.outcome, own?.failure?.message).toMatch(/^(?:ok|changed)$/)
    expect(Date.parse(String(own?.time)) - Date.parse(String(first?.time))).toBeLessThan(30_000)
  }

  const outcomes = (finished: Finished) =>
    Object.values(endsOf(finished)).filter(({ host }) => host !== 'healthy')

  test('a get writes nothing outside of their folders, waits for none of them, and takes little memory', async () => {
    const kinds = HOSTILITIES.filter(hostility => !LOCKED.includes(hostility))
    const ran = await against(kinds, cwd => ['get', '/etc/passwd', join(cwd, 'fetched')])
    expectBounded(ran)
    expectPrompt(ran)
    const { cwd, finished } = ran
    expect(outcomes(finished)).toHaveLength(kinds.length)
    for (const { host, outcome } of outcomes(finished)) expect([host, outcome]).not.toEqual([host, 'ok'])
    const fetched = join(cwd, 'fetched')
    for (const name of readdirSync(fetched)) expect(['healthy', ...kinds.map(nameOf)]).toContain(name)
    expect(readdirSync(join(fetched, 'healthy'))).toEqual(['passwd'])
    expect(readdirSync(cwd).filter(name => name.includes('evil'))).toEqual([])
    expect(existsSync('/tmp/drover-evil')).toBe(false)
  })

  test('a put is bounded too, and none is taken for done', async () => {
    const kinds = HOSTILITIES.filter(hostility => !LOCKED.includes(hostility))
    const put = await against(kinds, cwd => {
      writeFileSync(join(cwd, 'big'), Buffer.alloc(150 << 20, 'x'))
      mkdirSync(join(cwd, 'there'))
      return ['put', join(cwd, 'big'), join(cwd, 'there/big')]
    })
    expectBounded(put)
    for (const { host, outcome } of outcomes(put.finished))
      expect([host, ['ok', 'changed'].includes(outcome ?? '')]).toEqual([host, false])
  })

  test('a command is bounded too', async () => {
    const ran = await against(HOSTILITIES, () => ['run', '--', 'true'])
    expectBounded(ran)
    expectPrompt(ran)
    expect(ran.finished.status).toBe(1)
  })
})
