import type { Failure } from '../../model/errors.ts'
import type { Controller } from '../../model/lock.ts'
import { oneLine } from '../shell-failure.ts'
import { entryInfo } from './entry.ts'

/** What the shell code that takes a lock said (`claimCode`). */
export type LockReport =
  | { readonly kind: 'taken'; readonly path: string }
  | { readonly kind: 'missed'; readonly why: string }
  /** `holder`: who has it since when, for people. `entry`: the name of that run's entry. */
  | {
      readonly kind: 'held'
      readonly holder: string
      readonly entry: string
      readonly controller: Controller
    }

/** Anything that makes no sense is a lock that could not be taken: a host whose tools are broken must be mendable. */
export function readLockReport(line: string): LockReport {
  const [word = '', rest = ''] = split(line)
  if (word === 'taken' && rest.startsWith('/')) return { kind: 'taken', path: rest }
  if (word === 'held') return heldBy(rest)
  const why = word === 'missed' ? oneLine(rest) : oneLine(line)
  return { kind: 'missed', why: why === '' ? 'the host did not say why' : why }
}

/** @param rest seconds that are left of the lease, name of the entry, four words of its controller, JSON */
function heldBy(rest: string): LockReport {
  const [, name = '', boot = '-', pids = '-', pid = '', start = '-', json = ''] = HELD.exec(rest) ?? []
  const entry = /^[\w.-]{1,200}$/.test(name) ? name : ''
  return {
    kind: 'held',
    entry,
    controller: { boot, pids, pid: Number(pid), start },
    holder: holderOf(name, json),
  }
}

const HELD = /^\S+ (\S+) (\S+) (\S+) (\S+) (\S+) (.*)$/

function holderOf(name: string, json: string): string {
  const { run = name.split('.')[0] ?? '', who, since, playbook } = entryInfo(json)
  const words = [
    run === '' || run === '-' ? 'another run' : `run ${run}`,
    who && `of ${who}`,
    playbook && `(${playbook})`,
    since && `since ${since}`,
  ]
  return oneLine(words.filter(part => part !== undefined && part !== '').join(' '))
}

export function lockHeld(holder: string): Failure {
  return {
    code: 'lock_held',
    message: `${holder} has this host`,
    hint: 'wait for it with --lock-timeout 10m; drover lock list shows who has which host, drover lock release frees what a dead run has left',
  }
}

function split(text: string): [first: string, rest: string] {
  const at = text.indexOf(' ')
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}
