/** Where a display takes time from; tests hand in their own. */
export interface RenderTime {
  /** Milliseconds since the epoch, by the clock that events have their `at` from. */
  readonly now: () => number
  /** Calls `act` each `ms`, until the returned function is called; it keeps no process alive. */
  readonly every: (ms: number, act: () => void) => () => void
}

/** @param now the run's clock */
export function timeOf(now: () => number): RenderTime {
  return {
    now,
    every: (ms, act) => {
      const timer = setInterval(act, ms)
      timer.unref()
      return () => clearInterval(timer)
    },
  }
}
