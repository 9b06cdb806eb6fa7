import type { AuthenticationType, AuthHandlerMiddleware } from 'ssh2'
import type { LoginMethod } from './login-methods.ts'

/** Goes through the methods, leaves out what the server does not take, and remembers for the message. */
export class LoginProgress {
  readonly #tried: LoginMethod[] = []
  /** What the server said it takes; undefined as long as it was not asked. */
  offered: readonly string[] | undefined
  readonly #left: LoginMethod[]

  constructor(methods: readonly LoginMethod[]) {
    this.#left = [...methods]
  }

  /** For people. */
  get tried(): readonly string[] {
    return this.#tried.map(({ label, note }) => {
      const said = note?.()
      return said === undefined ? label : `${label} (${said})`
    })
  }

  /** ssh2 calls it for the first attempt (with null) and after each one that was not enough. */
  readonly handler: AuthHandlerMiddleware = (allowed: AuthenticationType[] | null, _partial, next) => {
    if (allowed !== null) this.offered = allowed
    for (let method = this.#left.shift(); method !== undefined; method = this.#left.shift()) {
      if (this.offered !== undefined && !this.offered.includes(method.name)) continue
      const attempt = method.attempt()
      if (attempt === undefined) continue
      this.#tried.push(method)
      return next(attempt)
    }
    // With nothing to offer at all, the server still tells what it would take.
    if (this.#tried.length === 0 && this.offered === undefined) return next('none')
    // Documented as the way to end the login; the published types leave it out.
    return next(false as unknown as AuthenticationType)
  }
}
