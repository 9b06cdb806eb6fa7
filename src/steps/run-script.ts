import type { RunAction } from '../model/action.ts'
import { guardText, isGuard } from './run-guard.ts'
import { tellBoot } from './run-reconnect.ts'
import { handOver } from './run-shell.ts'
import { pathWord } from './shell-words.ts'

/** True when something is looked at before the user's script runs, which then may not run at all. */
export function hasPrelude(action: RunAction): boolean {
  const { cwd, creates, removes, unless, onlyIf, shell, reconnect } = action
  return (
    cwd !== undefined ||
    creates.length > 0 ||
    removes.length > 0 ||
    isGuard(unless) ||
    isGuard(onlyIf) ||
    shell !== undefined ||
    reconnect === true
  )
}

/**
 * The shell text of a `run`: enter `cwd`, look at the guards from there, then the user's script under `set -e`, here or
 * in the shell that it wants. What the prelude finds are lines that begin with `mark` (see `createVerdictFilter`).
 * All that precedes the user's text stands on its first line, so that the shell's messages count lines as the user
 * does.
 */
export function runScript(action: RunAction, mark: string): string {
  const parts = [
    action.reconnect === true ? tellBoot(`${mark} boot`) : '',
    enterFolder(action.cwd, mark),
    pathGuards(action, mark),
    guardText(action, mark),
    action.shell === undefined ? `set -e; ${action.script}` : handOver(action.shell, action.script, mark),
  ]
  return parts.join('')
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
