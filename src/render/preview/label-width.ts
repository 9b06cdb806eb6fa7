import { textWidth } from '../width.ts'
import { wrapText } from '../wrap.ts'
import { cutLabel, labelOf, type StepLine } from './step-line.ts'

/** Of the width, so much is for what lines call their steps in any case, and at most. */
const SHARE = { least: 0.3, most: 0.6 } as const

/**
 * Columns for what lines one below the other call their steps, so that what is said of them begins in the same one: as
 * many as the titles need, as long as no line has to be broken for that. A very long id sticks out.
 * @param roomFor columns for what is said, beside labels of a width
 */
export function labelWidth(
  lines: readonly StepLine[],
  width: number,
  roomFor: (labelWidth: number) => number,
): number {
  const wanted = Math.max(0, ...lines.map(line => textWidth(labelOf(line))))
  const least = Math.min(wanted, Math.floor(width * SHARE.least))
  const most = Math.min(wanted, Math.floor(width * SHARE.most))
  const columns = least === most ? least : widest(lines, least, most, roomFor)
  const labels = lines.map(line => textWidth(cutLabel(line, columns)))
  return Math.max(0, ...labels.filter(label => label <= columns))
}

/** The most that costs no more lines than the least does. */
function widest(
  lines: readonly StepLine[],
  least: number,
  most: number,
  roomFor: (labelWidth: number) => number,
): number {
  // Names of hosts are not cut any further for a title.
  const words = lines.map(line => line.words(roomFor(least)))
  const height = (columns: number) =>
    lines.reduce((sum, line, at) => {
      const room = roomFor(Math.max(columns, textWidth(cutLabel(line, columns))))
      return sum + wrapText(words[at] ?? '', room).length
    }, 0)
  const allowed = height(least)
  let [good, bad] = [least, most + 1]
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2)
    if (height(middle) <= allowed) good = middle
    else bad = middle
  }
  return good
}
