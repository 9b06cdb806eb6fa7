import { constants, existsSync } from 'node:fs'
import { type FileHandle, lstat, mkdir, open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Failure } from '../../model/errors.ts'
import { LIMITS } from '../../model/limits.ts'
import { failureOf } from '../result.ts'

/** Folders below the root that stay open, so that files which come one after the other are not searched anew. */
const MOST_OPEN = 8

const FOLDER = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW

/** Through it a folder that is open is reached without asking again what its path leads to (proc(5)). */
const DESCRIPTORS = '/proc/self/fd'

/**
 * The folders of one host, made as they are needed. Each is opened as what it is, never through a symbolic link, and
 * what is written goes to what was opened: whoever puts a link in its place meanwhile leads nothing away. Where there is
 * no /proc, what is there is looked at each time it is entered.
 */
export class RealFolders {
  readonly #root: string
  readonly #byDescriptor = existsSync(DESCRIPTORS)
  #open: { readonly name: string; readonly handle: FileHandle }[] = []
  readonly #most: number
  #made = 0

  /** @param most how many it makes: a name may have many folders in it */
  constructor(root: string, most: number = LIMITS.getEntries) {
    this.#root = root
    this.#most = most
  }

  /** A path for entries of the folder, which is made with all above it. Errors of the file system are thrown. */
  async enter(components: readonly string[]): Promise<string | Failure> {
    if (components.length === 0 || this.#open.length === 0) {
      const root = await this.#enterRoot()
      if (components.length === 0 || typeof root !== 'string') return root
    }
    return this.#byDescriptor ? this.#descend(components) : this.#walk(components)
  }

  async close(): Promise<void> {
    const all = this.#open
    this.#open = []
    for (const { handle } of all) await handle.close()
  }

  async #enterRoot(): Promise<string | Failure> {
    const [root] = this.#open
    if (root !== undefined) return pathOf(root.handle)
    await mkdir(dirname(this.#root), { recursive: true, mode: 0o700 })
    const failure = await this.#make(this.#root, this.#root)
    if (failure !== undefined) return failure
    if (!this.#byDescriptor) return this.#root
    const handle = await openFolder(this.#root, this.#root)
    if ('code' in handle) return handle
    this.#open = [{ name: '', handle }]
    return pathOf(handle)
  }

  /** From the deepest folder that is open already. */
  async #descend(components: readonly string[]): Promise<string | Failure> {
    let depth = 0
    while (depth < components.length && this.#open[depth + 1]?.name === components[depth]) depth++
    for (const { handle } of this.#open.splice(depth + 1)) await handle.close()
    for (; depth < components.length; depth++) {
      const failure = await this.#step(components, depth)
      if (failure !== undefined) return failure
    }
    return pathOf((this.#open.at(-1) as { handle: FileHandle }).handle)
  }

  async #step(components: readonly string[], depth: number): Promise<Failure | undefined> {
    const name = components[depth] as string
    const shown = join(this.#root, ...components.slice(0, depth + 1))
    const above = this.#open.at(-1) as { handle: FileHandle }
    const path = join(pathOf(above.handle), name)
    const failure = await this.#make(path, shown)
    if (failure !== undefined) return failure
    const handle = await openFolder(path, shown)
    if ('code' in handle) return handle
    // Deeper ones take the place of the one above.
    if (this.#open.length > MOST_OPEN) await this.#open.pop()?.handle.close()
    this.#open.push({ name: this.#open.length === depth + 1 ? name : UNKNOWN, handle })
    return undefined
  }

  async #walk(components: readonly string[]): Promise<string | Failure> {
    for (let depth = 0; depth <= components.length; depth++) {
      const path = join(this.#root, ...components.slice(0, depth))
      const failure = await this.#make(path, path)
      if (failure !== undefined) return failure
      if (!(await lstat(path)).isDirectory()) return noRealFolder(path)
    }
    return join(this.#root, ...components)
  }

  async #make(path: string, shown: string): Promise<Failure | undefined> {
    try {
      await mkdir(path, { mode: 0o700 })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      return undefined
    }
    this.#made += 1
    if (this.#made <= this.#most) return undefined
    return failureOf('remote_file', `${JSON.stringify(shown)} would be one folder more than ${this.#most}`)
  }
}

/** No name of a folder: it is never the one that is looked for. */
const UNKNOWN = '/'

async function openFolder(path: string, shown: string): Promise<FileHandle | Failure> {
  try {
    return await open(path, FOLDER)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOTDIR' || code === 'ELOOP') return noRealFolder(shown)
    throw error
  }
}

function pathOf({ fd }: FileHandle): string {
  return `${DESCRIPTORS}/${fd}`
}

export function noRealFolder(path: string): Failure {
  const message = `local ${JSON.stringify(path)} is no real folder, and nothing is written through it`
  return failureOf('local_file', message, 'remove it, or get to another dest')
}
