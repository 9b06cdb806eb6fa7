import type { Problem } from '../model/problem.ts'
import { codeFrame } from './code-frame.ts'
import { escapeText } from './escape.ts'
import { createPaint, type Paint } from './paint.ts'

export type ProblemFormat = 'text' | 'json' | 'github'

export interface ProblemsOptions {
  /** Only for `text`. */
  readonly color: boolean
  readonly format: ProblemFormat
}

/**
 * Problems as people, programs or GitHub read them; with a line end after each, empty for none.
 * `json` is one object a line: `{v: 1, severity, code, message, file?, line?, col?, length?, source?, hint?}`, where
 * `line` and `col` count from 1, and `col` and `length` count UTF-16 units.
 */
export function renderProblems(problems: readonly Problem[], options: ProblemsOptions): string {
  const paint = createPaint(options.color)
  return problems.map(problem => `${renderProblem(problem, options.format, paint)}\n`).join('')
}

function renderProblem(problem: Problem, format: ProblemFormat, paint: Paint): string {
  switch (format) {
    case 'text':
      return asText(problem, paint)
    case 'json':
      return asJson(problem)
    case 'github':
      return asAnnotation(problem)
  }
}

/** `play.yml:12:5: error: …`, as compilers write it and editors jump to; then the line, a caret and the hint. */
function asText({ code, severity, message, where, hint }: Problem, paint: Paint): string {
  const place = where === undefined ? '' : `${escapeText(where.file)}:${where.line}:${where.col}: `
  const color = severity === 'error' ? 'red' : 'yellow'
  return [
    `${paint('bold', place)}${paint(color, `${severity}:`)} ${escapeText(message)} ${paint('dim', `[${code}]`)}`,
    ...(where === undefined ? [] : codeFrame(where, text => paint(color, text))),
    ...(hint === undefined ? [] : [`  ${paint('cyan', 'hint:')} ${escapeText(hint)}`]),
  ].join('\n')
}

function asJson({ code, severity, message, where, hint }: Problem): string {
  return JSON.stringify({ v: 1, severity, code, message, ...where, hint })
}

/** https://docs.github.com/actions/reference/workflow-commands-for-github-actions: annotations of a file's line. */
function asAnnotation({ code, severity, message, where, hint }: Problem): string {
  const place =
    where === undefined
      ? {}
      : { file: where.file, line: where.line, col: where.col, endColumn: where.col + (where.length ?? 1) }
  const properties = Object.entries({ ...place, title: code }).map(
    ([name, value]) => `${name}=${escapeProperty(String(value))}`,
  )
  const text = hint === undefined ? message : `${message}\nhint: ${hint}`
  return `::${severity} ${properties.join(',')}::${escapeData(text)}`
}

/** The escapes of the runner itself: `%`, CR and LF in the text, `:` and `,` too in properties. */
function escapeData(text: string): string {
  const lines = escapeText(text, 'lines')
  return lines.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function escapeProperty(text: string): string {
  return escapeData(escapeText(text)).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
