import { verify } from 'node:crypto'
import ssh2 from 'ssh2'
import { type CertificateFields, readCertificateFields, stringsOf } from './certificate-fields.ts'
import { type PublicKey, parsePublicKey } from './public-key.ts'
import { keyTypeOf } from './wire-reader.ts'

/** A certificate that a host presents in place of its key (OpenSSH's PROTOCOL.certkeys), signed as it says. */
export interface HostCertificate {
  /** The key in it. */
  readonly key: PublicKey
  /** Who has signed it. */
  readonly authority: PublicKey
  readonly isForHosts: boolean
  /** Names that it is for; none: all. */
  readonly principals: readonly string[]
  /** Seconds since 1970: good from the first on, and before the second. */
  readonly validAfter: bigint
  readonly validBefore: bigint
  readonly hasCriticalOptions: boolean
  /** The algorithm of the signature where it is none that is checked here, and the signature is not. */
  readonly uncheckedSignature?: string
}

const FOR_USERS = 1
const FOR_HOSTS = 2

/** Reads a certificate; undefined where it is none, or its signature is not right (`cert_parse` in sshkey.c). */
export function readHostCertificate(blob: Buffer): HostCertificate | undefined {
  const fields = readCertificateFields(blob)
  if (fields === undefined) return undefined
  const { key, kind, id, principals, validAfter, validBefore, criticalOptions, extensions } = fields
  const authority = parsePublicKey(fields.authority)
  if (authority === undefined || authority.isCertificate) return undefined
  if ((kind !== FOR_HOSTS && kind !== FOR_USERS) || id.includes(0)) return undefined
  if (criticalOptions.length % 2 !== 0 || extensions.length % 2 !== 0) return undefined
  const uncheckedSignature = uncheckedAlgorithm(fields.signature)
  if (uncheckedSignature === undefined && !isSigned(fields, authority)) return undefined
  return {
    ...{ key, authority, isForHosts: kind === FOR_HOSTS, validAfter, validBefore },
    principals: principals.map(name => name.toString('latin1')),
    hasCriticalOptions: criticalOptions.length > 0,
    ...(uncheckedSignature !== undefined && { uncheckedSignature }),
  }
}

function isSigned({ signed, signature }: CertificateFields, authority: PublicKey): boolean {
  try {
    return isSignedBy(authority, signed, signature)
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

/**
 * Why a certificate is not good for a host (`sshkey_cert_check_host` in sshkey.c); undefined: it is.
 *
 * @param name the host's address, or its alias
 * @param now in seconds since 1970
 */
export function objectionTo(certificate: HostCertificate, name: string, now: bigint): string | undefined {
  const { isForHosts, principals, validAfter, validBefore, uncheckedSignature } = certificate
  if (uncheckedSignature !== undefined)
    return `it is signed with ${uncheckedSignature}, which is not checked here`
  if (!isForHosts) return 'it is one of a user'
  if (now < validAfter) return 'it is not valid yet'
  if (now >= validBefore) return 'it has expired'
  const isNamed = principals.length === 0 || principals.includes(Buffer.from(name).toString('latin1'))
  if (!isNamed) return `it is not for ${name}, but for ${shown(principals)}`
  return certificate.hasCriticalOptions ? 'it has critical options, of which none is known' : undefined
}

function shown(principals: readonly string[]): string {
  const more = principals.length - 3
  const first = principals.slice(0, 3).map(name => name.slice(0, 100))
  return `${first.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

/** What a signature can be made with; no SHA-1, as with OpenSSH's CASignatureAlgorithms. */
const HASHES: Readonly<Record<string, string | null>> = {
  'ssh-ed25519': null,
  'ecdsa-sha2-nistp256': 'sha256',
  'ecdsa-sha2-nistp384': 'sha384',
  'ecdsa-sha2-nistp521': 'sha512',
  'rsa-sha2-256': 'sha256',
  'rsa-sha2-512': 'sha512',
}

/** Bytes of each of the two numbers of an ECDSA signature. */
const NUMBER_BYTES: Readonly<Record<string, number>> = {
  'ecdsa-sha2-nistp256': 32,
  'ecdsa-sha2-nistp384': 48,
  'ecdsa-sha2-nistp521': 66,
}

function uncheckedAlgorithm(signature: Buffer): string | undefined {
  const name = keyTypeOf(signature) ?? ''
  return Object.hasOwn(HASHES, name) ? undefined : name
}

function isSignedBy({ type, blob }: PublicKey, signed: Buffer, signature: Buffer): boolean {
  const [name, raw, ...more] = stringsOf(signature)
  const algorithm = name?.toString('latin1') ?? ''
  const hash = Object.hasOwn(HASHES, algorithm) ? HASHES[algorithm] : undefined
  const isOfKey = type === 'ssh-rsa' ? algorithm.startsWith('rsa-') : algorithm === type
  if (raw === undefined || more.length > 0 || hash === undefined || !isOfKey) return false
  const pem = publicPem(type, blob)
  if (pem === undefined) return false
  const size = NUMBER_BYTES[type]
  const bytes = size === undefined ? raw : Buffer.concat(stringsOf(raw).map(number => ofSize(number, size)))
  return verify(hash, signed, { key: pem, dsaEncoding: 'ieee-p1363' }, bytes)
}

/** Undefined for a key that no signature can be checked with: one whose exponent is 0, which OpenSSH takes for a key. */
function publicPem(type: string, blob: Buffer): string | undefined {
  try {
    const key: unknown = ssh2.utils.parseKey(`${type} ${blob.toString('base64')}`)
    return isParsed(key) ? key.getPublicPEM() : undefined
  } catch {
    return undefined
  }
}

function isParsed(key: unknown): key is { getPublicPEM(): string } {
  return typeof key === 'object' && key !== null && 'getPublicPEM' in key
}

/** Without the zero that makes it positive, and with those that make it as long as all. */
function ofSize(number: Buffer, size: number): Buffer {
  const digits = number[0] === 0 ? number.subarray(1) : number
  if (digits.length > size) throw new RangeError('no number of this size')
  return Buffer.concat([Buffer.alloc(size - digits.length), digits])
}
