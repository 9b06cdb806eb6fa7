import type { Become } from '../model/action.ts'
import type { Failure } from '../model/errors.ts'
import { LIMITS } from '../model/limits.ts'
import type { LockNews, LockSettings } from '../model/lock.ts'
import type { NodeResult } from '../model/outcome.ts'
import type { LockUser } from '../transport/lock/place.ts'
import type { Session, Target } from '../transport/transport.ts'
import { HostLock, lockUserOf, RENEW_MS } from './host-lock.ts'

/**
 * Keeps other runs off a host while this one has commands for it (SEMANTICS: "Locks"): takes the lock with the first
 * command of a link, keeps its lease fresh, and gives it back. The login has one, and root another: neither sees the
 * other's.
 */
export class HostLocks {
  readonly #target: Target
  readonly #waitMs: number
  readonly #settings: LockSettings
  #locks: Readonly<Record<LockUser, HostLock>>
  readonly #told: (news: LockNews) => void
  #session: Session | undefined
  #waiting: Promise<boolean> | undefined
  #waitingTold = false
  readonly #released = Promise.withResolvers<void>()
  #isReleased = false
  #renewals: NodeJS.Timeout | undefined

  constructor(settings: LockSettings, target: Target, told: (news: LockNews) => void) {
    this.#target = target
    this.#waitMs = settings.waitMs
    const before = new Set<string>()
    this.#told = news => {
      const text = Object.values(news).join(' ')
      if (!before.has(text)) told(news)
      before.add(text)
    }
    this.#settings = settings
    this.#locks = this.#newLocks()
  }

  /**
   * Carries a step out on the host, once it is this run's own. Where another run has it, nothing of the step runs, and
   * it is tried again for as long as the settings say.
   * @param become of the step
   * @returns what the step came to, or why the host cannot be had
   */
  async during(
    session: Session,
    become: Become | undefined,
    signal: AbortSignal,
    apply: (session: Session) => Promise<NodeResult>,
  ): Promise<NodeResult | Failure> {
    this.#use(session)
    const user = lockUserOf(become, this.#target)
    const lock = this.#locks[user === 'root' ? 'root' : 'login']
    for (;;) {
      // What another user's commands could make is not the login's.
      let failure = user === 'other' && !lock.settled ? await lock.claim(session) : undefined
      if (failure === undefined) {
        const result = await apply(this.#over(session))
        failure = result.failure
        if (failure?.code !== 'lock_held') return result
      }
      if (lock.takesOver()) continue
      if (signal.aborted || !(await this.#free(lock, session, signal))) return failure
    }
  }

  /** Gives back what this run has, within a bounded time; no step comes any more. */
  release(): Promise<void> {
    this.#isReleased = true
    this.#released.resolve()
    return this.pause()
  }

  /** The same, until a step comes: over a link that is not there no lease can be renewed. */
  async pause(): Promise<void> {
    clearInterval(this.#renewals)
    const session = this.#session
    const locks = Object.values(this.#locks)
    this.#session = undefined
    this.#locks = this.#newLocks()
    if (session === undefined) return
    const { promise: late, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, LIMITS.lockReleaseMs)
    const release = async () => {
      await this.#waiting
      await Promise.all(locks.map(lock => lock.release(session)))
    }
    await Promise.race([release(), late])
    clearTimeout(timer)
  }

  #newLocks(): Readonly<Record<LockUser, HostLock>> {
    const lockOf = (user: LockUser) => new HostLock(user, this.#settings, this.#target, this.#told)
    return { login: lockOf('login'), root: lockOf('root') }
  }

  #use(session: Session): void {
    if (this.#session === session) return
    if (this.#session !== undefined) for (const lock of Object.values(this.#locks)) lock.reset()
    this.#session = session
    clearInterval(this.#renewals)
    this.#renewals = setInterval(() => {
      for (const lock of Object.values(this.#locks)) lock.renew(session)
    }, RENEW_MS).unref()
  }

  /** The session for one step: its first command takes the lock, if that is still to be done. */
  #over(session: Session): Session {
    let first = true
    return {
      closed: session.closed,
      end: () => session.end(),
      exec: (request, handlers) => {
        const user = lockUserOf(request.become, this.#target)
        const claims = first && user !== 'other'
        first = false
        const lock = this.#locks[user === 'root' ? 'root' : 'login'].part(request, claims)
        return session.exec({ ...request, lock }, handlers)
      },
    }
  }

  /** Waits for the lock that another run has; false when it was in vain. Steps that wait for the same one wait together. */
  async #free(lock: HostLock, session: Session, signal: AbortSignal): Promise<boolean> {
    if (this.#waitMs === 0) return false
    if (!this.#waitingTold) this.#told({ kind: 'waiting', holder: lock.holder })
    this.#waitingTold = true
    this.#waiting ??= this.#poll(lock, session).finally(() => {
      this.#waiting = undefined
    })
    const { promise: stopped, resolve } = Promise.withResolvers<false>()
    const stop = () => resolve(false)
    signal.addEventListener('abort', stop, { once: true })
    const free = await Promise.race([this.#waiting, stopped])
    signal.removeEventListener('abort', stop)
    return free
  }

  async #poll(lock: HostLock, session: Session): Promise<boolean> {
    const until = performance.now() + this.#waitMs
    let gone = false
    void session.closed.then(() => {
      gone = true
    })
    while (!this.#isReleased && performance.now() < until) {
      await this.#pause(Math.min(LIMITS.lockRetryMs, Math.max(0, until - performance.now())))
      if (this.#isReleased) return false
      // Where the link is gone, the step finds that out, and what to do about it.
      if (gone || (await lock.claim(session)) === undefined) return true
    }
    return false
  }

  async #pause(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, ms)
    await Promise.race([promise, this.#released.promise])
    clearTimeout(timer)
  }
}
