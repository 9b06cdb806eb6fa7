/** A time for people: `41ms`, `0.4s`, `12s`, `3m07s`, `1h02m`. */
export function formatDuration(ms: number): string {
  if (ms < 99.5) return `${Math.max(0, Math.round(ms))}ms`
  const seconds = Math.max(0, ms) / 1000
  if (seconds < 9.95) return `${seconds.toFixed(1)}s`
  return formatElapsed(ms)
}

/** A running time, which moves once a second only: `0s`, `12s`, `3m07s`, `1h02m`. */
export function formatElapsed(ms: number): string {
  const seconds = Math.floor(Math.max(0, ms) / 1000)
  if (seconds < 60) return `${seconds}s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes}m${pad(seconds % 60)}s`
  return `${Math.floor(minutes / 60)}h${pad(minutes % 60)}m`
}

function pad(n: number): string {
  return String(n).padStart(2, '0')
}
