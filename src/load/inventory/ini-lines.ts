import { parse } from 'ini'
import type { Problem, Where } from '../../model/problem.ts'
import { withoutSecrets, withoutSecretWords } from './secret-names.ts'

/** One line with something in it: neither empty nor a comment. */
export interface IniLine {
  /** From 1. */
  readonly line: number
  /** Without white space at either end. */
  readonly text: string
  /** The whole line, passwords in it hidden, for code frames. */
  readonly source: string
  /** Column of `text` in it, from 1. */
  readonly col: number
}

export interface IniSection {
  /** Absent for the lines before the first header. */
  readonly header?: IniLine & { readonly title: string; readonly titleOffset: number }
  readonly lines: readonly IniLine[]
}

/** What is wrong with a text, by the offset in it; `problemAt` makes a problem of it. */
export interface Fault {
  readonly code: Problem['code']
  readonly message: string
  readonly offset: number
  readonly length: number
  readonly hint?: string | undefined
}

/**
 * Splits an INI text into its sections, by order of lines.
 *
 * The ini library would take inventories apart too eagerly: it nests `[10.0.0.1]` at its dots, ends values at `;`,
 * keeps one of two equal lines and forgets where a line stood. So each line is handed to it as one value under its
 * own number, quoted, and a section is named by the number of its header.
 */
export function iniSections(text: string): readonly IniSection[] {
  const sources = text.split(/\r\n|[\r\n]/)
  const encoded: string[] = []
  for (const [index, source] of sources.entries()) {
    const content = source.trim()
    if (content === '' || content.startsWith('#') || content.startsWith(';')) continue
    if (HEADER.test(content)) encoded.push(`[${index + 1}]`)
    encoded.push(`${index + 1}=${quoted(content)}`)
  }
  const decoded: Readonly<Record<string, string | Readonly<Record<string, string>>>> = parse(
    encoded.join('\n'),
  )
  const lineOf = (number: string, value: string): IniLine => {
    const source = sources[Number(number) - 1] ?? ''
    return {
      line: Number(number),
      text: value.slice(1),
      source: withoutSecrets(source),
      col: source.length - source.trimStart().length + 1,
    }
  }
  const before: IniLine[] = []
  const sections: IniSection[] = [{ lines: before }]
  for (const [number, entry] of inOrder(decoded)) {
    if (typeof entry === 'string') before.push(lineOf(number, entry))
    else sections.push(sectionOf(inOrder(entry).map(([line, value]) => lineOf(line, value))))
  }
  return sections
}

/** As the library reads it back whatever is in it; to its expressions U+2028 and U+2029 would end the line. */
function quoted(content: string): string {
  return JSON.stringify(`:${content}`).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')
}

/** A section's name in brackets, with nothing but a comment after it. A range may start a host line just so. */
const HEADER = /^\[([^\]]*)\]\s*(?:[#;].*)?$/

function sectionOf([header, ...lines]: readonly IniLine[]): IniSection {
  if (header === undefined) return { lines }
  return { header: { ...header, title: HEADER.exec(header.text)?.[1] ?? '', titleOffset: 1 }, lines }
}

/** JavaScript keeps keys that are whole numbers in ascending order; saying so costs little. */
function inOrder<T>(entries: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(entries).sort(([a], [b]) => Number(a) - Number(b))
}

/** The place of a piece of a line's text. */
export function whereIn(file: string, line: IniLine, offset = 0, length = line.text.length - offset): Where {
  return { file, line: line.line, col: line.col + offset, length: Math.max(length, 1), source: line.source }
}

/** `shift`: where in the line's text the faulty text starts. */
export function problemAt(file: string, line: IniLine, fault: Fault, shift = 0): Problem {
  return {
    code: fault.code,
    severity: 'error',
    message: withoutSecretWords(fault.message),
    where: whereIn(file, line, shift + fault.offset, fault.length),
    ...(fault.hint === undefined ? {} : { hint: fault.hint }),
  }
}
