import { type ChildProcess, fork } from 'node:child_process'
import { LIMITS } from '../model/limits.ts'
import { Outbox } from './outbox.ts'
import type { FromWorker, ToWorker } from './protocol.ts'

/** What is kept of a worker's stderr, in characters: enough for a crash's message and stack. */
const KEPT_STDERR = 8 << 10
/** How long a worker has to end after being asked, which gives hosts back, and again after TERM. */
const PATIENCE_MS = LIMITS.lockReleaseMs + 1_000
/** In so many checks nothing was heard: the worker hangs. */
const SILENCE_CHECKS = 12
/** How long after its end a worker's last messages may still be read. */
const LAST_MESSAGES_MS = 500

export interface WorkerEnd {
  /** False: there never was such a process, and nothing was sent. */
  readonly started: boolean
  /** Such as `exit status 70` or `signal SIGKILL`. */
  readonly how: string
  /** True when the worker found a bug in itself, rather than being killed. */
  readonly bug: boolean
  /** The end of what it wrote to stderr. */
  readonly stderr: string
}

export interface WorkerHandlers {
  readonly received: (batch: readonly FromWorker[]) => void
  /** Once, after the last message. */
  readonly ended: (end: WorkerEnd) => void
}

/** One forked worker. Sending to it is safe at any time, also when it has just died. */
export class WorkerProcess {
  readonly #process: ChildProcess
  readonly #outbox: Outbox<ToWorker>
  readonly #ended = Promise.withResolvers<void>()
  #stderr = ''
  #hung = false

  /** `entry`: the module that the process runs. After `silentMs` without a message it is killed. */
  constructor(entry: URL, silentMs: number, handlers: WorkerHandlers) {
    // `advanced` costs 1 µs more than `json` for a small message, and 4 times less for 64 KiB of output.
    this.#process = fork(entry, [], {
      // Young garbage is collected early: 8 MB less a process, at no cost.
      execArgv: ['--max-semi-space-size=4'],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    this.#outbox = new Outbox(batch => this.#process.send(batch, () => {}))
    this.#process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = endOf(this.#stderr + text)
    })
    const heard = this.#watchSilence(silentMs)
    this.#process.on('message', batch => {
      heard()
      handlers.received(batch as readonly FromWorker[])
    })
    this.#watchEnd(handlers.ended)
  }

  get pid(): number | undefined {
    return this.#process.pid
  }

  /** False from the moment at which the process ended, before its last messages are read. */
  get running(): boolean {
    const { pid, exitCode, signalCode } = this.#process
    return pid !== undefined && exitCode === null && signalCode === null
  }

  send(message: ToWorker): void {
    this.#outbox.pushUrgent(message)
  }

  kill(): void {
    this.#process.kill('SIGKILL')
  }

  /** Asks the worker to end, and makes it; resolves when it is gone. */
  async close(): Promise<void> {
    this.send({ kind: 'close' })
    this.#outbox.flush()
    const timers = [
      setTimeout(() => this.#process.kill('SIGTERM'), PATIENCE_MS),
      setTimeout(() => this.kill(), PATIENCE_MS + 1_000),
    ]
    await this.#ended.promise
    timers.forEach(clearTimeout)
  }

  /** Counts checks, not time: a machine that was suspended has one late check, and no silent worker. */
  #watchSilence(silentMs: number): () => void {
    let silentChecks = 0
    const timer = setInterval(() => {
      silentChecks += 1
      if (silentChecks <= SILENCE_CHECKS) return
      this.#hung = true
      this.kill()
    }, silentMs / SILENCE_CHECKS).unref()
    void this.#ended.promise.then(() => clearInterval(timer))
    return () => {
      silentChecks = 0
    }
  }

  #watchEnd(told: (end: WorkerEnd) => void): void {
    let over = false
    const end = (how: string, bug: boolean): void => {
      if (over) return
      over = true
      told({
        started: this.#process.pid !== undefined,
        how: this.#hung ? `it hung, ${how}` : how,
        bug,
        stderr: this.#stderr.trim(),
      })
      this.#ended.resolve()
    }
    const ended = (status: number | null, signal: NodeJS.Signals | null): void =>
      signal === null ? end(`exit status ${status}`, status !== 0) : end(`signal ${signal}`, false)
    this.#process.on('error', error => this.#process.pid === undefined && end(error.message, false))
    this.#process.on('close', ended)
    // `close` waits for the channel and stderr, which a stray child of the worker could hold open.
    this.#process.on('exit', (...how) => setTimeout(() => ended(...how), LAST_MESSAGES_MS).unref())
  }
}

/** Whole lines: a secret that is cut in the middle is not known for one. */
function endOf(text: string): string {
  if (text.length <= KEPT_STDERR) return text
  const end = text.slice(-KEPT_STDERR)
  return end.slice(end.includes('\n') ? end.indexOf('\n') + 1 : end.length)
}
