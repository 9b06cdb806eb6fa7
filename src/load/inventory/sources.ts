import { readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Problem } from '../../model/problem.ts'
import type { VarsBase } from './vars-files.ts'

/** What one `-i` comes down to, in reading order. `name` is how the user named it. */
export type InventorySource =
  | { readonly kind: 'file'; readonly path: string; readonly name: string; readonly listed: boolean }
  | { readonly kind: 'script'; readonly path: string; readonly name: string }
  | { readonly kind: 'hosts'; readonly hosts: readonly string[]; readonly name: string }

export interface FoundSources {
  readonly sources: readonly InventorySource[]
  /** Folders with `group_vars/` and `host_vars/`. */
  readonly bases: readonly VarsBase[]
  readonly errors: readonly Problem[]
}

/** The absolute path of what a user names. */
export type PathOf = (name: string, use?: 'program') => string

const SCRIPT = 'exec:'

/**
 * Finds what to read for each `-i`: a file, all inventory files of a folder, `exec:` and a program, or a list of
 * hosts with a comma in it (`web1,` too).
 */
export function findSources(names: readonly string[], pathOf: PathOf): FoundSources {
  const sources: InventorySource[] = []
  const bases: VarsBase[] = []
  const errors: Problem[] = []
  for (const name of names) {
    const path = pathOf(name)
    const stat = statSync(path, { throwIfNoEntry: false })
    const slip = slipIn(name, pathOf)
    if (slip !== undefined) {
      errors.push(slip)
    } else if (name.startsWith(SCRIPT)) {
      const script = name.slice(SCRIPT.length)
      sources.push({ kind: 'script', path: pathOf(script, 'program'), name })
      bases.push(baseOf(pathOf, dirname(script)))
    } else if (stat === undefined && name.includes(',')) {
      const hosts = name.split(',').map(host => host.trim())
      sources.push({ kind: 'hosts', hosts: hosts.filter(host => host !== ''), name })
    } else if (stat?.isDirectory()) {
      sources.push(...filesIn(path, name, errors, 0))
      bases.push(baseOf(pathOf, name))
    } else {
      sources.push({ kind: 'file', path, name, listed: false })
      bases.push(baseOf(pathOf, dirname(name)))
    }
  }
  return { sources, bases, errors }
}

/** What is surely not meant as it is written. */
function slipIn(name: string, pathOf: PathOf): Problem | undefined {
  if (name.trim() === '')
    return { code: 'usage', severity: 'error', message: 'an inventory has an empty name' }
  if (name.trim() === SCRIPT) {
    const hint = 'write exec:./hosts.py, say'
    return { code: 'usage', severity: 'error', message: 'exec: names no program', hint }
  }
  const isFile = (part: string) => statSync(pathOf(part), { throwIfNoEntry: false })?.isFile() ?? false
  if (!name.includes(',') || isFile(name)) return undefined
  const file = name.split(',').find(part => part !== '' && isFile(part))
  if (file === undefined) return undefined
  const message = `"${name}" is a list of hosts, but ${file} is a file`
  return { code: 'usage', severity: 'error', message, hint: 'give -i once for each file' }
}

export function baseOf(pathOf: PathOf, folder: string): VarsBase {
  return { path: pathOf(folder), shownAs: folder }
}

/** Names that Ansible passes over in a folder of inventories, except `.ini`, which is drover's own. */
const PASSED_OVER =
  /^\.|^(?:host_vars|group_vars|vars_plugins)$|(?:\.(?:pyc|pyo|swp|bak|rpm|md|txt|rst|orig|cfg|retry)|~)$|\.rpm(?:save|new|orig)$/

const DEEPEST = 10

function filesIn(folder: string, name: string, errors: Problem[], depth: number): InventorySource[] {
  if (depth > DEEPEST) return []
  return namesIn(folder, name, errors)
    .filter(entry => !PASSED_OVER.test(entry))
    .flatMap((entry): InventorySource[] => {
      const path = join(folder, entry)
      const shown = join(name, entry)
      const stat = statSync(path, { throwIfNoEntry: false })
      if (stat?.isDirectory()) return filesIn(path, shown, errors, depth + 1)
      return stat?.isFile() ? [{ kind: 'file', path, name: shown, listed: true }] : []
    })
}

function namesIn(folder: string, name: string, errors: Problem[]): string[] {
  try {
    return readdirSync(folder).sort()
  } catch (error) {
    const message = `${name} cannot be listed (${(error as NodeJS.ErrnoException).code})`
    errors.push({ code: 'file_unreadable', severity: 'error', message })
    return []
  }
}
