import { LIMITS } from '../model/limits.ts'
import type { Captured } from '../model/outcome.ts'
import type { Exec, ExecEnd, ExecRequest } from '../transport/transport.ts'
import { createCapture } from './capture.ts'
import { type Deadline, execUntil } from './deadline.ts'
import { createLineReader } from './line-reader.ts'
import type { StepContext } from './step.ts'

/** A script of ours that tells what it does by report lines: `<mark> <word> <rest>`. */
export interface Dialogue {
  readonly exec: Exec
  readonly ended: Promise<{ readonly end: ExecEnd; readonly stderr: Captured }>
}

export interface DialogueHandlers {
  readonly onReport: (word: string, rest: string) => void
  /** Lines that are no reports: what a tool of the host printed. */
  readonly onLine?: (line: string) => void
}

/** `mark` is random for each dialogue; what comes before its first report (a banner, say) is not looked at. */
export function startDialogue(
  deadline: Deadline,
  context: StepContext,
  mark: string,
  request: ExecRequest,
  handlers: DialogueHandlers,
): Dialogue {
  const stderr = createCapture({ head: 0, tail: LIMITS.capturedTail })
  let begun = false
  const read = createLineReader(line => {
    if (!line.startsWith(`${mark} `)) {
      if (begun) handlers.onLine?.(line)
      return
    }
    begun = true
    const [word = '', ...rest] = line.slice(mark.length + 1).split(' ')
    handlers.onReport(word, rest.join(' '))
  })
  const exec = execUntil(deadline, context, request, {
    onStdout: read,
    onStderr: chunk => stderr.add(chunk),
  })
  return { exec, ended: exec.done.then(end => ({ end, stderr: stderr.text() })) }
}
