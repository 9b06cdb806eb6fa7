import { OUTCOMES } from '../model/outcome.ts'

/** The low bits of a node's byte: one of these, or ENDED + the index of its outcome. */
export const PHASE = 0x0f
export const WAITING = 0
export const READY = 1
export const RUNNING = 2
export const ENDED = 3

/** One of those that the node's `failed` edges lead to has ended otherwise than well. */
export const FAILURE_SEEN = 0x10
/** It has been sent before, and goes again: it is nothing new. */
export const SENT = 0x20
/** The step has nothing to do on this host: its node passes on what the step's needs there gave. */
export const IDLE = 0x40
/** The step does not run on this host: its node there passes on what the step's needs there and its other hosts gave. */
export const PASSAGE = 0x80

export const OK = OUTCOMES.indexOf('ok')
/** The last of the outcomes that are well. */
export const SKIPPED = OUTCOMES.indexOf('skipped')
export const BLOCKED = OUTCOMES.indexOf('blocked')
export const CANCELLED = OUTCOMES.indexOf('cancelled')

/** Whether the step runs there. */
export const isReal = (byte: number): boolean => (byte & (PASSAGE | IDLE)) === 0
