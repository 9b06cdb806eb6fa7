import type { Failure } from '../model/errors.ts'
import type { Session, Target, Transport } from '../transport/transport.ts'
import { connectAgain } from './connect-again.ts'
import { connectPatiently } from './connect-patiently.ts'
import type { HostLocks } from './host-locks.ts'
import type { OpenFiles, Parkable } from './open-files.ts'

/** A link that was lost is made anew once: a host that reboots is met again, a flapping one is given up. */
const MOST_CONNECTS = 2

export interface HostLinkEvents {
  readonly connected: (ms: number) => void
  /** At most once: the host is given up. */
  readonly unreachable: (failure: Failure) => void
}

/** What a node has while it takes the host's link down on purpose; others wait. */
export interface Hold {
  /** Ends the link and makes another one (see `connectAgain`). */
  renew(signal: AbortSignal): Promise<Session | Failure>
  /** Nodes get connections again: what the last `renew` made, or a new one. */
  release(): void
}

/** What all links of a worker have in common. */
export interface LinkSurroundings {
  readonly files: OpenFiles
  /** See `Patience`. */
  readonly random: () => number
}

/** The one connection to a host, made when its first node comes and shared by all of them. */
export class HostLink implements Parkable {
  readonly target: Target
  /** Keeps other runs off the host; absent where this one needs nobody to keep off. */
  readonly locks: HostLocks | undefined
  readonly #transport: Transport
  readonly #events: HostLinkEvents
  readonly #around: LinkSurroundings
  readonly #released = new AbortController()
  #connects = 0
  /** The connection, or why there is none. */
  #session: Promise<Session | Failure> | undefined
  /** The connection that `#session` gave last. */
  #current: Session | undefined
  /** Resolves when the node that holds the link releases it. */
  #held: Promise<void> | undefined
  /** Why the last connection is gone. */
  #lost: Failure | undefined
  #givenUp = false
  /** Nodes that have, or wait for, the connection. */
  #users = 0

  constructor(
    target: Target,
    transport: Transport,
    events: HostLinkEvents,
    around: LinkSurroundings,
    locks?: HostLocks,
  ) {
    this.#around = around
    this.target = target
    this.#transport = transport
    this.#events = events
    this.locks = locks
  }

  get idle(): boolean {
    return this.#users === 0 && this.#held === undefined && this.#current !== undefined
  }

  /** A node comes, and will call `leave`. */
  join(): void {
    this.#users += 1
  }

  leave(): void {
    this.#users -= 1
    if (this.idle) this.#around.files.makeRoom()
  }

  /** No loss, and no connection that counts: another one is made when a node comes. */
  async park(): Promise<void> {
    const session = this.#current
    if (session === undefined) return
    this.#connects -= 1
    this.#current = undefined
    this.#session = undefined
    await this.locks?.pause()
    session.end()
    await session.closed
  }

  session(): Promise<Session | Failure> {
    if (this.#held !== undefined) return this.#held.then(() => this.session())
    if (this.#session === undefined && this.#lost !== undefined && !this.mayConnect) {
      this.#session = Promise.resolve(this.giveUp(this.#lost))
    }
    this.#session ??= this.#connect()
    return this.#session
  }

  get mayConnect(): boolean {
    return !this.#givenUp && (this.#held !== undefined || this.#connects < MOST_CONNECTS)
  }

  /** Reserves the link for a node that takes it down; undefined while another one does. */
  hold(): Hold | undefined {
    if (this.#held !== undefined) return undefined
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#held = promise
    return {
      renew: signal => this.#renew(signal),
      release: () => {
        this.#held = undefined
        if (this.#session === undefined) this.#around.files.leaveLink(this)
        resolve()
      },
    }
  }

  /** No node will get a connection any more. */
  giveUp(failure: Failure): Failure {
    if (!this.#givenUp) this.#events.unreachable(failure)
    this.#givenUp = true
    this.#session = Promise.resolve(failure)
    this.#around.files.leaveLink(this)
    return failure
  }

  /** Ends the connection, or the attempt to make one; resolves, within a bounded time, when the host is given back. */
  async close(): Promise<void> {
    this.#givenUp = true
    this.#released.abort()
    const session = this.#session
    if (this.#current === undefined) this.#around.files.leaveLink(this)
    await this.locks?.release()
    void session?.then(made => isSession(made) && made.end())
  }

  async #connect(): Promise<Session | Failure> {
    this.#connects += 1
    await this.#around.files.enterLink(this)
    const since = performance.now()
    const { connectRetries: retries, ssh } = this.target.connection
    const patience = {
      random: this.#around.random,
      ...(retries === undefined ? {} : { retries }),
      ...(ssh?.connectRetries === undefined ? {} : { least: ssh.connectRetries }),
    }
    const connect = (signal: AbortSignal) => this.#tryConnect(signal)
    const session = await connectPatiently(connect, patience, this.#released.signal)
    if (!isSession(session)) return this.giveUp(session)
    this.#connected(session, since)
    return session
  }

  #connected(session: Session, since: number): void {
    this.#current = session
    this.#events.connected(Math.round(performance.now() - since))
    void session.closed.then(failure => {
      if (this.#current !== session) return
      this.#current = undefined
      if (this.#held === undefined) this.#around.files.leaveLink(this)
      if (this.#givenUp) return
      this.#lost = failure
      this.#session = undefined
    })
  }

  /** A link that goes down on purpose counts as no loss. */
  async #renew(signal: AbortSignal): Promise<Session | Failure> {
    this.#current?.end()
    const since = performance.now()
    const either = AbortSignal.any([signal, this.#released.signal])
    const session = await connectAgain(attempt => this.#tryConnect(attempt), either)
    if (!isSession(session)) return session
    this.#session = Promise.resolve(session)
    this.#connected(session, since)
    return session
  }

  /** A transport that throws is a bug, and costs this host only. */
  async #tryConnect(signal: AbortSignal): Promise<Session | Failure> {
    try {
      return await this.#transport.connect(this.target, signal)
    } catch (error) {
      return { code: 'bug', message: `connecting failed unexpectedly: ${String(error)}` }
    }
  }
}

export function isSession(either: Session | Failure): either is Session {
  return !('code' in either)
}
