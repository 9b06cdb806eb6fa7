/**
 * Whether a pattern of `*` and `?` is the whole of a text (ssh_config(5), "PATTERNS"). It goes back to the last star
 * only, so that no pattern takes longer than pattern × text.
 */
export function wildcardMatches(pattern: string, text: string): boolean {
  let p = 0
  let star = -1
  let starText = 0
  for (let t = 0; t < text.length; ) {
    if (pattern[p] === '*') {
      star = p++
      starText = t
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[t])) {
      p++
      t++
    } else if (star >= 0) {
      p = star + 1
      t = ++starText
    } else return false
  }
  while (pattern[p] === '*') p++
  return p === pattern.length
}

/** A list with commas: one of the patterns matches, and none of those behind a `!` (ssh_config(5), "PATTERNS"). */
export function listMatches(list: string, text: string): boolean {
  let found = false
  for (const pattern of list.split(',')) {
    if (!pattern.startsWith('!')) found ||= wildcardMatches(pattern, text)
    else if (wildcardMatches(pattern.slice(1), text)) return false
  }
  return found
}
