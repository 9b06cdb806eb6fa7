import type { ChildProcess } from 'node:child_process'
import { oneLine } from '../shell-failure.ts'
import type { Told } from './link.ts'

/** How much of what a program says is kept, and how many lines of it are shown. */
const KEPT_BYTES = 4096
const SHOWN_LINES = 3

/** A program that ends says why a moment later than its output ends. */
const WAIT_MS = 300

/** Reads all that a program writes to its standard error and keeps the end of it. */
export class LastWords {
  readonly #child: ChildProcess
  readonly #closed: Promise<unknown>
  #kept = Buffer.alloc(0)

  constructor(child: ChildProcess) {
    this.#child = child
    this.#closed = new Promise(resolve => child.once('close', resolve))
    child.stderr?.on('error', () => {})
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#kept = Buffer.concat([this.#kept, chunk]).subarray(-KEPT_BYTES)
    })
  }

  /** For people, on one line; undefined: it has said nothing, and did not end by itself. */
  async told(): Promise<Told | undefined> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise(resolve => {
      timer = setTimeout(resolve, WAIT_MS)
    })
    await Promise.race([this.#closed, late])
    clearTimeout(timer)
    const lines = this.#kept
      .toString()
      .split(/[\r\n]+/)
      .filter(line => line.trim() !== '')
    const said = lines.slice(-SHOWN_LINES).map(oneLine).join(' / ')
    const { exitCode } = this.#child
    const ended = exitCode === null || isSignal(exitCode) ? [] : [`ended with status ${exitCode}`]
    const parts = [...ended, ...(said === '' ? [] : [`said: ${said}`])]
    if (parts.length === 0) return undefined
    return { words: parts.join(' and '), isNoCommand: exitCode === 126 || exitCode === 127 }
  }
}

/** What shells make of the signals by which drover ends a program: 128 and their number. */
function isSignal(status: number): boolean {
  return status === 128 + 15 || status === 128 + 9
}
