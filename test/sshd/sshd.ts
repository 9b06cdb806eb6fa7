import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { makeAccount } from './account.ts'
import { type DaemonCommand, startOnFreePort } from './daemon.ts'
import { startKeeper } from './keeper.ts'
import { type KeyFile, type KeyType, makeKey } from './keys.ts'
import { connectionsOf, processesWith } from './processes.ts'
import { findProgram } from './programs.ts'
import { removeRootsLock } from './roots-lock.ts'
import type { TestServer } from './server.ts'
import { traced } from './trace.ts'

export interface SshdOptions {
  /** Addresses to listen on, all on one port; `0.0.0.0` makes every 127.x.y.z reachable. Default: 127.0.0.1. */
  readonly addresses?: readonly string[]
  /** The network namespace that it runs in, with its address there in `addresses`. Needs root. */
  readonly namespace?: string
  /** A temporary account instead of the one that runs the tests. Needs root. */
  readonly account?: { readonly shell?: string; readonly password?: string }
  /** Which logins are accepted. Default: `key`. */
  readonly login?: 'key' | 'password' | 'both'
  readonly userKey?: { readonly type?: KeyType; readonly passphrase?: string }
  readonly hostKeys?: readonly KeyType[]
  /** What known_hosts says of the server. Default: `right`. */
  readonly knownHosts?: 'right' | 'hashed' | 'changed' | 'empty'
  readonly sftp?: boolean
  readonly maxSessions?: number
  /** As in sshd_config(5), where unlike with other keywords the last mention wins; so good as none by default. */
  readonly maxStartups?: string
  /** Text that the server shows before the login. */
  readonly banner?: string
  /** Environment of the logins, as a PATH with stand-ins for programs. */
  readonly env?: Readonly<Record<string, string>>
  /** A folder for logs of what the server and its logins execute and change (`trace.ts`). Needs strace. */
  readonly trace?: string
  /** Further lines of sshd_config(5); the first mention of a keyword wins, and these come first. */
  readonly config?: readonly string[]
}

/** Starts a real OpenSSH server on loopback, with its own configuration and keys. */
export async function startSshd(options: SshdOptions = {}): Promise<TestServer> {
  const program = findProgram('sshd')
  if (program === undefined) throw new Error('sshd is not installed')
  const folder = mkdtempSync(join(tmpdir(), 'drover-sshd-'))
  const mark = folder.slice(-6)
  const account = options.account && { name: `drv${process.pid}${mark.toLowerCase()}`, ...options.account }
  const keeper = startKeeper({ folder, mark, ...(account && { account: account.name }) })
  try {
    // Other users must be able to pass: sshd reads authorized_keys as the user who logs in.
    chmodSync(folder, 0o711)
    if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 })
    const home = account ? join(folder, 'home') : homedir()
    if (account) {
      mkdirSync(home)
      await makeAccount({ shell: '/bin/sh', home, ...account })
    }
    const userKey = makeUserKey(folder, options)
    const hostKeys = (options.hostKeys ?? ['ed25519']).map(type =>
      makeKey(join(folder, `host_${type}`), type),
    )
    const addresses = options.addresses ?? ['127.0.0.1']
    const host = addresses[0] ?? '127.0.0.1'
    const portsOf = options.namespace === undefined ? host : '127.0.0.1'
    const { port, daemon } = await startOnFreePort(portsOf, port =>
      sshdCommand({ program, folder, mark, port, addresses, hostKeys, options }),
    )
    return {
      host: host === '0.0.0.0' ? '127.0.0.1' : host,
      port,
      user: account?.name ?? userInfo().username,
      ...(account?.password !== undefined && { password: account.password }),
      privateKey: userKey.path,
      ...(options.userKey?.passphrase !== undefined && { passphrase: options.userKey.passphrase }),
      knownHosts: writeKnownHosts(folder, addresses, port, hostKeys, options.knownHosts ?? 'right'),
      hostKeyFingerprint: hostKeys[0]?.fingerprint ?? '',
      home,
      pid: daemon.pid,
      log: daemon.log,
      sessions: () => connectionsOf(daemon.pid),
      processes: () => processesWith('DROVER_TEST_SERVER', mark),
      stop: () => {
        removeRootsLock(port)
        return keeper.finish()
      },
    }
  } catch (error) {
    await keeper.finish()
    throw error
  }
}

