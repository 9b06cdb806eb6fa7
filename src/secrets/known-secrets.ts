import type { Host } from '../model/host.ts'
import { Secret } from '../model/secret.ts'
import { secretsWithin } from '../model/secret-name.ts'
import { type SecretForms, secretForms } from './forms.ts'
import { maskText } from './mask.ts'
import { type Finder, SHORTEST } from './matcher.ts'
import { SecretFinder } from './secret-finder.ts'

/** The secrets that this process knows so far; nothing that it writes may hold one of them. */
export class KnownSecrets {
  readonly #forms = new Map<string, SecretForms>()
  #finder: SecretFinder | undefined

  add(secrets: Iterable<Secret>): void {
    for (const secret of secrets) {
      const value = secret.reveal()
      if (this.#forms.has(value)) continue
      this.#forms.set(value, secretForms(value))
      this.#finder = undefined
    }
  }

  get finder(): Finder {
    this.#finder ??= new SecretFinder([...this.#forms.values()])
    return this.#finder
  }

  readonly mask = (text: string): string => maskText(this.finder, text)
}

/** Masking it would take ordinary words out of texts. */
export function isShort(value: string): boolean {
  return value !== '' && value.length < SHORTEST
}

/** The secrets of hosts' connections, and of their other variables, also inside of lists and maps. */
export function secretsOfHosts(hosts: Iterable<Host>): readonly Secret[] {
  return [...hosts].flatMap(({ vars, connection: { password, passphrase, become } }) => [
    ...[password, passphrase, become?.password].filter(secret => secret !== undefined),
    ...Object.entries(vars).flatMap(([name, value]) =>
      value instanceof Secret ? value : typeof value === 'object' ? secretsWithin(name, value) : [],
    ),
  ])
}
