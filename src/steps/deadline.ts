import type { Exec, ExecHandlers, ExecRequest } from '../transport/transport.ts'
import type { StepContext } from './step.ts'

/** When a step began, and how long it may take on its host; on the monotonic clock of this process. */
export interface Deadline {
  readonly startedAt: number
  /** When it went to the host, which is what the limit counts from. */
  readonly sentAt: number
  readonly timeoutMs: number
}

/** Node's timers hold 31 bits of milliseconds; a longer one would fire at once. */
export const LONGEST_TIMER = 2 ** 31 - 1

export function startDeadline(timeoutMs: number): Deadline {
  const now = performance.now()
  return { startedAt: now, sentAt: now, timeoutMs }
}

/** The same, its limit counted from now: what had to be read here does not use up the host's time. */
export function sendingNow(deadline: Deadline): Deadline {
  return { ...deadline, sentAt: performance.now() }
}

export function elapsedMs(deadline: Deadline): number {
  return Math.round(performance.now() - deadline.startedAt)
}

/** Of the time on the host; negative when it is over. */
export function remainingMs({ sentAt, timeoutMs }: Deadline): number {
  return sentAt + timeoutMs - performance.now()
}

/**
 * Runs a script that ends when the deadline passes or the step is told to stop, whichever comes first. `onStop` is
 * called then: the script may go on for a while, but nobody wants what it still sends.
 */
export function execUntil(
  deadline: Deadline,
  context: StepContext,
  request: ExecRequest,
  handlers: ExecHandlers,
  onStop: () => void = () => {},
): Exec {
  const { signal, session } = context
  const exec = session.exec(request, handlers)
  const stop = (reason: StopReason) => {
    onStop()
    exec.stop(reason)
  }
  const remaining = Math.max(0, remainingMs(deadline))
  const timer = setTimeout(() => stop('timeout'), Math.min(remaining, LONGEST_TIMER))
  const onAbort = () => stop(stopReason(signal))
  if (signal.aborted) onAbort()
  else signal.addEventListener('abort', onAbort, { once: true })
  void exec.done.then(() => {
    clearTimeout(timer)
    signal.removeEventListener('abort', onAbort)
  })
  return exec
}

type StopReason = Parameters<Exec['stop']>[0]

function stopReason(signal: AbortSignal): StopReason {
  return signal.reason === 'timeout' || signal.reason === 'now' ? signal.reason : 'cancel'
}
