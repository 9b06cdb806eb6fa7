const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/**
 * Milliseconds of a duration as playbooks write it: `500ms`, `30s`, `5m`, `1h`, `2d`, or a bare number of seconds.
 * Undefined where it is none.
 */
export function parseDuration(text: string): number | undefined {
  const match = /^([0-9]+)(ms|s|m|h|d)?$/.exec(text)
  if (match === null) return undefined
  return Number(match[1]) * (UNITS[match[2] ?? 's'] ?? 1000)
}
