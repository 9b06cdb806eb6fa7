/**
 * A remote path in one spelling, as far as its text tells: without doubled slashes, `.` and a slash at the end. `..`
 * stays, since what it leads to may be behind a link. A path that is not absolute is relative to a home folder, and
 * begins with `~user`.
 */
export function pathOf(text: string, user: string): string {
  const isAbsolute = text.startsWith('/')
  const rest = isHomePath(text) ? text.slice(1) : text
  const parts = rest.split('/').filter(part => part !== '' && part !== '.')
  const path = parts.map(part => `/${part}`).join('')
  return isAbsolute ? path || '/' : `~${user}${path}`
}

/** `~` and `~/…`, as steps read them. */
export function isHomePath(text: string): boolean {
  return text === '~' || text.startsWith('~/')
}

/** A name in a folder. */
export function pathBelow(folder: string, name: string): string {
  return folder === '/' ? `/${name}` : `${folder}/${name}`
}

/** What of `path` comes after `folder`, without a slash before it; undefined where it is not below it. */
export function restBelow(folder: string, path: string): string | undefined {
  const start = pathBelow(folder, '')
  return path.startsWith(start) && path.length > start.length ? path.slice(start.length) : undefined
}

/** As people write it. */
export function shownPath(path: string): string {
  return path.replace(/^~[^/]*/, '~')
}
