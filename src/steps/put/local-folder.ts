import { createHash, randomBytes } from 'node:crypto'
import { createReadStream, type Stats } from 'node:fs'
import { type FileHandle, lstat, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Failure } from '../../model/errors.ts'
import { failureOf } from '../result.ts'
import { localFailure } from './local-file.ts'

/** Content on its way: written under a temporary name until it is known to be right. */
export interface Arriving {
  write(chunk: Buffer): Promise<Failure | undefined>
  /** Bytes and SHA-256 of what was written. */
  sum(): { readonly size: number; readonly digest: string }
  /** Gives it its place; `same` when just that lay there already, which then stays as it is. */
  land(components: readonly string[]): Promise<'written' | 'same' | Failure>
  /** Removes what has not landed. */
  drop(): Promise<void>
}

/**
 * One host's folder, which nothing leads out of: every folder below `root`, and `root` itself, must be a real folder,
 * not a symbolic link. `components` are names that `checkRemoteName` let through. New folders are 0700, files 0600.
 * File system errors are values; they name the path.
 */
export interface LocalFolder {
  makeFolder(components: readonly string[]): Promise<Failure | undefined>
  receive(): Promise<Arriving | Failure>
  /** The content of what landed before, on its way to another name. */
  copy(components: readonly string[]): Promise<Arriving | Failure>
}

export function openLocalFolder(root: string): LocalFolder {
  return new HostFolder(root)
}

class HostFolder implements LocalFolder {
  readonly #root: string
  readonly #checked = new Set<string>()
  /** What has landed, by a spelling that file systems which know no case or normal form may take for another. */
  readonly #landed = new Map<string, string>()

  constructor(root: string) {
    this.#root = root
  }

  async makeFolder(components: readonly string[]): Promise<Failure | undefined> {
    for (let depth = 0; depth <= components.length; depth++) {
      const path = join(this.#root, ...components.slice(0, depth))
      if (this.#checked.has(path)) continue
      const failure = await asValue(path, () => makeRealFolder(path, depth === 0))
      if (failure !== undefined) return failure
      this.#checked.add(path)
    }
    return undefined
  }

  async receive(): Promise<Arriving | Failure> {
    const failure = await this.makeFolder([])
    if (failure !== undefined) return failure
    const path = join(this.#root, `.drover-${randomBytes(8).toString('hex')}`)
    return asValue(path, async () => {
      const handle = await open(path, 'wx', 0o600)
      return arriving(path, handle, (sum, components) => this.#land(path, sum, components))
    })
  }

  async copy(components: readonly string[]): Promise<Arriving | Failure> {
    const arriving = await this.receive()
    if ('code' in arriving) return arriving
    const from = join(this.#root, ...components)
    const failure = await asValue(from, async () => {
      for await (const chunk of createReadStream(from)) {
        const unwritten = await arriving.write(chunk)
        if (unwritten !== undefined) return unwritten
      }
      return undefined
    })
    if (failure === undefined) return arriving
    await arriving.drop()
    return failure
  }

  async #land(from: string, sum: Sum, components: readonly string[]): Promise<'written' | 'same' | Failure> {
    const failure = await this.makeFolder(components.slice(0, -1))
    if (failure !== undefined) return failure
    const to = join(this.#root, ...components)
    return asValue<'written' | 'same'>(to, async () => {
      const there = await lstat(to).catch(ignoreMissing)
      if (there?.isDirectory()) return inTheWay(to)
      const same = there !== undefined && (await holds(to, there, sum))
      const twin = this.#landed.get(spelling(to))
      if (!same && there && twin !== undefined && (await isSame(there, twin))) return sameName(to, twin)
      this.#landed.set(spelling(to), to)
      if (same) return 'same'
      await rename(from, to)
      return 'written'
    })
  }
}

type Sum = ReturnType<Arriving['sum']>

function arriving(
  path: string,
  handle: FileHandle,
  land: (sum: Sum, components: readonly string[]) => Promise<'written' | 'same' | Failure>,
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
    async land(components) {
      await handle.close()
      const landed = await land(sum(), components)
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

async function makeRealFolder(path: string, isRoot: boolean): Promise<Failure | undefined> {
  if (isRoot) await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await mkdir(path, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  if ((await lstat(path)).isDirectory()) return undefined
  return noRealFolder(path)
}

export function noRealFolder(path: string): Failure {
  const message = `local ${JSON.stringify(path)} is no real folder, and nothing is written through it`
  return failureOf('local_file', message, 'remove it, or get to another dest')
}

export function inTheWay(path: string): Failure {
  return failureOf('local_file', `local ${JSON.stringify(path)} is a folder`)
}

async function holds(path: string, there: Stats, { size, digest }: Sum): Promise<boolean> {
  if (!there.isFile() || there.size !== size) return false
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk)
  return hash.digest('hex') === digest
}

const spelling = (path: string) => path.normalize('NFKC').toLowerCase()

async function isSame({ dev, ino }: Stats, path: string): Promise<boolean> {
  const other = await lstat(path)
  return other.dev === dev && other.ino === ino
}

function sameName(to: string, twin: string): Failure {
  const message = `${JSON.stringify(to)} and ${JSON.stringify(twin)} are the same file name here`
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
