import type { CiGroup } from './ci-words.ts'

/** Output is held back so long at most (ms), or until it is so long (UTF-16 units). */
const LONGEST_MS = 5_000
const LONGEST_TEXT = 64 << 10

interface Open {
  readonly title: string
  readonly from: number
  text: string
}

/**
 * Gathers each node's lines into groups of a CI's log, which cannot hold several that are open at once. A long
 * command's output comes in several groups, so that what it does shows while it runs.
 */
export class OutputGroups {
  readonly #words: (group: CiGroup) => string
  readonly #run: string
  readonly #open = new Map<number, Open>()
  #number = 0

  constructor(words: (group: CiGroup) => string, run: string) {
    this.#words = words
    this.#run = run
  }

  /** @returns what is to be written now */
  add(node: number, title: string, text: string, at: number): string {
    const open = this.#open.get(node) ?? { title, from: at, text: '' }
    open.text += text
    this.#open.set(node, open)
    return open.text.length < LONGEST_TEXT ? '' : this.end(node, at)
  }

  /** Groups that have been open for long. */
  due(at: number): string {
    let text = ''
    // The first that was opened is the first here.
    for (const [node, { from }] of this.#open) {
      if (at - from < LONGEST_MS) break
      text += this.end(node, at)
    }
    return text
  }

  /** The group of a node of which nothing more comes. */
  end(node: number, at: number): string {
    const open = this.#open.get(node)
    if (open === undefined) return ''
    this.#open.delete(node)
    this.#number += 1
    const { title, from, text } = open
    return this.#words({ run: this.#run, number: this.#number, title, text, from, to: at })
  }
}
