import type { Failure } from './errors.ts'
import type { Finding } from './finding.ts'

/** How a node ended; DESIGN.md says what each word means. Index = the byte the engine stores. */
export const OUTCOMES = [
  'ok',
  'changed',
  'skipped',
  'failed',
  'unreachable',
  'unknown',
  'refused',
  'blocked',
  'cancelled',
] as const

export type Outcome = (typeof OUTCOMES)[number]

/** What satisfies a need. */
export function satisfies(outcome: Outcome): boolean {
  return outcome === 'ok' || outcome === 'changed' || outcome === 'skipped'
}

/** Output as it is kept: the head and the tail of a stream, and how long it was. */
export interface Captured {
  readonly head: string
  /** Empty unless something was left out between head and tail. */
  readonly tail: string
  /** Bytes that the host sent. */
  readonly bytes: number
  readonly truncated: boolean
  /** Secrets in it were masked: `head` and `tail` are not what the host sent. */
  readonly masked?: true
}

/** What a node's execution gave. Outcomes that only the engine can know (`blocked`, `cancelled`) come with no result. */
export interface NodeResult {
  readonly outcome: Outcome
  readonly exitCode?: number
  readonly signal?: string
  readonly stdout: Captured
  readonly stderr: Captured
  readonly failure?: Failure
  /** A short remark for people, as `already up to date` or `3 files, 1.2 MB`. */
  readonly note?: string
  readonly durationMs: number
  /** It ended so in an earlier part of the run, which goes on now. */
  readonly earlier?: true
  /** Of a probe, for each of its items. */
  readonly findings?: readonly Finding[]
}

export const NO_OUTPUT: Captured = { head: '', tail: '', bytes: 0, truncated: false }
