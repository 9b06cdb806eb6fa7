import type { Failure } from '../model/errors.ts'
import { LIMITS } from '../model/limits.ts'
import type { Pipe } from './pipe.ts'
import { StepInput } from './step-input.ts'
import { StepOutput } from './step-output.ts'
import type { Exec, ExecEnd, ExecHandlers, ExecRequest } from './transport.ts'
import { type GroupMode, payload, WATCHDOG_LINES } from './wrapper.ts'

export type StopReason = 'timeout' | 'cancel' | 'now'

/** How a command ended by itself. */
export type Exit = Extract<ExecEnd, { readonly kind: 'exit' | 'signal' }>

/** An attempt that ended before anything of the request ran. */
export interface NotStarted {
  /** The wrapper came up, but without a process group of its own. */
  readonly ungrouped: boolean
  readonly mode: GroupMode
  readonly exit: Exit
  /** What the login shell wrote instead. */
  readonly noise: string
}

/** What carries a request, as the request sees it. */
export interface Carrier {
  /** Begins another attempt, by calling `attach` again, or says why there is none. */
  retry(exec: WrappedExec, attempt: NotStarted): Failure | 'again'
  /** Ends the process group that the shell `pid` leads in another way: the watchdog cannot read `stream` input. */
  kill(exec: WrappedExec, pid: number, now: boolean): void
  settled(exec: WrappedExec): void
}

export interface PipeEvents {
  /** The command has ended. */
  readonly exited: (exit: Exit) => void
  /** No exit status will come any more. */
  readonly closed: (failure: Failure) => void
}

interface Attempt {
  readonly pipe: Pipe
  readonly output: StepOutput
  readonly mode: GroupMode
  exit: Exit | undefined
  lost: Failure | undefined
  closed: boolean
  closing: NodeJS.Timeout | undefined
}

/** A request on its way through the wrapper, whatever carries it. It settles exactly once. */
export class WrappedExec implements Exec {
  readonly request: ExecRequest
  readonly done: Promise<ExecEnd>
  readonly #handlers: ExecHandlers
  readonly #carrier: Carrier
  readonly #input = new StepInput()
  readonly #settle: (end: ExecEnd) => void
  #attempt: Attempt | undefined
  #settled = false
  #stopped: StopReason | undefined
  #killed = false
  #timer: NodeJS.Timeout | undefined

  constructor(request: ExecRequest, handlers: ExecHandlers, carrier: Carrier) {
    const { promise, resolve } = Promise.withResolvers<ExecEnd>()
    this.request = request
    this.done = promise
    this.#settle = resolve
    this.#handlers = handlers
    this.#carrier = carrier
  }

  get settled(): boolean {
    return this.#settled
  }

