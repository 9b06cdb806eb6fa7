import type { Host } from '../model/host.ts'
import type { Secret } from '../model/secret.ts'
import { secretForms } from './forms.ts'
import { maskText } from './mask.ts'
import { Matcher, SHORTEST } from './matcher.ts'

/** The secrets that this process knows so far; nothing that it writes may hold one of them. */
export class KnownSecrets {
  readonly #values = new Set<string>()
  #matcher: Matcher | undefined

  add(secrets: Iterable<Secret>): void {
    for (const secret of secrets) {
      const value = secret.reveal()
      if (this.#values.has(value)) continue
      this.#values.add(value)
      this.#matcher = undefined
    }
  }

  /** Whether one of them is too short to be masked. */
  get hasShort(): boolean {
    return [...this.#values].some(isShort)
  }

  get matcher(): Matcher {
    this.#matcher ??= new Matcher([...this.#values].flatMap(secretForms))
    return this.#matcher
  }

  readonly mask = (text: string): string => maskText(this.matcher, text)
}

/** Masking it would take ordinary words out of texts. */
export function isShort(value: string): boolean {
  return value !== '' && secretForms(value).length === 0 && value.length < SHORTEST
}

/** The secrets of hosts' connections. */
export function secretsOfHosts(hosts: Iterable<Host>): readonly Secret[] {
  return [...hosts].flatMap(({ connection: { password, passphrase, become } }) =>
    [password, passphrase, become?.password].filter(secret => secret !== undefined),
  )
}
