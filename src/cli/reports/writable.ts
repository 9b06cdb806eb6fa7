import { accessSync, constants, statSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Why a file of a report could not be written, as far as can be told without writing; undefined where it can. Only
 * regular files are: a report that goes into a pipe or a device could wait for ever.
 */
export function whyUnwritable(path: string): string | undefined {
  try {
    const found = statSync(path, { throwIfNoEntry: false })
    if (found?.isDirectory()) return 'it is a folder'
    if (found !== undefined && !found.isFile()) return 'it is not a regular file'
    if (found !== undefined) accessSync(path, constants.W_OK)
    else accessSync(dirname(path), constants.W_OK | constants.X_OK)
    return undefined
  } catch (error) {
    return reasonOf(error as NodeJS.ErrnoException)
  }
}

/** In words where it is what happens most. */
export function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'ENOENT':
      return 'there is no such folder'
    case 'ENOSPC':
    case 'EDQUOT':
      return `the disk is full, ${code}`
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `not permitted, ${code}`
    default:
      return code ?? message
  }
}
