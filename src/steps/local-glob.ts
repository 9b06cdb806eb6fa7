import { readdir } from 'node:fs/promises'
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
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  if (first === '**') {
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

/** The regular expression for one component of a pattern. */
function componentPattern(component: string): RegExp {
  const pieces = component.match(/\*+|\?|\[[!^]?\]?[^\]]*\]|[^*?[]+|\[/g) ?? []
  const source = pieces.map(piece => {
    if (piece.startsWith('*')) return '[^]*'
    if (piece === '?') return '[^]'
    return /^\[.+\]$/s.test(piece) ? classSource(piece) : piece.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
  })
  const hidden = component.startsWith('.') ? '' : '(?!\\.)'
  return new RegExp(`^${hidden}${source.join('')}$`, 'u')
}

function classSource(piece: string): string {
  const negated = /^\[[!^]/.test(piece)
  const members = piece.slice(negated ? 2 : 1, -1).replace(/[\\\][^]/g, '\\$&')
  return `[${negated ? '^' : ''}${members}]`
}
