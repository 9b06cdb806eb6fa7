import type { Failure } from '../model/errors.ts'
import { LIMITS } from '../model/limits.ts'
import { Attempt, type Exit, type NotStarted, type PipeEnd } from './attempt.ts'
import type { Pipe } from './pipe.ts'
import { StepInput } from './step-input.ts'
import type { Exec, ExecEnd, ExecHandlers, ExecRequest } from './transport.ts'
import { beatLine, type Manner, WATCHDOG_LINES } from './wrapper.ts'

type StopReason = Parameters<Exec['stop']>[0]

/** What carries requests, as they see it. */
export interface Carrier {
  /** Begins another attempt, by calling `attach` again, or says why there is none. */
  retry(exec: WrappedExec, attempt: NotStarted): Failure | 'again'
  /** Ends the process group that the shell `pid` leads in another way: the watchdog cannot read `stream` input. */
  kill(exec: WrappedExec, pid: number, now: boolean): void
  /** `stderrQuiet`: the login shell was seen to write nothing to stderr. */
  /** False when the host, asked now, gives no sign of life for a while. */
  answers(): Promise<boolean>
  settled(exec: WrappedExec, stderrQuiet: boolean): void
}

/** What a request wants to hear of its pipe. */
export interface PipeEvents {
  readonly exited: (exit: Exit) => void
  /** No exit status will come any more. */
  readonly closed: (failure: Failure) => void
}

/** A request on its way through the wrapper, whatever carries it. It settles exactly once. */
export class WrappedExec implements Exec {
  readonly done: Promise<ExecEnd>
  readonly #request: ExecRequest
  readonly #handlers: ExecHandlers
  readonly #carrier: Carrier
  readonly #input = new StepInput()
  readonly #settle: (end: ExecEnd) => void
  #attempt: Attempt | undefined
  #settled = false
  #stopped: StopReason | undefined
  #killed = false
  #receivedAtEnd = 0
  #timer: NodeJS.Timeout | undefined

  constructor(request: ExecRequest, handlers: ExecHandlers, carrier: Carrier) {
    const { promise, resolve } = Promise.withResolvers<ExecEnd>()
    this.done = promise
    this.#settle = resolve
    this.#request = request
    this.#handlers = handlers
    this.#carrier = carrier
  }

  get settled(): boolean {
    return this.#settled
  }

  get become(): ExecRequest['become'] {
    return this.#request.become
  }

