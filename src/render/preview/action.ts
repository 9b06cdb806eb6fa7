import { relative, sep } from 'node:path'
import type { Action, GetAction, PutAction, RunAction } from '../../model/action.ts'
import type { PlanStep } from '../../model/plan.ts'
import { formatBytes } from '../../model/quantity.ts'
import type { Sketch } from '../../model/sketch.ts'
import { escapeText } from '../escape.ts'
import type { Paint } from '../paint.ts'
import { limitWords, waitWords } from '../step-words.ts'
import { textWidth } from '../width.ts'

export interface ActionTextOptions {
  readonly paint: Paint
  /** Local paths below it are shown relative to it. */
  readonly cwd: string
  /** What is drover's own is broken to fit; what is sent stands as it is. */
  readonly columns: number
  /** At most so many lines of a script, an input or a content. */
  readonly lines: number
}

/** What a step does on some host, in lines for people, without indentation. */
export function describeSketch(sketch: Sketch, step: PlanStep, options: ActionTextOptions): string[] {
  const { paint } = options
  switch (sketch.kind) {
    case 'skipped':
      return [`${paint('dim', 'skip:')} ${escapeText(sketch.note)}`]
    case 'failure':
      return [paint('red', `cannot be done: ${escapeText(sketch.failure.message)}`)]
    case 'pause':
      return [...conditions(sketch, paint), `${paint('cyan', 'pause')} ${waitWords(sketch.ms)}`]
    case 'assert':
      return [
        ...conditions(sketch, paint),
        ...block(sketch.that.join('\n'), 'assert', options),
        ...(sketch.message === undefined ? [] : [setting('else', sketch.message, paint)]),
      ]
    case 'action':
      return [...conditions(sketch, paint), ...describeAction(sketch.action, step, options)]
  }
}

function describeAction(action: Action, step: PlanStep, options: ActionTextOptions): string[] {
  const { paint } = options
  const { become } = action
  const limit = limitWords(action.timeoutMs)
  const around = [
    ...(become === undefined ? [] : [setting('as', `${become.user} (${become.method})`, paint)]),
    ...(limit === undefined ? [] : [setting('at most', limit, paint)]),
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

function conditions({ conditions }: { readonly conditions: readonly string[] }, paint: Paint): string[] {
  return conditions.map(condition => setting('only when', condition, paint))
}

function setting(label: string, text: string, paint: Paint): string {
  return `${paint('dim', label)} ${escapeText(text)}`
}

/** Each says when there is something to do. */
function guards({ creates, removes, unless, onlyIf }: RunAction, options: ActionTextOptions): string[] {
  const { paint } = options
  return [
    ...(creates.length > 0 ? [setting('unless there is', creates.join(' and '), paint)] : []),
    ...(removes.length > 0 ? [setting('only if there is', removes.join(' or '), paint)] : []),
    ...(unless === undefined ? [] : shortBlock(unless, 'unless this succeeds', options)),
    ...(onlyIf === undefined ? [] : shortBlock(onlyIf, 'only if this succeeds', options)),
  ]
}

function describeRun(action: RunAction, options: ActionTextOptions): string[] {
  const { paint } = options
  const { cwd, env, stdin, readOnly, script, shell, writes, reconnect } = action
  const notes = [
    ...(shell === undefined ? [] : [`with ${escapeText(shell)}`]),
    ...(readOnly ? ['read only'] : []),
  ]
  return [
    ...(cwd === undefined ? [] : [setting('in', cwd, paint)]),
    ...env.map(([name, value]) => setting('with', `${name}=${value}`, paint)),
    ...(writes === undefined
      ? []
      : [setting('writes', writes.length === 0 ? 'nothing' : `only ${writes.join(' and ')}`, paint)]),
    ...block(script, ['run', ...notes].join(', '), options),
    ...(stdin === undefined ? [] : block(stdin, 'standard input', options)),
    ...(reconnect === true ? [paint('dim', 'then waits for the host to come back')] : []),
  ]
}

function describePut(action: PutAction, step: PlanStep, options: ActionTextOptions): string[] {
  const { paint, cwd } = options
  const { source, dest, mode, owner, group, parents } = action
  const notes = [
    ...(mode === undefined ? [] : [`mode ${mode}`]),
    ...(owner === undefined ? [] : [`owner ${escapeText(owner)}`]),
    ...(group === undefined ? [] : [`group ${escapeText(group)}`]),
    ...(parents ? ['with missing folders'] : []),
  ]
  const [from, to, note] = [sourceOf(action, step, cwd), escapeText(dest), notes.join(', ')]
  const line = `${paint('cyan', 'put')} ${from} ${paint('dim', '→')} ${to}`
  const fits = textWidth(`put ${from} → ${to}, ${note}`) <= options.columns
  const lines =
    note === '' ? [line] : fits ? [line + paint('dim', `, ${note}`)] : [line, `  ${paint('dim', note)}`]
  return source.kind === 'src' ? lines : [...lines, ...barred(source.text, options)]
}

/** A content that waits for the run has no size yet. */
function sourceOf({ source }: PutAction, { action }: PlanStep, cwd: string): string {
  if (source.kind === 'src') return localPath(source.text, cwd)
  const isLate =
    action.kind === 'put' && action.source.text.some(part => typeof part !== 'string' && isLatePart(part))
  const size = isLate ? 'a text' : formatBytes(Buffer.byteLength(source.text))
  if (action.kind !== 'put' || action.source.kind !== 'template') return size
  return `template ${escapeText(action.source.file)}${isLate ? '' : ` (${size})`}`
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

function describeGet(action: GetAction, { paint, cwd }: ActionTextOptions): string[] {
  const dest = `${localPath(action.dest, cwd)}${sep}${paint('dim', '<host>')}${sep}`
  return [`${paint('cyan', 'get')} ${escapeText(action.src)} ${paint('dim', '→')} ${dest}`]
}

/** On the label's own line where the text is only one. */
function shortBlock(text: string, label: string, options: ActionTextOptions): string[] {
  const trimmed = text.replace(/\n$/, '')
  if (!trimmed.includes('\n')) return [setting(label, trimmed, options.paint)]
  return [options.paint('dim', label), ...barred(text, options)]
}

function block(text: string, label: string, options: ActionTextOptions): string[] {
  return [options.paint('cyan', label), ...barred(text, options)]
}

function barred(text: string, { paint, lines: most }: ActionTextOptions): string[] {
  const lines = text.replace(/\n$/, '').split('\n')
  const kept = lines.length > most + 1 ? lines.slice(0, most) : lines
  const more = lines.length - kept.length
  return [
    ...kept.map(line => `${paint('dim', '│')} ${escapeText(line, 'tabs')}`.trimEnd()),
    ...(more > 0 ? [paint('dim', `│ … ${more} more lines (-v shows them)`)] : []),
  ]
}

/** A slash at the end stays: with it only what is in a folder is put. */
function localPath(path: string, cwd: string): string {
  const shown = relative(cwd, path)
  const isBelow = shown !== '' && shown !== '..' && !shown.startsWith(`..${sep}`)
  const slash = path.endsWith('/') ? '/' : ''
  return escapeText(isBelow ? shown + slash : path)
}
