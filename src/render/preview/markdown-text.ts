// Texts for GitHub's Markdown that cannot become anything else there, whoever wrote them. All are escaped for a
// terminal before (escape.ts), so there are no line ends in those of one line, and no controls in any.

/** What Markdown, HTML and GitHub's formulas give a meaning inside a line. */
const MARKS = /[\\`*_{}[\]<>|~&$!#]/g

/** People and issues would be told, and addresses be links: an invisible space parts what makes them so. */
const ZERO_WIDTH = '\u200b'

/** A text of one line in a sentence; not at a line's start, where digits and dashes would be lists. */
export function prose(text: string): string {
  return text.replace(MARKS, '\\$&').replace(/@|#|www(?=\.)|GH(?=-\d)|:(?=\/\/)/gi, sign => sign + ZERO_WIDTH)
}

/** A text of one line as code, where nothing but its own end has a meaning. */
export function code(text: string): string {
  if (text === '') return ''
  const fence = '`'.repeat(longestRun(text) + 1)
  const padding = /^[` ]|[` ]$/.test(text) ? ' ' : ''
  return `${fence}${padding}${text}${padding}${fence}`
}

/** In a table's cell a pipe ends the cell, in code too; the backslash before it goes. */
export function cell(markdown: string): string {
  return markdown.replace(
    /(\\*)\|/g,
    (_, slashes: string) => `${slashes.length % 2 === 1 ? slashes : `${slashes}\\`}|`,
  )
}

/** Lines as they are. */
export function fenced(lines: readonly string[], language: string): string {
  const text = lines.join('\n')
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1))
  return `${fence}${language}\n${text}\n${fence}`
}

/** For HTML, where Markdown is not looked at. */
export function html(text: string): string {
  const names: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
  return text.replace(/[&<>"]/g, char => names[char] ?? char)
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map(run => run.length))
}