function makeUserKey(folder: string, { userKey }: SshdOptions): KeyFile {
  const key = makeKey(join(folder, 'user_key'), userKey?.type, userKey?.passphrase)
  writeFileSync(join(folder, 'authorized_keys'), `${key.publicKey}\n`)
  return key
}

interface SshdSetup {
  readonly program: string
  readonly folder: string
  readonly mark: string
  readonly port: number
  readonly addresses: readonly string[]
  readonly hostKeys: readonly KeyFile[]
  readonly options: SshdOptions
}

function sshdCommand(setup: SshdSetup): DaemonCommand {
  const { program, folder, addresses, options } = setup
  const config = join(folder, 'sshd_config')
  writeFileSync(config, configLines(setup).join('\n') + '\n')
  const command = within(options.namespace, { program, args: ['-D', '-e', '-f', config] })
  return {
    ...(options.trace === undefined ? command : traced(options.trace, command)),
    folder,
    listens: log => log.split('Server listening on').length > addresses.length,
  }
}

/** `ip` replaces itself by the program, so that it is the daemon that its caller has started. */
function within(namespace: string | undefined, command: Pick<DaemonCommand, 'program' | 'args'>) {
  if (namespace === undefined) return command
  return { program: 'ip', args: ['netns', 'exec', namespace, command.program, ...command.args] }
}

/** sshd_config(5): for each keyword the first value counts. */
function configLines({ program, folder, mark, port, addresses, hostKeys, options }: SshdSetup): string[] {
  const login = options.login ?? 'key'
  const banner = join(folder, 'banner')
  if (options.banner !== undefined) writeFileSync(banner, options.banner)
  return [
    ...(options.config ?? []),
    `Port ${port}`,
    ...addresses.map(address => `ListenAddress ${address}`),
    ...hostKeys.map(key => `HostKey ${key.path}`),
    `AuthorizedKeysFile ${join(folder, 'authorized_keys')}`,
    `PubkeyAuthentication ${login === 'password' ? 'no' : 'yes'}`,
    `PasswordAuthentication ${login === 'key' ? 'no' : 'yes'}`,
    'KbdInteractiveAuthentication no',
    'PermitRootLogin yes',
    'StrictModes no',
    'UsePAM no',
    'UseDNS no',
    'PidFile none',
    'PrintMotd no',
    'PrintLastLog no',
    'LogLevel VERBOSE',
    'LoginGraceTime 60',
    `MaxStartups ${options.maxStartups ?? '10000'}`,
    'MaxAuthTries 20',
    `MaxSessions ${options.maxSessions ?? 10}`,
    // bash reads ~/.bashrc for an SSH command at level 1 only: what stands in the tester's own stays out of tests.
    `SetEnv ${environment(mark, options)}`,
    ...(options.banner === undefined ? [] : [`Banner ${banner}`]),
    ...(options.sftp === false ? [] : ['Subsystem sftp internal-sftp']),
    // Since 9.8 a few failed logins would make sshd refuse the address, here that of all tests.
    ...(versionOf(program) >= 9.08 ? ['PerSourcePenalties no'] : []),
  ]
}

function environment(mark: string, { account, env }: SshdOptions): string {
  const entries = { DROVER_TEST_SERVER: mark, ...(account ? {} : { SHLVL: '1' }), ...env }
  return Object.entries(entries)
    .map(([name, value]) => `"${name}=${value}"`)
    .join(' ')
}

/** 9.2 is 9.02 here, so that 9.10 would come after 9.8. */
function versionOf(program: string): number {
  const answer = spawnSync(program, ['-V'], { encoding: 'utf8', timeout: 5000 })
  const [, major = '0', minor = '0'] = /OpenSSH_(\d+)\.(\d+)/.exec(answer.stderr) ?? []
  return Number(major) + Number(minor) / 100
}

function writeKnownHosts(
  folder: string,
  addresses: readonly string[],
  port: number,
  hostKeys: readonly KeyFile[],
  content: NonNullable<SshdOptions['knownHosts']>,
): string {
  const path = join(folder, 'known_hosts')
  const names = addresses.map(address => `[${address === '0.0.0.0' ? '127.*' : address}]:${port}`)
  const keys = content === 'changed' ? [makeKey(join(folder, 'other_host_key'))] : hostKeys
  const lines = names.flatMap(name => keys.map(key => `${name} ${key.publicKey}\n`))
  writeFileSync(path, content === 'empty' ? '' : lines.join(''))
  if (content === 'hashed') execFileSync('ssh-keygen', ['-q', '-H', '-f', path], { stdio: 'pipe' })
  return path
}
