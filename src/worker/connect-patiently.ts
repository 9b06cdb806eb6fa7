import type { Failure } from '../model/errors.ts'
import { LIMITS } from '../model/limits.ts'
import type { Session } from '../transport/transport.ts'
import { pauseUnless } from './pause.ts'

export interface Patience {
  /** Further attempts, whatever a connection fails for; absent: only where the server seems to be busy. */
  readonly retries?: number
  /** Further attempts where `retries` is absent, whatever a connection fails for; absent: 0. */
  readonly least?: number
  /** From 0 to 1, so that many hosts behind one address are not met at the same moments. */
  readonly random: () => number
}

/**
 * Connects to a host, and tries again after a failure that another attempt may not meet. A server that hangs up before
 * the login (sshd does with more connections than its MaxStartups) is asked again by itself, until so much time is over
 * as one attempt may take; for other failures `retries` or `least` has to be given. A login or a host key that is
 * refused stays refused.
 */
export async function connectPatiently(
  connect: (signal: AbortSignal) => Promise<Session | Failure>,
  { retries, least = 0, random }: Patience,
  signal: AbortSignal,
): Promise<Session | Failure> {
  const since = performance.now()
  for (let retried = 0; ; retried += 1) {
    const made = await connect(signal)
    if (!('code' in made) || signal.aborted || retried >= mostRetries(made, retries, least)) return made
    const longest = Math.min(LIMITS.connectPauseMs, LIMITS.connectFirstPauseMs * 2 ** retried)
    const pause = longest * (0.5 + random() / 2)
    const spent = performance.now() - since
    if (retries === undefined && retried >= least && spent + pause > LIMITS.connectMs + LIMITS.loginMs)
      return made
    await pauseUnless(pause, signal)
    if (signal.aborted) return made
  }
}

function mostRetries({ code }: Failure, retries: number | undefined, least: number): number {
  if (!code.startsWith('connect_')) return 0
  return retries ?? (code === 'connect_closed' ? Math.max(least, LIMITS.busyRetries) : least)
}
