import type { AuthenticationType, AuthHandlerMiddleware } from 'ssh2'
import type { Failure } from '../../model/errors.ts'
import type { LoginMeans, LoginMethod } from './login-methods.ts'

/** Goes through the methods, leaves out what the server does not take, and remembers for the message. */
export class LoginProgress {
  readonly #tried: LoginMethod[] = []
  /** What the server said it takes; undefined as long as it was not asked. */
  offered: readonly string[] | undefined
  /** Something was accepted, and was not enough. */
  isPartial = false
  #left: LoginMethod[]
  /** What the server did not take at the time, and may take as a second step. */
  #later: LoginMethod[] = []
  #current: LoginMethod | undefined
  #wasBlind = false

  /** What could not be tried. */
  readonly unusable: readonly Failure[]

  constructor({ methods, unusable }: LoginMeans) {
    this.#left = [...methods]
    this.unusable = unusable
  }

  /** For people. */
  get tried(): readonly string[] {
    return this.#tried.map(({ label, note }) => {
      const said = note?.()
      return said === undefined ? label : `${label} (${said})`
    })
  }

  /** Whether an RSA key was among what was tried. */
  get hasRsa(): boolean {
    return this.#tried.some(({ isRsa }) => isRsa?.() === true)
  }

  /**
   * The server's answer to an attempt (RFC 4252, 5.1).
   *
   * @param isPartial the attempt was right, and more is wanted
   */
  heard(offered: readonly string[], isPartial: boolean): void {
    this.offered = offered
    const current = this.#current
    if (current !== undefined && !offered.includes(current.name)) current.end?.()
    if (isPartial) {
      this.isPartial = true
      this.#left = [...this.#later, ...this.#left]
      this.#later = []
    } else if (current !== undefined && this.#wasBlind && !offered.includes(current.name)) {
      // It was not looked at, so it was no attempt.
      this.#later.push(current)
    } else if (current?.hasSentPassword?.() === true) {
      this.#left = this.#left.filter(sendsNone)
      this.#later = this.#later.filter(sendsNone)
    }
    this.#wasBlind = false
  }

  /** ssh2 calls it for the first attempt and after each one that was not enough; what it knows of answers is older. */
  readonly handler: AuthHandlerMiddleware = (_allowed, _partial, next) => {
    for (let method = this.#left.shift(); method !== undefined; method = this.#left.shift()) {
      if (this.offered !== undefined && !this.offered.includes(method.name)) {
        this.#later.push(method)
        continue
      }
      const attempt = method.attempt()
      if (attempt === undefined) continue
      this.#wasBlind = this.offered === undefined
      this.#current = method
      if (!this.#tried.includes(method)) this.#tried.push(method)
      return next(attempt)
    }
    // With nothing to offer at all, the server still tells what it would take.
    if (this.#tried.length === 0 && this.offered === undefined) return next('none')
    // Documented as the way to end the login; the published types leave it out.
    return next(false as unknown as AuthenticationType)
  }
}

function sendsNone({ hasSentPassword }: LoginMethod): boolean {
  return hasSentPassword === undefined
}
