import type { Client, ParsedKey } from 'ssh2'

type Sign = (data: Buffer, send: (signature: Buffer) => void) => void
type AuthPK = (user: string, key: ParsedKey, algorithm: string | undefined, sign?: Sign) => void

interface WithProtocol {
  readonly _protocol?: { authPK?: AuthPK }
}

/**
 * Spares a round trip of each login by key. ssh2 first asks whether the server would take a key, and signs then; the
 * answer costs as much as a refusal (RFC 4252, 7). This reaches into ssh2, whose version is pinned, and a test counts
 * the messages. Keys in an agent are asked for as ever: signing may need a person.
 */
export function signAtOnce(client: Client): void {
  const protocol = (client as unknown as WithProtocol)._protocol
  if (typeof protocol?.authPK !== 'function') return
  const ask = protocol.authPK.bind(protocol)
  protocol.authPK = (user, key, algorithm, sign) => {
    if (sign !== undefined || !key.isPrivateKey()) return ask(user, key, algorithm, sign)
    // A server that does not say what it takes still takes RSA with SHA-2 (RFC 8332), and SHA-1 is not for us.
    const chosen = key.type === 'ssh-rsa' && algorithm === 'ssh-rsa' ? 'rsa-sha2-256' : algorithm
    const hash = chosen === 'rsa-sha2-256' ? 'sha256' : chosen === 'rsa-sha2-512' ? 'sha512' : undefined
    ask(user, key, chosen, (data, send) => {
      const signature: Buffer | Error = key.sign(data, hash)
      if (signature instanceof Error) ask(user, key, algorithm)
      else send(signature)
    })
  }
}
