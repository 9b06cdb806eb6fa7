import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Makes a folder in `.drover` of the working folder, for its owner only; git ignores what drover keeps for itself.
 * @returns the first folder that was not there before, if one was not
 * @throws NodeJS.ErrnoException
 */
export function makeOwnFolder(cwd: string, ...names: readonly string[]): string | undefined {
  const made = mkdirSync(join(cwd, '.drover', ...names), { recursive: true, mode: 0o700 })
  try {
    writeFileSync(join(cwd, '.drover', '.gitignore'), '*\n', { flag: 'wx', mode: 0o600, flush: true })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  return made
}
