import { relative, sep } from 'node:path'

/** A local path as it is shown: relative where it is below `cwd`. A slash at the end stays: a put then means what is in the folder. */
export function localPath(path: string, cwd: string): string {
  const shown = relative(cwd, path)
  const isBelow = shown !== '' && shown !== '..' && !shown.startsWith(`..${sep}`)
  const slash = path.endsWith('/') ? '/' : ''
  return isBelow ? shown + slash : path
}
