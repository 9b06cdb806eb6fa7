import { spawnSync } from 'node:child_process'
import { hostname, networkInterfaces } from 'node:os'
import { join, resolve } from 'node:path'
import { LIMITS } from '../model/limits.ts'
import type { Problem } from '../model/problem.ts'
import type { Query } from './ssh-config/evaluate.ts'
import { type ConfigFile, ConfigFiles } from './ssh-config/files.ts'
import { type ResolveSurroundings, resolveHost } from './ssh-config/resolve.ts'
import type { ResolvedHost } from './ssh-config/resolved-host.ts'

export interface SshConfigOptions {
  /** As `--ssh-config` names it: a file, or `none`; absent: the user's and the system's. */
  readonly file?: string
  /** Commands of `Match exec` may be run. */
  readonly allowExec?: boolean
  /** The user's home. */
  readonly home: string
  /** The local user's name. */
  readonly user: string
  readonly cwd: string
  readonly env: Readonly<NodeJS.ProcessEnv>
}

/** The OpenSSH configuration of a user, as ssh_config(5) has it: what it says of hosts, one by one. */
export class SshConfig {
  readonly #around: ResolveSurroundings

  constructor(options: SshConfigOptions) {
    const { home, user, cwd, env } = options
    const whole = hostname()
    const tokens = {
      ...{ d: home, u: user, i: String(process.getuid?.() ?? 0), l: whole },
      L: whole.split('.')[0] ?? whole,
    }
    this.#around = {
      ...{ sources: sourcesOf(options), files: new ConfigFiles(home), home, user, cwd, env, tokens },
      ways: new Map(),
      addresses: ownAddresses,
      ...(options.allowExec === true ? { run: (command: string) => endsWell(command, env) } : {}),
    }
  }

  /** Why the file that was named cannot be read; undefined: it can, or none was named. */
  unreadable(): Problem | undefined {
    const [first] = this.#around.sources
    const read = first?.isNamed === true ? this.#around.files.read(first) : undefined
    return read?.kind === 'broken' ? read.problem : undefined
  }

  /** How ssh would connect to what stands behind it on its command line. */
  lookUp(query: Query): ResolvedHost {
    return resolveHost(query, this.#around)
  }
}

function sourcesOf({ file, home, cwd }: SshConfigOptions): readonly ConfigFile[] {
  if (file === 'none') return []
  if (file !== undefined) {
    return [{ path: resolve(cwd, file), isUsers: true, isGuarded: false, isNamed: true }]
  }
  return [
    { path: join(home, '.ssh/config'), isUsers: true, isGuarded: true, isNamed: false },
    { path: '/etc/ssh/ssh_config', isUsers: false, isGuarded: false, isNamed: false },
  ]
}

function ownAddresses(): readonly string[] {
  return Object.values(networkInterfaces()).flatMap(all => (all ?? []).map(({ address }) => address))
}

function endsWell(command: string, env: Readonly<NodeJS.ProcessEnv>): boolean {
  const options = { env, stdio: 'ignore', timeout: LIMITS.matchExecMs, killSignal: 'SIGKILL' } as const
  return spawnSync('/bin/sh', ['-c', command], options).status === 0
}
