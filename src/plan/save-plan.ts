import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { LIMITS } from '../model/limits.ts'
import type { Problem } from '../model/problem.ts'
import { formatBytes } from '../model/quantity.ts'
import type { SealedPlan } from './seal.ts'

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
  // Renaming would make a file of a device, /dev/null for all programs of the machine.
  if (statSync(path, { throwIfNoEntry: false })?.isFile() === false) {
    return {
      code: 'plan_file',
      severity: 'error',
      message: `${shownAs} is no regular file`,
      hint: 'name a file to save the plan to',
    }
  }
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
    const { code, message } = error as NodeJS.ErrnoException
    return {
      code: 'plan_file',
      severity: 'error',
      message: `${shownAs} cannot be written (${code ?? message})`,
      hint: 'check the folder and its permissions',
    }
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
