import type { Client, ParsedKey } from 'ssh2'
import { algorithmsOf, type CertifiedKey, isCertified, signatureBlob } from './certified-key.ts'
import { sshString } from './wire-reader.ts'

type Sign = (data: Buffer, send: (signature: Buffer) => void) => void
type AuthPK = (user: string, key: ParsedKey, algorithm: string | undefined, sign?: Sign) => void

interface Protocol {
  authPK?: AuthPK
  readonly _authsQueue: string[]
  readonly _kex: { readonly sessionID: Buffer }
  readonly _cipher: { encrypt(packet: Buffer): void }
  readonly _packetRW: {
    readonly write: {
      readonly allocStart: number
      alloc(length: number): Buffer
      finalize(packet: Buffer): Buffer
    }
  }
}

/**
 * Spares a round trip of each login by key. ssh2 first asks whether the server would take a key, and signs then; the
 * answer costs as much as a refusal (RFC 4252, 7). And it presents certificates, which ssh2 does not know. This
 * reaches into ssh2, whose version is pinned, and a test counts the messages. Keys in an agent are asked for as ever:
 * signing may need a person.
 */
export function signAtOnce(client: Client): void {
  const { _protocol: protocol } = client as unknown as { readonly _protocol?: Protocol }
  if (typeof protocol?.authPK !== 'function') return
  const ask = protocol.authPK.bind(protocol)
  protocol.authPK = (user, key, algorithm, sign) => {
    if (isCertified(key)) return present(protocol, ask, user, key, sign)
    // A server that does not say what it takes still takes RSA with SHA-2 (RFC 8332), and SHA-1 is not for us.
    const chosen =
      key.type === 'ssh-rsa' && (algorithm ?? 'ssh-rsa') === 'ssh-rsa' ? 'rsa-sha2-256' : algorithm
    if (sign !== undefined || !key.isPrivateKey()) return ask(user, key, chosen, sign)
    const hash = chosen === 'rsa-sha2-256' ? 'sha256' : chosen === 'rsa-sha2-512' ? 'sha512' : undefined
    ask(user, key, chosen, (data, send) => {
      const signature: Buffer | Error = key.sign(data, hash)
      if (signature instanceof Error) ask(user, key, chosen)
      else send(signature)
    })
  }
}

function present(protocol: Protocol, ask: AuthPK, user: string, key: CertifiedKey, sign?: Sign): void {
  const { presented, signed, hash } = algorithmsOf(key)
  const byItself: Sign | undefined = key.certifies.isPrivateKey()
    ? (data, send) => send(mustSign(key.certifies, data, hash))
    : undefined
  const signing = sign ?? byItself
  // An agent is asked only for what the server would take.
  if (signing === undefined) ask(user, key, presented)
  else {
    const request = signedRequest(user, presented, key.certificate.blob)
    signing(Buffer.concat([sshString(protocol._kex.sessionID), request]), signature => {
      send(protocol, Buffer.concat([request, sshString(signatureBlob(signed, signature))]))
    })
  }
}

/** All but the signature (RFC 4252, 7). */
function signedRequest(user: string, algorithm: string, publicKey: Buffer): Buffer {
  const fields = [user, 'ssh-connection', 'publickey'].map(sshString)
  const offered = [sshString(algorithm), sshString(publicKey)]
  return Buffer.concat([Buffer.of(USERAUTH_REQUEST), ...fields, Buffer.of(1), ...offered])
}

/** RFC 4252, 6. */
const USERAUTH_REQUEST = 50

function mustSign(key: ParsedKey, data: Buffer, hash: string | undefined): Buffer {
  const signature: Buffer | Error = key.sign(data, hash)
  if (signature instanceof Error) throw signature
  return signature
}

/** ssh2 names a signature as it names the key, which is not so with certificates: the message is made here. */
function send(protocol: Protocol, message: Buffer): void {
  const { write } = protocol._packetRW
  const packet = write.alloc(message.length)
  packet.set(message, write.allocStart)
  protocol._authsQueue.push('publickey')
  protocol._cipher.encrypt(write.finalize(packet))
}
