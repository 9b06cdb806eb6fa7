import { existsSync, realpathSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The steps that drover ships; the same place as seen from src/ and from dist/. */
export const LIBRARY: string = fileURLToPath(new URL('../../../../playbooks/lib', import.meta.url))

/** Without symbolic links; the path itself where that cannot be told. */
export function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

/** What a playbook's files must lie in: real, and as messages name it. */
export interface Project {
  readonly root: string
  readonly shown: string
}

/** The nearest folder above with `.git`, else the playbook's own. */
export function projectOf(folder: string): Project {
  const root = rootAbove(realPath(folder))
  return { root, shown: root }
}

function rootAbove(real: string): string {
  for (let at = real; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at
    if (dirname(at) === at) return real
  }
}

/** Both without symbolic links; a folder counts as inside itself. */
export function isInside(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`)
}
