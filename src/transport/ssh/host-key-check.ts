import type { Failure } from '../../model/errors.ts'
import type { Connection } from '../../model/host.ts'
import type { Target } from '../transport.ts'
import { brokenCertificate, hostKeyFailure } from './host-key-failures.ts'
import type { HostKeyStore } from './host-key-store.ts'
import {
  fingerprintOf,
  type HostEntries,
  judgeHostKey,
  keyTypeName,
  type PresentedKey,
  presentedKey,
  SSH_PORT,
} from './host-key-verdict.ts'

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
  /** Names are remembered as hashes (`HashKnownHosts`). */
  readonly hashesNames: boolean
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

/**
 * Judges the key that a host presents, and remembers new ones where the policy says so.
 *
 * @param blob the key or a certificate of it, as SSH sends it
 */
export function checkHostKey(
  rules: HostKeyRules,
  target: Target,
  entries: HostEntries,
  blob: Buffer,
): HostKeyAnswer {
  const key = presentedKey(blob)
  if (key === undefined) return brokenCertificate(knownPlace(target.connection))
  const refused = refusalOf(rules, target, entries, key)
  if (refused?.code !== 'host_key_unknown') return refused
  if (!canBeRemembered(rules, target)) return { ...refused, hint: NO_PLACE }
  if (rules.policy === 'accept-new') return remember(rules, target, key)
  return rules.ask === undefined ? refused : askAbout(rules.ask, rules, target, key, refused)
}

function refusalOf(
  { policy, store }: HostKeyRules,
  { connection }: Target,
  entries: HostEntries,
  presented: PresentedKey,
): Failure | undefined {
  const now = BigInt(Math.floor(Date.now() / 1000))
  const verdict = judgeHostKey(entries, presented, now)
  if (verdict.kind === 'known' || (policy === 'off' && verdict.kind !== 'revoked')) return undefined
  return hostKeyFailure(verdict, { ...knownPlace(connection), key: presented.key, into: store.into })
}

const NO_PLACE =
  'check the fingerprint, and write the key into known_hosts; new keys are accepted only where UserKnownHostsFile ' +
  'names a file, and for addresses without signs of known_hosts'

/** As OpenSSH, which takes no new key of a name that has a sign of known_hosts in it (`check_host_key` in sshconnect.c). */
function canBeRemembered({ store }: HostKeyRules, { connection: { address, ssh } }: Target): boolean {
  return store.into !== undefined && (ssh?.hostKeyAlias !== undefined || !/[@?*#[\]|'"\\]/.test(address))
}

/** Another process may have met the host meanwhile: it is judged by what the files say now. */
function remember(rules: HostKeyRules, target: Target, presented: PresentedKey): Failure | undefined {
  const { store, hashesNames } = rules
  const { address, port } = knownPlace(target.connection)
  const unreadable = store.load()
  if (unreadable !== undefined) return unreadable
  const refused = refusalOf(rules, target, store.about(address, port), presented)
  if (refused?.code !== 'host_key_unknown') return refused
  store.add(address, port, presented.key, hashesNames)
  return undefined
}

async function askAbout(
  ask: NonNullable<HostKeyRules['ask']>,
  rules: HostKeyRules,
  target: Target,
  presented: PresentedKey,
  refused: Failure,
): Promise<Failure | undefined> {
  const { address, port } = knownPlace(target.connection)
  const accepted = await ask({
    host: target.host,
    address,
    port,
    keyType: keyTypeName(presented.key),
    fingerprint: fingerprintOf(presented.key),
  })
  if (accepted) return remember(rules, target, presented)
  return { ...refused, message: `${refused.message}; it was not accepted` }
}