  /** Sends the request through a pipe, of which it wants to hear how it ends. */
  attach(pipe: Pipe, mark: string, mode: GroupMode): PipeEvents {
    const output = new StepOutput(pipe, mark, this.#handlers, {
      started: () => this.#started(),
      drained: () => this.#advance(),
    })
    const attempt: Attempt = {
      pipe,
      output,
      mode,
      exit: undefined,
      lost: undefined,
      closed: false,
      closing: undefined,
    }
    this.#attempt = attempt
    pipe.stdin.write(payload(this.request, mark, mode))
    return {
      exited: exit => this.#ended(attempt, () => (attempt.exit = exit)),
      closed: failure => {
        attempt.closed = true
        clearTimeout(attempt.closing)
        this.#ended(attempt, () => (attempt.lost = failure))
      },
    }
  }

  /**
   * A pipe whose command has ended closes by itself, or else after a while: that leaves the server to close first, as
   * it is used to.
   */
  #leave(): void {
    clearTimeout(this.#timer)
    const attempt = this.#attempt
    this.#attempt = undefined
    if (attempt === undefined || attempt.closed) return
    if (attempt.exit === undefined || !attempt.output.drained) attempt.pipe.close()
    else attempt.closing = setTimeout(() => attempt.pipe.close(), LIMITS.drainMs).unref()
  }

  /** The first end of an attempt counts; its output may still come for a while. */
  #ended(attempt: Attempt, record: () => void): void {
    if (this.#settled || attempt !== this.#attempt) return
    if (attempt.exit !== undefined || attempt.lost !== undefined) return
    record()
    attempt.output.lastActive = performance.now()
    this.#input.shut()
    this.#advance()
    if (!this.#settled && attempt === this.#attempt) this.#arm(LIMITS.drainMs, () => this.#drain(attempt))
  }

  /** It certainly has not run and will not. */
  unsent(failure: Failure): void {
    this.#finish({ kind: 'unsent', failure })
  }

  /** There is no way to end it properly: what can be done is to close its pipe. */
  abandon(): void {
    if (this.#attempt !== undefined) this.#giveUp(this.#attempt)
  }

  write(chunk: Buffer): Promise<void> {
    return this.#input.write(chunk)
  }

  end(): void {
    this.#input.end()
  }

  /** Tells the watchdog that somebody is still there. */
  beat(): void {
    if (this.#watched() && this.#attempt?.exit === undefined) {
      this.#attempt?.pipe.stdin.write(WATCHDOG_LINES.beat)
    }
  }

  stop(reason: StopReason): void {
    const kill = reason === 'now'
    if (this.#settled || this.#killed || (this.#stopped !== undefined && !kill)) return
    this.#stopped ??= reason
    this.#killed = kill
    const attempt = this.#attempt
    if (attempt === undefined) {
      this.#finish({ kind: 'stopped', reason: this.#stopped, confirmed: true })
    } else if (attempt.exit !== undefined || attempt.lost !== undefined) {
      this.#giveUp(attempt)
    } else {
      this.#ask(attempt)
      this.#arm(LIMITS.graceMs, () => (kill ? this.#giveUp(attempt) : this.stop('now')))
    }
  }

  /**
   * Asks the host to end the step. Before its start, closing the wrapper's input does: either nothing has run, or the
   * watchdog sees it. Input that the watchdog cannot read is no such signal, so the start is waited for.
   */
  #ask({ pipe, output }: Attempt): void {
    const started = output.start.started?.kind === 'started' ? output.start.started : undefined
    if (this.request.stdin.kind === 'stream') {
      if (started !== undefined) this.#carrier.kill(this, started.pid, this.#killed)
    } else if (started === undefined) pipe.stdin.end()
    else pipe.stdin.write(this.#killed ? WATCHDOG_LINES.kill : WATCHDOG_LINES.term)
  }

  #watched(): boolean {
    return this.request.stdin.kind !== 'stream' && this.#attempt?.output.start.started?.kind === 'started'
  }

  #started(): void {
    const attempt = this.#attempt
    if (attempt?.output.start.started?.kind !== 'started') return
    if (this.request.stdin.kind !== 'stream') return
    if (this.#stopped !== undefined) this.#ask(attempt)
    else this.#input.open(attempt.pipe.stdin)
  }

  #advance(): void {
    const attempt = this.#attempt
    if (this.#settled || attempt === undefined || !attempt.output.drained) return
    if (attempt.exit !== undefined || attempt.lost !== undefined) this.#conclude(attempt)
  }

  #conclude(attempt: Attempt): void {
    const { exit, lost, output } = attempt
    const started = output.start.started
    if (this.#stopped !== undefined) {
      this.#finish({ kind: 'stopped', reason: this.#stopped, confirmed: exit !== undefined })
    } else if (exit === undefined) {
      this.#finish({ kind: 'lost', failure: lost ?? NO_STATUS })
    } else if (started?.kind === 'started') {
      this.#finish(exit)
    } else {
      this.#retry({
        ungrouped: started?.kind === 'ungrouped',
        mode: attempt.mode,
        exit,
        noise: output.start.noise,
      })
    }
  }

  #retry(attempt: NotStarted): void {
    this.#leave()
    const failure = this.#carrier.retry(this, attempt)
    if (failure !== 'again') this.#finish({ kind: 'unsent', failure })
  }

  /** A background child may hold the streams for ever: their end is waited for as long as something comes. */
  #drain(attempt: Attempt): void {
    const { output } = attempt
    const left = LIMITS.drainMs - (performance.now() - output.lastActive)
    if (output.busy && this.#stopped === undefined) this.#arm(LIMITS.drainMs, () => this.#drain(attempt))
    else if (left > 1) this.#arm(left, () => this.#drain(attempt))
    else this.#giveUp(attempt)
  }

  #giveUp(attempt: Attempt): void {
    attempt.output.cut()
    this.#conclude(attempt)
  }

  #arm(ms: number, then: () => void): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(then, ms)
  }

  #finish(end: ExecEnd): void {
    if (this.#settled) return
    this.#settled = true
    this.#leave()
    this.#input.shut()
    this.#settle(end)
    this.#carrier.settled(this)
  }
}

const NO_STATUS: Failure = {
  code: 'link_lost',
  message: 'the host closed the command without telling how it ended',
}
