import type { RunAction } from '../../model/action.ts'
import type { Host } from '../../model/host.ts'
import { type ListedEntry, listScript, readListing, removeScript } from '../../transport/lock/list.ts'
import type { LockPlace, LockUser } from '../../transport/lock/place.ts'
import type { HostAnswer, Question } from './ask-hosts.ts'

/** One entry of one host's lock. */
export interface FoundEntry extends ListedEntry {
  readonly on: string
  readonly user: LockUser
}

export interface Found {
  readonly entries: readonly FoundEntry[]
  /** Hosts that could not be asked, and why. */
  readonly failures: readonly { readonly on: string; readonly message: string }[]
}

export type Ask = (
  question: (host: Host, action: RunAction) => Question | undefined,
) => Promise<ReadonlyMap<string, HostAnswer>>

/** Looks at the logins' locks, and at root's where the command acts as root. */
export class HostsLocks {
  readonly #ask: Ask
  readonly #ports = new Map<string, string>()

  constructor(ask: Ask) {
    this.#ask = ask
  }

  async list(): Promise<Found> {
    const answers = await this.#ask(host => ({
      script: listScript(placeOf(host, 'login')),
      become: false,
    }))
    const logins = foundIn(answers, 'login', (name, port) => this.#ports.set(name, port))
    const lost = new Set(logins.failures.map(({ on }) => on))
    const roots = foundIn(
      await this.#ask((host, { become }) =>
        become?.user === 'root' && !lost.has(host.name)
          ? { script: listScript(placeOf(host, 'root'), this.#ports.get(host.name)), become: true }
          : undefined,
      ),
      'root',
    )
    const seen = new Set(logins.entries.map(({ on, name }) => `${on} ${name}`))
    const others = roots.entries.filter(({ on, name }) => !seen.has(`${on} ${name}`))
    const byHost = Map.groupBy([...logins.entries, ...others], ({ on }) => on)
    return {
      entries: [...answers.keys()].flatMap(name => byHost.get(name) ?? []),
      failures: [...logins.failures, ...roots.failures],
    }
  }

  /** Removes just these entries. */
  async remove(entries: readonly FoundEntry[]): Promise<Found['failures']> {
    const failures: { on: string; message: string }[] = []
    for (const user of ['login', 'root'] as const) {
      const namesOn = Map.groupBy(
        entries.filter(entry => entry.user === user),
        ({ on }) => on,
      )
      if (namesOn.size === 0) continue
      const answers = await this.#ask(host => {
        const names = namesOn.get(host.name)?.map(({ name }) => name)
        if (names === undefined) return undefined
        const script = removeScript(placeOf(host, user), names, this.#ports.get(host.name))
        return { script, become: user === 'root' }
      })
      for (const [on, answer] of answers)
        if (answer.kind === 'failed') failures.push({ on, message: answer.message })
    }
    return failures
  }
}

function placeOf({ connection }: Host, user: LockUser): LockPlace {
  return { user, local: connection.transport === 'local' }
}

function foundIn(
  answers: ReadonlyMap<string, HostAnswer>,
  user: LockUser,
  portOf: (name: string, port: string) => void = () => {},
): Found {
  const entries: FoundEntry[] = []
  const failures: { on: string; message: string }[] = []
  for (const [on, answer] of answers) {
    if (answer.kind === 'failed') {
      failures.push({ on, message: answer.message })
      continue
    }
    const listing = readListing(answer.text)
    portOf(on, listing.port)
    entries.push(...listing.entries.map(entry => ({ ...entry, on, user })))
  }
  return { entries, failures }
}
