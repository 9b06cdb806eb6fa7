import { setImmediate } from 'node:timers/promises'
import type { KeptOutput } from '../../journal/kept-output.ts'
import type { RunTail } from '../../journal/run-tail.ts'
import type { RunListener } from '../../model/event.ts'
import type { EventFilter } from './event-filter.ts'

/** So often signals get a hearing. */
const EVENTS_A_TURN = 200

export interface NewsOptions {
  readonly wants?: EventFilter
  /** Nobody listens any more. */
  readonly signal?: AbortSignal
}

/**
 * Tells what has come to a run's journal since the last time, as fast as the listener takes it.
 * @returns whether there was anything
 * @throws ProblemsError where the journal is damaged
 */
export async function tellNews(
  tail: RunTail,
  kept: KeptOutput,
  listener: RunListener,
  { wants = () => true, signal }: NewsOptions = {},
): Promise<boolean> {
  let told = 0
  for (const event of tail.read()) {
    told += 1
    const filled = kept.fill(event)
    const busy = wants(event) ? listener(filled) : undefined
    if (busy !== undefined) await untilAborted(busy, signal)
    else if (told % EVENTS_A_TURN === 0) await setImmediate()
    if (signal?.aborted) break
  }
  return told > 0
}

/** A reader that has stopped is not waited for when whoever looks on leaves. */
async function untilAborted(work: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return work
  const { promise, resolve } = Promise.withResolvers<void>()
  const stop = () => resolve()
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) resolve()
  await Promise.race([work, promise])
  signal.removeEventListener('abort', stop)
}
