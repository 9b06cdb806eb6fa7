import { createHash } from 'node:crypto'
import type { Dirent, Stats } from 'node:fs'
import { createReadStream } from 'node:fs'
import { lstat, readdir, readlink, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { LIMITS } from '../model/limits.ts'
import { type Problem, ProblemsError } from '../model/problem.ts'
import type { FoundInput, PlanInputs } from './document.ts'
import { withoutBase } from './local-paths.ts'

/** Local paths that a pattern matches, sorted; absolute. */
export type ExpandPattern = (pattern: string) => Promise<readonly string[]>

/**
 * Finds and digests all that a plan rests on here.
 * - A file counts by its content, also through a symbolic link.
 * - A folder counts with all below it. Symbolic links there count by where they lead, not by what is there.
 * - A path that is not there and has `*`, `?` or `[` in it is a pattern, and stands for what it matches.
 * - What is not there counts as such: it may come.
 *
 * @param roots absolute, or relative to `base`
 * @param most files with more bytes count by size and time of change only; absent: all by content
 * @throws ProblemsError with everything that cannot be read
 */
export async function digestInputs(
  roots: Iterable<string>,
  base: string,
  expand: ExpandPattern,
  most = Number.POSITIVE_INFINITY,
): Promise<PlanInputs> {
  const named = [...new Set([...roots].map(root => withoutBase([base], resolve(base, root))))].sort()
  const collecting = new Collecting(base, most)
  for (const root of named) await collecting.root(resolve(base, root), expand)
  if (collecting.problems.length > 0) throw new ProblemsError(collecting.problems)
  return { roots: named, found: [...collecting.found.values()].sort(byPath) }
}

const byPath = (a: FoundInput, b: FoundInput) => (a.path < b.path ? -1 : 1)

class Collecting {
  readonly found = new Map<string, FoundInput>()
  readonly problems: Problem[] = []
  readonly #base: string
  readonly #most: number

  constructor(base: string, most: number) {
    this.#base = base
    this.#most = most
  }

  async root(path: string, expand: ExpandPattern): Promise<void> {
    await this.#attempt(path, async () => {
      const stats = await stat(path).catch(absent)
      if (stats !== undefined) return this.#entry(path, stats)
      const matches = /[*?[]/.test(path) ? await expand(path) : []
      if (matches.length === 0) this.#add({ path, type: 'none' })
      for (const match of matches) await this.#entry(match, await stat(match))
    })
  }

  async #entry(path: string, stats: Stats): Promise<void> {
    if (stats.isDirectory()) await this.#folder(path)
    else if (stats.isFile()) await this.#file(path, stats)
    else this.#refuse(path, 'is a pipe, socket or device, which cannot be looked at again')
  }

  async #file(path: string, stats: Stats): Promise<void> {
    const digest =
      stats.size > this.#most ? digestText(`${stats.size} ${stats.mtimeMs}`) : await digestFile(path)
    this.#add({ path, type: 'file', digest })
  }

  async #folder(path: string): Promise<void> {
    this.#add({ path, type: 'folder' })
    for (const entry of await readdir(path, { withFileTypes: true })) {
      // What drover keeps of its runs changes all the time.
      if (entry.name === '.drover' && path === this.#base) continue
      if (this.found.size > LIMITS.planInputs) return
      const inner = join(path, entry.name)
      await this.#attempt(inner, () => this.#inFolder(inner, entry))
    }
  }

  async #inFolder(path: string, entry: Dirent): Promise<void> {
    if (!entry.isSymbolicLink()) return this.#entry(path, await lstat(path))
    this.#add({ path, type: 'link', digest: digestText(await readlink(path, 'buffer')) })
  }

  #add(input: FoundInput): void {
    const path = withoutBase([this.#base], input.path)
    if (this.found.size === LIMITS.planInputs)
      this.#refuse(input.path, `is one too many: a plan rests on at most ${LIMITS.planInputs} files`)
    this.found.set(path, { ...input, path })
  }

  async #attempt(path: string, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException
      this.#refuse(path, `cannot be read (${code ?? message})`)
    }
  }

  #refuse(path: string, why: string): void {
    if (this.problems.length === LIMITS.problems) return
    const shown = withoutBase([this.#base], path).replace(/^\.\//, '')
    this.problems.push({ code: 'file_unreadable', severity: 'error', message: `${shown} ${why}` })
  }
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error
}

function digestText(text: string | Buffer): string {
  return createHash('sha256').update(text).digest('hex')
}

async function digestFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path, { highWaterMark: 256 << 10 })) hash.update(chunk)
  return hash.digest('hex')
}
