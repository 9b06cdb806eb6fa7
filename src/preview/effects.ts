import { foldersAbove, PathNodes } from './path-nodes.ts'
import { WrittenGlobs } from './written-globs.ts'

/** What a node may change on the host that carries it out. Paths are absolute. */
export type Effect =
  | { readonly kind: 'anything' }
  /** `*` and `?` stay within a name, `**` does not. A glob that names a folder means all below it. */
  | { readonly kind: 'globs'; readonly globs: readonly string[] }
  /**
   * `written` are files that get another content, and folders whose mode or owner changes, which may close them.
   * `created` are those that come into being, or become something else: a file in place of a link.
   */
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

/**
 * Effects of nodes, and which of them may have changed what an answer rests on. `N` names a node; one of them may be
 * left out of account.
 */
export class Effects<N> {
  /** As with paths, the first two nodes. */
  readonly #something: N[] = []
  readonly #anything: N[] = []
  readonly #globs = new WrittenGlobs<N>()
  readonly #written = new PathNodes<N>()
  /** Folders above what is written. */
  readonly #above = new PathNodes<N>()
  readonly #created = new PathNodes<N>()

  /** The node that may have changed anything. */
  get anything(): N | undefined {
    return this.#anything[0]
  }

  get isEmpty(): boolean {
    return this.#something.length === 0
  }

  add(node: N, effect: Effect): void {
    remember(this.#something, node)
    switch (effect.kind) {
      case 'anything':
        remember(this.#anything, node)
        break
      case 'globs':
        for (const glob of effect.globs) this.#globs.add(node, glob)
        break
      case 'paths':
        for (const path of effect.written) this.#write(path, node)
        for (const path of effect.created) this.#created.add(path, node)
    }
  }

  /** The node of which a folder is sure to be made. */
  creator(path: string): N | undefined {
    return this.#created.get(path)
  }

  /** A node that may have changed what the answer rests on. */
  touching({ exists, contents, targets }: Grounds, except?: N): N | undefined {
    const something = this.#something.find(node => node !== except)
    if (something === undefined) return undefined
    const anything = this.#anything.find(node => node !== except)
    if (anything !== undefined) return anything
    if (contents === 'anything') return something
    return (
      first(exists, path => this.#made(path, except) ?? this.#writtenAbove(path, except)) ??
      first(targets, path => this.#overlapping(path, except) ?? this.#made(path, except)) ??
      first(contents, path => this.#reading(path, except))
    )
  }

  #write(path: string, node: N): void {
    this.#written.add(path, node)
    this.#above.addAbove(path, node)
  }

  #made(path: string, except: N | undefined): N | undefined {
    return this.#created.get(path, except) ?? this.#globs.matching(path, except)
  }

  #overlapping(path: string, except: N | undefined): N | undefined {
    return (
      this.#written.get(path, except) ?? this.#above.get(path, except) ?? this.#writtenAbove(path, except)
    )
  }

  /** Where a file or a link comes to be above a path, or a folder is closed, the path leads to another thing, or none. */
  #writtenAbove(path: string, except: N | undefined): N | undefined {
    return first(foldersAbove(path), folder => this.#written.get(folder, except))
  }

  #reading(path: string, except: N | undefined): N | undefined {
    return (
      this.#overlapping(path, except) ??
      this.#globs.matching(path, except) ??
      first(this.#created.paths(), made =>
        isWithin(made, path) ? this.#created.get(made, except) : undefined,
      )
    )
  }
}

function remember<N>(firstTwo: N[], node: N): void {
  if (firstTwo.length < 2 && firstTwo[0] !== node) firstTwo.push(node)
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`)
}

function first<T, N>(items: Iterable<T>, find: (item: T) => N | undefined): N | undefined {
  for (const item of items) {
    const found = find(item)
    if (found !== undefined) return found
  }
  return undefined
}