  /** Sends the request through a pipe. The mark is the wrapper's (see `payload`). */
  attach(pipe: Pipe, mark: string, manner: Manner): PipeEvents {
    const way = { pipe, mark, manner }
    const attempt = new Attempt(this.#request, this.#handlers, way, {
      started: () => this.#started(attempt),
      drained: () => this.#advance(attempt),
      stuck: failure => this.#stuck(attempt, failure),
      refused: failure => this.#refused(attempt, failure),
    })
    this.#attempt = attempt
    return {
      exited: exit => this.#ended(attempt, exit),
      closed: failure => {
        attempt.closed()
        this.#ended(attempt, { kind: 'lost', failure })
      },
    }
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
    const attempt = this.#attempt
    const { stdin, detach, lock } = this.#request
    if (stdin.kind === 'stream' || detach === true || attempt?.pid === undefined) return
    if (attempt.end === undefined) attempt.tell(beatLine(lock?.renewal()))
  }

  stop(reason: StopReason): void {
    const kill = reason === 'now'
    if (this.#settled || this.#killed || (this.#stopped !== undefined && !kill)) return
    const attempt = this.#attempt
    if (attempt?.end !== undefined) {
      this.#giveUp(attempt)
      return
    }
    this.#stopped ??= reason
    this.#killed = kill
    if (attempt === undefined) {
      this.#finish({ kind: 'stopped', reason: this.#stopped, confirmed: true })
    } else if (this.#request.detach === true && attempt.sent) {
      this.#finish({ kind: 'stopped', reason: this.#stopped, confirmed: false })
    } else {
      this.#ask(attempt)
      const escalates = () => !kill && attempt.pid !== undefined
      this.#arm(LIMITS.graceMs, () => (escalates() ? this.stop('now') : this.#giveUp(attempt)))
      void this.#carrier.answers().then(alive => alive || attempt !== this.#attempt || this.#giveUp(attempt))
    }
  }

  /**
   * Asks the host to end the step. Before its start, closing the wrapper's input does: either nothing has run, or the
   * watchdog sees it. Input that the watchdog cannot read is no such signal, so the start is waited for.
   */
  #ask(attempt: Attempt): void {
    const { pid, pipe } = attempt
    if (!attempt.sent) {
      pipe.kill()
      pipe.stdin.end()
    } else if (this.#request.stdin.kind === 'stream') {
      if (pid !== undefined) this.#carrier.kill(this, pid, this.#killed)
    } else if (pid === undefined) {
      pipe.kill()
      pipe.stdin.end()
    } else {
      attempt.tell(this.#killed ? WATCHDOG_LINES.kill : WATCHDOG_LINES.term)
    }
  }

  #started(attempt: Attempt): void {
    if (attempt.pid === undefined || this.#request.stdin.kind !== 'stream') return
    if (this.#stopped === undefined) this.#input.open(attempt.pipe.stdin)
    else this.#ask(attempt)
  }

  #ended(attempt: Attempt, end: PipeEnd): void {
    if (attempt !== this.#attempt || attempt.end !== undefined) return
    attempt.end = end
    attempt.output.lastActive = performance.now()
    this.#receivedAtEnd = attempt.output.received
    // Before the start nothing was read of it: another attempt may.
    if (attempt.pid !== undefined) this.#input.shut()
    this.#arm(LIMITS.drainMs, () => this.#drain(attempt))
    this.#advance(attempt)
  }

  #advance(attempt: Attempt): void {
    if (attempt === this.#attempt && attempt.end !== undefined && attempt.output.drained)
      this.#conclude(attempt)
  }

  #stuck(attempt: Attempt, failure: Failure): void {
    if (attempt !== this.#attempt || attempt.end !== undefined) return
    attempt.end = { kind: 'lost', failure }
    this.#input.shut()
    this.#giveUp(attempt)
  }

  /** Nothing of the step has run, nor will it. */
  #refused(attempt: Attempt, failure: Failure): void {
    if (attempt !== this.#attempt || attempt.end !== undefined) return
    attempt.pipe.stdin.end()
    attempt.pipe.kill()
    attempt.output.cut()
    if (this.#stopped === undefined) this.unsent(failure)
    else this.#finish({ kind: 'stopped', reason: this.#stopped, confirmed: true })
  }

  /**
   * A background child may hold the streams for ever: their end is waited for as long as something comes that can have
   * been under way.
   */
  #drain(attempt: Attempt): void {
    const { output } = attempt
    const left = LIMITS.drainMs - (performance.now() - output.lastActive)
    if (output.received - this.#receivedAtEnd > LIMITS.drainBytes) this.#giveUp(attempt)
    else if (output.busy && this.#stopped === undefined) this.#arm(LIMITS.drainMs, () => this.#drain(attempt))
    else if (left > 1) this.#arm(left, () => this.#drain(attempt))
    else this.#giveUp(attempt)
  }

  #giveUp(attempt: Attempt): void {
    if (attempt.pid === undefined) attempt.pipe.kill()
    attempt.output.cut()
    this.#conclude(attempt)
  }

  #conclude(attempt: Attempt): void {
    const { end, pid } = attempt
    const exit = end?.kind === 'lost' ? undefined : end
    if (this.#stopped !== undefined) {
      const confirmed = exit !== undefined || !attempt.sent
      this.#finish({ kind: 'stopped', reason: this.#stopped, confirmed })
    } else if (exit !== undefined && pid === undefined) {
      const failure = attempt.lockFailure
      if (failure === undefined) this.#retry(attempt.notStarted(exit))
      else this.unsent(failure)
    } else if (end?.kind === 'lost' && !attempt.sent) {
      this.unsent(end.failure)
    } else if (end !== undefined) {
      this.#finish(end)
    }
  }

  #retry(attempt: NotStarted): void {
    this.#leave()
    const failure = this.#carrier.retry(this, attempt)
    if (failure !== 'again') this.unsent(failure)
  }

  #finish(end: ExecEnd): void {
    if (this.#settled) return
    this.#settled = true
    const stderrQuiet = this.#attempt?.output.start.stderrQuiet ?? false
    this.#leave()
    this.#input.shut()
    this.#settle(end)
    this.#carrier.settled(this, stderrQuiet)
  }

  #leave(): void {
    clearTimeout(this.#timer)
    this.#attempt?.leave()
    this.#attempt = undefined
  }

  #arm(ms: number, then: () => void): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(then, ms)
  }
}
