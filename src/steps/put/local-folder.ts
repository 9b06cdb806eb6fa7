import { createHash, hash, randomBytes } from 'node:crypto'
import { constants, type Stats } from 'node:fs'
import { type FileHandle, lstat, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Failure } from '../../model/errors.ts'
import { failureOf } from '../result.ts'
import { localFailure } from './local-file.ts'
import { RealFolders } from './real-folders.ts'

/** Content on its way: written under a temporary name until it is known to be right. */
export interface Arriving {
  write(chunk: Buffer): Promise<Failure | undefined>
  /** Bytes and SHA-256 of what was written. */
  sum(): { readonly size: number; readonly digest: string }
  /** Gives it its place; `same` when just that lay there already, which then stays as it is. */
  land(path: string): Promise<'written' | 'same' | Failure>
  /** Removes what has not landed. */
  drop(): Promise<void>
}

/**
 * One host's folder, which nothing leads out of: every folder below `root`, and `root` itself, must be a real folder,
 * not a symbolic link. `path` is one that `checkRemoteName` let through. New folders are 0700, files 0600.
 * File system errors are values; they name the path.
 */
export interface LocalFolder {
  makeFolder(path: string): Promise<Failure | undefined>
  receive(): Promise<Arriving | Failure>
  /** The content of what landed before, on its way to another name. */
  copy(path: string): Promise<Arriving | Failure>
  close(): Promise<void>
}

export function openLocalFolder(root: string): LocalFolder {
  return new HostFolder(root)
}

class HostFolder implements LocalFolder {
  readonly #root: string
  readonly #folders: RealFolders
  /** Of what has landed, by a spelling that file systems which know no case or normal form may take for another. */
  readonly #landed = new Map<string, string>()

  constructor(root: string) {
    this.#root = root
    this.#folders = new RealFolders(root)
  }

  async makeFolder(path: string): Promise<Failure | undefined> {
    const entered = await this.#enter(partsOf(path))
    return typeof entered === 'string' ? undefined : entered
  }

  async receive(): Promise<Arriving | Failure> {
    const folder = await this.#enter([])
    if (typeof folder !== 'string') return folder
    const name = `.drover-${randomBytes(8).toString('hex')}`
    const path = join(folder, name)
    return asValue(join(this.#root, name), async () => {
      const handle = await open(path, 'wx', 0o600)
      return arriving(path, handle, (sum, place) => this.#land(path, sum, place))
    })
  }

  async copy(path: string): Promise<Arriving | Failure> {
    const arriving = await this.receive()
    if ('code' in arriving) return arriving
    const failure = await asValue(join(this.#root, path), async () => {
      const parts = partsOf(path)
      const folder = await this.#enter(parts.slice(0, -1))
      if (typeof folder !== 'string') return folder
      for await (const chunk of contentOf(join(folder, parts.at(-1) as string))) {
        const unwritten = await arriving.write(chunk)
        if (unwritten !== undefined) return unwritten
      }
      return undefined
    })
    if (failure === undefined) return arriving
    await arriving.drop()
    return failure
  }

  close(): Promise<void> {
    return this.#folders.close()
  }

  #enter(parts: readonly string[]): Promise<string | Failure> {
    return asValue(join(this.#root, ...parts), () => this.#folders.enter(parts))
  }

  async #land(from: string, sum: Sum, path: string): Promise<'written' | 'same' | Failure> {
    const parts = partsOf(path)
    const folder = await this.#enter(parts.slice(0, -1))
    if (typeof folder !== 'string') return folder
    const shown = join(this.#root, path)
    const to = join(folder, parts.at(-1) as string)
    return asValue<'written' | 'same'>(shown, async () => {
      const there = await lstat(to).catch(ignoreMissing)
      if (there?.isDirectory()) return inTheWay(shown)
      const same = there !== undefined && (await holds(to, there, sum))
      const spelling = spellingOf(path)
      if (!same && there && this.#landed.get(spelling) === identityOf(there)) return sameName(shown)
      this.#landed.set(spelling, identityOf(same ? there : await lstat(from)))
      if (same) return 'same'
      await rename(from, to)
      return 'written'
    })
  }
}

const partsOf = (path: string) => (path === '' ? [] : path.split('/'))

type Sum = ReturnType<Arriving['sum']>

function arriving(
  path: string,
  handle: FileHandle,
  land: (sum: Sum, path: string) => Promise<'written' | 'same' | Failure>,
): Arriving {
  const hash = createHash('sha256')
  let size = 0
  let digest: string | undefined
  let moved = false
  const sum = () => {
    digest ??= hash.digest('hex')
    return { size, digest }
  }
  return {
    write: chunk =>
      asValue<undefined>(path, async () => {
        hash.update(chunk)
        size += chunk.length
        await handle.writeFile(chunk)
        return undefined
      }),
    sum,
    async land(place) {
      await handle.close()
      const landed = await land(sum(), place)
      moved = landed === 'written'
      return landed
    },
    async drop() {
      await handle.close()
      // What cannot be removed is no reason to stop: the failure that made it useless is the one to tell.
      if (!moved) await asValue(path, () => rm(path, { force: true }))
    },
  }
}

export function inTheWay(path: string): Failure {
  return failureOf('local_file', `local ${JSON.stringify(path)} is a folder`)
}

async function holds(path: string, there: Stats, { size, digest }: Sum): Promise<boolean> {
  if (!there.isFile() || there.size !== size) return false
  const hash = createHash('sha256')
  for await (const chunk of contentOf(path)) hash.update(chunk)
  return hash.digest('hex') === digest
}

/** Of a regular file: what took its place meanwhile is neither followed nor waited for. */
async function* contentOf(path: string): AsyncGenerator<Buffer> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    if (!(await handle.stat()).isFile()) return
    for await (const chunk of handle.createReadStream({ autoClose: false })) yield chunk
  } finally {
    await handle.close()
  }
}

/** Short, however long the path is: all that landed are kept. */
function spellingOf(path: string): string {
  return hash('sha256', path.normalize('NFKC').toLowerCase(), 'base64').slice(0, 20)
}

const identityOf = ({ dev, ino }: Stats) => `${dev} ${ino}`

function sameName(to: string): Failure {
  const message = `${JSON.stringify(to)} and another file of the host are the same file name here`
  return failureOf('remote_name', message, 'get them one by one to different folders')
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}

async function asValue<T>(path: string, work: () => Promise<T | Failure>): Promise<T | Failure> {
  try {
    return await work()
  } catch (error) {
    return localFailure(path, error)
  }
}
