import type { RunAction } from '../model/action.ts'
import { pathWord } from './shell-words.ts'

/** What the text before the user's script found: a guard that makes it needless, or a `cwd` that can't be entered. */
export const VERDICTS = ['creates', 'removes', 'cwd-missing', 'cwd-file', 'cwd-denied'] as const

export type Verdict = (typeof VERDICTS)[number]

/** True when something is looked at before the user's script runs, which then may not run at all. */
export function hasPrelude(action: RunAction): boolean {
  return action.cwd !== undefined || action.creates.length > 0 || action.removes.length > 0
}

/**
 * The shell text of a `run`: enter `cwd`, look at the guards from there, then the user's script under `set -e`. A
 * verdict is a line `<mark> <verdict>`, the first that the script prints. All that precedes the user's text stands on
 * its first line, so that the shell's messages count lines as the user does.
 */
export function runScript(action: RunAction, mark: string): string {
  const parts = [enterFolder(action.cwd, mark), guard(action, mark), 'set -e; ', action.script]
  return parts.join('')
}

function enterFolder(cwd: string | undefined, mark: string): string {
  if (cwd === undefined) return ''
  const folder = pathWord(cwd)
  return (
    `CDPATH= cd -- ${folder} >/dev/null 2>&1 || { ` +
    `if [ -d ${folder} ]; then ${say(mark, 'cwd-denied')}; ` +
    `elif [ -e ${folder} ]; then ${say(mark, 'cwd-file')}; ` +
    `else ${say(mark, 'cwd-missing')}; fi; exit 1; }; `
  )
}

function guard({ creates, removes }: RunAction, mark: string): string {
  const allThere = creates.map(exists).join(' && ')
  const allGone = removes.map(path => `! ${exists(path)}`).join(' && ')
  return (
    (allThere && `if ${allThere}; then ${say(mark, 'creates')}; exit 0; fi; `) +
    (allGone && `if ${allGone}; then ${say(mark, 'removes')}; exit 0; fi; `)
  )
}

/** A symbolic link counts as existing even when it leads nowhere: it is what a step creates or removes. */
function exists(path: string): string {
  const word = pathWord(path)
  return `{ [ -e ${word} ] || [ -L ${word} ]; }`
}

function say(mark: string, verdict: Verdict): string {
  return `echo '${mark} ${verdict}'`
}
