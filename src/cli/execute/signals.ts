/** Ctrl-C and its kin, as two abort signals. */
export interface Signals {
  /** The first SIGINT, SIGTERM or SIGHUP. */
  readonly first: AbortSignal
  /** Any further one. */
  readonly second: AbortSignal
  /** The signals end the process again. */
  release(): void
}

const WATCHED = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export function watchSignals(): Signals {
  const first = new AbortController()
  const second = new AbortController()
  const onSignal = (): void => (first.signal.aborted ? second : first).abort()
  for (const name of WATCHED) process.on(name, onSignal)
  return {
    first: first.signal,
    second: second.signal,
    release: () => {
      for (const name of WATCHED) process.off(name, onSignal)
    },
  }
}
