import { StringDecoder } from 'node:string_decoder'
import type { Task } from '../model/action.ts'
import type { Failure } from '../model/errors.ts'
import { LIMITS } from '../model/limits.ts'
import { NO_OUTPUT, type NodeResult, type Outcome } from '../model/outcome.ts'
import type { Apply } from '../steps/step.ts'
import type { Exec, Session } from '../transport/transport.ts'
import { type Hold, type HostLink, isSession } from './host-link.ts'
import type { OpenFiles } from './open-files.ts'

export interface NodeRunEvents {
  readonly started: () => void
  /** Pending while output is to be held back. */
  readonly output: (stream: 'stdout' | 'stderr', text: string) => Promise<void> | undefined
}

/** Where a node is carried out. */
export interface NodePlace {
  readonly link: HostLink
  readonly files: OpenFiles
}

/** One node on its way through a worker: connection, step, end. */
export class NodeRun {
  readonly #link: HostLink
  readonly #files: OpenFiles
  readonly #action: Task
  readonly #apply: Apply<Task>
  readonly #events: NodeRunEvents
  readonly #stop = new AbortController()
  /** Commands of the step that run now. */
  readonly #commands = new Set<Exec>()
  readonly #overdue = Promise.withResolvers<NodeResult>()
  readonly #ended = Promise.withResolvers<void>()
  #deadline: NodeJS.Timeout | undefined
  #startedTold = false
  /** The host may have got a command of the step. */
  #sent = false

  constructor(place: NodePlace, action: Task, apply: Apply<Task>, events: NodeRunEvents) {
    this.#link = place.link
    this.#files = place.files
    this.#action = action
    this.#apply = apply
    this.#events = events
  }

  /** Carries the node out. Never rejects: an exception in a step is a bug, and ends the node. */
  async run(): Promise<NodeResult> {
    try {
      return await Promise.race([this.#inItsPlace(), this.#overdue.promise])
    } catch (error) {
      return unapplied(this.#sent ? 'unknown' : 'failed', { code: 'bug', message: String(error) })
    } finally {
      clearTimeout(this.#deadline)
      this.#ended.resolve()
    }
  }

  get ended(): Promise<void> {
    return this.#ended.promise
  }

  /** Asks the step to end; with `now`, its commands are killed. A step that does neither in time is abandoned. */
  stop(reason: 'cancel' | 'now'): void {
    if (reason === 'now') for (const command of this.#commands) command.stop('now')
    this.#stop.abort(reason)
    clearTimeout(this.#deadline)
    const patience = reason === 'now' ? LIMITS.graceMs : LIMITS.graceMs * 3
    this.#deadline = setTimeout(() => this.#overdue.resolve(abandoned()), patience)
  }

  /** Among those that may open files, as long as it is under way. */
  async #inItsPlace(): Promise<NodeResult> {
    if (!(await this.#files.enterNode(this.#stop.signal))) return unapplied('cancelled')
    this.#link.join()
    try {
      return await this.#connectAndApply()
    } finally {
      this.#link.leave()
      this.#files.leaveNode()
    }
  }

  /** A session that breaks before anything was sent is no reason to fail, as long as another may be made. */
  async #connectAndApply(): Promise<NodeResult> {
    for (;;) {
      const session = await this.#sessionUnlessStopped()
      if (session === undefined) return unapplied('cancelled')
      if (!isSession(session)) return unapplied('unreachable', session)
      const hold = this.#reconnects ? this.#link.hold() : undefined
      if (this.#reconnects && hold === undefined) continue
      const result = await this.#applyLocked(session, hold).finally(() => hold?.release())
      if (result.outcome !== 'unreachable') return result
      if (!this.#link.mayConnect) {
        if (result.failure !== undefined) this.#link.giveUp(result.failure)
        return result
      }
      session.end()
      await session.closed
    }
  }

  get #reconnects(): boolean {
    return this.#action.kind === 'run' && this.#action.reconnect === true
  }

  async #sessionUnlessStopped(): Promise<Session | Failure | undefined> {
    const { signal } = this.#stop
    if (signal.aborted) return undefined
    const { promise: stopped, resolve } = Promise.withResolvers<undefined>()
    const onAbort = () => resolve(undefined)
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      return await Promise.race([this.#link.session(), stopped])
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  }

  /** Where another run has the host, nothing of the step runs. */
  async #applyLocked(session: Session, hold: Hold | undefined): Promise<NodeResult> {
    const { locks } = this.#link
    if (locks === undefined) return this.#applyOn(session, hold)
    const { signal } = this.#stop
    const become = 'become' in this.#action ? this.#action.become : undefined
    const result = await locks.during(session, become, signal, locked => this.#applyOn(locked, hold))
    if ('outcome' in result) return result
    return signal.aborted ? unapplied('cancelled') : unapplied('refused', result)
  }

  async #applyOn(session: Session, hold: Hold | undefined): Promise<NodeResult> {
    if (!this.#startedTold) this.#events.started()
    this.#startedTold = true
    const decoders = { stdout: new StringDecoder('utf8'), stderr: new StringDecoder('utf8') }
    const tell = (stream: 'stdout' | 'stderr', text: string) =>
      text === '' ? undefined : this.#events.output(stream, text)
    const relink = async (signal: AbortSignal) => {
      const made = await (hold as Hold).renew(signal)
      return isSession(made) ? this.#watched(made) : made
    }
    const result = await this.#apply(this.#action, {
      host: this.#link.target.host,
      session: this.#watched(session),
      signal: this.#stop.signal,
      output: (stream, chunk) => tell(stream, decoders[stream].write(chunk)),
      ...(hold === undefined ? {} : { relink }),
    })
    void tell('stdout', decoders.stdout.end())
    void tell('stderr', decoders.stderr.end())
    return result
  }

  /** The session, with its commands noted, so that a second cancel reaches them. */
  #watched(session: Session): Session {
    return {
      closed: session.closed,
      end: () => session.end(),
      exec: (request, handlers) => {
        this.#sent = true
        const command = session.exec(request, handlers)
        this.#commands.add(command)
        void command.done.finally(() => this.#commands.delete(command))
        return command
      },
    }
  }
}

/** The result of a node whose step gave none. */
export function unapplied(outcome: Outcome, failure?: Failure): NodeResult {
  const why = failure === undefined ? {} : { failure }
  return { outcome, stdout: NO_OUTPUT, stderr: NO_OUTPUT, durationMs: 0, ...why }
}

function abandoned(): NodeResult {
  const message = 'did not end when it was told to; it may still run'
  return unapplied('unknown', { code: 'interrupted', message })
}
