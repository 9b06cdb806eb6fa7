import { relative, sep } from 'node:path'
import type { Action, GetAction, PutAction, RunAction } from '../model/action.ts'
import type { Failure } from '../model/errors.ts'
import { LIMITS } from '../model/limits.ts'
import { formatBytes } from '../model/quantity.ts'
import { formatElapsed } from './duration.ts'
import { escapeText } from './escape.ts'
import type { Paint } from './paint.ts'

export interface ActionTextOptions {
  readonly paint: Paint
  /** Local paths below it are shown relative to it. */
  readonly cwd: string
  /** At most so many lines of a script, an input or a content. */
  readonly lines: number
}

/** What an action does, in lines for people, without indentation. */
export function describeAction(action: Action | Failure, options: ActionTextOptions): string[] {
  if (!('kind' in action)) return [options.paint('red', `cannot be told: ${escapeText(action.message)}`)]
  switch (action.kind) {
    case 'run':
      return describeRun(action, options)
    case 'put':
      return describePut(action, options)
    case 'get':
      return describeGet(action, options)
  }
}

function describeRun(action: RunAction, options: ActionTextOptions): string[] {
  const { paint } = options
  const { cwd, env, stdin, creates, removes, readOnly, script } = action
  const setting = (label: string, text: string) => `${paint('dim', label)} ${escapeText(text)}`
  return [
    ...(creates.length > 0 ? [setting('unless there is', creates.join(' and '))] : []),
    ...(removes.length > 0 ? [setting('only if there is', removes.join(' or '))] : []),
    ...(cwd === undefined ? [] : [setting('in', cwd)]),
    ...env.map(([name, value]) => setting('with', `${name}=${value}`)),
    ...limitOf(action, paint),
    ...block(script, `run${readOnly ? ', read only' : ''}`, options),
    ...(stdin === undefined ? [] : block(stdin, 'standard input', options)),
  ]
}

function describePut(action: PutAction, options: ActionTextOptions): string[] {
  const { paint, cwd } = options
  const { source, dest, mode, owner, group, parents } = action
  const notes = [
    ...(mode === undefined ? [] : [`mode ${mode}`]),
    ...(owner === undefined ? [] : [`owner ${escapeText(owner)}`]),
    ...(group === undefined ? [] : [`group ${escapeText(group)}`]),
    ...(parents ? ['with missing folders'] : []),
  ]
  const note = notes.length === 0 ? '' : paint('dim', `, ${notes.join(', ')}`)
  const what =
    source.kind === 'src' ? localPath(source.text, cwd) : formatBytes(Buffer.byteLength(source.text))
  const line = `${paint('cyan', 'put')} ${what} ${paint('dim', '→')} ${escapeText(dest)}${note}`
  return [
    ...limitOf(action, paint),
    ...(source.kind === 'src' ? [line] : [line, ...barred(source.text, options)]),
  ]
}

function describeGet(action: GetAction, { paint, cwd }: ActionTextOptions): string[] {
  const dest = `${localPath(action.dest, cwd)}${sep}${paint('dim', '<host>')}${sep}`
  return [
    ...limitOf(action, paint),
    `${paint('cyan', 'get')} ${escapeText(action.src)} ${paint('dim', '→')} ${dest}`,
  ]
}

function limitOf({ timeoutMs }: Action, paint: Paint): string[] {
  return timeoutMs === LIMITS.stepMs ? [] : [`${paint('dim', 'at most')} ${formatElapsed(timeoutMs)}`]
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
