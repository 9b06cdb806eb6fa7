/**
 * How many terminal columns a text takes. The text is escaped already (escape.ts), so it has no controls; colours
 * are added afterwards.
 */
export function textWidth(text: string): number {
  if (ASCII.test(text)) return text.length
  let width = 0
  for (const { segment } of GRAPHEMES.segment(text)) width += graphemeWidth(segment)
  return width
}

/** The text, cut to `columns` with `…` where it is longer. */
export function truncate(text: string, columns: number): string {
  if (columns <= 0) return ''
  // A text of n UTF-16 units can be wide, but a long one need not be measured to its end.
  const near = text.slice(0, columns * 8 + 64)
  if (near.length === text.length && textWidth(text) <= columns) return text
  if (ASCII.test(near)) return `${near.slice(0, columns - 1)}…`
  let width = 0
  let kept = ''
  for (const { segment } of GRAPHEMES.segment(near)) {
    width += graphemeWidth(segment)
    if (width > columns - 1) break
    kept += segment
  }
  return `${kept}…`
}

/** The text, cut or filled with spaces to exactly `columns`. */
export function fillTo(text: string, columns: number): string {
  const cut = truncate(text, columns)
  return cut + ' '.repeat(Math.max(0, columns - textWidth(cut)))
}

const ASCII = /^[\x20-\x7e]*$/

/** Nothing that takes a column: only combining marks and joiners. */
const BLANK = /^[\p{Mn}\p{Me}\p{Cf}\p{Cc}]+$/v

/** East Asian Wide and Fullwidth (Unicode TR 11), and what terminals draw as a two-column picture. */
const WIDE =
  /[\p{Emoji_Presentation}\u1100-\u115f\u2329\u232a\u2630-\u2637\u268a-\u268f\u2e80-\u303e\u3041-\u4dbf\u4dc0-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6b\uff01-\uff60\uffe0-\uffe6\ufe0f\u{16fe0}-\u{18aff}\u{1aff0}-\u{1b2ff}\u{1d300}-\u{1d376}\u{1f200}-\u{1f265}\u{20000}-\u{3fffd}]/v

/** Marks with a column of their own, as many vowels of Indic scripts. */
const SPACING_MARK = /\p{Mc}/gv

const GRAPHEMES = new Intl.Segmenter()

function graphemeWidth(grapheme: string): number {
  if (BLANK.test(grapheme)) return 0
  if (WIDE.test(grapheme)) return 2
  return 1 + (grapheme.length === 1 ? 0 : (grapheme.match(SPACING_MARK)?.length ?? 0))
}
