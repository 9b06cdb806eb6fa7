import { readdirSync } from 'node:fs'

/**
 * What is in a local folder, by name; links are `other`, wherever they lead. Undefined where there is no such folder,
 * or it can't be looked into: who reads it will tell why.
 * @param path absolute
 */
export function listLocalFolder(path: string): ReadonlyMap<string, 'folder' | 'other'> | undefined {
  try {
    const entries = readdirSync(path, { withFileTypes: true })
    return new Map(entries.map(entry => [entry.name, entry.isDirectory() ? 'folder' : 'other']))
  } catch {
    return undefined
  }
}
