import { isIPv4, isIPv6 } from 'node:net'
import { FACT_FIELDS, type FactName } from '../model/facts.ts'
import { type Value, WrittenNumber } from '../model/value.ts'
import { operatingSystem } from './operating-system.ts'
import { type Told, toldLines } from './told.ts'

const MOST_ADDRESSES = 100
const MOST_CPUS = 65_536
/** 1 PiB, in KiB. */
const MOST_MEMORY_KB = 2 ** 40

/**
 * The facts of a host as the nested map that `facts.…` is, from what the script printed there; undefined when that is
 * not the whole of it. A host is not trusted: what does not look like the fact that it should be counts as not told.
 */
export function parseFacts(stdout: string): Value | undefined {
  const told = toldLines(stdout)
  return told === undefined ? undefined : nested(factsOf(told))
}

function factsOf(told: Told): Readonly<Record<FactName, Value>> {
  const os = operatingSystem(told)
  const hostname = told.first('hostname', HOST_NAME)
  const account = passwdEntry(told.first('passwd', ANY))
  return {
    'os.id': os.id,
    'os.version': os.version,
    'os.family': os.family,
    'os.name': os.name,
    arch: told.first('arch', WORD),
    kernel: told.first('kernel', WORD),
    hostname,
    fqdn: fullName(told.first('fqdn', HOST_NAME), hostname),
    ips: addresses(told),
    cpus: number(told.first('cpus', DIGITS), 1, MOST_CPUS),
    memory_mb: memory(told),
    package_manager: packageManager(told.all('manager'), os.family),
    init: told.first('init', INIT),
    user: told.first('user', USER),
    home: account.home || told.first('home', PATH),
    shell: account.shell || told.first('shell', PATH),
  }
}

const ANY = /^/
const WORD = /^[\w][\w.+~-]*$/
const HOST_NAME = /^[A-Za-z0-9_][\w.-]*$/
/** Directory services allow more than useradd(8) does. */
const USER = /^[\p{L}\p{N}_][^:/\s]*$/u
const PATH = /^\//
const DIGITS = /^\d{1,18}$/
const INIT = /^(systemd|openrc|sysvinit|runit|busybox)$/

/** A resolver that knows no better says `localhost`. */
function fullName(fqdn: string, hostname: string): string {
  const name = fqdn.replace(/\.$/, '')
  return name === '' || name.startsWith('localhost') ? hostname : name
}

/** passwd(5): name, password, uid, gid, comment, home, shell; an empty shell means /bin/sh. */
function passwdEntry(line: string): { readonly home: string; readonly shell: string } {
  const fields = line.split(':')
  if (fields.length !== 7) return { home: '', shell: '' }
  const [, , , , , home = '', shell = ''] = fields
  const path = (text: string) => (PATH.test(text) ? text : '')
  return { home: path(home), shell: shell === '' ? '/bin/sh' : path(shell) }
}

function addresses(told: Told): string[] {
  const plain = told.all('ip').map(text => text.replace(/[/%].*$/, ''))
  const fromHex = told.all('ip6hex').map(fromKernel)
  const all = [...plain, ...fromHex].map(text => text.toLowerCase())
  const v4 = all.filter(text => isIPv4(text) && !/^(127|169\.254|0)\./.test(text))
  const v6 = all.filter(text => isIPv6(text) && text !== '::1' && text !== '::' && !/^fe[89ab]/.test(text))
  return [...new Set([...v4, ...v6])].slice(0, MOST_ADDRESSES)
}

/** `20010db8000000000000000000000001`, as /proc/net/if_inet6 has it, in the form of RFC 5952. */
function fromKernel(hex: string): string {
  if (!/^[0-9a-f]{32}$/.test(hex)) return ''
  const full = hex.replace(/(.{4})(?=.)/g, '$1:')
  return new URL(`http://[${full}]`).hostname.slice(1, -1)
}

function memory(told: Told): Value {
  const kb = told.first('memory_kb', DIGITS)
  const bytes = told.first('memory_bytes', DIGITS)
  const amount = kb === '' ? Number(bytes) / 1024 : Number(kb)
  return written(amount <= MOST_MEMORY_KB ? Math.floor(amount / 1024) : 0)
}

function number(text: string, least: number, most: number): Value {
  const value = Number(text)
  return written(value >= least && value <= most ? value : 0)
}

function written(value: number): Value {
  return new WrittenNumber(String(value))
}

/** In order of preference. */
const MANAGERS: Readonly<Record<string, readonly string[]>> = {
  debian: ['apt'],
  rhel: ['dnf', 'yum'],
  suse: ['zypper'],
  alpine: ['apk'],
  arch: ['pacman'],
  bsd: ['pkg'],
}

/** That of the family; else the first one that is there. */
function packageManager(tools: readonly string[], family: string): string {
  const known = Object.values(MANAGERS).flat()
  const there = tools.map(tool => (tool === 'apt-get' ? 'apt' : tool)).filter(tool => known.includes(tool))
  const own = Object.hasOwn(MANAGERS, family) ? MANAGERS[family] : undefined
  return own?.find(tool => there.includes(tool)) ?? there[0] ?? ''
}

/** `os.id` becomes `id` in the map `os`. */
function nested(facts: Readonly<Record<FactName, Value>>): Value {
  const names = Object.keys(FACT_FIELDS) as FactName[]
  const top = names.filter(name => !name.includes('.')).map(name => [name, facts[name]] as const)
  const os = names.filter(name => name.startsWith('os.')).map(name => [name.slice(3), facts[name]] as const)
  return { os: Object.fromEntries(os), ...Object.fromEntries(top) }
}
