import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Local paths that a pattern matches, sorted. `*`, `?` and `[…]` match within a name, and a leading dot only where it
 * is written; `**` as a whole component matches any folders, also none. A component that exists as it is written
 * stands for itself. `pattern` is absolute.
 */
export async function expandGlob(pattern: string): Promise<string[]> {
  const found = await expand('/', pattern.split('/').filter(Boolean))
  return [...new Set(found)].sort()
}

async function expand(folder: string, components: readonly string[]): Promise<string[]> {
  const [first, ...rest] = components
  if (first === undefined) return [folder]
  const last = rest.length === 0
  if (last && !/[*?[]/.test(first)) return existing(join(folder, first))
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  if (first === '**' && !last) {
    const inner = entries.filter(entry => entry.isDirectory() && !entry.name.startsWith('.'))
    const deeper = inner.map(entry => expand(join(folder, entry.name), components))
    return (await Promise.all([expand(folder, rest), ...deeper])).flat()
  }
  const exact = !/[*?[]/.test(first) || entries.some(entry => entry.name === first)
  if (exact) return expand(join(folder, first), rest)
  const fits = componentPattern(first)
  const matches = entries.filter(entry => fits.test(entry.name))
  return (await Promise.all(matches.map(entry => expand(join(folder, entry.name), rest)))).flat()
}

async function existing(path: string): Promise<string[]> {
  const stats = await lstat(path).catch(() => undefined)
  return stats === undefined ? [] : [path]
}

/** The regular expression for one component of a pattern. */
function componentPattern(component: string): RegExp {
  const pieces = component.match(/\*+|\?|\[[!^]?\]?(?:\[:\w+:\]|[^\]])*\]|[^*?[]+|\[/g) ?? []
  const source = pieces.map(piece => {
    if (piece.startsWith('*')) return '.*'
    if (piece === '?') return '.'
    return /^\[.+\]$/s.test(piece) ? classSource(piece) : piece.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
  })
  const hidden = component.startsWith('.') ? '' : '(?!\\.)'
  try {
    return new RegExp(`^${hidden}${source.join('')}$`, 'su')
  } catch {
    // A range like [z-a] matches nothing, as in a shell.
    return /(?!)/
  }
}

/** What POSIX calls character classes, for ASCII. */
const CLASSES: Readonly<Record<string, string>> = {
  alpha: 'A-Za-z',
  digit: '0-9',
  alnum: 'A-Za-z0-9',
  upper: 'A-Z',
  lower: 'a-z',
  space: '\\s',
  xdigit: '0-9A-Fa-f',
}

function classSource(piece: string): string {
  const negated = /^\[[!^]/.test(piece)
  const members = piece.slice(negated ? 2 : 1, -1).match(/\[:\w+:\]|./gsu) ?? []
  const source = members.map(member => {
    const name = /^\[:(\w+):\]$/.exec(member)?.[1]
    return name === undefined ? member.replace(/[\\\][^]/, '\\$&') : (CLASSES[name] ?? '')
  })
  return `[${negated ? '^' : ''}${source.join('')}]`
}
