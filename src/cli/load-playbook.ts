import { resolve } from 'node:path'
import { type LoadedPlaybook, loadPlaybook } from '../load/playbook.ts'

/** Reads the playbook that a command line names: relative to the working folder, shown as it was written. */
export function readPlaybookFile(cwd: string, file: string): LoadedPlaybook {
  return loadPlaybook(resolve(cwd, file), file)
}
