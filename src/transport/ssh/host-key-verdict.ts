import { hash } from 'node:crypto'
import { type KnownHost, keyTypeOf, speaksOf } from './known-hosts.ts'

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
  /** Of the host as if it were on port 22: they can only accept a key, never refuse it. */
  readonly portless: readonly KnownHost[]
}

/** The name that known_hosts has for a host: the port is part of it unless it is 22. */
export function knownName(address: string, port: number): string {
  const host = address.toLowerCase()
  return port === SSH_PORT ? host : `[${host}]:${port}`
}

export function entriesFor(entries: readonly KnownHost[], address: string, port: number): HostEntries {
  const about = (name: string) => entries.filter(entry => speaksOf(entry, name))
  return {
    named: about(knownName(address, port)),
    portless: port === SSH_PORT ? [] : about(knownName(address, SSH_PORT)),
  }
}

/**
 * Judges as OpenSSH does (`check_host_key` in sshconnect.c): a revoked key never, a known one always; any other key
 * of a host that is known is a changed one, of whatever type; and what is known without a port holds for all ports.
 */
export function judgeHostKey({ named, portless }: HostEntries, key: Buffer): HostKeyVerdict {
  const same = (entry: KnownHost) => entry.key.equals(key)
  const verdict = judgeUnder(named, same)
  if (verdict.kind !== 'unknown' || judgeUnder(portless, same).kind !== 'known') return verdict
  return { kind: 'known' }
}

function judgeUnder(entries: readonly KnownHost[], same: (entry: KnownHost) => boolean): HostKeyVerdict {
  const revoked = entries.find(entry => entry.marker === 'revoked' && same(entry))
  if (revoked !== undefined) return { kind: 'revoked', known: revoked }
  const plain = entries.filter(entry => entry.marker === undefined)
  if (plain.some(same)) return { kind: 'known' }
  if (plain[0] !== undefined) return { kind: 'changed', known: plain[0] }
  const authority = entries.find(entry => entry.marker === 'cert-authority')
  return authority === undefined ? { kind: 'unknown' } : { kind: 'unknown', authority }
}

/** As OpenSSH shows it. */
export function fingerprintOf(key: Buffer): string {
  return `SHA256:${hash('sha256', key, 'base64').replace(/=+$/, '')}`
}

/** A key's type for people, as `ssh-ed25519`. */
export function keyTypeName(key: Buffer): string {
  return keyTypeOf(key) ?? 'unknown type'
}
