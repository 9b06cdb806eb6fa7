import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Problem } from '../model/problem.ts'

/**
 * Replaces a file's content in one go: whoever reads it sees the old or the new one. Its mode and owner stay, and where
 * it is a symbolic link, that does too.
 * @returns why it could not; then it is as it was
 */
export function replaceFile(path: string, shownAs: string, text: string): Problem | undefined {
  let temporary: string | undefined
  try {
    const real = realpathSync(path)
    accessSync(real, constants.W_OK)
    const { mode, uid, gid } = statSync(real)
    const name = join(dirname(real), `.${basename(real)}.${process.pid}.drover`)
    const fd = openSync(name, 'wx', 0o600)
    temporary = name
    try {
      writeAll(fd, Buffer.from(text))
      if (uid !== process.getuid?.() || gid !== process.getgid?.()) fchownSync(fd, uid, gid)
      fchmodSync(fd, mode & 0o7777)
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
    renameSync(name, real)
    return undefined
  } catch (error) {
    if (temporary !== undefined) rmSync(temporary, { force: true })
    const { code, message } = error as NodeJS.ErrnoException
    return {
      code: 'usage',
      severity: 'error',
      message: `${shownAs} cannot be written (${code ?? message})`,
      hint: 'check the folder and its permissions',
    }
  }
}

function writeAll(fd: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done)
}
