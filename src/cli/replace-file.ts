import {
  accessSync,
  closeSync,
  constants,
  existsSync,
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

/** As `replaceFile`; a file that is not there comes to be, readable by its owner only. */
export function putFile(path: string, shownAs: string, text: string): Problem | undefined {
  if (existsSync(path)) return replaceFile(path, shownAs, text)
  const temporary = temporaryFor(path)
  try {
    writeWhole(temporary, text, () => {})
    renameSync(temporary, path)
    return undefined
  } catch (error) {
    rmSync(temporary, { force: true })
    return unwritten(error as NodeJS.ErrnoException, shownAs)
  }
}

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
    temporary = temporaryFor(real)
    writeWhole(temporary, text, fd => {
      if (uid !== process.getuid?.() || gid !== process.getgid?.()) fchownSync(fd, uid, gid)
      fchmodSync(fd, mode & 0o7777)
    })
    renameSync(temporary, real)
    return undefined
  } catch (error) {
    if (temporary !== undefined) rmSync(temporary, { force: true })
    return unwritten(error as NodeJS.ErrnoException, shownAs)
  }
}

function temporaryFor(path: string): string {
  return join(dirname(path), `.${basename(path)}.${process.pid}.drover`)
}

/** A new file of its owner's only, on the disk. */
function writeWhole(path: string, text: string, arrange: (fd: number) => void): void {
  const fd = openSync(path, 'wx', 0o600)
  try {
    writeAll(fd, Buffer.from(text))
    arrange(fd)
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

function unwritten({ code, message }: NodeJS.ErrnoException, shownAs: string): Problem {
  return {
    code: 'usage',
    severity: 'error',
    message: `${shownAs} cannot be written (${code ?? message})`,
    hint: 'check the folder and its permissions',
  }
}

function writeAll(fd: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done)
}
