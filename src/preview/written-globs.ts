import { foldersAbove, PathNodes } from './path-nodes.ts'

/**
 * Globs of what nodes may write, and which node may have written a path. `*` and `?` stay within a name, `**` does not.
 * A glob that names a folder means all below it.
 */
export class WrittenGlobs<N> {
  #order: Map<N, number> | undefined
  /** Most globs have no wildcard but `**` at their end, and are found as paths. */
  readonly #plain = new PathNodes<N>()
  readonly #abovePlain = new PathNodes<N>()
  readonly #others: { readonly node: N; readonly names: readonly GlobName[] }[] = []

  add(node: N, glob: string): void {
    this.#order ??= new Map()
    if (!this.#order.has(node)) this.#order.set(node, this.#order.size)
    const path = glob.replace(/(\/\*\*)+$/, '') || '/'
    if (/[*?[]/.test(path)) this.#others.push({ node, names: namesOf(path).map(globName) })
    else {
      this.#plain.add(path, node)
      this.#abovePlain.addAbove(path, node)
    }
  }

  /** The first node, `except` aside, of which a glob matches the path, something above it, or what may be below it. */
  matching(path: string, except?: N): N | undefined {
    if (this.#order === undefined) return undefined
    let found = this.#earlier(this.#plain.get(path, except), this.#abovePlain.get(path, except))
    for (const folder of foldersAbove(path)) found = this.#earlier(found, this.#plain.get(folder, except))
    if (this.#others.length === 0) return found
    const parts = namesOf(path)
    const other = this.#others.find(({ node, names }) => node !== except && mayMatch(names, parts))
    return this.#earlier(found, other?.node)
  }

  #earlier(one: N | undefined, other: N | undefined): N | undefined {
    if (one === undefined || other === undefined) return one ?? other
    return (this.#order?.get(one) ?? 0) <= (this.#order?.get(other) ?? 0) ? one : other
  }
}

interface GlobName {
  readonly text: string
  /** Absent where the text is no glob. */
  readonly matches?: RegExp
}

/** Of an absolute path; `/` has none. */
function namesOf(path: string): readonly string[] {
  return path === '/' ? [] : path.slice(1).split('/')
}

function mayMatch(glob: readonly GlobName[], names: readonly string[]): boolean {
  for (let at = 0; at < glob.length && at < names.length; at += 1) {
    const { text, matches } = glob[at] as GlobName
    const name = names[at] as string
    if (text === '**') return true
    if (text !== name && matches?.test(name) !== true) return false
  }
  return true
}

/** `[…]` counts as any character: at worst a node is called unknown that need not be. */
function globName(text: string): GlobName {
  if (!/[*?[]/.test(text)) return { text }
  const pieces = text.match(/\*+|\?|\[[^\]]*\]|[^*?[]+|\[/g) ?? []
  const source = pieces.map(piece => {
    if (piece.startsWith('*')) return '.*'
    return piece === '?' || /^\[.+\]$/.test(piece) ? '.' : piece.replace(/[\\^$.|+(){}[\]]/g, '\\$&')
  })
  return { text, matches: new RegExp(`^${source.join('')}$`, 'su') }
}
