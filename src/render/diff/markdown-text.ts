import { escapeText } from '../escape.ts'

// Texts of playbooks and hosts in Markdown: they stay data, whatever signs of Markdown or HTML they hold
// (https://spec.commonmark.org/0.31.2/, "Code spans" and "Fenced code blocks").

/** In one line. */
export function codeSpan(text: string): string {
  const line = escapeText(text)
  const ticks = '`'.repeat(longestRun(line) + 1)
  const space = /^[ `]|[ `]$/.test(line) || line === '' ? ' ' : ''
  return `${ticks}${space}${line}${space}${ticks}`
}

/** In a cell of a table, where a bar ends the cell even in code. */
export function cellCode(text: string): string {
  return codeSpan(text).replaceAll('|', '\\|')
}

/** A block of its own; no line of the text can end it. */
export function codeBlock(text: string, language: string): string {
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1))
  const body = escapeText(text.replace(/\n$/, ''), 'lines')
  return `${fence}${language}\n${body}\n${fence}`
}

/** Inside of HTML. */
export function htmlCode(text: string): string {
  const safe = escapeText(text).replace(/[&<>"'`*_[\]~@#\\]/g, char => `&#${char.charCodeAt(0)};`)
  return `<code>${safe}</code>`
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map(run => run.length))
}
