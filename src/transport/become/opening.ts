import type { Become } from '../../model/action.ts'
import type { Failure } from '../../model/errors.ts'
import type { Secret } from '../../model/secret.ts'

/**
 * `at_once`: the program is told not to ask, and the payload goes along, for one round trip. `ask`: it may ask for the
 * password, so the payload waits until the wrapper runs, lest it be taken for an answer.
 */
export type Way = 'at_once' | 'ask'

/** How one attempt becomes another user, before the wrapper starts as that user. */
export interface Opening {
  readonly become: Become
  readonly way: Way
  /** Letters and digits that nobody has seen yet. */
  readonly key: string
  /** The login. */
  readonly account: string
  readonly password?: Secret
  /** The wrapper runs as the user; `asked`: the password was wanted. */
  readonly opened: (asked: boolean) => void
  /** It will not. */
  readonly refused: (failure: Failure) => void
}

/** Stands on stderr when the wrapper runs as the user and reads. */
export const READY = 'drover ready.'

/** What the first shell says after the key on stderr: that it runs, how `sudo` is to ask, and that `script` is missing. */
export const SIGNS = { staged: '>', prompt: '?', noScript: '-' } as const
