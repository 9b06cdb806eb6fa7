import { randomBytes } from 'node:crypto'
import type { Become } from '../../model/action.ts'
import type { Failure } from '../../model/errors.ts'
import type { Secret } from '../../model/secret.ts'
import type { NotStarted } from '../attempt.ts'
import { notStarted } from '../shell-failure.ts'
import type { GroupMode } from '../wrapper.ts'
import { canBecome } from './command.ts'
import type { Opening, Way } from './opening.ts'
import { passwordRequired, refusal, unusablePassword, unusableUser } from './refusal.ts'

/** What the first steps found out about one method and user. */
interface Known {
  readonly way: Way
  readonly group: GroupMode
}

/** How the steps of one session become other users. */
export class Becoming {
  readonly #account: string
  readonly #password: Secret | undefined
  readonly #known = new Map<string, Known>()
  /** A password that was refused is not tried again: hosts lock accounts after a few times. */
  readonly #refused = new Map<string, Failure>()
  readonly #proven = new Set<string>()
  /** Steps that try a password nobody has tried yet. */
  readonly #proving = new Map<string, PromiseWithResolvers<void>>()

  /** @param account the login's name */
  constructor(account: string, password: Secret | undefined) {
    this.#account = account
    this.#password = password
  }

  /** Why a step cannot be sent; undefined if it can. */
  unsendable(become: Become | undefined): Failure | undefined {
    if (!this.needed(become)) return undefined
    if (!canBecome(become.user)) return unusableUser(become.user)
    const password = this.#password?.reveal()
    if (password !== undefined && (password === '' || /\p{Cc}/u.test(password))) return unusablePassword()
    return this.#refused.get(keyOf(become))
  }

  /**
   * Starts a step, at once or when another one has found out whether the password is right: eight steps that try a
   * wrong one together would lock the account.
   * @param done settles with the step
   */
  inTurn(become: Become | undefined, done: Promise<unknown>, start: () => void): void {
    if (!this.needed(become) || this.#password === undefined || this.#proven.has(keyOf(become))) {
      start()
      return
    }
    const key = keyOf(become)
    const proving = this.#proving.get(key)
    if (proving !== undefined) {
      void proving.promise.then(() => this.inTurn(become, done, start))
      return
    }
    this.#proving.set(key, Promise.withResolvers())
    void done.then(() => this.#decided(key))
    start()
  }

  /** How the next attempt goes about it; undefined where there is nobody else to become. */
  opening(become: Become | undefined): { readonly opening: Opening; readonly group: GroupMode } | undefined {
    if (!this.needed(become)) return undefined
    const { way, group } = this.#knownOf(become)
    const opening: Opening = {
      become,
      way,
      key: randomBytes(8).toString('hex'),
      account: this.#account,
      ...(this.#password === undefined ? {} : { password: this.#password }),
      opened: asked => {
        this.#proven.add(keyOf(become))
        this.#decided(keyOf(become))
        if (way === 'ask') this.#learn(become, { way: asked ? 'ask' : 'at_once' })
      },
      refused: failure => this.#refused.set(keyOf(become), failure),
    }
    return { opening, group }
  }

  /** After an attempt that ended before the step ran. */
  retry(opening: Opening, attempt: NotStarted): Failure | 'again' {
    const { become } = opening
    if (attempt.ungrouped) {
      this.#learn(become, { group: 'none' })
      return 'again'
    }
    if (attempt.said === undefined) return notStarted(attempt)
    const failure = refusal(opening, attempt.said, attempt.exit)
    if (failure === 'wants_password') {
      if (this.#password === undefined) return passwordRequired(opening)
      this.#learn(become, { way: 'ask' })
      return 'again'
    }
    if (failure.code === 'become_password') opening.refused(failure)
    return failure
  }

  /** Whether there is somebody else to become. */
  needed(become: Become | undefined): become is Become {
    return become !== undefined && become.user !== this.#account
  }

  /** With doas, whether there will be a prompt must be known before. */
  #knownOf(become: Become): Known {
    const way = this.#password === undefined || become.method === 'doas' ? 'at_once' : 'ask'
    return this.#known.get(keyOf(become)) ?? { way, group: 'own' }
  }

  #decided(key: string): void {
    this.#proving.get(key)?.resolve()
    this.#proving.delete(key)
  }

  #learn(become: Become, news: Partial<Known>): void {
    this.#known.set(keyOf(become), { ...this.#knownOf(become), ...news })
  }
}

function keyOf({ method, user }: Become): string {
  return `${method} ${user}`
}
