import { afterAll, beforeAll, expect, test } from 'vitest'
import { startBlackHole } from '../fault/black-hole.ts'
import { type Fault, startFaultyServer } from '../fault/faulty-server.ts'
import { freePort } from '../sshd/daemon.ts'
import { startDropbear } from '../sshd/dropbear.ts'
import { describeWith } from '../sshd/requirements.ts'
import type { TestServer } from '../sshd/server.ts'
import { startSshd } from '../sshd/sshd.ts'
import { drover, endsOf, type Finished } from './drover.ts'
import { type E2eHost, workFolder, writeHosts } from './work-folder.ts'

const FAULTS: readonly Fault[] = [
  ...(['silent', 'closes', 'resets', 'garbage', 'http', 'endless_line'] as const),
  ...(['endless_banner', 'old_version', 'stops_after_version', 'bad_packet'] as const),
]

const EXPECTED: Readonly<Record<string, RegExp>> = {
  good: /^changed$/,
  dropbear: /^changed$/,
  black_hole: /^unreachable connect_timeout .* does not answer within 10 s/,
  refused: /^unreachable connect_refused .* refuses connections/,
  no_name: /^unreachable connect_failed the name no-such-host\.invalid has no address/,
  silent: /^unreachable connect_timeout .* the SSH handshake is not done within 30 s/,
  stops_after_version: /^unreachable connect_timeout .* the SSH handshake is not done within 30 s/,
  closes: /^unreachable connect_closed .* closed the connection before the login/,
  resets: /^unreachable connect_closed .* closed the connection before the login/,
  http: /^unreachable connect_closed /,
  garbage: /^unreachable connect_protocol .* does not speak SSH properly/,
  endless_line: /^unreachable connect_protocol .* does not speak SSH properly/,
  endless_banner: /^unreachable connect_protocol .* does not speak SSH properly/,
  old_version: /^unreachable connect_protocol .* does not speak SSH properly/,
  bad_packet: /^unreachable connect_protocol .* does not speak SSH properly/,
  wrong_password: /^unreachable login_refused .* tried .*the password; the server takes password/,
  wrong_key: /^unreachable login_refused .* tried the key .*; the server takes password/,
  locked_key: /^unreachable login_key .* is protected by a passphrase/,
  missing_key: /^unreachable login_key the key file \/nonexistent\/key does not exist/,
  changed_key: /^unreachable host_key_changed .* known is ssh-ed25519 SHA256:.*known_hosts:\d+/,
  unknown_key: /^unreachable host_key_unknown .* is not known: ssh-ed25519 SHA256:/,
  forced: /^failed remote_shell .*: only this/,
  nologin: /^failed remote_shell .*login shell ended \(exit status 1\)/,
  silenced: /^failed remote_shell .*login shell ended \(exit status 1\)/,
  no_sessions: /^failed channel_refused /,
}

describeWith(['root', 'sshd', 'dropbear'], 'a fleet with every fault that a login can have', () => {
  const stops: (() => Promise<void>)[] = []
  let hosts: Readonly<Record<string, E2eHost>>

  beforeAll(async () => {
    const [good, password, locked, changed, unknown, forced, nologin, silenced, noSessions, dropbear] =
      await Promise.all([
        startSshd({ account: {} }),
        startSshd({ account: { password: 'right' }, login: 'password' }),
        startSshd({ account: {}, userKey: { passphrase: 'secret' } }),
        startSshd({ account: {}, knownHosts: 'changed' }),
        startSshd({ account: {}, knownHosts: 'empty' }),
        startSshd({ account: {}, config: ['ForceCommand /bin/echo only this'] }),
        startSshd({ account: { shell: '/usr/sbin/nologin' } }),
        startSshd({ account: { shell: '/bin/false' } }),
        startSshd({ account: {}, maxSessions: 0 }),
        startDropbear(),
      ])
    const faulty = await Promise.all(FAULTS.map(startFaultyServer))
    const hole = await startBlackHole()
    const servers = [good, password, locked, changed, unknown, forced, nologin, silenced, noSessions]
    for (const server of [...servers, dropbear, ...faulty, hole]) stops.push(() => server.stop())
    const { password: _, ...passwordless } = password
    hosts = {
      good,
      dropbear,
      black_hole: hole,
      refused: { host: '127.0.0.1', port: await freePort() },
      no_name: { host: 'no-such-host.invalid', port: 22 },
      ...Object.fromEntries(FAULTS.map((fault, index) => [fault, faulty[index] as E2eHost])),
      wrong_password: { ...password, password: 'wrong' } satisfies TestServer,
      wrong_key: passwordless,
      locked_key: locked,
      missing_key: { ...good, privateKey: '/nonexistent/key' },
      changed_key: changed,
      unknown_key: unknown,
      forced,
      nologin,
      silenced,
      no_sessions: noSessions,
    }
  })

  afterAll(async () => {
    await Promise.all(stops.map(stop => stop()))
  })

  test('each has an outcome and a message of its own, and the healthy hosts finish', async () => {
    const cwd = workFolder()
    const options = [...writeHosts(cwd, hosts), '-g', 'all', '--format', 'json']
    const finished = await drover(['run', ...options, '--', 'echo fine'], { cwd })
    const expected = Object.entries(EXPECTED).map(([host, text]) => [host, expect.stringMatching(text)])
    expect(summary(finished)).toEqual(Object.fromEntries(expected))
    expect(finished.status).toBe(1)
    expect(finished.peakMb).toBeLessThan(400)
  })
})

/** Each host's outcome, its failure's code and message in one line. */
function summary(finished: Finished): Record<string, string> {
  return Object.fromEntries(
    Object.values(endsOf(finished)).map(({ host, outcome, failure }) => [
      host,
      [outcome, failure?.code, failure?.message].filter(part => part !== undefined).join(' '),
    ]),
  )
}
