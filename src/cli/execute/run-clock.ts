/** Where time comes from: milliseconds since the epoch, which the machine's clock may set to anything, and ones that only go on. */
export interface TimeSources {
  readonly wall: () => number
  readonly steady: () => number
}

const SYSTEM: TimeSources = { wall: () => Date.now(), steady: () => performance.now() }

/**
 * A clock in whole milliseconds since the epoch that starts with the machine's and then goes on by itself: what sets
 * the machine's clock meanwhile moves no time and no duration of a run.
 */
export function startClock({ wall, steady }: TimeSources = SYSTEM): () => number {
  const start = wall() - steady()
  return () => Math.round(start + steady())
}
