import { accessSync, constants, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Lets `work` use a folder that only the user can enter, in memory where the system has such a place. It is gone
 * afterwards, also when the process exits before, unless `keep` was called.
 */
export async function inPrivateFolder<T>(
  env: Readonly<NodeJS.ProcessEnv>,
  work: (folder: string, keep: () => void) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(parentFolder(env), 'drover-'))
  let isKept = false
  const keep = () => {
    isKept = true
  }
  const remove = () => {
    if (!isKept) rmSync(folder, { recursive: true, force: true })
  }
  process.on('exit', remove)
  try {
    return await work(folder, keep)
  } finally {
    process.off('exit', remove)
    remove()
  }
}

function parentFolder({ XDG_RUNTIME_DIR, TMPDIR }: Readonly<NodeJS.ProcessEnv>): string {
  const candidates = [XDG_RUNTIME_DIR, '/dev/shm', TMPDIR]
  return candidates.find(folder => folder !== undefined && folder !== '' && isUsable(folder)) ?? tmpdir()
}

function isUsable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK)
    return statSync(folder).isDirectory()
  } catch {
    return false
  }
}
