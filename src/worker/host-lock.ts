import { randomBytes } from 'node:crypto'
import type { Become } from '../model/action.ts'
import type { Failure } from '../model/errors.ts'
import { LIMITS } from '../model/limits.ts'
import type { LockNews, LockSettings } from '../model/lock.ts'
import { accountName } from '../transport/account.ts'
import { claimCode, releaseScript, renewalCode } from '../transport/lock/claim.ts'
import { entryText, type LockEntry, lockEntry } from '../transport/lock/entry.ts'
import type { LockPlace, LockUser } from '../transport/lock/place.ts'
import { lockHeld, readLockReport } from '../transport/lock/report.ts'
import { isGoneFromHere } from '../transport/process-identity.ts'
import type { ExecRequest, LockPart, Session, Target } from '../transport/transport.ts'

/** `unknown`: a command that takes the lock was sent, and has not said what came of it. */
type Standing = 'none' | 'unknown' | 'taken' | 'missed'

/** The lock of one host for one user. */
export class HostLock {
  readonly user: LockUser
  readonly #place: LockPlace
  readonly #entry: LockEntry
  readonly #text: string
  readonly #told: (news: LockNews) => void
  readonly #as: string
  #standing: Standing = 'none'
  #path: string | undefined
  #holder = ''
  /** The entry of a run whose controller was on this machine, and is gone. */
  #dead: string | undefined
  /** How the user is become, who is not the login. */
  #become: Become | undefined
  #renewing = false
  readonly #takenOver = new Set<string>()

  constructor(user: LockUser, settings: LockSettings, target: Target, told: (news: LockNews) => void) {
    const { owner } = settings
    this.user = user
    this.#place = { user, local: target.connection.transport === 'local' }
    this.#entry = lockEntry(owner.run, target.host, user, randomBytes(4).toString('hex'))
    this.#text = entryText(owner, target.host)
    this.#as = user === 'root' ? 'root' : loginOf(target)
    this.#told = told
  }

  /** Nobody else is to be kept out, or nobody can be. */
  get settled(): boolean {
    return this.#standing === 'taken' || this.#standing === 'missed'
  }

  /** Who has it, if somebody else does: for people. */
  get holder(): string {
    return this.#holder
  }

  /** Who had it last is gone, so that it can be taken over at once; true once for each. */
  takesOver(): boolean {
    const isNew = this.#dead !== undefined && !this.#takenOver.has(this.#dead)
    if (this.#dead !== undefined) this.#takenOver.add(this.#dead)
    return isNew
  }

  /** The link is a new one: nothing is known of the host. */
  reset(): void {
    if (this.#standing !== 'missed') this.#standing = 'none'
  }

  /** What goes with a command; `claims`: it takes the lock, if that is not settled. */
  part(request: ExecRequest, claims: boolean): LockPart {
    const part = { told: (report: string) => this.#hear(report), renewal: () => this.#renewal() }
    if (!claims || this.settled) return part
    this.#become = request.become
    return this.#claiming(part)
  }

  /** Takes the lock, or renews its lease, with a command of its own. Why it cannot be had, if somebody else has it. */
  async claim(session: Session): Promise<Failure | undefined> {
    if (this.#standing === 'missed') return undefined
    const part = { told: (report: string) => this.#hear(report), renewal: () => '' }
    const become = this.#become === undefined ? {} : { become: this.#become }
    const request = { script: ':', env: [], stdin: EMPTY, ...become, lock: this.#claiming(part) }
    const end = await session.exec(request, SILENT).done
    return end.kind === 'unsent' && end.failure.code === 'lock_held' ? end.failure : undefined
  }

  /** Renews the lease, unless the last time has not ended yet. */
  renew(session: Session): void {
    if (this.#renewing || this.#standing !== 'taken') return
    this.#renewing = true
    void this.claim(session).finally(() => {
      this.#renewing = false
    })
  }

  /** Gives the lock back, if there is one. */
  async release(session: Session): Promise<void> {
    if (this.#standing !== 'taken' && this.#standing !== 'unknown') return
    this.#standing = 'none'
    const script = releaseScript(this.#place, this.#entry, this.#path)
    const become = this.#become === undefined ? {} : { become: this.#become }
    // With input of its own it needs no watchdog, which would take longer than all the rest.
    const exec = session.exec({ script, env: [], stdin: { kind: 'stream' }, ...become }, SILENT)
    exec.end()
    await exec.done
  }

  #claiming(part: LockPart): LockPart {
    if (this.#standing === 'none') this.#standing = 'unknown'
    return { ...part, claim: claimCode(this.#place, this.#entry, this.#text, this.#dead) }
  }

  #renewal(): string {
    return this.#standing === 'taken' && this.#path !== undefined ? renewalCode(this.#path) : ''
  }

  #hear(line: string): Failure | undefined {
    const report = readLockReport(line)
    const before = this.#standing
    switch (report.kind) {
      case 'held':
        this.#standing = 'none'
        this.#holder = report.holder
        this.#dead = report.entry !== '' && isGoneFromHere(report.controller) ? report.entry : undefined
        return lockHeld(report.holder)
      case 'taken':
        this.#standing = 'taken'
        this.#path = report.path
        if (before !== 'taken') this.#told({ kind: 'taken', as: this.#as })
        return undefined
      case 'missed':
        this.#standing = 'missed'
        if (before !== 'missed') this.#told({ kind: 'missed', why: report.why })
        return undefined
    }
  }
}

/** How often a lease is renewed while nothing runs. */
export const RENEW_MS = LIMITS.lockLeaseMs / 3

function loginOf({ connection }: Target): string {
  return connection.transport === 'local' ? accountName(process.env) : connection.user
}

export function lockUserOf(become: Become | undefined, target: Target): LockUser | 'other' {
  if (become === undefined || become.user === loginOf(target)) return 'login'
  return become.user === 'root' ? 'root' : 'other'
}

const EMPTY = { kind: 'empty' } as const
const SILENT = { onStdout: () => {}, onStderr: () => {} }
