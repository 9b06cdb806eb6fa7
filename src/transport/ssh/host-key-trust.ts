import type { Failure } from '../../model/errors.ts'
import type { Connection } from '../../model/host.ts'
import { type KnownHostsFiles, usualKnownHosts } from '../../model/usual-known-hosts.ts'
import type { HostKeyPolicy, HostKeyQuestion, HostKeyRules } from './host-key-check.ts'
import { HostKeyStore } from './host-key-store.ts'

export interface TrustOptions {
  readonly policy: HostKeyPolicy
  /** Nobody named the policy: what the SSH configuration says of a host goes before it. */
  readonly isDefault?: boolean
  /** The only file to check host keys against; absent: those that ssh uses. */
  readonly knownHosts?: string
  /** Asked about unknown host keys under `strict`: true accepts and remembers. */
  readonly ask?: (question: HostKeyQuestion) => Promise<boolean>
  /** The folder that has `.ssh`. */
  readonly home: string
}

/** Which keys are accepted from which host. Each set of known_hosts files is read once. */
export class HostKeyTrust {
  readonly #options: TrustOptions
  readonly #stores = new Map<string, HostKeyStore>()

  constructor(options: TrustOptions) {
    this.#options = options
  }

  /** A failure: a file that is needed for it can't be read. */
  rulesFor({ ssh }: Connection): HostKeyRules | Failure {
    const { policy, isDefault, ask } = this.#options
    const store = this.#storeOf(ssh?.knownHosts)
    const unreadable = store.load()
    if (unreadable !== undefined) return unreadable
    const own = isDefault ? ssh?.hostKeyPolicy : undefined
    const hashesNames = ssh?.hashKnownHosts ?? false
    // A set-up that says strict has nobody asked.
    if (own !== undefined) return { policy: own, store, hashesNames }
    return { policy, store, hashesNames, ...(ask && { ask }) }
  }

  #storeOf(files: KnownHostsFiles | undefined): HostKeyStore {
    const { knownHosts, home } = this.#options
    const { user, global } =
      knownHosts === undefined ? (files ?? usualKnownHosts(home)) : { user: [knownHosts], global: [] }
    const id = JSON.stringify([user, global])
    const store = this.#stores.get(id) ?? new HostKeyStore([...user, ...global], user[0])
    this.#stores.set(id, store)
    return store
  }
}
