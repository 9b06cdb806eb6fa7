import { resolve } from 'node:path'
import { LIMITS } from '../../model/limits.ts'
import type { Text } from '../../model/playbook.ts'
import type { Problem } from '../../model/problem.ts'

/** Reads a local text file; `shownAs` is how problems name it, `limit` in bytes. */
export type ReadLocalText = (
  path: string,
  shownAs: string,
  limit: number,
) =>
  | { readonly kind: 'text'; readonly text: Text }
  | { readonly kind: 'unreadable'; readonly problem: Problem }

/** Local files that templates and `file()` name, each read once. */
export class LocalFiles {
  readonly #read: ReadLocalText
  readonly #known = new Map<string, ReturnType<ReadLocalText>>()

  constructor(read: ReadLocalText) {
    this.#read = read
  }

  /** For `file()`: the path is relative to the folder of the file that the expression stands in. */
  read(folder: string, path: string): string | { readonly problem: string } {
    const found = this.text(folder, path, path)
    return found.kind === 'text' ? found.text.value : { problem: found.problem.message }
  }

  text(folder: string, path: string, shownAs: string): ReturnType<ReadLocalText> {
    const absolute = resolve(folder, path)
    const known = this.#known.get(absolute)
    if (known !== undefined) return known
    const read = this.#read(absolute, shownAs, LIMITS.templateBytes)
    this.#known.set(absolute, read)
    return read
  }
}
