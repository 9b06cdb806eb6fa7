import { sep } from 'node:path'
import type { Action, GetAction, PutAction, RunAction } from '../../model/action.ts'
import type { PlanStep } from '../../model/plan.ts'
import { count, formatBytes } from '../../model/quantity.ts'
import type { Sketch } from '../../model/sketch.ts'
import type { Paint, Style } from '../paint.ts'
import { limitWords, waitWords } from '../step-words.ts'
import { textWidth, truncate } from '../width.ts'
import { wrapText } from '../wrap.ts'
import { localPath } from './local-path.ts'
import type { Shown } from './shown.ts'

export interface ActionTextOptions {
  readonly paint: Paint
  readonly shown: Shown
  /** Local paths below it are shown relative to it. */
  readonly cwd: string
  /** What is drover's own is broken to fit; what is sent stands as it is. */
  readonly columns: number
  /** At most so many lines of a script, an input or a content. */
  readonly lines: number
  /**
   * Leaves out what a change shows better, as contents, and what matters only to a run, as time limits; guards are
   * shortened.
   */
  readonly brief?: boolean
}

/** What a step does on some host, in lines for people, without indentation. */
export function describeSketch(sketch: Sketch, step: PlanStep, options: ActionTextOptions): string[] {
  const { paint, shown } = options
  switch (sketch.kind) {
    case 'skipped':
      return [`${paint('dim', 'skip:')} ${shown(sketch.note)}`]
    case 'failure':
      return [paint('red', `cannot be done: ${shown(sketch.failure.message)}`)]
    case 'pause':
      return [...conditions(sketch, options), `${paint('cyan', 'pause')} ${waitWords(sketch.ms)}`]
    case 'assert':
      return [
        ...conditions(sketch, options),
        ...block(sketch.that.join('\n'), 'assert', options),
        ...(sketch.message === undefined ? [] : [setting('else', sketch.message, options)]),
      ]
    case 'action':
      return [...conditions(sketch, options), ...describeAction(sketch.action, step, options)]
  }
}

function describeAction(action: Action, step: PlanStep, options: ActionTextOptions): string[] {
  const { become } = action
  const limit = options.brief === true ? undefined : limitWords(action.timeoutMs)
  const around = [
    ...(become === undefined ? [] : [setting('as', `${become.user} (${become.method})`, options)]),
    ...(limit === undefined ? [] : [setting('at most', limit, options)]),
  ]
  switch (action.kind) {
    case 'run':
      return [...guards(action, options), ...around, ...describeRun(action, options)]
    case 'put':
      return [...around, ...describePut(action, step, options)]
    case 'get':
      return [...around, ...describeGet(action, options)]
  }
}

function conditions(
  { conditions }: { readonly conditions: readonly string[] },
  options: ActionTextOptions,
): string[] {
  return conditions.map(condition => setting('only when', condition, options))
}

function setting(label: string, text: string, { paint, shown }: ActionTextOptions): string {
  return `${paint('dim', label)} ${shown(text)}`
}

/** Each says when there is something to do. */
function guards({ creates, removes, unless, onlyIf }: RunAction, options: ActionTextOptions): string[] {
  return [
    ...(creates.length > 0 ? [setting('unless there is', creates.join(' and '), options)] : []),
    ...(removes.length > 0 ? [setting('only if there is', removes.join(' or '), options)] : []),
    ...(unless === undefined ? [] : guard(unless, 'unless this succeeds', options)),
    ...(onlyIf === undefined ? [] : guard(onlyIf, 'only if this succeeds', options)),
  ]
}

function guard(script: string, label: string, options: ActionTextOptions): string[] {
  const { brief, paint, columns } = options
  const lines = script.trimEnd().split('\n')
  if (brief !== true || lines.length <= 2) return shortBlock(script, label, options)
  const more = ` ${count(lines.length - 1, 'more line')}`
  const first = options.shown((lines.find(line => !SETTING_UP.test(line)) ?? lines[0] ?? '').trim())
  const cut = truncate(`${first} …`, Math.max(10, columns - label.length - 1 - more.length))
  return [`${paint('dim', label)} ${cut}${paint('dim', more)}`]
}

