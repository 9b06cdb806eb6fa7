import { createHmac, hash, randomBytes } from 'node:crypto'
import { wildcardMatches } from '../../model/wildcard.ts'
import { readHostCertificate } from './host-certificate.ts'
import { readPublicKey } from './public-key.ts'

/** What a known_hosts file says of a host (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"). */
export interface KnownHost {
  readonly marker?: Marker
  readonly keyType: string
  /** The public key as SSH sends it; of a certificate, the key in it. */
  readonly key: Buffer
  readonly isCertificate: boolean
  readonly file: string
  /** Counts from 1. */
  readonly line: number
}

type Marker = 'cert-authority' | 'revoked'

/** A line whose key is not looked at yet: most lines are about other hosts. */
export interface KnownHostLine {
  readonly marker?: Marker
  readonly names: NamePatterns
  /** Type and base64, and what may stand behind them. */
  readonly key: string
  readonly file: string
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

/**
 * The lines of a known_hosts file, read as OpenSSH reads them (`hostkeys_foreach_file` in hostfile.c); those that it
 * would pass over are left out.
 *
 * @param text a character for each byte (latin1): patterns are about bytes
 * @param above how many lines of the file stand before it
 */
export function parseKnownHosts(text: string, file: string, above = 0): KnownHostLine[] {
  return text.split('\n').flatMap((line, index) => {
    const parsed = parseLine(line)
    return parsed === undefined ? [] : [{ ...parsed, file, line: above + index + 1 }]
  })
}

/** What lines say of a name: a host's, or `[host]:port`. Lower case, as OpenSSH makes them. */
export function knownUnder(lines: readonly KnownHostLine[], name: string): KnownHost[] {
  const bytes = Buffer.from(name).toString('latin1')
  return lines.flatMap(line => (speaksOf(line.names, bytes) ? readEntry(line) : []))
}

function readEntry({ marker, key: text, file, line }: KnownHostLine): KnownHost[] {
  const [type = '', base64 = ''] = text.split(BLANKS)
  const key = readPublicKey(type, base64)
  if (key === undefined) return []
  const { type: keyType, blob, isCertificate } = key
  if (isCertificate && readHostCertificate(Buffer.from(base64, 'base64')) === undefined) return []
  return [{ ...(marker && { marker }), keyType, key: blob, isCertificate, file, line }]
}

function speaksOf(names: NamePatterns, name: string): boolean {
  if (names.kind === 'hashed') return hmacSha1(names.inner, names.outer, name) === names.hash
  let found = false
  for (const pattern of names.patterns) {
    if (!pattern.matches(name)) continue
    if (pattern.negated) return false
    found = true
  }
  return found
}

const BLANKS = /[ \t]+/

function parseLine(text: string): Omit<KnownHostLine, 'file' | 'line'> | undefined {
  // For OpenSSH a line ends with its first NUL.
  const [whole = ''] = text.split('\0', 1)
  const line = whole.replace(/^[ \t]+/, '')
  if (line.startsWith('#')) return undefined
  const marked = splitMarker(line)
  const [, hosts = '', key] = /^([^ \t]+)[ \t]+([^ \t#].*)$/s.exec(marked?.rest ?? '') ?? []
  if (marked === undefined || key === undefined) return undefined
  const names = hosts.startsWith('|') ? parseHashed(hosts) : parsePatterns(hosts)
  return names && { ...(marked.marker && { marker: marked.marker }), names, key }
}

const MARKERS: Readonly<Record<string, Marker>> = {
  '@cert-authority': 'cert-authority',
  '@revoked': 'revoked',
}

/** One marker, and a line with any other is none: up to the first blank, or where there is none, to the first tab. */
function splitMarker(line: string): { readonly marker?: Marker; readonly rest: string } | undefined {
  if (!line.startsWith('@')) return { rest: line }
  const end = line.includes(' ') ? line.indexOf(' ') : line.indexOf('\t')
  const word = line.slice(0, Math.max(end, 0))
  const marker = Object.hasOwn(MARKERS, word) ? MARKERS[word] : undefined
  const rest = line.slice(end).replace(/^[ \t]+/, '')
  return marker === undefined || rest.startsWith('@') ? undefined : { marker, rest }
}

const SHA1_BLOCK = 64

/** `|1|salt|hash`: HMAC-SHA1 of the name. The padded salts are made once, since every host is tried on every line. */
function parseHashed(hosts: string): NamePatterns | undefined {
  const [, salt = '', hashed = ''] = /^\|1\|([^|]+)\|([^|]+)$/.exec(hosts) ?? []
  const key = Buffer.from(salt, 'base64')
  // OpenSSH compares the text, so that it has to be written as OpenSSH writes it.
  if (key.length !== SHA1_BYTES || key.toString('base64') !== salt) return undefined
  const pad = (byte: number) => Buffer.alloc(SHA1_BLOCK, byte).map((value, i) => value ^ (key[i] ?? 0))
  return { kind: 'hashed', inner: Buffer.from(pad(0x36)), outer: Buffer.from(pad(0x5c)), hash: hashed }
}

/** RFC 2104, with the two padded keys given; three times faster than a new Hmac object for each name. */
function hmacSha1(inner: Buffer, outer: Buffer, text: string): string {
  const first = hash('sha1', Buffer.concat([inner, Buffer.from(text, 'latin1')]), 'buffer')
  return hash('sha1', Buffer.concat([outer, first]), 'base64')
}

const SHA1_BYTES = 20

/** A name as `HashKnownHosts` has it written. */
export function hashedName(name: string): string {
  const salt = randomBytes(SHA1_BYTES)
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`
}

/** OpenSSH's limit: a list with a longer pattern speaks of nobody (`match_pattern_list` in match.c). */
const LONGEST_PATTERN = 1022

function parsePatterns(hosts: string): NamePatterns {
  const patterns = hosts.split(',').map(text => {
    const negated = text.startsWith('!')
    const pattern = negated ? text.slice(1) : text
    return { negated, pattern, matches: matcherOf(lowerCase(pattern)) }
  })
  const isTooLong = patterns.some(({ pattern }) => pattern.length > LONGEST_PATTERN)
  return { kind: 'plain', patterns: isTooLong ? [] : patterns }
}

/** Letters of ASCII only, as in the C locale. */
export function lowerCase(text: string): string {
  return text.replace(/[A-Z]+/g, letters => letters.toLowerCase())
}

/** `*` and `?` stand for what they stand for in ssh_config(5), brackets for themselves. */
function matcherOf(pattern: string): (name: string) => boolean {
  if (!/[*?]/.test(pattern)) return name => name === pattern
  return name => wildcardMatches(pattern, name)
}
