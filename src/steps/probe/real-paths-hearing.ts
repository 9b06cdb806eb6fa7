import { posix } from 'node:path'
import type { Reads, RealWrites } from '../../model/finding.ts'
import { type NamedPaths, readPaths, splitGlob } from './real-paths.ts'
import { RecordLog } from './record-log.ts'

/** More of the paths that a run looks at is not kept. In bytes. */
const MOST_PATHS = 1 << 20

/** Reads what `tellRealPaths` makes a host report. */
export class RealPathsHearing {
  readonly #named: NamedPaths
  readonly #log = new RecordLog(MOST_PATHS)

  constructor(named: NamedPaths) {
    this.#named = named
  }

  record(word: string, rest: string): void {
    this.#log.record(`${word}${rest}`, '')
  }

  content(chunk: Buffer): void {
    this.#log.content(chunk)
  }

  reads(): Reads {
    const anything = this.#named.reads.contents === 'anything' || this.#log.overfull
    return { exists: this.#paths('exists'), contents: anything ? 'anything' : this.#paths('contents') }
  }

  /** Undefined where not all was told. */
  writes(): RealWrites | undefined {
    const { writes } = this.#named
    if (writes.length === 0 || this.#log.overfull) return undefined
    const globs = new Set<string>()
    const ways = new Set<string>()
    for (const [index, glob] of writes.entries()) {
      const passed = this.#paths(`writes${index}`)
      const end = passed.at(-1)
      if (end === undefined) return undefined
      for (const way of passed.slice(0, -1)) ways.add(way)
      globs.add(posix.join(end, splitGlob(glob).rest))
      for (const itself of this.#paths(`itself${index}`).slice(-1)) globs.add(itself)
    }
    return { globs: [...globs], ways: [...ways] }
  }

  #paths(word: string): readonly string[] {
    return readPaths(this.#log.find(word)?.content ?? Buffer.alloc(0))
  }
}
