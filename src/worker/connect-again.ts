import type { Failure } from '../model/errors.ts'
import { LIMITS } from '../model/limits.ts'
import type { Session } from '../transport/transport.ts'
import { pauseUnless } from './pause.ts'

const FIRST_PAUSE_MS = 250
const GROWTH = 1.5

/**
 * Connects to a host that is away for a while, again and again until it works or `signal` aborts; then, why the last
 * attempt did not work. A host that shuts down or boots may refuse connections, and logins too (pam_nologin(8)); only a
 * wrong host key is final.
 */
export async function connectAgain(
  connect: (signal: AbortSignal) => Promise<Session | Failure>,
  signal: AbortSignal,
): Promise<Session | Failure> {
  let last = NO_TIME
  for (let pause = FIRST_PAUSE_MS; !signal.aborted; pause *= GROWTH) {
    const made = await connect(signal)
    if (!('code' in made)) return made
    // An attempt that was aborted says nothing about the host.
    if (signal.aborted && last !== NO_TIME) return last
    last = made
    if (made.code.startsWith('host_key_')) return made
    const longest = made.code.startsWith('login_') ? LIMITS.reconnectLoginPauseMs : LIMITS.reconnectPauseMs
    await pauseUnless(Math.min(pause, longest), signal)
  }
  return last
}

const NO_TIME: Failure = { code: 'connect_timeout', message: 'there was no time left to connect' }
