import { readdirSync, statSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { LIMITS } from '../../model/limits.ts'
import type { Problem } from '../../model/problem.ts'
import { readText } from '../read-text.ts'
import { type CheckedLine, checked } from './checked-line.ts'
import { globOf } from './glob.ts'
import { directivesOf } from './words.ts'

/** A configuration file, and what it is for ssh. */
export interface ConfigFile {
  readonly path: string
  /** Of the user, not of the system: `~` counts, and relative names of `Include` are in ~/.ssh. */
  readonly isUsers: boolean
  /** It must belong to the user or root, and nobody else may be able to write it. */
  readonly isGuarded: boolean
  /** It was named, so it must be there. */
  readonly isNamed: boolean
}

/** The lines of a file, `none` where it is not there. */
export type ReadConfig =
  | { readonly kind: 'lines'; readonly lines: readonly CheckedLine[] }
  | { readonly kind: 'none' }
  | { readonly kind: 'broken'; readonly problem: Problem }

/** Reads each configuration file once. */
export class ConfigFiles {
  readonly #home: string
  readonly #read = new Map<string, ReadConfig>()
  readonly #found = new Map<string, readonly string[]>()

  constructor(home: string) {
    this.#home = home
  }

  read(file: ConfigFile): ReadConfig {
    const id = JSON.stringify([file.path, file.isGuarded, file.isNamed])
    const known = this.#read.get(id) ?? readConfig(file)
    this.#read.set(id, known)
    return known
  }

  /** The files that an `Include` means, in ssh's order. */
  included(pattern: string, isUsers: boolean): readonly string[] {
    const folder = isUsers ? join(this.#home, '.ssh') : '/etc/ssh'
    const path = /^~(?:\/|$)/.test(pattern) ? join(this.#home, pattern.slice(1)) : pattern
    const whole = isAbsolute(path) ? path : join(folder, path)
    const known = this.#found.get(whole) ?? expandPattern(whole)
    this.#found.set(whole, known)
    return known
  }
}

function readConfig({ path, isGuarded, isNamed }: ConfigFile): ReadConfig {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats === undefined && !isNamed) return { kind: 'none' }
  const uid = process.getuid?.()
  const isForeign = stats !== undefined && uid !== undefined && stats.uid !== 0 && stats.uid !== uid
  if (isGuarded && stats !== undefined && (isForeign || (stats.mode & 0o022) !== 0)) {
    const hint = 'ssh does not use it either: it must be yours, and chmod 600 keeps others from writing it'
    const message = `${path} can be changed by somebody else`
    return { kind: 'broken', problem: { code: 'ssh_config', severity: 'error', message, hint } }
  }
  // ssh finds nothing in a folder either.
  if (stats?.isDirectory() === true && !isNamed) return { kind: 'none' }
  const read = readText(path, { limit: LIMITS.sshConfigBytes, isLoose: true })
  if (read.kind === 'unreadable') return { kind: 'broken', problem: read.problem }
  return { kind: 'lines', lines: directivesOf(read.text, path).map(checked) }
}

/** As glob(3), part by part of a path; hidden names only where the dot is written. */
function expandPattern(pattern: string): readonly string[] {
  let found = ['/']
  for (const part of pattern.split('/').filter(part => part !== '')) {
    found = /[*?[\\]/.test(part)
      ? found.flatMap(folder => namesIn(folder, part).map(name => join(folder, name)))
      : found.map(folder => join(folder, part))
  }
  return found.filter(path => statSync(path, { throwIfNoEntry: false }) !== undefined)
}

function namesIn(folder: string, pattern: string): readonly string[] {
  const matches = globOf(pattern)
  try {
    return readdirSync(folder)
      .filter(name => matches(name) && (pattern.startsWith('.') || !name.startsWith('.')))
      .sort()
  } catch {
    return []
  }
}