/** Lines of a script that do not say what it is about. */
const SETTING_UP = /^\s*(?:#|set [-+]|\w+=\S*$|$)/

function describeRun(action: RunAction, options: ActionTextOptions): string[] {
  const { paint, shown, brief = false } = options
  const { cwd, env, stdin, readOnly, script, shell, writes, idempotent, detach, reconnect } = action
  const notes = [...(shell === undefined ? [] : [`with ${shown(shell)}`]), ...(readOnly ? ['read only'] : [])]
  return [
    ...(cwd === undefined ? [] : [setting('in', cwd, options)]),
    ...(brief ? briefEnv(env, options) : envLines(env, options)),
    ...(writes === undefined || brief
      ? []
      : [setting('writes', writes.length === 0 ? 'nothing' : `only ${writes.join(' and ')}`, options)]),
    ...(brief ? shortBlock : block)(script, ['run', ...notes].join(', '), options, 'cyan'),
    ...(writes !== undefined && brief ? [briefWrites(writes, options)] : []),
    ...(stdin === undefined || brief ? [] : block(stdin, 'standard input', options)),
    ...(idempotent === true ? [paint('dim', 'may run twice, where the link breaks')] : []),
    ...(detach === true ? [paint('dim', 'what it starts is left alone')] : []),
    ...(reconnect === true ? [paint('dim', 'then waits for the host to come back')] : []),
  ]
}

function envLines(env: RunAction['env'], options: ActionTextOptions): string[] {
  return env.map(([name, value]) => setting('with', `${name}=${value}`, options))
}

/** Plain values stand side by side; empty ones, which playbooks for many uses have, are left out. */
function briefEnv(env: RunAction['env'], options: ActionTextOptions): string[] {
  const { paint, shown, columns } = options
  const plain = env.filter(([, value]) => PLAIN.test(value)).map(([name, value]) => `${name}=${value}`)
  const others = env.filter(([, value]) => value !== '' && !PLAIN.test(value))
  const lines = plain.length === 0 ? [] : wrapText(shown(plain.join(' ')), columns - 'with '.length)
  return [
    ...lines.map((line, at) => `${at === 0 ? `${paint('dim', 'with')} ` : ' '.repeat(5)}${line}`),
    ...envLines(others, options),
  ]
}

const PLAIN = /^[\w@%+:,./-]+$/

/** One line will do: it is there to explain the verdicts on later steps. */
function briefWrites(writes: readonly string[], { paint, shown, columns }: ActionTextOptions): string {
  const text = `writes ${writes.length === 0 ? 'nothing' : writes.join(', ')}`
  return paint('dim', truncate(shown(text), columns))
}

function describePut(action: PutAction, step: PlanStep, options: ActionTextOptions): string[] {
  const { paint, shown, brief = false } = options
  const { source, dest, mode, owner, group, parents } = action
  const notes = [
    ...(mode === undefined ? [] : [`mode ${mode}`]),
    ...(owner === undefined ? [] : [`owner ${shown(owner)}`]),
    ...(group === undefined ? [] : [`group ${shown(group)}`]),
    ...(parents ? ['with missing folders'] : []),
  ]
  const [from, to, note] = [sourceOf(action, step, options), shown(dest), notes.join(', ')]
  const line = `${paint('cyan', 'put')} ${from} ${paint('dim', '→')} ${to}`
  const fits = textWidth(`put ${from} → ${to}, ${note}`) <= options.columns
  const lines =
    note === '' ? [line] : fits ? [line + paint('dim', `, ${note}`)] : [line, `  ${paint('dim', note)}`]
  return source.kind === 'src' || brief ? lines : [...lines, ...barred(source.text, options)]
}

/** A content that waits for the run has no size yet. */
function sourceOf(
  { source }: PutAction,
  { action }: PlanStep,
  { cwd, shown }: Pick<ActionTextOptions, 'cwd' | 'shown'>,
): string {
  if (source.kind === 'src') return shown(localPath(source.text, cwd))
  const isLate =
    action.kind === 'put' && action.source.text.some(part => typeof part !== 'string' && isLatePart(part))
  const size = isLate ? 'a text' : formatBytes(Buffer.byteLength(source.text))
  if (action.kind !== 'put' || action.source.kind !== 'template') return size
  return `template ${shown(action.source.file)}${isLate ? '' : ` (${size})`}`
}

type Part = Exclude<Extract<PlanStep['action'], { kind: 'put' }>['source']['text'][number], string>

function isLatePart(part: Part): boolean {
  const inBody = (body: readonly (string | Part)[]) =>
    body.some(inner => typeof inner !== 'string' && isLatePart(inner))
  switch (part.kind) {
    case 'expr':
      return part.late
    case 'for':
      return part.list.late || inBody(part.body)
    case 'if':
      return part.branches.some(({ test, body }) => test.late || inBody(body)) || inBody(part.otherwise)
  }
}

function describeGet(action: GetAction, { paint, cwd, shown }: ActionTextOptions): string[] {
  const dest = `${shown(localPath(action.dest, cwd))}${sep}${paint('dim', '<host>')}${sep}`
  return [`${paint('cyan', 'get')} ${shown(action.src)} ${paint('dim', '→')} ${dest}`]
}

/** On the label's own line where the text is only one. */
function shortBlock(text: string, label: string, options: ActionTextOptions, style: Style = 'dim'): string[] {
  const trimmed = text.replace(/\n$/, '')
  if (trimmed.includes('\n')) return block(text, label, options, style)
  return [`${options.paint(style, label)} ${options.shown(trimmed, 'tabs')}`]
}

function block(text: string, label: string, options: ActionTextOptions, style: Style = 'cyan'): string[] {
  return [options.paint(style, label), ...barred(text, options)]
}

function barred(text: string, { paint, shown, lines: most }: ActionTextOptions): string[] {
  const lines = shown(text.replace(/\n$/, ''), 'lines').split('\n')
  const kept = lines.length > most + 1 ? lines.slice(0, most) : lines
  const more = lines.length - kept.length
  return [
    ...kept.map(line => `${paint('dim', '│')} ${line}`.trimEnd()),
    ...(more > 0 ? [paint('dim', `│ … ${more} more lines (-v shows them)`)] : []),
  ]
}
