/** The value itself. */
export const WHOLE = ''

/** The path of what a list or map has at an index or key: a JSON Pointer (RFC 6901), so that no key looks like two. */
export function pathBelow(path: string, key: string | number): string {
  return `${path}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`
}
