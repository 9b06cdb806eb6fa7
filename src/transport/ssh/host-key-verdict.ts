import { hash } from 'node:crypto'
import { type KnownHost, type KnownHostLine, knownUnder, lowerCase } from './known-hosts.ts'
import { parsePublicKey } from './public-key.ts'
import { keyTypeOf } from './wire-reader.ts'

/** What known_hosts says of a key that a host presents. */
export type HostKeyVerdict =
  | { readonly kind: 'known' }
  /** `authority`: the host is known by a certificate authority, which drover does not check. */
  | { readonly kind: 'unknown'; readonly authority?: KnownHost }
  /** The host is known by other keys, and not by this one. */
  | { readonly kind: 'changed'; readonly known: KnownHost }
  | { readonly kind: 'revoked'; readonly known: KnownHost }

export const SSH_PORT = 22

/** Entries that speak of a host, found once a connection: for the choice of algorithms, and for the verdict. */
export interface HostEntries {
  /** Of the host under the name that holds for its port. */
  readonly named: readonly KnownHost[]
  /** Of the host as if it were on port 22, for one that is not known with its port. */
  readonly portless: readonly KnownHost[]
}

/** The name that known_hosts has for a host: the port is part of it unless it is 22. */
export function knownName(address: string, port: number): string {
  const host = lowerCase(address)
  return port === SSH_PORT ? host : `[${host}]:${port}`
}

export function entriesFor(lines: readonly KnownHostLine[], address: string, port: number): HostEntries {
  return {
    named: knownUnder(lines, knownName(address, port)),
    portless: port === SSH_PORT ? [] : knownUnder(lines, knownName(address, SSH_PORT)),
  }
}

/**
 * Judges as OpenSSH does (`check_host_key` in sshconnect.c): a revoked key never, a known one always; any other key
 * of a host that is known is a changed one, of whatever type; and what is said without a port holds for a host that is
 * not known with its port. Of that, OpenSSH only warns that a key is revoked where it takes new ones; here it is.
 */
export function judgeHostKey({ named, portless }: HostEntries, presented: Buffer): HostKeyVerdict {
  const key = parsePublicKey(presented)?.blob ?? presented
  const verdict = judgeUnder(named, key)
  if (verdict.kind !== 'unknown') return verdict
  const without = judgeUnder(portless, key)
  return without.kind === 'changed'
    ? verdict
    : without.kind === 'unknown'
      ? { ...without, ...verdict }
      : without
}

function judgeUnder(entries: readonly KnownHost[], key: Buffer): HostKeyVerdict {
  const revoked = revocationOf(entries, key)
  if (revoked !== undefined) return { kind: 'revoked', known: revoked }
  const plain = entries.filter(entry => entry.marker === undefined)
  if (plain.some(entry => !entry.isCertificate && entry.key.equals(key))) return { kind: 'known' }
  const known = plain.at(-1)
  if (known !== undefined) return { kind: 'changed', known }
  const authority = entries.find(entry => entry.marker === 'cert-authority')
  return authority === undefined ? { kind: 'unknown' } : { kind: 'unknown', authority }
}

/** Revoking a certificate revokes the key in it. */
function revocationOf(entries: readonly KnownHost[], key: Buffer): KnownHost | undefined {
  return entries.find(entry => entry.marker === 'revoked' && entry.key.equals(key))
}

/** Whether a key of this type is known, so that it is worth asking for: the first of them, if it is not revoked. */
export function isTypeKnown({ named }: HostEntries, type: string): boolean {
  const first = named.find(
    entry => entry.marker === undefined && !entry.isCertificate && entry.keyType === type,
  )
  return first !== undefined && revocationOf(named, first.key) === undefined
}

/** As OpenSSH shows it. */
export function fingerprintOf(key: Buffer): string {
  return `SHA256:${hash('sha256', key, 'base64').replace(/=+$/, '')}`
}

/** A key's type for people, as `ssh-ed25519`. */
export function keyTypeName(key: Buffer): string {
  return keyTypeOf(key) ?? 'unknown type'
}
