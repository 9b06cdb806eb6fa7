import type { Captured } from '../model/outcome.ts'
import { createCapture } from './capture.ts'

/** What the prelude found, and the script does not run; `ready`: it could, but is not wanted. */
export const FINDINGS = [
  'ready',
  'creates',
  'removes',
  'cwd-missing',
  'cwd-file',
  'cwd-denied',
  'shell-missing',
] as const

export type Finding = (typeof FINDINGS)[number]

/** What the text before the user's script has told. */
export interface Prelude {
  readonly finding?: Finding
  /** The last guard that was looked at. */
  readonly guard?: GuardReport
  /** The id of the host's boot, where it was asked for and the host tells one. */
  readonly boot?: string
  /** True when more than the prelude has come, or its last line. */
  readonly over: boolean
}

export interface GuardReport {
  readonly name: 'unless' | 'only_if'
  /** The exit status with which the guard decided that the script does not run. */
  readonly status?: number
  readonly output: Captured
}

/** Takes what the prelude prints off the start of a command's output; anything else passes at once and unchanged. */
export interface VerdictFilter {
  /** What of the output so far may be shown now; empty while it could still become the prelude's. */
  pass(chunk: Buffer): Buffer
  /** What was held back when the output ended. */
  flush(): Buffer
  prelude(): Prelude
}

/** Of a guard's output, its head and its tail; in bytes each. */
const KEPT = 2048
/** The longest line that the prelude prints has fewer bytes. */
const LONGEST = 100
const NOTHING = Buffer.alloc(0)

/**
 * The prelude's lines are `<mark> <words>`. The first one stands at the very start, or there is no prelude; more than
 * one come only with guards, and between them stands what a guard prints. `mark` is random for each command, so that
 * no command prints it by accident.
 */
export function createVerdictFilter(mark: string): VerdictFilter {
  const start = Buffer.from(`${mark} `)
  let held: Buffer = NOTHING
  let boot: string | undefined
  let finding: Finding | undefined
  let guard: Pick<GuardReport, 'name' | 'status'> | undefined
  let output = createCapture({ head: KEPT, tail: KEPT })
  let over = false

  const flush = () => {
    const rest = held
    held = NOTHING
    return rest
  }
  /** Moves what is a guard's output out of the way; true when `held` then begins with a line of the prelude. */
  const atLine = () => {
    if (guard === undefined) {
      if (!startsAlike(held, start)) over = true
      return held.length >= start.length && !over
    }
    const at = held.indexOf(start)
    const own = at === -1 ? Math.max(0, held.length - start.length + 1) : at
    output.add(held.subarray(0, own))
    held = held.subarray(own)
    return at !== -1
  }
  const takeLine = () => {
    const end = held.indexOf('\n')
    const words = held.toString('latin1', start.length, end === -1 ? undefined : end)
    if (end === -1 || !understand(words)) {
      over = end !== -1 || held.length > LONGEST
      return false
    }
    held = held.subarray(end + 1)
    return true
  }
  const understand = (words: string) => {
    const id = /^boot ([0-9a-f-]{30,40})$/.exec(words)?.[1]
    if (id !== undefined && boot === undefined) {
      boot = id
      return true
    }
    const status = /^status (\d{1,3})$/.exec(words)?.[1]
    over = words !== 'unless' && words !== 'only_if'
    if (!over) {
      guard = { name: words as GuardReport['name'] }
      output = createCapture({ head: KEPT, tail: KEPT })
    } else if (status !== undefined && guard !== undefined) guard = { ...guard, status: Number(status) }
    else finding = FINDINGS.find(word => word === words)
    return !over || words === 'go' || finding !== undefined || guard?.status !== undefined
  }
  return {
    pass(chunk) {
      if (over) return chunk
      held = held.length === 0 ? chunk : Buffer.concat([held, chunk])
      while (!over && atLine() && takeLine());
      return over ? flush() : NOTHING
    },
    flush() {
      if (guard !== undefined && !over) output.add(flush())
      return flush()
    },
    prelude: () => ({
      over,
      ...(boot === undefined ? {} : { boot }),
      ...(finding === undefined ? {} : { finding }),
      ...(guard === undefined ? {} : { guard: { ...guard, output: output.text() } }),
    }),
  }
}

function startsAlike(a: Buffer, b: Buffer): boolean {
  const length = Math.min(a.length, b.length)
  return a.subarray(0, length).equals(b.subarray(0, length))
}
