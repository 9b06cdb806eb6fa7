import type { RunAction } from '../model/action.ts'
import { guardText, isGuard } from './run-guard.ts'
import { tellBoot } from './run-reconnect.ts'
import { handOver, lookForShell } from './run-shell.ts'
import { pathWord } from './shell-words.ts'

/** True when something is looked at before the user's script runs, which then may not run at all. */
export function hasPrelude(action: RunAction): boolean {
  return looksFirst(action) || action.reconnect === true || action.planned === 'held'
}

/** True when the host decides whether the user's script runs. */
export function looksFirst({ cwd, creates, removes, unless, onlyIf, shell }: RunAction): boolean {
  return (
    cwd !== undefined ||
    creates.length > 0 ||
    removes.length > 0 ||
    isGuard(unless) ||
    isGuard(onlyIf) ||
    shell !== undefined
  )
}

/**
 * The shell text of a `run`: enter `cwd`, look at the guards from there, then the user's script under `set -e`, here or
 * in the shell that it wants. What the prelude finds are lines that begin with `mark` (see `createVerdictFilter`).
 * All that precedes the user's text stands on its first line, so that the shell's messages count lines as the user
 * does. Where the plan saw a guard hold, the script does not run even if none does any more.
 */
export function runScript(action: RunAction, mark: string): string {
  if (action.planned === 'held') return lookScript(action, mark)
  const boot = action.reconnect === true ? tellBoot(`${mark} boot`) : ''
  const guarded = isGuard(action.unless) || isGuard(action.onlyIf)
  const go = guarded ? `echo '${mark} go'; ` : ''
  const script =
    action.shell === undefined ? `set -e; ${action.script}` : handOver(action.shell, action.script)
  return boot + prelude(action, mark) + go + script
}

/** The same up to the user's script, and in place of that a line `<mark> ready`. */
export function lookScript(action: RunAction, mark: string): string {
  return `${prelude(action, mark)}echo '${mark} ready'; exit 0`
}

function prelude(action: RunAction, mark: string): string {
  return [
    enterFolder(action.cwd, mark),
    pathGuards(action, mark),
    guardText(action, mark),
    action.shell === undefined ? '' : lookForShell(action.shell, mark),
  ].join('')
}

function enterFolder(cwd: string | undefined, mark: string): string {
  if (cwd === undefined) return ''
  const folder = pathWord(cwd)
  return (
    `CDPATH= cd -- ${folder} >/dev/null 2>&1 || { ` +
    `if [ -d ${folder} ]; then echo '${mark} cwd-denied'; ` +
    `elif [ -e ${folder} ]; then echo '${mark} cwd-file'; ` +
    `else echo '${mark} cwd-missing'; fi; exit 1; }; `
  )
}

function pathGuards({ creates, removes }: RunAction, mark: string): string {
  const allThere = creates.map(exists).join(' && ')
  const allGone = removes.map(path => `! ${exists(path)}`).join(' && ')
  return (
    (allThere && `if ${allThere}; then echo '${mark} creates'; exit 0; fi; `) +
    (allGone && `if ${allGone}; then echo '${mark} removes'; exit 0; fi; `)
  )
}

/** A symbolic link counts as existing even when it leads nowhere: it is what a step creates or removes. */
function exists(path: string): string {
  const word = pathWord(path)
  return `{ [ -e ${word} ] || [ -L ${word} ]; }`
}
