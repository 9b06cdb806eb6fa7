/** A pattern with parts that each stand for one character, and stars that stand for any number of them. */
export interface StarPattern {
  /** How many parts it has. */
  readonly length: number
  readonly isStar: (part: number) => boolean
  /** Whether a part that is no star stands for the character at a place. */
  readonly fits: (part: number, at: number) => boolean
}

/**
 * Whether a pattern is the whole of a text of so many characters. It goes back to the last star only, since what an
 * earlier one took never has to be given back: no pattern takes longer than pattern × text.
 */
export function matchesWhole({ length, isStar, fits }: StarPattern, characters: number): boolean {
  let [part, star, from] = [0, -1, 0]
  for (let at = 0; at < characters; ) {
    if (part < length && isStar(part)) {
      star = part++
      from = at
    } else if (part < length && fits(part, at)) {
      part++
      at++
    } else if (star >= 0) {
      part = star + 1
      at = ++from
    } else return false
  }
  while (part < length && isStar(part)) part++
  return part === length
}

/** Whether a pattern of `*` and `?` is the whole of a text (ssh_config(5), "PATTERNS"). */
export function wildcardMatches(pattern: string, text: string): boolean {
  return matchesWhole(
    {
      length: pattern.length,
      isStar: part => pattern[part] === '*',
      fits: (part, at) => pattern[part] === '?' || pattern[part] === text[at],
    },
    text.length,
  )
}

/** One of the patterns matches, and none of those behind a `!` (ssh_config(5), "PATTERNS"). */
export function anyMatches(patterns: readonly string[], text: string): boolean {
  let found = false
  for (const pattern of patterns) {
    if (!pattern.startsWith('!')) found ||= wildcardMatches(pattern, text)
    else if (wildcardMatches(pattern.slice(1), text)) return false
  }
  return found
}

/** The same of a list with commas. */
export function listMatches(list: string, text: string): boolean {
  return anyMatches(list.split(','), text)
}
