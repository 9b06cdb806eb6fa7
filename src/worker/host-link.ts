import type { Failure } from '../model/errors.ts'
import type { Session, Target, Transport } from '../transport/transport.ts'

/** A link that was lost is made anew once: a host that reboots is met again, a flapping one is given up. */
const MOST_CONNECTS = 2

export interface HostLinkEvents {
  readonly connected: (ms: number) => void
  /** At most once: the host is given up. */
  readonly unreachable: (failure: Failure) => void
}

/** The one connection to a host, made when its first node comes and shared by all of them. */
export class HostLink {
  readonly target: Target
  readonly #transport: Transport
  readonly #events: HostLinkEvents
  readonly #released = new AbortController()
  #connects = 0
  /** The connection, or why there is none. */
  #session: Promise<Session | Failure> | undefined
  /** Why the last connection is gone. */
  #lost: Failure | undefined
  #givenUp = false

  constructor(target: Target, transport: Transport, events: HostLinkEvents) {
    this.target = target
    this.#transport = transport
    this.#events = events
  }

  session(): Promise<Session | Failure> {
    if (this.#session === undefined && this.#lost !== undefined && !this.mayConnect) {
      this.#session = Promise.resolve(this.giveUp(this.#lost))
    }
    this.#session ??= this.#connect()
    return this.#session
  }

  get mayConnect(): boolean {
    return !this.#givenUp && this.#connects < MOST_CONNECTS
  }

  /** No node will get a connection any more. */
  giveUp(failure: Failure): Failure {
    if (!this.#givenUp) this.#events.unreachable(failure)
    this.#givenUp = true
    this.#session = Promise.resolve(failure)
    return failure
  }

  /** Ends the connection, or the attempt to make one. */
  close(): void {
    this.#givenUp = true
    this.#released.abort()
    void this.#session?.then(session => isSession(session) && session.end())
  }

  async #connect(): Promise<Session | Failure> {
    this.#connects += 1
    const since = performance.now()
    const session = await this.#tryConnect()
    if (!isSession(session)) return this.giveUp(session)
    this.#events.connected(Math.round(performance.now() - since))
    void session.closed.then(failure => {
      if (this.#givenUp) return
      this.#lost = failure
      this.#session = undefined
    })
    return session
  }

  /** A transport that throws is a bug, and costs this host only. */
  async #tryConnect(): Promise<Session | Failure> {
    try {
      return await this.#transport.connect(this.target, this.#released.signal)
    } catch (error) {
      return { code: 'bug', message: `connecting failed unexpectedly: ${String(error)}` }
    }
  }
}

export function isSession(either: Session | Failure): either is Session {
  return !('code' in either)
}
