import { posix } from 'node:path'
import type { RunAction } from '../../model/action.ts'
import type { Reads } from '../../model/finding.ts'
import { isGuard } from '../run-guard.ts'
import { PROGRAM_FOLDERS, readsOfCommand } from './known-commands.ts'
import { simpleCommands } from './simple-commands.ts'

/** What a run's answer rests on, as the action names it: paths may be relative to its `cwd`, or start with `~/`. */
export interface NamedReads {
  readonly exists: readonly string[]
  readonly contents: readonly string[] | 'anything'
  /** Commands are looked for in the folders of `$PATH`. */
  readonly programs: boolean
}

/** Of the guards; of a run that is `readOnly`, whose script runs in a preview too, also of the script. */
export function namedReadsOf(action: RunAction): NamedReads {
  const { creates, removes, unless, onlyIf, readOnly, script, shell } = action
  const texts = [unless, onlyIf].filter(isGuard)
  const contents = contentsOf(readOnly ? [...texts, isPosix(shell) ? script : UNKNOWN] : texts)
  const programs = (contents !== 'anything' && contents.programs) || (shell !== undefined && !isPath(shell))
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
  const folders = programs ? PROGRAM_FOLDERS : []
  return {
    exists: [...(cwd === undefined ? [] : [cwd]), ...exists.map(from)],
    contents: contents === 'anything' ? contents : [...contents.map(from), ...folders],
  }
}

function contentsOf(texts: readonly string[]) {
  const paths = new Set<string>()
  let programs = false
  for (const text of texts) {
    for (const command of simpleCommands(text) ?? [[UNKNOWN]]) {
      const reads = readsOfCommand(withoutLocale(command))
      if (reads === 'anything') return reads
      for (const path of reads.paths) paths.add(path)
      programs ||= reads.programs === true
    }
  }
  return { paths: [...paths], programs }
}

/** No command of that name is known. */
const UNKNOWN = '$'

/** An assignment before a command that only says how text is compared and told. */
function withoutLocale(command: readonly string[]): readonly string[] {
  const start = command.findIndex(word => !/^(?:LC_[A-Z]+|LANG)=/.test(word))
  return start === -1 ? ['true'] : command.slice(start)
}

const isPath = (shell: string) => shell.includes('/')

const isPosix = (shell: string | undefined) =>
  shell === undefined || /^(?:(?:\/usr)?\/bin\/)?(?:sh|bash|dash|ash|ksh|zsh)$/.test(shell)
