const UNITS: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }

export function isTime(text: string): boolean {
  return secondsOf(text) !== undefined
}

/** As `10`, `90s` or `1h30m` (sshd_config(5), "TIME FORMATS"); undefined: no time, or longer than ssh can count. */
export function secondsOf(text: string): number | undefined {
  if (!/^(?:\d+[smhdw])*\d+[smhdw]?$/i.test(text)) return undefined
  const parts = [...text.matchAll(/(\d+)([smhdw]?)/gi)]
  const sum = parts.reduce((all, [, n, unit = '']) => all + Number(n) * (UNITS[unit.toLowerCase()] ?? 1), 0)
  return sum < 2 ** 31 ? sum : undefined
}
