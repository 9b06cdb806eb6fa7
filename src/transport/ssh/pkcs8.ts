import { createPrivateKey, type KeyObject } from 'node:crypto'
import { sshString } from './wire-reader.ts'

/**
 * A key in PKCS#8 in a format that ssh2 reads: PKCS#1 (RSA), SEC 1 (EC) or OpenSSH's own (Ed25519). An error: it is of
 * another type, or the passphrase does not open it.
 */
export function fromPkcs8(text: Buffer, passphrase: string | undefined): string | Error {
  try {
    const given = passphrase === undefined ? {} : { passphrase }
    const key = createPrivateKey({ key: text, format: 'pem', ...given })
    if (key.asymmetricKeyType === 'rsa') return key.export({ type: 'pkcs1', format: 'pem' }).toString()
    if (key.asymmetricKeyType === 'ec') return key.export({ type: 'sec1', format: 'pem' }).toString()
    if (key.asymmetricKeyType === 'ed25519') return openSshKey(key)
    return new Error(`a PKCS#8 file with a key of type ${key.asymmetricKeyType ?? 'unknown'}`)
  } catch (error) {
    return error as Error
  }
}

const TYPE = 'ssh-ed25519'
const BLOCK = 8

/** OpenSSH's PROTOCOL.key, without a passphrase. */
function openSshKey(key: KeyObject): string {
  const { d = '', x = '' } = key.export({ format: 'jwk' })
  const publicKey = Buffer.from(x, 'base64url')
  const secret = Buffer.concat([Buffer.from(d, 'base64url'), publicKey])
  const check = Buffer.alloc(8)
  const own = Buffer.concat([check, sshString(TYPE), sshString(publicKey), sshString(secret), sshString('')])
  const padding = Buffer.from(Array.from({ length: (BLOCK - (own.length % BLOCK)) % BLOCK }, (_, i) => i + 1))
  const blob = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    ...['none', 'none', ''].map(sshString),
    Buffer.of(0, 0, 0, 1),
    sshString(Buffer.concat([sshString(TYPE), sshString(publicKey)])),
    sshString(Buffer.concat([own, padding])),
  ])
  const lines = blob.toString('base64').match(/.{1,70}/g) ?? []
  return ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join('\n')
}
