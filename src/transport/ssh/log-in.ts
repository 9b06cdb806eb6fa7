import ssh2, { type Client, type ConnectConfig } from 'ssh2'
import type { Failure } from '../../model/errors.ts'
import { LIMITS } from '../../model/limits.ts'
import type { Target } from '../transport.ts'
import { algorithmsWith, hostKeyAlgorithmsFor } from './algorithms.ts'
import { offerCertificates, takeCertificate } from './certified-host.ts'
import { aborted, loginTimeout, protocolFailure } from './failures.ts'
import { takeGroupAsItIs } from './group-exchange.ts'
import { hearAnswers } from './hear-answers.ts'
import { checkHostKey, type HostKeyRules, knownPlace } from './host-key-check.ts'
import type { HostEntries } from './host-key-verdict.ts'
import { onKeyExchange } from './key-exchange.ts'
import type { Link } from './link.ts'
import { guardLink } from './link-guard.ts'
import type { LoginMeans } from './login-methods.ts'
import { LoginProgress } from './login-progress.ts'
import { loginRefused } from './login-refused.ts'
import { parseCipherKeys } from './parsed-keys.ts'
import { hearProposal, type Proposal } from './server-proposal.ts'
import { signAtOnce } from './sign-at-once.ts'

interface Ssh2Error extends Error {
  readonly level?: string
  /** A number is the reason of a disconnect message (RFC 4253, 11.1). */
  readonly code?: string | number
}

/** The SSH handshake and the login over an open connection, within the login limit. */
export function logIn(
  link: Link,
  target: Target,
  means: LoginMeans,
  hostKeys: HostKeyRules,
  signal: AbortSignal,
): Promise<Client | Failure> {
  return new Promise(resolve => {
    new Login(link, target, means, hostKeys, signal, resolve).start()
  })
}

class Login {
  readonly #client = new ssh2.Client()
  readonly #link: Link
  readonly #target: Target
  readonly #progress: LoginProgress
  readonly #hostKeys: HostKeyRules
  readonly #signal: AbortSignal
  readonly #resolve: (result: Client | Failure) => void
  #timer: NodeJS.Timeout | undefined
  #authenticating = false
  /** The key that was accepted: it comes up again whenever keys are renewed. */
  #accepted: Buffer | undefined
  #done = false
  #proposal: () => Proposal | undefined = () => undefined

  constructor(
    link: Link,
    target: Target,
    means: LoginMeans,
    hostKeys: HostKeyRules,
    signal: AbortSignal,
    resolve: (result: Client | Failure) => void,
  ) {
    this.#link = link
    this.#target = target
    this.#progress = new LoginProgress(means)
    this.#hostKeys = hostKeys
    this.#signal = signal
    this.#resolve = resolve
  }

  start(): void {
    const client = this.#client
    client.on('error', (error: Ssh2Error) => this.#failed(error))
    client.on('close', () => this.#failed(new Error('Connection lost before handshake')))
    client.on('handshake', () => {
      this.#authenticating = true
      parseCipherKeys(client)
    })
    client.once('ready', () => this.#finish(client))
    client.on('change password', () => this.#finish(this.#refused('the password has expired')))
    this.#signal.addEventListener('abort', this.#onAbort, { once: true })
    this.#startClock()
    // Such a stream has said all that it will ever say.
    if (this.#link.stream.destroyed) {
      this.#failed(new Error('Connection lost before handshake'))
      return
    }
    try {
      const { address, port } = knownPlace(this.#target.connection)
      const entries = this.#hostKeys.store.about(address, port)
      const hostKeys = hostKeyAlgorithmsFor(entries, this.#target.connection.ssh?.algorithms)
      client.connect(this.#config(entries, hostKeys))
      offerCertificates(client, hostKeys)
      this.#proposal = hearProposal(this.#link.stream)
      signAtOnce(client)
      hearAnswers(client, (methods, isPartial) => this.#progress.heard(methods, isPartial))
      onKeyExchange(client, exchange => {
        takeCertificate(exchange)
        takeGroupAsItIs(exchange)
      })
      guardLink(client, this.#link.stream)
    } catch (error) {
      this.#failed(error as Error)
    }
    if (this.#signal.aborted) this.#onAbort()
  }

  #config(entries: HostEntries, hostKeys: readonly string[]): ConnectConfig {
    const { user, ssh } = this.#target.connection
    return {
      sock: this.#link.stream,
      username: user,
      algorithms: algorithmsWith(hostKeys, ssh?.algorithms),
      authHandler: this.#progress.handler,
      readyTimeout: 0,
      keepaliveInterval: 0,
      hostVerifier: (key: Buffer, verify: (permitted: boolean) => void) => {
        if (this.#accepted?.equals(key)) verify(true)
        else if (this.#done) verify(false)
        else this.#judge(checkHostKey(this.#hostKeys, this.#target, entries, key), key, verify)
      },
    }
  }

  #judge(answer: ReturnType<typeof checkHostKey>, key: Buffer, verify: (permitted: boolean) => void): void {
    if (answer instanceof Promise) {
      // A person takes the time that a person takes.
      clearTimeout(this.#timer)
      void answer.then(failure => {
        if (this.#done) return
        this.#startClock()
        this.#judge(failure, key, verify)
      })
    } else if (answer === undefined) {
      this.#accepted = key
      verify(true)
    } else {
      this.#finish(answer)
      verify(false)
    }
  }

  #startClock(): void {
    this.#timer = setTimeout(() => {
      this.#finish(loginTimeout(this.#target.connection, this.#authenticating))
    }, LIMITS.loginMs)
  }

  readonly #onAbort = () => this.#finish(aborted())

  #failed(error: Ssh2Error): void {
    // An agent that fails is one method less; ssh2 goes on with the next.
    if (error.level === 'agent') return
    if (error.level === 'client-authentication') this.#finish(this.#refused())
    else if (this.#authenticating) this.#finish(this.#refused(this.#reasonOf(error)))
    else this.#finish(protocolFailure(this.#target.connection, error, this.#proposal()))
  }

  /** A server that hangs up during the login has had enough: of attempts, of time, or of this user. */
  #reasonOf(error: Ssh2Error): string {
    return typeof error.code === 'number' ? error.message : 'the server closed the connection'
  }

  #refused(detail?: string): Failure {
    return loginRefused(this.#target.connection, this.#progress, detail)
  }

  #finish(result: Client | Failure): void {
    if (this.#done) return
    this.#done = true
    clearTimeout(this.#timer)
    this.#signal.removeEventListener('abort', this.#onAbort)
    if (result !== this.#client) {
      this.#link.cut()
      this.#client.destroy()
    }
    this.#resolve(result)
  }
}
