import { posix } from 'node:path'
import type { RunAction } from '../../model/action.ts'
import type { Reads } from '../../model/finding.ts'
import { isGuard } from '../run-guard.ts'
import { ShellFollower } from './follow-shell.ts'
import { PROGRAM_FOLDERS } from './known-commands.ts'
import { parseShell } from './parse-shell.ts'
import { stateOf } from './shell-state.ts'

/** What a run's answer rests on, as the action names it: paths may be relative to its `cwd`, or start with `~/`. */
export interface NamedReads {
  readonly exists: readonly string[]
  readonly contents: readonly string[] | 'anything'
  /** Names of commands that are looked for in the folders of `$PATH`. */
  readonly programs: readonly string[]
}

/** Of the guards; of a run that is `readOnly`, whose script runs in a preview too, also of the script. */
export function namedReadsOf(action: RunAction): NamedReads {
  const { creates, removes, unless, onlyIf, readOnly, script, shell, env } = action
  const texts = [unless, onlyIf].filter(isGuard)
  const isLost = readOnly && !isPosix(shell)
  const contents = isLost ? 'anything' : contentsOf(readOnly ? [...texts, script] : texts, env)
  const named = contents === 'anything' ? [] : contents.programs
  const programs = shell === undefined || isPath(shell) ? named : [...named, shell]
  return {
    exists: [...creates, ...removes, ...(shell !== undefined && isPath(shell) ? [shell] : [])],
    contents: contents === 'anything' ? contents : contents.paths,
    programs,
  }
}

/** The same with paths made absolute as far as they can be without the host; `cwd` is among them. */
export function readsOf(action: RunAction): Reads {
  const { exists, contents, programs } = namedReadsOf(action)
  const { cwd } = action
  const from = (path: string) =>
    cwd === undefined || /^(?:\/|~\/|~$)/.test(path) ? path : posix.join(cwd, path)
  const folders = programs.length > 0 ? PROGRAM_FOLDERS : []
  return {
    exists: [...(cwd === undefined ? [] : [cwd]), ...exists.map(from)],
    contents: contents === 'anything' ? contents : [...contents.map(from), ...folders],
  }
}

function contentsOf(texts: readonly string[], env: RunAction['env']) {
  const follower = new ShellFollower()
  const state = stateOf(env)
  for (const text of texts) {
    const script = parseShell(text)
    if (script === undefined || state === undefined) return 'anything'
    follower.follow(script, state)
    if (follower.isLost) return 'anything'
  }
  return { paths: [...follower.paths], programs: [...follower.programs] }
}

const isPath = (shell: string) => shell.includes('/')

/** Others differ: zsh divides no values, and looks for commands where a word begins with `=`. */
const isPosix = (shell: string | undefined) =>
  shell === undefined || /^(?:(?:\/usr)?\/bin\/)?(?:sh|bash|dash|ash)$/.test(shell)
