import { createHash } from 'node:crypto'
import type { LockOwner } from '../../model/lock.ts'
import type { LockUser } from './place.ts'

/**
 * What a lock holds: one file for each host of the inventory that uses it, so that two names of one machine in one run
 * share it and the last one gives it back. Its name is never used again: to remove it takes the lock from nobody else.
 */
export interface LockEntry {
  readonly run: string
  /** All entries of the run begin so. */
  readonly ofRun: string
  /** And those of this host and user: what an earlier worker of the run has left. */
  readonly ofHost: string
  readonly name: string
}

/** @param nonce letters and digits that no other link to the host has */
export function lockEntry(run: string, host: string, user: LockUser, nonce: string): LockEntry {
  const ofRun = `${run.replace(/[^A-Za-z0-9-]/g, '_')}.`
  const ofHost = `${ofRun}${createHash('sha256').update(host).digest('hex').slice(0, 12)}.${user}.`
  return { run, ofRun, ofHost, name: ofHost + nonce }
}

/** What people get to see of an owner, and of the host that the entry is for. */
export interface EntryInfo {
  readonly v: 1
  readonly run: string
  readonly who: string
  readonly since: string
  readonly playbook: string
  readonly host: string
}

/** What an entry says after its lease: words without spaces, then JSON. ASCII, without a newline or a single quote. */
export function entryText({ controller, ...owner }: LockOwner, host: string): string {
  const { boot, pids, pid, start } = controller
  const short = (text: string) => text.slice(0, MOST_CHARACTERS)
  const info: EntryInfo = {
    v: 1,
    run: owner.run,
    who: short(owner.who),
    since: owner.since,
    playbook: short(owner.playbook),
    host: short(host),
  }
  const json = JSON.stringify(info).replace(
    /[^\x20-\x7e]|'/g,
    char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return `${[boot, pids, pid, start].map(word => String(word).replace(/[^\w:[\]-]/g, '') || '-').join(' ')} ${json}`
}

const MOST_CHARACTERS = 200

/** Reads the JSON of an entry, which anybody may have written: what does not fit is left out. */
export function entryInfo(json: string): Partial<EntryInfo> {
  try {
    const read: unknown = JSON.parse(json)
    if (typeof read !== 'object' || read === null) return {}
    const fields = read as Record<string, unknown>
    const known = FIELDS.flatMap(name => {
      const value = fields[name]
      return typeof value === 'string' ? [[name, value.slice(0, MOST_CHARACTERS)] as const] : []
    })
    return Object.fromEntries(known)
  } catch {
    return {}
  }
}

const FIELDS = ['run', 'who', 'since', 'playbook', 'host'] as const
