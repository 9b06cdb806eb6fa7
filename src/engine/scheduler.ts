import type { Action } from '../model/action.ts'
import type { Failure } from '../model/errors.ts'
import type { StopReason } from '../model/event.ts'
import type { LockNews } from '../model/lock.ts'
import type { NodeResult } from '../model/outcome.ts'
import type { Plan } from '../model/plan.ts'
import type { Program } from '../model/program.ts'
import type { AdmissionLimits } from './admission.ts'
import { Attempts } from './attempts.ts'
import { Dispatch } from './dispatch.ts'
import type { Executor, ExecutorEvents } from './executor.ts'
import { Failures, isHeldAgainst } from './failures.ts'
import { GuardedProgram } from './guarded-program.ts'
import { judgementOf, lostResult, ownResult, settled } from './results.ts'
import { Rollings } from './rolling.ts'
import { RunState } from './state.ts'
import { type Listening, type NodeEnd, Told, unrun } from './told.ts'
import { Turns } from './turns.ts'
import { type Schedule, Waits } from './waits.ts'

export interface SchedulerOptions extends Listening {
  readonly plan: Plan
  readonly program: Program
  readonly limits: AdmissionLimits
  readonly schedule: Schedule
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
  /** Why it was cancelled, as often as it was. */
  readonly cancelledFor = new Set<StopReason>()
  readonly #options: SchedulerOptions
  readonly #program: GuardedProgram
  readonly #dispatch: Dispatch
  readonly #state: RunState
  readonly #rollings: Rollings
  readonly #failures: Failures
  readonly #turns: Turns
  readonly #told: Told
  readonly #attempts: Attempts
  readonly #batchPauses: Waits
  /** What is blocked now is so because the run ends, and not for what it needs. */
  #isStopping = false
  #finished = false
  /** Nothing new starts, cleanup neither. */
  #halted = false

