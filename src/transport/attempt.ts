import type { Failure } from '../model/errors.ts'
import { LIMITS } from '../model/limits.ts'
import { Handshake } from './become/handshake.ts'
import type { Opening } from './become/opening.ts'
import type { Pipe } from './pipe.ts'
import { tooLate, tooLoud } from './shell-failure.ts'
import { StartMark } from './start-mark.ts'
import { StepOutput } from './step-output.ts'
import type { ExecEnd, ExecHandlers, ExecRequest } from './transport.ts'
import { type GroupMode, type Manner, payload } from './wrapper.ts'

/** How a command ended by itself. */
export type Exit = Extract<ExecEnd, { readonly kind: 'exit' | 'signal' }>

/** How a pipe ended: with the command, or without a word about it. */
export type PipeEnd = Extract<ExecEnd, { readonly kind: 'exit' | 'signal' | 'lost' }>

/** An attempt that ended before anything of the request ran. */
export interface NotStarted {
  /** The wrapper came up, but without a process group of its own. */
  readonly ungrouped: boolean
  readonly group: GroupMode
  readonly exit: Exit
  /** What the login shell wrote instead. */
  readonly noise: string
  readonly opening?: Opening
  /** What the program said that becomes the user; absent where it was not started. */
  readonly said?: string
}

export interface AttemptEvents {
  readonly started: () => void
  readonly drained: () => void
  /** The login shell does something else than to start the step; nobody knows whether it still will. */
  readonly stuck: (failure: Failure) => void
  /** The step cannot become the user; nothing of the request was sent. */
  readonly refused: (failure: Failure) => void
}

/** A link so slow that a request takes longer is no link to work with. In bytes a second. */
const SLOWEST_LINK = 16_000

/** One attempt to run a request through one pipe. */
export class Attempt {
  readonly pipe: Pipe
  readonly output: StepOutput
  /** The first end counts. */
  end: PipeEnd | undefined
  readonly #group: GroupMode
  readonly #opening: Opening | undefined
  readonly #handshake: Handshake | undefined
  readonly #text: string
  readonly #lock: ExecRequest['lock']
  #lockFailure: Failure | undefined
  #lockTold = false
  #sent = false
  #closed = false
  readonly #starting: NodeJS.Timeout
  #closing: NodeJS.Timeout | undefined

  /** Sends the request, or what has to come before it. */
  constructor(
    request: ExecRequest,
    handlers: ExecHandlers,
    { pipe, mark, manner }: { readonly pipe: Pipe; readonly mark: string; readonly manner: Manner },
    events: AttemptEvents,
  ) {
    this.pipe = pipe
    this.#group = manner.group
    this.#opening = manner.opening
    this.#lock = request.lock
    this.#handshake = manner.opening && this.#handshakeFor(manner.opening, events)
    const key = manner.opening?.key ?? mark
    const noise = () => this.output.start.noise.replaceAll(key, '')
    this.output = new StepOutput(pipe, new StartMark(mark, manner.stderrMarked), handlers, {
      started: () => {
        clearTimeout(this.#starting)
        this.#tellLock()
        events.started()
      },
      drained: events.drained,
      early: chunk => this.#handshake?.hear(chunk),
      flooded: () => events.stuck(tooLoud(noise())),
    })
    this.#text = payload(request, mark, manner)
    const patience = LIMITS.startMs + (1000 * Buffer.byteLength(this.#text)) / SLOWEST_LINK
    this.#starting = setTimeout(() => events.stuck(tooLate(noise())), patience)
    if (manner.opening !== undefined) pipe.stdin.write(`${manner.opening.key}\n`)
    if (manner.opening?.way !== 'ask') this.#send()
  }

  /** Whether the host may have got the request. */
  get sent(): boolean {
    return this.#sent
  }

  /** The process id of the step's shell, once that has started. */
  get pid(): number | undefined {
    const { started } = this.output.start
    return started?.kind === 'started' ? started.pid : undefined
  }

  /** Why the lock of the host keeps the step from running, if it does. */
  get lockFailure(): Failure | undefined {
    this.#tellLock()
    return this.#lockFailure
  }

  /** What kept the step from starting. */
  notStarted(exit: Exit): NotStarted {
    const { started, noise } = this.output.start
    const handshake = this.#handshake
    return {
      ungrouped: started?.kind === 'ungrouped',
      group: this.#group,
      exit,
      noise,
      ...(this.#opening && { opening: this.#opening }),
      ...(handshake?.staged && { said: handshake.said }),
    }
  }

  /** Writes a line for the watchdog, if it can still be reached. */
  tell(line: string): void {
    if (this.pipe.stdin.writable) this.pipe.stdin.write(line)
  }

  closed(): void {
    this.#closed = true
    this.#handshake?.over()
    clearTimeout(this.#starting)
    clearTimeout(this.#closing)
  }

  /**
   * Nothing more is wanted of the pipe. After a command that has ended it closes by itself, or else after a while:
   * that leaves the server to close first, as it is used to.
   */
  leave(): void {
    this.#handshake?.over()
    clearTimeout(this.#starting)
    if (this.#closed) return
    if (this.end === undefined || !this.output.drained) this.pipe.close()
    else this.#closing = setTimeout(() => this.pipe.close(), LIMITS.drainMs).unref()
  }

  /** How long becoming the user takes is the host's business: a PAM module may wait for a person. */
  #handshakeFor(opening: Opening, events: AttemptEvents): Handshake {
    return new Handshake(opening, {
      staged: () => clearTimeout(this.#starting),
      answer: line => this.tell(line),
      ready: () => opening.way === 'ask' && this.#send(),
      refused: events.refused,
    })
  }

  #tellLock(): void {
    const report = this.output.start.lockReport
    if (this.#lockTold || report === undefined) return
    this.#lockTold = true
    this.#lockFailure = this.#lock?.told(report)
  }

  #send(): void {
    if (!this.pipe.stdin.writable) return
    this.#sent = true
    this.pipe.stdin.write(this.#text)
  }
}
