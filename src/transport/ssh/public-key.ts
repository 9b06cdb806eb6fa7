import { ECDH } from 'node:crypto'
import { isCertifiedName, plainName } from './certified-name.ts'
import { keyTypeOf, sshString, WireReader } from './wire-reader.ts'

/** A public key that is one: all its parts are there, and are what its type says. */
export interface PublicKey {
  /** Such as `ssh-ed25519`; of a certificate, the type of the key in it. */
  readonly type: string
  /** As SSH sends it, without the certificate. The same key has the same bytes, however it was written. */
  readonly blob: Buffer
  readonly isCertificate: boolean
}

/**
 * The key of a line, `type base64`, where OpenSSH would take it (`sshkey_read` in sshkey.c): the type is one that
 * exists, the base64 is whole, and the key in it is of that type, complete and with nothing behind it.
 */
export function readPublicKey(type: string, base64: string): PublicKey | undefined {
  // b64_pton(3) passes over white space, as the end of a DOS line.
  const text = base64.replace(/[\t-\r ]+/g, '')
  const blob = Buffer.from(text, 'base64')
  if (blob.toString('base64') !== text) return undefined
  const key = parsePublicKey(blob)
  const named = shapeOf(type)
  return key?.type === named?.type && key?.isCertificate === named?.isCertificate ? key : undefined
}

/** A key as SSH sends it; undefined where it is not a whole key of a type that OpenSSH has. */
export function parsePublicKey(blob: Buffer): PublicKey | undefined {
  const shape = shapeOf(keyTypeOf(blob) ?? '')
  if (shape === undefined) return undefined
  const { type, isCertificate } = shape
  try {
    const reader = new WireReader(blob)
    reader.string()
    if (isCertificate) reader.string()
    const parts = shape.read(reader)
    if (parts === undefined || (!isCertificate && !reader.isAtEnd)) return undefined
    return { type, blob: Buffer.concat([type, ...parts].map(sshString)), isCertificate }
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

type ReadParts = (reader: WireReader) => readonly Buffer[] | undefined

const ed25519: ReadParts = reader => {
  const key = reader.string()
  return key.length === 32 ? [key] : undefined
}

const ecdsa =
  (curve: string): ReadParts =>
  reader => {
    const [named, point] = [reader.string(), reader.string()]
    return named.equals(Buffer.from(curve)) && isOnCurve(point, curve) ? [named, point] : undefined
  }

const LEAST_RSA_BITS = 1024

const rsa: ReadParts = reader => {
  const [e, n] = [integer(reader), integer(reader)]
  return bitsOf(n) < LEAST_RSA_BITS ? undefined : [e, n]
}

const dss: ReadParts = reader => [integer(reader), integer(reader), integer(reader), integer(reader)]

/** A key in a FIDO token has the name of its application as well. */
const inToken =
  (read: ReadParts): ReadParts =>
  reader => {
    const parts = read(reader)
    const application = reader.string()
    return parts === undefined || application.includes(0) ? undefined : [...parts, application]
  }

const TYPES: Readonly<Record<string, ReadParts>> = {
  'ssh-ed25519': ed25519,
  'ecdsa-sha2-nistp256': ecdsa('nistp256'),
  'ecdsa-sha2-nistp384': ecdsa('nistp384'),
  'ecdsa-sha2-nistp521': ecdsa('nistp521'),
  'ssh-rsa': rsa,
  'ssh-dss': dss,
  'sk-ssh-ed25519@openssh.com': inToken(ed25519),
  'sk-ecdsa-sha2-nistp256@openssh.com': inToken(ecdsa('nistp256')),
}

/** Names of signatures, which OpenSSH takes for the types of the keys that make them. */
const ALIASES: Readonly<Record<string, string>> = {
  'rsa-sha2-256': 'ssh-rsa',
  'rsa-sha2-512': 'ssh-rsa',
  'webauthn-sk-ecdsa-sha2-nistp256@openssh.com': 'sk-ecdsa-sha2-nistp256@openssh.com',
}

function shapeOf(name: string) {
  const isCertificate = isCertifiedName(name)
  const own = plainName(name)
  // A type of certificate has its `@openssh.com` in place of that of its key.
  const plain = isCertificate && own.startsWith('sk-') ? `${own}@openssh.com` : own
  const type = Object.hasOwn(ALIASES, plain) ? (ALIASES[plain] ?? plain) : plain
  const read = Object.hasOwn(TYPES, type) ? TYPES[type] : undefined
  return read && { type, isCertificate, read }
}

const MOST_INTEGER_BYTES = 2048

/** A positive integer (RFC 4251, 5, "mpint"), with no more zeros before it than it needs. */
function integer(reader: WireReader): Buffer {
  const bytes = reader.string()
  const most = MOST_INTEGER_BYTES + (bytes[0] === 0 ? 1 : 0)
  if ((bytes[0] ?? 0) >= 0x80 || bytes.length > most) throw new RangeError('no number for a key')
  const first = bytes.findIndex(byte => byte !== 0)
  const digits = first < 0 ? Buffer.alloc(0) : bytes.subarray(first)
  return (digits[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), digits]) : digits
}

function bitsOf(number: Buffer): number {
  const digits = number[0] === 0 ? number.subarray(1) : number
  return digits.length === 0 ? 0 : digits.length * 8 - Math.clz32(digits[0] ?? 0) + 24
}

const CURVES: Readonly<Record<string, string>> = {
  nistp256: 'prime256v1',
  nistp384: 'secp384r1',
  nistp521: 'secp521r1',
}

/** Whether a point is given as both its numbers (RFC 5656, 3.1), and lies on the curve. */
function isOnCurve(point: Buffer, curve: string): boolean {
  if (point[0] !== 4) return false
  try {
    ECDH.convertKey(point, CURVES[curve] ?? '')
    return true
  } catch {
    return false
  }
}
