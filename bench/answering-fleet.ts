import type { Executor, ExecutorEvents } from '../src/engine/executor.ts'
import type { Action, Task } from '../src/model/action.ts'
import type { Finding, PutFinding } from '../src/model/finding.ts'
import { NO_OUTPUT, type NodeResult } from '../src/model/outcome.ts'

/** Hosts that answer at once what real ones would: every put writes a new file, half of the guards hold. */
export class AnsweringFleet implements Executor {
  readonly #events: ExecutorEvents
  #waiting: (() => void)[] = []

  constructor(events: ExecutorEvents) {
    this.#events = events
  }

  start(step: number, host: number, task: Task): void {
    if (this.#waiting.length === 0) setImmediate(() => this.#answer())
    this.#waiting.push(() => this.#events.finished(step, host, resultOf(task)))
  }

  stop(): void {}
  release(): void {}
  async close(): Promise<void> {}

  /** As workers do: what came together is answered together. */
  #answer(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const answer of waiting) answer()
  }
}

function resultOf(task: Task): NodeResult {
  const result: NodeResult = { outcome: 'ok', stdout: NO_OUTPUT, stderr: NO_OUTPUT, durationMs: 1 }
  return task.kind === 'probe' ? { ...result, findings: task.items.map(findingOf) } : result
}

function findingOf(action: Action): Finding {
  switch (action.kind) {
    case 'put':
      return newFile(action.dest, action.source.text)
    case 'run': {
      const outlook = action.script.length % 2 === 0 ? 'runs' : 'held'
      const contents = action.unless === undefined ? [] : [action.unless.split(' ').at(-1) ?? '']
      return { kind: 'run', outlook, reads: { exists: action.creates, contents } }
    }
    case 'get':
      throw new Error('nothing is fetched here')
  }
}

/** A text of about a kilobyte, as a small configuration file has it. */
const DIFF = `@@ -0,0 +1,20 @@\n${'+some_setting_of_the_service = value\n'.repeat(28)}`

function newFile(path: string, text: string): PutFinding {
  const after = { size: text.length, mode: '0644' }
  const diff = { kind: 'text', text: DIFF } as const
  return {
    kind: 'put',
    outlook: 'writes',
    before: 'new',
    targets: [path],
    changes: [{ path, type: 'file', change: 'new', after, diff }],
    counts: { new: 1, changed: 0, same: 0 },
    bytes: text.length,
    missing: [],
  }
}
