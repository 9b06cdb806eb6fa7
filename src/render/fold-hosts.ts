/**
 * Names of hosts, short: `web[01-12,14],db1`. Numbers in names become ranges, as ClusterShell's `nodeset -f` writes
 * them and `nodeset -e` reads them; names that share nothing stay in the order in which they came.
 */
export function foldHosts(names: readonly string[]): string {
  const patterns = new Map<string, FoldedName[]>()
  for (const name of new Set(names)) {
    const { texts, axes } = splitName(name)
    const key = texts.join('\0')
    const known = patterns.get(key)
    if (known === undefined) patterns.set(key, [{ texts, axes }])
    else known.push({ texts, axes })
  }
  return [...patterns.values()].flatMap(foldPattern).map(writeName).join(',')
}

/** A name in pieces: texts and, between them, numbers; a number may be folded to ranges already. */
interface FoldedName {
  readonly texts: readonly string[]
  readonly axes: readonly string[]
}

/** Longer numbers are text: they would not be exact. */
const NUMBER = /(?<!\d)(\d{1,15})(?!\d)/

function splitName(name: string): FoldedName {
  const pieces = name.split(NUMBER)
  return {
    texts: pieces.filter((_, index) => index % 2 === 0),
    axes: pieces.filter((_, index) => index % 2 === 1),
  }
}

/** Folds the last number first; names that are then equal but for an earlier number fold again. */
function foldPattern(names: readonly FoldedName[]): readonly FoldedName[] {
  let folded = names
  for (let axis = (names[0]?.axes.length ?? 0) - 1; axis >= 0; axis--) folded = foldAxis(folded, axis)
  return folded
}

function foldAxis(names: readonly FoldedName[], axis: number): FoldedName[] {
  const groups = Map.groupBy(names, ({ axes }) => axes.with(axis, '').join(' '))
  return [...groups.values()].flatMap(group => {
    const [first] = group
    if (first === undefined) return []
    const numbers = group.map(({ axes }) => axes[axis] as string)
    return [{ texts: first.texts, axes: first.axes.with(axis, writeRanges(numbers)) }]
  })
}

/** Numbers as ranges, ascending. A range goes on as long as counting up with its first one's padding does. */
function writeRanges(numbers: readonly string[]): string {
  const sorted = numbers.toSorted((a, b) => Number(a) - Number(b) || a.length - b.length)
  const ranges: string[][] = []
  for (const number of sorted) {
    const range = ranges.at(-1)
    const last = range?.at(-1)
    const next =
      last === undefined ? undefined : String(Number(last) + 1).padStart(range?.[0]?.length ?? 0, '0')
    if (number === next) range?.push(number)
    else ranges.push([number])
  }
  return ranges.map(range => (range.length > 1 ? `${range[0]}-${range.at(-1)}` : range[0])).join(',')
}

function writeName({ texts, axes }: FoldedName): string {
  return texts
    .map((text, index) => {
      const axis = axes[index] ?? ''
      return /[-,]/.test(axis) ? `${text}[${axis}]` : text + axis
    })
    .join('')
}
