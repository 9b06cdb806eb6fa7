import { hash } from 'node:crypto'
import { type HostCertificate, objectionTo, readHostCertificate } from './host-certificate.ts'
import { type KnownHost, type KnownHostLine, knownUnder, lowerCase } from './known-hosts.ts'
import { parsePublicKey } from './public-key.ts'
import { keyTypeOf } from './wire-reader.ts'

/** What known_hosts says of a key that a host presents. */
export type HostKeyVerdict =
  | { readonly kind: 'known' }
  /** `authority`: one is known for the host. `objection`: why the certificate that it presents is not good. */
  | { readonly kind: 'unknown'; readonly authority?: KnownHost; readonly objection?: string }
  /** The host is known by other keys, and not by this one. */
  | { readonly kind: 'changed'; readonly known: KnownHost }
  | { readonly kind: 'revoked'; readonly known: KnownHost }

export const SSH_PORT = 22

/** Entries that speak of a host, found once a connection: for the choice of algorithms, and for the verdict. */
export interface HostEntries {
  /** That a certificate has to be for. */
  readonly name: string
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

/** @param files the lines of each */
export function entriesFor(
  files: readonly (readonly KnownHostLine[])[],
  address: string,
  port: number,
): HostEntries {
  const under = (name: string) => files.flatMap(lines => knownUnder(lines, name))
  return {
    name: lowerCase(address),
    named: under(knownName(address, port)),
    portless: port === SSH_PORT ? [] : under(knownName(address, SSH_PORT)),
  }
}

/** What a host presents: a key, and what an authority says of it. */
export interface PresentedKey {
  /** The same key has the same bytes. */
  readonly key: Buffer
  readonly certificate?: HostCertificate
}

/** @param blob as SSH sends it. Undefined: a certificate that is none, or whose signature is wrong. */
export function presentedKey(blob: Buffer): PresentedKey | undefined {
  const parsed = parsePublicKey(blob)
  const certificate = parsed?.isCertificate ? readHostCertificate(blob) : undefined
  if (parsed?.isCertificate && certificate === undefined) return undefined
  return { key: parsed?.blob ?? blob, ...(certificate && { certificate }) }
}

/**
 * Judges as OpenSSH does (`check_host_key` in sshconnect.c): a revoked key never, a known one always; any other key
 * of a host that is known is a changed one, of whatever type; and what is said without a port holds for a host that is
 * not known with its port. Of that, OpenSSH only warns that a key is revoked where it takes new ones; here it is. The
 * key of a certificate that does not count is judged as it would be without.
 *
 * @param now in seconds since 1970
 */
export function judgeHostKey(
  { name, named, portless }: HostEntries,
  presented: PresentedKey,
  now: bigint,
): HostKeyVerdict {
  const certified = judgeCertificate(named, presented, name, now)
  if (certified?.kind === 'known' || certified?.kind === 'revoked') return certified
  const without = judgeCertificate(portless, presented, name, now)
  const plainly = judgeUnder(portless, presented.key)
  const isUncertified = certified !== undefined && certified.authority === undefined
  // OpenSSH looks for a key without the port before it lets a certificate go, which counts even for a changed key.
  if (without?.kind === 'known') return without
  if (isUncertified && without?.kind !== 'revoked' && plainly.kind === 'known') return plainly
  const verdict = judgeUnder(named, presented.key)
  if (verdict.kind !== 'unknown') return verdict
  if (plainly.kind === 'known' || plainly.kind === 'revoked') return plainly
  if (without?.kind === 'revoked') return without
  return { ...(plainly.kind === 'unknown' ? plainly : {}), ...verdict, ...without, ...certified }
}

/** Unknown: by this certificate; without it, the key may be known. Undefined: there is none. */
function judgeCertificate(
  entries: readonly KnownHost[],
  { key, certificate }: PresentedKey,
  name: string,
  now: bigint,
) {
  if (certificate === undefined) return undefined
  const { authority } = certificate
  const revoked = revocationOf(entries, key) ?? revocationOf(entries, authority.blob)
  if (revoked !== undefined) return { kind: 'revoked', known: revoked } as const
  const known = entries.find(entry => entry.marker === 'cert-authority' && entry.key.equals(authority.blob))
  const objection =
    known === undefined
      ? `it is signed by ${fingerprintOf(authority.blob)}, which is not known for this host`
      : objectionTo(certificate, name, now)
  if (objection === undefined) return { kind: 'known' } as const
  return { kind: 'unknown', objection, ...(known && { authority: known }) } as const
}

/** Whether certificates are worth asking for. */
export function hasAuthority({ named }: HostEntries): boolean {
  return named.some(entry => entry.marker === 'cert-authority')
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
