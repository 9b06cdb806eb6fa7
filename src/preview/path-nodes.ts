/** Nodes by path. Of many with the same path the first two are remembered, so that one can be left out of account. */
export class PathNodes<N> {
  readonly #first = new Map<string, N>()
  #second: Map<string, N> | undefined

  /** False where there is nothing new to remember. */
  add(path: string, node: N): boolean {
    const first = this.#first.get(path)
    if (first === node || this.#second?.has(path) === true) return false
    if (first === undefined) this.#first.set(path, node)
    else {
      this.#second ??= new Map()
      this.#second.set(path, node)
    }
    return true
  }

  /** The same for all folders above the path. */
  addAbove(path: string, node: N): void {
    // Whoever is remembered for a folder is so for those above it.
    for (const folder of foldersAbove(path)) if (!this.add(folder, node)) return
  }

  /** The first one, or the first that is not `except`. */
  get(path: string, except?: N): N | undefined {
    const first = this.#first.get(path)
    return first !== undefined && first === except ? this.#second?.get(path) : first
  }

  paths(): Iterable<string> {
    return this.#first.keys()
  }
}

/** The nearest first, `/` last. */
export function* foldersAbove(path: string): Generator<string> {
  for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) yield path.slice(0, at)
  if (path !== '/') yield '/'
}
