import { createHmac, hash, randomBytes } from 'node:crypto'
import { wildcardMatches } from '../../model/wildcard.ts'

/** A line of a known_hosts file (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"). */
export interface KnownHost {
  readonly marker?: 'cert-authority' | 'revoked'
  readonly names: NamePatterns
  readonly keyType: string
  /** The public key as SSH sends it. */
  readonly key: Buffer
  readonly file: string
  /** Counts from 1. */
  readonly line: number
}

/** Names in the clear, or one that is hashed. */
type NamePatterns =
  | { readonly kind: 'plain'; readonly patterns: readonly NamePattern[] }
  | { readonly kind: 'hashed'; readonly inner: Buffer; readonly outer: Buffer; readonly hash: string }

interface NamePattern {
  readonly negated: boolean
  readonly matches: (name: string) => boolean
}

/** Reads a known_hosts file. Lines that OpenSSH would not take either are left out, as it does. */
export function parseKnownHosts(text: string, file: string): KnownHost[] {
  return text.split('\n').flatMap((line, index) => {
    const entry = parseLine(line.replace(/\r$/, ''))
    return entry === undefined ? [] : [{ ...entry, file, line: index + 1 }]
  })
}

/** Whether an entry speaks of this name: a host's, or `[host]:port`. Lower case, as OpenSSH makes them. */
export function speaksOf({ names }: KnownHost, name: string): boolean {
  if (names.kind === 'hashed') return hmacSha1(names.inner, names.outer, name) === names.hash
  let found = false
  for (const pattern of names.patterns) {
    if (!pattern.matches(name)) continue
    if (pattern.negated) return false
    found = true
  }
  return found
}

function parseLine(line: string): Omit<KnownHost, 'file' | 'line'> | undefined {
  const [first = '', ...rest] = line.split(/[ \t]+/).filter(field => field !== '')
  if (first === '' || first.startsWith('#')) return undefined
  if (!first.startsWith('@')) return parseEntry(first, rest)
  if (first !== '@cert-authority' && first !== '@revoked') return undefined
  const [hosts = '', ...fields] = rest
  const entry = parseEntry(hosts, fields)
  return entry && { ...entry, marker: first === '@revoked' ? 'revoked' : 'cert-authority' }
}

function parseEntry(hosts: string, [keyType = '', blob = '']: readonly string[]) {
  const key = Buffer.from(blob, 'base64')
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(blob) || keyTypeOf(key) !== keyType) return undefined
  const names = hosts.startsWith('|') ? parseHashed(hosts) : parsePatterns(hosts)
  return names && { names, keyType, key }
}

/** The name that a public key starts with: a length in four bytes, then the text (RFC 4253, 6.6). */
export function keyTypeOf(key: Buffer): string | undefined {
  if (key.length < 4) return undefined
  const length = key.readUInt32BE(0)
  return length > key.length - 4 ? undefined : key.toString('latin1', 4, 4 + length)
}

const SHA1_BLOCK = 64

/** `|1|salt|hash`: HMAC-SHA1 of the name. The padded salts are made once, since every host is tried on every line. */
function parseHashed(hosts: string): NamePatterns | undefined {
  const [, salt = '', hashed = ''] = /^\|1\|([A-Za-z0-9+/]+=*)\|([A-Za-z0-9+/]+=*)$/.exec(hosts) ?? []
  const key = Buffer.from(salt, 'base64')
  if (key.length !== 20) return undefined
  const pad = (byte: number) => Buffer.alloc(SHA1_BLOCK, byte).map((value, i) => value ^ (key[i] ?? 0))
  return {
    kind: 'hashed',
    inner: Buffer.from(pad(0x36)),
    outer: Buffer.from(pad(0x5c)),
    hash: Buffer.from(hashed, 'base64').toString('base64'),
  }
}

/** A name as it stands in known_hosts where it is not to be read there. */
export function hashedName(name: string): string {
  const salt = randomBytes(20)
  const hashed = createHmac('sha1', salt).update(name).digest('base64')
  return `|1|${salt.toString('base64')}|${hashed}`
}

/** RFC 2104, with the two padded keys given; three times faster than a new Hmac object for each name. */
function hmacSha1(inner: Buffer, outer: Buffer, text: string): string {
  const first = hash('sha1', Buffer.concat([inner, Buffer.from(text)]), 'buffer')
  return hash('sha1', Buffer.concat([outer, first]), 'base64')
}

function parsePatterns(hosts: string): NamePatterns {
  const patterns = hosts.split(',').map(text => {
    const negated = text.startsWith('!')
    return { negated, matches: matcherOf((negated ? text.slice(1) : text).toLowerCase()) }
  })
  return { kind: 'plain', patterns }
}

/** `*` and `?` stand for what they stand for in ssh_config(5), brackets for themselves. */
function matcherOf(pattern: string): (name: string) => boolean {
  if (!/[*?]/.test(pattern)) return name => name === pattern
  return name => wildcardMatches(pattern, name)
}
