/** What a node may change on the host that carries it out. Paths are absolute. */
export type Effect =
  | { readonly kind: 'anything' }
  /** `*` and `?` stay within a name, `**` does not. A glob that names a folder means all below it. */
  | { readonly kind: 'globs'; readonly globs: readonly string[] }
  | { readonly kind: 'paths'; readonly written: readonly string[]; readonly created: readonly string[] }

/** What the answer about a node rests on, on the host that carries it out. */
export interface Grounds {
  /** Paths of which only the existence matters. */
  readonly exists: readonly string[]
  /** Paths that are read, with all below them. */
  readonly contents: readonly string[] | 'anything'
  /** Paths that it would write itself. */
  readonly targets: readonly string[]
}

export const NO_GROUNDS: Grounds = { exists: [], contents: [], targets: [] }
export const ANY_GROUNDS: Grounds = { exists: [], contents: 'anything', targets: [] }

/** Effects of nodes, and which of them may have changed what an answer rests on. `N` names a node. */
export class Effects<N> {
  #anything: N | undefined
  #first: N | undefined
  readonly #globs: { readonly node: N; readonly glob: string }[] = []
  readonly #written = new Map<string, N>()
  /** Folders above what is written. */
  readonly #above = new Map<string, N>()
  readonly #created = new Map<string, N>()

  /** The node that may have changed anything. */
  get anything(): N | undefined {
    return this.#anything
  }

  get isEmpty(): boolean {
    return this.#first === undefined
  }

  add(node: N, effect: Effect): void {
    this.#first ??= node
    switch (effect.kind) {
      case 'anything':
        this.#anything ??= node
        break
      case 'globs':
        for (const glob of effect.globs) this.#globs.push({ node, glob })
        break
      case 'paths':
        for (const path of effect.written) this.#write(path, node)
        for (const path of effect.created) setFirst(this.#created, path, node)
    }
  }

  /** The node of which a folder is sure to be made. */
  creator(path: string): N | undefined {
    return this.#created.get(path)
  }

  /** A node that may have changed what the answer rests on. */
  touching({ exists, contents, targets }: Grounds): N | undefined {
    if (this.#anything !== undefined || this.#first === undefined) return this.#anything
    if (contents === 'anything') return this.#first
    return (
      first(exists, path => this.#created.get(path) ?? this.#byGlob(path)) ??
      first(targets, path => this.#overlapping(path) ?? this.#created.get(path) ?? this.#byGlob(path)) ??
      first(contents, path => this.#reading(path))
    )
  }

  #write(path: string, node: N): void {
    setFirst(this.#written, path, node)
    for (const folder of foldersAbove(path)) {
      if (this.#above.has(folder)) return
      this.#above.set(folder, node)
    }
  }

  #overlapping(path: string): N | undefined {
    return (
      this.#written.get(path) ??
      this.#above.get(path) ??
      first(foldersAbove(path), folder => this.#written.get(folder))
    )
  }

  #reading(path: string): N | undefined {
    return (
      this.#overlapping(path) ??
      this.#byGlob(path) ??
      first(this.#created.keys(), made => (isWithin(made, path) ? this.#created.get(made) : undefined))
    )
  }

  #byGlob(path: string): N | undefined {
    return this.#globs.find(({ glob }) => mayMatch(glob, path))?.node
  }
}

/** Whether a glob matches the path, something above it, or something that may be below it. */
export function mayMatch(glob: string, path: string): boolean {
  const patterns = glob.split('/')
  const names = path.split('/')
  for (let at = 0; at < patterns.length && at < names.length; at += 1) {
    const pattern = patterns[at] as string
    if (pattern === '**') return true
    if (pattern !== names[at] && !nameMatches(pattern, names[at] as string)) return false
  }
  return true
}

/** `[…]` counts as any character: at worst a node is called unknown that need not be. */
function nameMatches(pattern: string, name: string): boolean {
  if (!/[*?[]/.test(pattern)) return false
  const pieces = pattern.match(/\*+|\?|\[[^\]]*\]|[^*?[]+|\[/g) ?? []
  const source = pieces.map(piece => {
    if (piece.startsWith('*')) return '.*'
    return piece === '?' || /^\[.+\]$/.test(piece) ? '.' : piece.replace(/[\\^$.|+(){}[\]]/g, '\\$&')
  })
  return new RegExp(`^${source.join('')}$`, 'su').test(name)
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`)
}

/** The nearest first, `/` last. */
export function* foldersAbove(path: string): Generator<string> {
  for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) yield path.slice(0, at)
  if (path !== '/') yield '/'
}

function setFirst<N>(map: Map<string, N>, key: string, value: N): void {
  if (!map.has(key)) map.set(key, value)
}

function first<T, N>(items: Iterable<T>, find: (item: T) => N | undefined): N | undefined {
  for (const item of items) {
    const found = find(item)
    if (found !== undefined) return found
  }
  return undefined
}
