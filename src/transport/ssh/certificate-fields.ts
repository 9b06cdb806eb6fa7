import { type PublicKey, parsePublicKey } from './public-key.ts'
import { WireReader } from './wire-reader.ts'

/** What is in a certificate, of a user or a host (OpenSSH's PROTOCOL.certkeys); nothing of it is judged. */
export interface CertificateFields {
  /** The key in it. */
  readonly key: PublicKey
  /** 1: for users; 2: for hosts. */
  readonly kind: number
  readonly id: Buffer
  readonly principals: readonly Buffer[]
  /** Seconds since 1970: good from the first on, and before the second. */
  readonly validAfter: bigint
  readonly validBefore: bigint
  /** Names and values in turns. */
  readonly criticalOptions: readonly Buffer[]
  readonly extensions: readonly Buffer[]
  /** The key of who has signed it, as SSH sends it. */
  readonly authority: Buffer
  /** The bytes that are signed. */
  readonly signed: Buffer
  readonly signature: Buffer
}

/** Undefined where it is none, ends too early, or has something behind it. */
export function readCertificateFields(blob: Buffer): CertificateFields | undefined {
  const key = parsePublicKey(blob)
  if (!key?.isCertificate) return undefined
  try {
    const reader = new WireReader(blob)
    // The nonce stands behind the type, and then the parts of the key, of which the type is one.
    for (const _ of ['nonce', ...stringsOf(key.blob)]) reader.string()
    reader.large()
    const kind = reader.number()
    const id = reader.string()
    const principals = stringsOf(reader.string())
    const [validAfter, validBefore] = [reader.large(), reader.large()]
    const [criticalOptions, extensions] = [stringsOf(reader.string()), stringsOf(reader.string())]
    reader.string()
    const authority = reader.string()
    const signed = blob.subarray(0, reader.at)
    const signature = reader.string()
    if (!reader.isAtEnd) return undefined
    return {
      ...{ key, kind, id, principals, validAfter, validBefore },
      ...{ criticalOptions, extensions, authority, signed, signature },
    }
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/** Strings that stand one after the other, to the end. Throws a RangeError where the last is cut off. */
export function stringsOf(bytes: Buffer): Buffer[] {
  const reader = new WireReader(bytes)
  const found: Buffer[] = []
  while (!reader.isAtEnd) found.push(reader.string())
  return found
}
