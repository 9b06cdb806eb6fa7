import type { Failure } from '../../model/errors.ts'
import type { Connection } from '../../model/host.ts'
import type { Target } from '../transport.ts'
import { hostKeyFailure } from './host-key-failures.ts'
import type { HostKeyStore } from './host-key-store.ts'
import { fingerprintOf, type HostEntries, judgeHostKey, keyTypeName, SSH_PORT } from './host-key-verdict.ts'

/**
 * `strict`: only known keys. `accept-new`: also keys of hosts that are not known at all, which are remembered.
 * `off`: any key. A revoked key is never accepted.
 */
export type HostKeyPolicy = 'strict' | 'accept-new' | 'off'

/** An unknown host key, for a person to judge. */
export interface HostKeyQuestion {
  readonly host: string
  readonly address: string
  readonly port: number
  /** Such as `ssh-ed25519`. */
  readonly keyType: string
  /** As `SHA256:…`. */
  readonly fingerprint: string
}

export interface HostKeyRules {
  readonly policy: HostKeyPolicy
  readonly store: HostKeyStore
  /** Asked about unknown keys under `strict`; absent: nobody can be asked. */
  readonly ask?: (question: HostKeyQuestion) => Promise<boolean>
}

/** The name and port that known_hosts has for a host: those of its alias where it has one (ssh_config(5)). */
export function knownPlace({ address, port, ssh }: Connection): {
  readonly address: string
  readonly port: number
} {
  return ssh?.hostKeyAlias === undefined ? { address, port } : { address: ssh.hostKeyAlias, port: SSH_PORT }
}

/** Why a key is refused; undefined: it is accepted. A promise where a person is asked. */
export type HostKeyAnswer = Failure | undefined | Promise<Failure | undefined>

/** Judges the key that a host presents, and remembers new ones where the policy says so. */
export function checkHostKey(
  rules: HostKeyRules,
  target: Target,
  entries: HostEntries,
  key: Buffer,
): HostKeyAnswer {
  const { address, port } = knownPlace(target.connection)
  const verdict = judgeHostKey(entries, key)
  if (verdict.kind === 'known') return undefined
  const failure = hostKeyFailure(verdict, { address, port, key })
  if (verdict.kind === 'revoked') return failure
  if (rules.policy === 'off') return undefined
  if (verdict.kind === 'changed') return failure
  if (rules.policy === 'accept-new') {
    rules.store.add(address, port, key, { hashed: isHashed(target.connection) })
    return undefined
  }
  return rules.ask === undefined ? failure : askAbout(rules.ask, rules.store, target, key, failure)
}

async function askAbout(
  ask: NonNullable<HostKeyRules['ask']>,
  store: HostKeyStore,
  { host, connection }: Target,
  key: Buffer,
  failure: Failure,
): Promise<Failure | undefined> {
  const { address, port } = knownPlace(connection)
  const accepted = await ask({
    host,
    address,
    port,
    keyType: keyTypeName(key),
    fingerprint: fingerprintOf(key),
  })
  if (!accepted) return { ...failure, message: `${failure.message}; it was not accepted` }
  store.add(address, port, key, { hashed: isHashed(connection) })
  return undefined
}

function isHashed({ ssh }: Connection): boolean {
  return ssh?.hashKnownHosts === true
}
