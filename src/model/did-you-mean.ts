/** Names longer than this are not compared: the work is the product of the lengths. */
const LONGEST = 64
/** Of very many names only so many are looked at. */
const MOST = 20_000

/**
 * The known name that was probably meant, if one is near: it differs by case, by one letter in three at most (an
 * exchange of neighbours counts as one), or continues what was typed.
 */
export function nearestName(typed: string, known: Iterable<string>): string | undefined {
  if (typed.length === 0 || typed.length > LONGEST) return undefined
  const wanted = typed.toLowerCase()
  let best: string | undefined
  let bestDistance = Math.floor(typed.length / 3) + 1
  let seen = 0
  for (const name of known) {
    if (++seen > MOST) break
    if (name.length > LONGEST || name === typed) continue
    const distance = roughDistance(wanted, name.toLowerCase(), bestDistance)
    if (distance < bestDistance) {
      best = name
      bestDistance = distance
    }
  }
  return best
}

/** The hint `did you mean "upload"?`; undefined where nothing is near. */
export function didYouMean(typed: string, known: Iterable<string>): string | undefined {
  const name = nearestName(typed, known)
  return name === undefined ? undefined : `did you mean "${name}"?`
}

/** Edits between two names; what only continues the other one counts as half an edit. `bound` or more: far. */
function roughDistance(a: string, b: string, bound: number): number {
  if (a.length >= 3 && b.startsWith(a)) return Math.min(0.5, bound)
  if (Math.abs(a.length - b.length) >= bound) return bound
  return editDistance(a, b)
}

/** Damerau's distance in its restricted form: insertions, deletions, replacements, exchanges of neighbours. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let cost = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, at(beforeLast, j - 2) + 1)
      }
      row.push(cost)
    }
    beforeLast = last
    last = row
  }
  return at(last, b.length)
}

const at = (row: readonly number[], index: number): number => row[index] ?? Number.POSITIVE_INFINITY
