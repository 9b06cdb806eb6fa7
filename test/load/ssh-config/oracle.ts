import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { SshConfig } from '../../../src/load/ssh-config.ts'

/** What both sides say of a host, in the words of `ssh -G`. */
export type Resolution = Readonly<Record<string, string>>

/** Writes files of a configuration; names are relative to the folder. */
export function writeConfig(folder: string, files: Readonly<Record<string, string>>): string {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text, { mode: 0o600 })
  }
  return join(folder, 'config')
}

const FIELDS = [
  ...['hostname', 'port', 'user', 'identitiesonly', 'identityagent', 'stricthostkeychecking', 'hostkeyalias'],
  ...[
    'hashknownhosts',
    'userknownhostsfile',
    'globalknownhostsfile',
    'connecttimeout',
    'proxyjump',
    'proxycommand',
  ],
] as const

/** What ssh itself makes of it, jump hosts followed; undefined: it refuses the file. */
export function askSsh(
  config: string,
  host: string,
  args: readonly string[] = [],
  depth = 0,
): Resolution | undefined {
  // ssh would start itself for ever.
  if (depth > 4) return undefined
  const asked = spawnSync('ssh', ['-G', '-F', config, ...args, host], { encoding: 'utf8' })
  if (asked.status !== 0) return undefined
  const lines = asked.stdout.split('\n').map(line => /^(\S+) ?(.*)$/.exec(line) ?? [])
  const one = (name: string) => lines.find(([, key]) => key === name)?.[2] ?? ''
  const all = (name: string) => lines.filter(([, key]) => key === name).map(([, , value]) => value)
  const files = all('identityfile').join(' ')
  const jumps = jumpsOf(config, one('proxyjump'), depth)
  if (jumps === undefined) return undefined
  const agent = one('identityagent')
  return {
    ...Object.fromEntries(FIELDS.map(name => [name, one(name)])),
    stricthostkeychecking: POLICIES[one('stricthostkeychecking')] ?? '',
    identityagent: agent === 'SSH_AUTH_SOCK' ? '' : agent,
    proxyjump: jumps.join(','),
    identityfile: files.startsWith('~/.ssh/id_rsa ~/.ssh/id_ecdsa ') ? '' : withoutNone(files),
    certificatefile: withoutNone(all('certificatefile').join(' ')),
    userknownhostsfile: withoutNone(one('userknownhostsfile')),
    globalknownhostsfile: withoutNone(one('globalknownhostsfile')),
    // -G shows it as it is written.
    proxycommand: withoutNone(one('proxycommand')).replace('%h', one('hostname')).replace('%n', host),
  }
}

/** ssh: `off` is `false` there. drover: what its policies are called. */
const POLICIES: Readonly<Record<string, string>> = {
  true: 'strict',
  false: 'accept-new',
  'accept-new': 'accept-new',
}

const withoutNone = (text: string) => (text === 'none' ? '' : text)

/** ssh starts another ssh for the last of the jump hosts, and gives it those before. */
function jumpsOf(config: string, list: string, depth: number): readonly string[] | undefined {
  if (list === '' || list === 'none') return []
  const hops = list.split(',')
  const [, user, name = '', port] = /^(?:(.*)@)?(.*?)(?::(\d+))?$/.exec(hops.at(-1) ?? '') ?? []
  const before = hops.slice(0, -1)
  const args = [
    ...(user === undefined ? [] : ['-l', user]),
    ...(port === undefined ? [] : ['-p', port]),
    ...(before.length === 0 ? [] : ['-J', before.join(',')]),
  ]
  const found = askSsh(config, name, args, depth + 1)
  if (found === undefined) return undefined
  const through = found.proxyjump ? [found.proxyjump] : []
  return [...through, `${found.user}@${found.hostname}:${found.port}`]
}

/** What drover makes of it, put in the same words. */
export function askDrover(
  config: string,
  host: string,
  given: { readonly user?: string; readonly port?: number } = {},
): Resolution | undefined {
  const user = execFileSync('id', ['-un'], { encoding: 'utf8' }).trim()
  const options = { file: config, allowExec: true, home: homedir(), user, cwd: '/', env: process.env }
  const {
    address,
    port,
    user: login,
    setup,
    problems,
    connectTimeoutMs,
  } = new SshConfig(options).lookUp({
    name: host,
    ...given,
  })
  if (problems.length > 0) return undefined
  const { knownHosts, agent, jumps = [] } = setup
  const ssh = join(homedir(), '.ssh')
  const usual = [`${ssh}/known_hosts`, `${ssh}/known_hosts2`]
  const global = ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2']
  return {
    hostname: address,
    port: String(port),
    user: login,
    identitiesonly: setup.identitiesOnly ? 'yes' : 'no',
    identityagent: agent === undefined ? '' : agent.kind === 'none' ? 'none' : agent.path,
    stricthostkeychecking: setup.hostKeyPolicy ?? '',
    hostkeyalias: setup.hostKeyAlias ?? '',
    hashknownhosts: setup.hashKnownHosts ? 'yes' : 'no',
    userknownhostsfile: (knownHosts?.user ?? usual).join(' '),
    globalknownhostsfile: (knownHosts?.global ?? global).join(' '),
    connecttimeout: connectTimeoutMs === undefined ? 'none' : String(connectTimeoutMs / 1000),
    proxyjump: jumps.map(({ user: name, address: at, port: nr }) => `${name}@${at}:${nr}`).join(','),
    proxycommand: setup.proxyCommand ?? '',
    identityfile: (setup.identityFiles ?? []).join(' '),
    certificatefile: (setup.certificates ?? []).join(' '),
  }
}
