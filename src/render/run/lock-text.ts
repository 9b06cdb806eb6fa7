import type { RunEvent } from '../../model/event.ts'
import { escapeText } from '../escape.ts'

export type LockEvent = Extract<RunEvent, { kind: 'lock_taken' | 'lock_waiting' | 'lock_missed' }>

/** What became of a host's lock, in words. */
export function lockText(event: LockEvent): string {
  switch (event.kind) {
    case 'lock_taken':
      return `locked as ${escapeText(event.as)}`
    case 'lock_waiting':
      return `waiting: ${escapeText(event.holder)} has this host`
    case 'lock_missed':
      return `goes on without a lock: ${escapeText(event.why)}`
  }
}
