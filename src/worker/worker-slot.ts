import type { ExecutorEvents } from '../engine/executor.ts'
import { LIMITS } from '../model/limits.ts'
import type { NodeResult } from '../model/outcome.ts'
import { unapplied } from './node-run.ts'
import {
  type FromWorker,
  type HostKeyQuestion,
  type HostKeySettings,
  OUTPUT_WINDOW,
  PROTOCOL_VERSION,
  type ToWorker,
} from './protocol.ts'
import { type WorkerEnd, WorkerProcess } from './worker-process.ts'

/** Output that was taken is told to the worker in such portions. */
const CREDIT_PORTION = OUTPUT_WINDOW / 4

export interface WorkerSlotOptions {
  /** The module that the process runs. */
  readonly entry: URL
  readonly silentMs: number
  readonly hostKeys: Omit<HostKeySettings, 'canAsk'>
  readonly ask: ((about: HostKeyQuestion) => Promise<boolean>) | undefined
  /** Called when the worker has ended, before its nodes are. */
  readonly gone: () => void
}

/** One worker with the hosts and nodes that it has, so that nothing of them is lost when it dies. */
export class WorkerSlot {
  /** Hosts that stick to this worker. */
  readonly hosts = new Set<number>()
  readonly #process: WorkerProcess
  readonly #ask: WorkerSlotOptions['ask']
  readonly #nodes = new Map<string, { readonly step: number; readonly host: number }>()
  readonly #stopped = new Set<string>()
  #events: ExecutorEvents | undefined
  #taken = 0
  #overdue: NodeJS.Timeout | undefined

  constructor(options: WorkerSlotOptions) {
    const { entry, silentMs, hostKeys } = options
    this.#ask = options.ask
    this.#process = new WorkerProcess(entry, silentMs, {
      received: batch => {
        for (const message of batch) this.#take(message)
      },
      ended: end => {
        clearTimeout(this.#overdue)
        options.gone()
        if (end.started) this.#endNodes(end)
        else this.#failUnsent(end)
      },
    })
    this.send({
      kind: 'init',
      version: PROTOCOL_VERSION,
      hostKeys: { ...hostKeys, canAsk: this.#ask !== undefined },
    })
  }

  get pid(): number | undefined {
    return this.#process.pid
  }

  /** Nodes sent to it now have a chance to be carried out. */
  get alive(): boolean {
    return this.#process.running
  }

  get load(): number {
    return this.hosts.size
  }

  send(message: ToWorker): void {
    this.#process.send(message)
  }

  start(node: Extract<ToWorker, { kind: 'start' }>, events: ExecutorEvents): void {
    this.#events = events
    this.#nodes.set(keyOf(node), { step: node.step, host: node.host })
    this.send(node)
  }

  /** A worker that does not even answer is ended itself. */
  stop(node: Extract<ToWorker, { kind: 'stop' }>): void {
    if (!this.#nodes.has(keyOf(node))) return
    this.#stopped.add(keyOf(node))
    this.send(node)
    clearTimeout(this.#overdue)
    const patience = node.reason === 'now' ? LIMITS.graceMs * 2 : LIMITS.graceMs * 4
    this.#overdue = setTimeout(() => this.#stopped.size > 0 && this.#process.kill(), patience)
  }

  /** Ends the worker; one that never had a node is not even asked, since it may still be starting. */
  close(): Promise<void> {
    if (this.#events === undefined) this.#process.kill()
    return this.#process.close()
  }

  #take(message: FromWorker): void {
    switch (message.kind) {
      case 'alive':
        break
      case 'connected':
        this.#events?.connected(message.host, message.ms)
        break
      case 'unreachable':
        this.#events?.unreachable(message.host, message.failure)
        break
      case 'lock':
        this.#events?.lock(message.host, message.news)
        break
      case 'started':
        this.#events?.started(message.step, message.host)
        break
      case 'output':
        this.#takeOutput(message)
        break
      case 'finished':
        this.#finish(message.step, message.host, message.result)
        break
      case 'question':
        void this.#answer(message.question, message.about)
        break
      default:
        throw new Error(`unknown message from a worker: ${kindOf(message)}`)
    }
  }

  #takeOutput({ step, host, stream, text }: Extract<FromWorker, { kind: 'output' }>): void {
    const held = this.#events?.output(step, host, stream, text)
    const size = text.length + LIMITS.outputOverhead
    if (held === undefined) this.#credit(size)
    else void held.then(() => this.#credit(size))
  }

  #credit(size: number): void {
    this.#taken += size
    if (this.#taken < CREDIT_PORTION) return
    this.send({ kind: 'credit', size: this.#taken })
    this.#taken = 0
  }

  #finish(step: number, host: number, result: NodeResult): void {
    const key = keyOf({ step, host })
    if (!this.#nodes.delete(key)) return
    this.#stopped.delete(key)
    if (this.#stopped.size === 0) clearTimeout(this.#overdue)
    this.#events?.finished(step, host, result)
  }

  async #answer(question: number, about: HostKeyQuestion): Promise<void> {
    const accepted = await this.#ask?.(about).catch(() => false)
    this.send({ kind: 'answer', question, accepted: accepted ?? false })
  }

  #failUnsent({ how }: WorkerEnd): void {
    const message = `no worker process can be started (${how}); this node was not sent`
    const hint = how.includes('EMFILE') ? { hint: 'raise the limit of open files with ulimit -n' } : {}
    for (const { step, host } of [...this.#nodes.values()]) {
      this.#finish(step, host, unapplied('failed', { code: 'worker_died', message, ...hint }))
    }
  }

  #endNodes(end: WorkerEnd): void {
    const message = `the worker process of this host ended unexpectedly (${end.how})`
    const failure = end.bug
      ? ({ code: 'bug', message: withText(message, end.stderr) } as const)
      : ({ code: 'worker_died', message } as const)
    for (const { step, host } of [...this.#nodes.values()]) {
      this.#finish(step, host, unapplied('unknown', failure))
    }
  }
}

function keyOf({ step, host }: { readonly step: number; readonly host: number }): string {
  return `${step}@${host}`
}

function withText(message: string, stderr: string): string {
  return stderr === '' ? message : `${message}\n${stderr}`
}

/** Only the kind: a message may hold secrets. */
function kindOf(message: never): string {
  return String((message as { readonly kind?: unknown }).kind)
}
