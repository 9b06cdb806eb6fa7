/** More than the script prints. In UTF-16 units. */
const LONGEST_OUTPUT = 64 << 10
const LONGEST_VALUE = 500

/** What a host told, by key. */
export interface Told {
  /** The first value of a key that fits; empty where there is none. */
  first(key: string, form: RegExp): string
  all(key: string): readonly string[]
}

/** Control characters, what turns text around, and what stands for bytes that are no text. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Bidi_Control}\ufffd]/u

/**
 * The lines `key=value` between the script's first and last one; undefined without both of them. A value that holds
 * what no name, path or version should hold counts as not told.
 */
export function toldLines(stdout: string): Told | undefined {
  if (stdout.length > LONGEST_OUTPUT) return undefined
  const lines = stdout.split('\n')
  const start = lines.indexOf('drover_facts=1')
  const end = lines.lastIndexOf('end=1')
  if (start === -1 || end < start) return undefined
  const values = new Map<string, string[]>()
  for (const line of lines.slice(start + 1, end)) {
    const at = line.indexOf('=')
    const value = line.slice(at + 1).trim()
    if (at < 1 || value === '' || value.length > LONGEST_VALUE || UNPRINTABLE.test(value)) continue
    const key = line.slice(0, at)
    const known = values.get(key)
    if (known === undefined) values.set(key, [value])
    else known.push(value)
  }
  const all = (key: string) => values.get(key) ?? []
  return { all, first: (key, form) => all(key).find(value => form.test(value)) ?? '' }
}
