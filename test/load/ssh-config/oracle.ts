import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { SshConfig } from '../../../src/load/ssh-config.ts'
import { type AlgorithmChoice, OWN_ALGORITHMS } from '../../../src/model/algorithms.ts'
import type { SshSetup } from '../../../src/model/host.ts'

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
  ...['userknownhostsfile', 'globalknownhostsfile', 'connecttimeout', 'proxyjump', 'proxycommand'],
  ...['addressfamily', 'bindaddress', 'hashknownhosts', 'connectionattempts'],
] as const

const PARTS = {
  ciphers: 'cipher',
  macs: 'hmac',
  kexalgorithms: 'kex',
  hostkeyalgorithms: 'hostKey',
  pubkeyacceptedalgorithms: 'userKey',
} as const satisfies Readonly<Record<string, keyof AlgorithmChoice>>

/** Those that not every ssh has, so that none is asked about them. */
const RARE = /group15|group17/

const named = (names: readonly string[]) =>
  [...names]
    .filter(name => !RARE.test(name))
    .sort()
    .join(',')

const METHODS = ['publickey', 'keyboard-interactive', 'password']

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
  // -G shows these as they are written.
  const tokens = { h: one('hostname'), n: host, p: one('port'), r: one('user'), '%': '%' }
  const expanded = (text: string) =>
    text.replace(/%([hnpr%])/g, (_, letter: keyof typeof tokens) => tokens[letter])
  const fileOf = (text: string) => expanded(text.replace(/^~(?=\/|$)/, homedir()))
  const filesOf = (name: string) =>
    all(name)
      .filter(file => file?.toLowerCase() !== 'none')
      .map(file => fileOf(file ?? ''))
      .join(' ')
  const isUsual = one('identityfile') === '~/.ssh/id_rsa' && all('identityfile').length > 4
  const jumps = jumpsOf(config, one('proxyjump'), depth)
  if (jumps === undefined) return undefined
  const agent = one('identityagent')
  const algorithms = Object.entries(PARTS).map(([name, part]) => {
    const own: readonly string[] = OWN_ALGORITHMS[part]
    return [
      name,
      named(
        one(name)
          .split(',')
          .filter(algorithm => own.includes(algorithm)),
      ),
    ]
  })
  return {
    ...Object.fromEntries(algorithms),
    loginmethods: methodsOf(one).join(','),
    ...Object.fromEntries(FIELDS.map(name => [name, one(name)])),
    bindinterface: one('bindaddress') === '' ? one('bindinterface') : '',
    stricthostkeychecking:
      POLICIES[one('stricthostkeychecking')] ?? (one('batchmode') === 'yes' ? 'strict' : ''),
    identityagent: agent === 'SSH_AUTH_SOCK' ? '' : fileOf(agent),
    connecttimeout: one('connecttimeout') === '0' ? 'none' : one('connecttimeout'),
    proxyjump: jumps.join(','),
    identityfile: isUsual ? '' : filesOf('identityfile'),
    certificatefile: filesOf('certificatefile'),
    userknownhostsfile: fileOf(withoutNone(one('userknownhostsfile'))),
    globalknownhostsfile: fileOf(withoutNone(one('globalknownhostsfile'))),
    proxycommand: expanded(withoutNone(one('proxycommand'))),
  }
}

/** As the authentication loop of ssh takes them (sshconnect2.c). */
function methodsOf(one: (name: string) => string): readonly string[] {
  const preferred = one('preferredauthentications')
  const isOn: Readonly<Record<string, boolean>> = {
    publickey: one('pubkeyauthentication') !== 'false',
    password: one('passwordauthentication') === 'yes' && one('numberofpasswordprompts') !== '0',
    'keyboard-interactive':
      one('kbdinteractiveauthentication') === 'yes' && one('numberofpasswordprompts') !== '0',
  }
  return (preferred === '' ? METHODS : preferred.split(',')).filter(name => isOn[name])
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
  const found = askSsh(config, name.replace(/^\[(.*)\]$/, '$1'), args, depth + 1)
  if (found === undefined) return undefined
  const through = found.proxyjump ? [found.proxyjump] : []
  return [...through, placeOf(found.user, found.hostname, found.port)]
}

function placeOf(user = '', address = '', port: string | number = ''): string {
  return `${user}@${address.includes(':') ? `[${address}]` : address}:${port}`
}

const FAMILIES = { 0: 'any', 4: 'inet', 6: 'inet6' } as const

function agentOf(agent: SshSetup['agent']): string {
  return agent === undefined ? '' : agent.kind === 'none' ? 'none' : agent.path
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
  const algorithms = Object.entries(PARTS).map(([name, part]) => {
    return [name, named(setup.algorithms?.[part] ?? OWN_ALGORITHMS[part])]
  })
  return {
    ...Object.fromEntries(algorithms),
    loginmethods: (setup.loginMethods ?? METHODS).join(','),
    addressfamily: FAMILIES[setup.addressFamily ?? 0],
    bindaddress: setup.bindAddress ?? '',
    bindinterface: setup.bindInterface ?? '',
    hashknownhosts: setup.hashKnownHosts ? 'yes' : 'no',
    connectionattempts: String((setup.connectRetries ?? 0) + 1),
    hostname: address,
    port: String(port),
    user: login,
    identitiesonly: setup.identitiesOnly ? 'yes' : 'no',
    identityagent: agentOf(agent),
    stricthostkeychecking: setup.hostKeyPolicy ?? '',
    hostkeyalias: setup.hostKeyAlias ?? '',
    userknownhostsfile: (knownHosts?.user ?? usual).join(' '),
    globalknownhostsfile: (knownHosts?.global ?? global).join(' '),
    connecttimeout: connectTimeoutMs === undefined ? 'none' : String(connectTimeoutMs / 1000),
    proxyjump: jumps.map(({ user: name, address: at, port: nr }) => placeOf(name, at, nr)).join(','),
    proxycommand: setup.proxyCommand ?? '',
    identityfile: (setup.identityFiles ?? []).join(' '),
    certificatefile: (setup.certificates ?? []).join(' '),
  }
}
