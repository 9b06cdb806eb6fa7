import type { Failure } from '../../model/errors.ts'
import { oneLine } from '../shell-failure.ts'

export interface RefusedError extends Error {
  /** RFC 4254, 5.1: a number where the server refused the channel. */
  readonly reason?: unknown
}

export const NO_STATUS: Failure = {
  code: 'link_lost',
  message: 'the host closed the command without telling how it ended',
}

export function channelRefused(error: RefusedError | undefined): Failure {
  return {
    code: 'channel_refused',
    message: `the host does not run commands: ${oneLine(error?.message ?? 'no reason given')}`,
    hint: 'the account may be for file transfer only, or the server may allow no sessions (MaxSessions 0)',
  }
}
