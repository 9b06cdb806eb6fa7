import { VERDICTS, type Verdict } from './run-script.ts'

/** Takes the verdict line off the start of a command's output; anything else passes at once and unchanged. */
export interface VerdictFilter {
  /** What of the output so far may be shown now; empty while it could still become a verdict. */
  pass(chunk: Buffer): Buffer
  /** What was held back when the output ended. */
  flush(): Buffer
  verdict(): Verdict | undefined
}

/** `mark` is random for each command, so that no command prints it by accident. */
export function createVerdictFilter(mark: string): VerdictFilter {
  const lines = new Map(VERDICTS.map(verdict => [verdict, Buffer.from(`${mark} ${verdict}\n`)]))
  let held: Buffer = Buffer.alloc(0)
  let found: Verdict | undefined
  let open = true

  const flush = () => {
    const rest = held
    held = Buffer.alloc(0)
    return rest
  }
  return {
    pass(chunk) {
      if (!open) return chunk
      held = held.length === 0 ? chunk : Buffer.concat([held, chunk])
      for (const [verdict, line] of lines) {
        if (!startsAlike(held, line)) continue
        if (held.length < line.length) return Buffer.alloc(0)
        found = verdict
        held = held.subarray(line.length)
        break
      }
      open = false
      return flush()
    },
    flush,
    verdict: () => found,
  }
}

function startsAlike(a: Buffer, b: Buffer): boolean {
  const length = Math.min(a.length, b.length)
  return a.subarray(0, length).equals(b.subarray(0, length))
}
