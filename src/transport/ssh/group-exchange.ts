import { createPrivateKey, createPublicKey, diffieHellman, type KeyObject, randomBytes } from 'node:crypto'
import type { DiffieHellman, KeyExchange } from './key-exchange.ts'

/** RFC 8270 and what is asked of servers. A larger group takes long to work with. In bits. */
const LEAST_BITS = 2048
const MOST_BITS = 8192
/** `moduli` of OpenSSH has primes of one bit less than their name says. */
const SPARE_BITS = 1

/** Twice the strength of the strongest cipher. In bytes. */
const EXPONENT = 64

/**
 * Takes a server's group (diffie-hellman-group-exchange-sha256) as OpenSSH does: of a proper size, and without proof
 * that its number is prime. node:crypto proves that, which takes 2 s for 3072 bits and half a minute for 8192, in which
 * no other host of the process is heard; and any size is fine for ssh2. This reaches into ssh2, whose version is
 * pinned, and a test with a real server asks for it.
 */
export function takeGroupAsItIs(exchange: KeyExchange): void {
  if (exchange.type === 'groupex') exchange.generateKeys = () => generateFor(exchange)
}

function generateFor(exchange: KeyExchange): void {
  const { _dh: made, _prime: prime, _generator: generator } = exchange
  if (made || !prime || !generator) return
  const bits = BigInt(`0x0${prime.subarray(0, 1 + MOST_BITS).toString('hex')}`).toString(2).length
  if (bits < LEAST_BITS - SPARE_BITS || bits > MOST_BITS) throw new Error(`a key exchange with ${bits} bits`)
  exchange._dh = inGroup(prime, generator)
  exchange._public = exchange._dh.generateKeys()
}

/** @param prime and `generator`: big-endian numbers */
function inGroup(prime: Buffer, generator: Buffer): DiffieHellman {
  const group = der(SEQUENCE, DH_OID, der(SEQUENCE, number(prime), number(generator)))
  const secret = der(OCTETS, number(randomBytes(EXPONENT)))
  const privateKey = createPrivateKey({
    key: der(SEQUENCE, number(Buffer.of(0)), group, secret),
    format: 'der',
    type: 'pkcs8',
  })
  return {
    getPrime: () => prime,
    getGenerator: () => generator,
    generateKeys: () => publicValue(createPublicKey(privateKey), prime),
    computeSecret: other => {
      const key = der(SEQUENCE, group, der(BITS, Buffer.of(0), number(other)))
      const publicKey = createPublicKey({ key, format: 'der', type: 'spki' })
      return diffieHellman({ privateKey, publicKey })
    },
  }
}

/** The last number of a public key (X.509, SubjectPublicKeyInfo), which is about as long as the prime. */
function publicValue(key: KeyObject, prime: Buffer): Buffer {
  const bytes = key.export({ format: 'der', type: 'spki' })
  for (let length = prime.length + 1; length > 0; length--) {
    const at = bytes.length - length
    const head = der(INTEGER, bytes.subarray(at)).subarray(0, -length)
    if (bytes.subarray(at - head.length, at).equals(head)) return bytes.subarray(at)
  }
  throw new Error('a key exchange without a public value')
}

const SEQUENCE = 0x30
const OCTETS = 0x04
const BITS = 0x03
const INTEGER = 0x02
/** PKCS #3, dhKeyAgreement. */
const DH_OID = Buffer.from('06092a864886f70d010301', 'hex')

/** DER (X.690): a tag, a length and what it holds. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  const size = Buffer.from(content.length.toString(16).replace(/^(?=(?:..)*.$)/, '0'), 'hex')
  const length = content.length < 0x80 ? size : Buffer.concat([Buffer.of(0x80 + size.length), size])
  return Buffer.concat([Buffer.of(tag), length, content])
}

/** Not negative, and without needless zeros. */
function number(value: Buffer): Buffer {
  const from = value.findIndex(byte => byte !== 0)
  const bare = from < 0 ? Buffer.of(0) : value.subarray(from)
  return der(INTEGER, ...((bare[0] as number) > 0x7f ? [Buffer.of(0)] : []), bare)
}
