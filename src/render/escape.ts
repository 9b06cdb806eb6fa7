/** Which white space stays as it is: none (for one line), tabs, or tabs and line ends (for a block of text). */
export type Keep = 'nothing' | 'tabs' | 'lines'

/**
 * Controls (C0, DEL, C1), format characters (bidi controls and all else that is invisible), line separators other
 * than LF, and lone surrogates. Variation selectors stay: they only choose between two looks of one sign.
 */
const UNSAFE = /[[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]--[\uFE00-\uFE0F]]/gv

/** Nearly all text is plain ASCII, and a test for that is several times cheaper than the search. */
const PLAIN: Readonly<Record<Keep, RegExp>> = {
  nothing: /^[\x20-\x7e]*$/,
  tabs: /^[\t\x20-\x7e]*$/,
  lines: /^[\t\n\x20-\x7e]*$/,
}

const KEPT: Readonly<Record<Keep, string>> = { nothing: '', tabs: '\t', lines: '\t\n' }

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/**
 * The one way for text from a host or a file to a terminal or a log. What could move the cursor, change colours,
 * reorder or hide text becomes visible as `\x1b`, `\u202e` or `\u{e0041}`; all other text stays as it is.
 * It is for people: a backslash is not doubled, so there is no way back.
 */
export function escapeText(text: string, keep: Keep = 'nothing'): string {
  if (PLAIN[keep].test(text)) return text
  return text.replace(UNSAFE, char => (KEPT[keep].includes(char) ? char : visible(char)))
}

function visible(char: string): string {
  const short = SHORT[char]
  if (short !== undefined) return short
  const code = char.codePointAt(0) as number
  const hex = code.toString(16)
  if (code < 0x100) return `\\x${hex.padStart(2, '0')}`
  return code < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\u{${hex}}`
}
