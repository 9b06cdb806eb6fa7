import {
  accessSync,
  closeSync,
  constants,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { LIMITS } from '../model/limits.ts'
import type { Problem } from '../model/problem.ts'
import { formatBytes } from '../model/quantity.ts'
import type { SealedPlan } from './seal.ts'

/** Why a plan file could not be written there, as far as that shows without trying. Asked before a long look at hosts. */
export function whyUnwritable(path: string, shownAs: string): Problem | undefined {
  try {
    accessSync(dirname(path), constants.W_OK | constants.X_OK)
    const stats = statSync(path, { throwIfNoEntry: false })
    if (stats?.isDirectory()) return unwritable(shownAs, 'it is a folder')
    // The file would take the place of a device, that of /dev/null too.
    return stats === undefined || stats.isFile() ? undefined : unwritable(shownAs, 'it is not a regular file')
  } catch (error) {
    return unwritable(shownAs, reasonOf(error))
  }
}

/**
 * Writes a plan file in one go, for its owner only: whoever reads it sees what was there before, or all of it.
 * @param shownAs the file as the user named it
 * @returns why it could not; then what was there before still is
 */
export function savePlan(path: string, shownAs: string, { text }: SealedPlan): Problem | undefined {
  const bytes = Buffer.from(text)
  if (bytes.length > LIMITS.planFileBytes) {
    const sizes = `${formatBytes(bytes.length)}, and the most is ${formatBytes(LIMITS.planFileBytes)}`
    return {
      code: 'plan_file',
      severity: 'error',
      message: `the plan would be too large a file (${sizes})`,
      hint: 'plan for some of the hosts with --limit, or some of the steps with --tags',
    }
  }
  const refusal = whyUnwritable(path, shownAs)
  if (refusal !== undefined) return refusal
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.drover`)
  let isOurs = false
  try {
    const fd = openSync(temporary, 'wx', 0o600)
    isOurs = true
    try {
      for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done)
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
    renameSync(temporary, path)
    syncFolder(dirname(path))
    return undefined
  } catch (error) {
    if (isOurs) rmSync(temporary, { force: true })
    return unwritable(shownAs, reasonOf(error))
  }
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  return code ?? message
}

function unwritable(shownAs: string, why: string): Problem {
  return {
    code: 'plan_file',
    severity: 'error',
    message: `${shownAs} cannot be written (${why})`,
    hint: 'check the folder and its permissions',
  }
}

/** So that the new name outlives a crash, too. */
function syncFolder(folder: string): void {
  const fd = openSync(folder, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}
