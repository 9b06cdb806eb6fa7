import type { Action } from '../model/action.ts'
import type { Failure } from '../model/errors.ts'
import type { RunEvent } from '../model/event.ts'
import { NO_OUTPUT, type NodeResult, type Outcome, satisfies } from '../model/outcome.ts'
import type { Plan } from '../model/plan.ts'
import { Admission, type AdmissionLimits } from './admission.ts'
import type { Executor, ExecutorEvents, RenderAction } from './executor.ts'
import { RunState } from './state.ts'

export type StopReason = 'interrupted' | 'on_failure' | 'max_failures'

export interface SchedulerOptions {
  readonly plan: Plan
  readonly render: RenderAction
  readonly limits: AdmissionLimits
  /** Milliseconds since the epoch. */
  readonly clock: () => number
  readonly emit: (event: RunEvent) => void
  /** Pending while output must be held back. */
  readonly drained: () => Promise<void> | undefined
  /** Called once, when the last node has ended; with an error if the run can't go on, which is a bug. */
  readonly done: (bug?: Error) => void
}

/**
 * Sends ready nodes to the executor as far as permits allow, and tells what happens as events. Whatever comes in is
 * taken one at a time, in order: an executor that answers from within `start`, and a listener that cancels, are safe.
 */
export class Scheduler implements ExecutorEvents {
  /** The first reason for which the run stopped early. */
  stopped: StopReason | undefined
  interrupted = false
  readonly #options: SchedulerOptions
  readonly #state: RunState
  readonly #admission: Admission
  readonly #badHosts = new Set<number>()
  readonly #turns: (() => void)[] = []
  #executor: Executor | undefined
  #busy = false
  #inFlight = 0
  #finished = false

  constructor(options: SchedulerOptions) {
    this.#options = options
    this.#admission = new Admission(options.plan, options.limits)
    this.#state = new RunState(options.plan, {
      ready: node => this.#admission.offer(node),
      ended: (node, outcome, cause) => this.#neverRan(node, outcome, cause),
    })
  }

  start(executor: Executor): void {
    this.#executor = executor
    this.#turn(() => this.#state.start())
  }

  /** The first time: nothing new starts and what runs is asked to end. With `now`: it is killed. */
  cancel(reason: 'cancel' | 'now'): void {
    this.#turn(() => {
      if (this.#finished) return
      this.interrupted = true
      this.#stop('interrupted', undefined)
      for (let host = 0; host < this.#state.hostCount; host += 1) {
        if (!this.#admission.isUnderWay(host)) continue
        for (const node of this.#state.runningOn(host)) {
          this.#executor?.stop(this.#state.stepOf(node), host, reason)
        }
      }
    })
  }

  connected(host: number, ms: number): void {
    this.#options.emit({ kind: 'host_connected', at: this.#options.clock(), host, ms })
  }

  unreachable(host: number, failure: Failure): void {
    this.#turn(() => {
      this.#options.emit({ kind: 'host_unreachable', at: this.#options.clock(), host, failure })
      this.#state.loseHost(host, this.#state.runningOn(host)[0])
    })
  }

  started(step: number, host: number): void {
    this.#options.emit({ kind: 'node_started', at: this.#options.clock(), step, host })
  }

  output(step: number, host: number, stream: 'stdout' | 'stderr', text: string): Promise<void> | undefined {
    this.#options.emit({ kind: 'node_output', at: this.#options.clock(), step, host, stream, text })
    return this.#options.drained()
  }

  finished(step: number, host: number, result: NodeResult): void {
    this.#turn(() => {
      const node = step * this.#state.hostCount + host
      if (!this.#state.isRunning(node)) return
      this.#inFlight -= 1
      this.#admission.giveBack(node)
      this.#end(node, result)
    })
  }

  /** Takes one thing that came in, then sends what has become possible; never from within another turn. */
  #turn(change: () => void): void {
    this.#turns.push(change)
    if (this.#busy) return
    this.#busy = true
    try {
      for (let next = this.#next(); next !== undefined; next = this.#next()) next()
    } finally {
      this.#busy = false
    }
    this.#finishRun()
  }

  /** What came in goes before what could be sent: a cancel must not be overtaken. */
  #next(): (() => void) | undefined {
    const turn = this.#turns.shift()
    if (turn !== undefined) return turn
    const node = this.#admission.next(candidate => this.#state.isReady(candidate))
    return node === undefined ? undefined : () => this.#send(node)
  }

  #send(node: number): void {
    const step = this.#state.stepOf(node)
    const host = this.#state.hostOf(node)
    this.#state.run(node)
    this.#inFlight += 1
    const action = this.#render(step, host)
    if ('code' in action) this.finished(step, host, notRun(action))
    else this.#executor?.start(step, host, action)
  }

  #render(step: number, host: number): Action | Failure {
    try {
      return this.#options.render(step, host)
    } catch (error) {
      return { code: 'bug', message: `rendering the action failed: ${String(error)}` }
    }
  }

  #end(node: number, result: NodeResult): void {
    const { outcome } = result
    const step = this.#state.stepOf(node)
    const host = this.#state.hostOf(node)
    this.#options.emit({ kind: 'node_finished', at: this.#options.clock(), step, host, outcome, result })
    const reason = satisfies(outcome) ? undefined : this.#reasonToStop(step, host, outcome)
    if (reason !== undefined) this.#stop(reason, node)
    this.#state.end(node, outcome)
    this.#releaseIfDone(host)
  }

  /** SEMANTICS: "Failure". What a step with `on_failure: continue` does wrong is not held against the playbook. */
  #reasonToStop(step: number, host: number, outcome: Outcome): StopReason | undefined {
    const { plan } = this.#options
    const onFailure = plan.steps[step]?.onFailure
    if (outcome === 'cancelled') return undefined
    if (onFailure === 'stop') return 'on_failure'
    if (onFailure === 'continue' && outcome !== 'unreachable') return undefined
    this.#badHosts.add(host)
    const tooMany = plan.maxFailures !== undefined && this.#badHosts.size > plan.maxFailures
    return tooMany ? 'max_failures' : undefined
  }

  /** The first reason stays. */
  #stop(reason: StopReason, cause: number | undefined): void {
    if (this.stopped !== undefined) return
    this.stopped = reason
    this.#state.stop(reason === 'interrupted' ? 'cancelled' : 'blocked', cause)
  }

  #neverRan(node: number, outcome: 'blocked' | 'cancelled', cause: number | undefined): void {
    const step = this.#state.stepOf(node)
    const host = this.#state.hostOf(node)
    const first =
      cause === undefined
        ? {}
        : { cause: { step: this.#state.stepOf(cause), host: this.#state.hostOf(cause) } }
    this.#options.emit({ kind: 'node_finished', at: this.#options.clock(), step, host, outcome, ...first })
    this.#releaseIfDone(host)
  }

  #releaseIfDone(host: number): void {
    if (this.#state.remainingOn(host) > 0 || !this.#admission.isUnderWay(host)) return
    this.#admission.close(host)
    this.#executor?.release(host)
  }

  #finishRun(): void {
    const left = this.#state.remaining
    if (this.#finished || (left > 0 && this.#inFlight > 0)) return
    this.#finished = true
    this.#options.done(left === 0 ? undefined : new Error(`no node can start, but ${left} are left`))
  }
}

function notRun(failure: Failure): NodeResult {
  return { outcome: 'failed', stdout: NO_OUTPUT, stderr: NO_OUTPUT, failure, durationMs: 0 }
}