  constructor(options: SchedulerOptions) {
    const { plan, schedule, limits } = options
    this.#options = options
    this.#turns = new Turns(this.#more.bind(this), this.#finishRun.bind(this))
    this.#program = new GuardedProgram(options.program)
    this.#failures = new Failures(plan)
    this.#dispatch = new Dispatch(plan, limits)
    this.#told = new Told(options)
    this.#attempts = new Attempts(schedule)
    this.#batchPauses = new Waits(schedule)
    this.#state = new RunState(plan, {
      ready: node => this.#dispatch.offer(node),
      ended: (node, outcome, cause) => this.#neverRan(node, outcome, cause),
    })
    this.#rollings = new Rollings(plan, this.#state, (rolling, ms, then) =>
      this.#batchPauses.start(rolling, ms, () => this.#turns.take(then)),
    )
  }

  start(executor: Executor): void {
    this.#dispatch.executor = executor
    this.#turns.take(() => this.#state.start())
  }

  /** The first time: nothing new starts and what runs is asked to end. With `now`: it is killed. `why` is told. */
  cancel(reason: 'cancel' | 'now', why: StopReason = 'interrupted'): void {
    this.#turns.take(() => {
      if (this.#finished) return
      this.cancelledFor.add(why)
      this.#endAll(why)
      for (const node of this.#state.running()) this.#dispatch.stop(...this.#at(node), reason)
    })
  }

  /** Nothing new starts; what runs goes on to its end. */
  halt(reason: StopReason): void {
    this.#turns.take(() => this.#finished || this.#endAll(reason))
  }

  #endAll(reason: StopReason): void {
    this.stopped ??= reason
    this.#halted = true
    this.#batchPauses.clear()
    for (const node of this.#attempts.clear()) this.#state.again(node)
    this.#state.cancel()
  }

  connected(via: number, ms: number): void {
    this.#told.connected(via, ms)
  }

  lock(via: number, news: LockNews): void {
    this.#told.lock(via, news)
  }

  unreachable(via: number, failure: Failure): void {
    this.#turns.take(() => {
      this.#dispatch.lose(via, failure)
      this.#told.unreachable(via, failure)
      const isCarried = (node: number) => this.#dispatch.carrierOf(...this.#at(node)) === via
      const cause = this.#state.running(via).find(isCarried) ?? this.#state.running().find(isCarried)
      this.#state.loseHost(via, cause)
      for (const node of this.#attempts.cut(isCarried)) this.#offerAgain(node)
    })
  }

  started(step: number, host: number): void {
    if (this.#attempts.of(this.#node(step, host)) === 1) this.#told.started(step, host)
  }

  output(step: number, host: number, stream: 'stdout' | 'stderr', text: string): Promise<void> | undefined {
    return this.#told.output(step, host, stream, text)
  }

  finished(step: number, host: number, result: NodeResult): void {
    this.#turns.take(() => {
      const node = this.#node(step, host)
      if (!this.#state.isRunning(node)) return
      this.#dispatch.giveBack(node)
      this.#judge(node, this.#dispatch.named(step, host, result))
    })
  }

  /** What could be done now: whatever came in goes first, since a cancel must not be overtaken. */
  #more(): (() => void) | undefined {
    if (this.#rollings.due) return () => this.#rollings.advance()
    const node = this.#dispatch.next(candidate => this.#state.isReady(candidate))
    return node === undefined ? undefined : () => this.#send(node)
  }

  #send(node: number): void {
    const [step, host] = this.#at(node)
    this.#state.run(node)
    const rendered = this.#program.render(step, host)
    switch (rendered.kind) {
      case 'action':
        this.#carryOut(step, host, rendered.action)
        break
      case 'result':
        this.#dispatch.giveBack(node)
        this.#end(node, rendered.result)
        break
      case 'pause':
        this.#dispatch.giveBack(node)
        this.#pause(node, rendered.ms)
    }
  }

  #carryOut(step: number, host: number, action: Action): void {
    const failure = this.#dispatch.failureOf(step, host)
    if (failure !== undefined) {
      this.finished(step, host, lostResult(failure))
      return
    }
    this.#told.sent(step, host, action)
    this.#dispatch.send(step, host, action)
  }

  #pause(node: number, ms: number): void {
    this.#told.started(...this.#at(node))
    const over = { ...ownResult('ok'), durationMs: ms }
    this.#attempts.pause(node, ms, () => this.#turns.take(() => this.#end(node, over)))
  }

  #judge(node: number, result: NodeResult): void {
    const [step, host] = this.#at(node)
    const attempted = { result, attempt: this.#attempts.of(node) }
    const judgement = judgementOf(this.#program, { step, host }, attempted, this.#halted)
    if (judgement.kind === 'stands') this.#end(node, judgement.result)
    else {
      this.#told.retried(step, host, attempted.attempt, judgement.ms, result)
      this.#attempts.again(node, result, judgement, () => this.#turns.take(() => this.#offerAgain(node)))
    }
  }

  #offerAgain(node: number): void {
    this.#state.again(node)
    this.#dispatch.offer(node)
  }

  #end(node: number, given: NodeResult): void {
    const result = settled(given, this.#attempts.unknownOf(node))
    const { outcome, failure } = result
    this.#tellEnd(node, { outcome, result })
    const [step, host] = this.#at(node)
    const isLocked = failure?.code === 'lock_held'
    if (isLocked) this.#dispatch.lose(this.#dispatch.carrierOf(step, host), failure)
    const reason = isLocked ? 'lock' : this.#failures.reasonToStop(step, host, outcome)
    this.#state.end(node, outcome)
    if (reason !== undefined) this.#stop(reason, node)
  }

  /** The first reason stays. */
  #stop(reason: StopReason, cause: number): void {
    if (this.stopped !== undefined) return
    this.stopped = reason
    this.#batchPauses.clear()
    this.#isStopping = true
    this.#rollings.close(cause)
    this.#state.stop(cause)
    this.#isStopping = false
  }

  #neverRan(node: number, outcome: 'blocked' | 'cancelled' | 'skipped', cause: number | undefined): void {
    const first = cause === undefined ? undefined : this.#at(cause)
    this.#tellEnd(node, unrun(outcome, first, this.#isStopping, this.#attempts.unknownOf(node)?.result))
  }

  #tellEnd(node: number, end: NodeEnd): void {
    const [step, host] = this.#at(node)
    this.#attempts.forget(node)
    this.#program.ended(step, host, end.outcome, end.result)
    this.#told.finished(step, host, end)
    this.#rollings.ended(step, host, isHeldAgainst(this.#options.plan, step, end.outcome))
    this.#dispatch.ended(step, host)
  }

  #at(node: number): readonly [step: number, host: number] {
    return [this.#state.stepOf(node), this.#state.hostOf(node)]
  }

  #node(step: number, host: number): number {
    return step * this.#state.hostCount + host
  }

  #finishRun(): void {
    const left = this.#state.remaining
    const comes = this.#dispatch.inFlight + this.#attempts.waiting + this.#batchPauses.size > 0
    if (this.#finished || (left > 0 && comes && this.#program.bug === undefined)) return
    this.#finished = true
    this.#attempts.clear()
    this.#batchPauses.clear()
    const stuck = left === 0 ? undefined : new Error(`no node can start, but ${left} are left`)
    this.#options.done(this.#program.bug ?? stuck)
  }
}
