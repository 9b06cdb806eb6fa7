import type { Task } from '../model/action.ts'
import { LIMITS } from '../model/limits.ts'
import type { LockNews } from '../model/lock.ts'
import type { NodeResult } from '../model/outcome.ts'
import type { Apply } from '../steps/step.ts'
import type { Transport } from '../transport/transport.ts'
import type { FileBudget } from './file-limit.ts'
import { HostLink } from './host-link.ts'
import { HostLocks } from './host-locks.ts'
import { NodeRun } from './node-run.ts'
import { OpenFiles } from './open-files.ts'
import { Outbox } from './outbox.ts'
import { OutputBox } from './output-box.ts'
import {
  type FromWorker,
  fromWire,
  type HostKeyQuestion,
  type HostKeySettings,
  PROTOCOL_VERSION,
  type ToWorker,
} from './protocol.ts'

export type Transports = Readonly<Record<'ssh' | 'local', Transport>>
export type AskAboutHostKey = (about: HostKeyQuestion) => Promise<boolean>

export interface ChildOptions {
  readonly send: (batch: FromWorker[]) => void
  /** Called when the controller wants the process to end, with everything closed and sent. */
  readonly closed: () => void
  readonly createTransports: (settings: HostKeySettings, ask: AskAboutHostKey) => Transports
  readonly apply: Apply<Task>
  /** Takes variables out of the environment of what is started from now on. */
  readonly withhold: (variables: readonly string[]) => void
  /** What the process may have open. */
  readonly files: FileBudget
}

interface HostState {
  readonly link: HostLink
  /** Those that it carries out, of other hosts too, by `step@host`. */
  readonly nodes: Map<string, NodeRun>
}

/** A worker's side of the protocol: it does what it is told and knows nothing of plans. */
export class Child {
  readonly #options: ChildOptions
  readonly #outbox: Outbox<FromWorker>
  readonly #output: OutputBox
  readonly #hosts = new Map<number, HostState>()
  readonly #questions = new Map<number, (accepted: boolean) => void>()
  readonly #files: OpenFiles
  /** Hosts that are being given back. */
  readonly #releasing = new Set<Promise<void>>()
  #transports: Transports | undefined
  #asked = 0

  constructor(options: ChildOptions) {
    this.#options = options
    this.#outbox = new Outbox(options.send)
    this.#output = new OutputBox(this.#outbox)
    this.#files = new OpenFiles(options.files)
  }

  /** Throws on what the protocol does not know: that is a bug, and ends the worker. */
  receive(batch: readonly ToWorker[]): void {
    for (const message of batch) this.#take(message)
  }

  #take(message: ToWorker): void {
    switch (message.kind) {
      case 'init':
        this.#init(message.version, message.hostKeys)
        break
      case 'withhold':
        this.#options.withhold(message.variables)
        break
      case 'host':
        this.#addHost(message)
        break
      case 'start':
        this.#start(message)
        break
      case 'stop':
        this.#hosts.get(message.via)?.nodes.get(keyOf(message))?.stop(message.reason)
        break
      case 'release':
        this.#release(message.host)
        break
      case 'answer':
        this.#answer(message.question, message.accepted)
        break
      case 'credit':
        this.#output.taken(message.size)
        break
      case 'close':
        void this.#close()
        break
      default:
        throw new Error(`unknown message to a worker: ${kindOf(message)}`)
    }
  }

  #init(version: number, settings: HostKeySettings): void {
    if (version !== PROTOCOL_VERSION) {
      throw new Error(`drover was upgraded during the run: protocol ${version}, worker ${PROTOCOL_VERSION}`)
    }
    this.#transports = this.#options.createTransports(settings, about => this.#ask(about))
  }

  #addHost({ host, name, connection, locks }: Extract<ToWorker, { kind: 'host' }>): void {
    if (this.#transports === undefined) throw new Error('a worker was given a host before init')
    const target = { host: name, connection: fromWire(connection) }
    const tell = (news: LockNews) => this.#outbox.pushLazy({ kind: 'lock', host, news }, 0)
    const link = new HostLink(
      target,
      this.#transports[connection.transport],
      {
        connected: ms => this.#outbox.pushLazy({ kind: 'connected', host, ms }, 0),
        unreachable: failure => this.#outbox.pushUrgent({ kind: 'unreachable', host, failure }),
      },
      { files: this.#files, random: Math.random },
      locks && new HostLocks(locks, target, tell),
    )
    this.#hosts.set(host, { link, nodes: new Map() })
  }

  #start({ step, host, via, action }: Extract<ToWorker, { kind: 'start' }>): void {
    const state = this.#hosts.get(via)
    if (state === undefined) throw new Error(`a worker was given a node of unknown host ${via}`)
    const key = keyOf({ step, host })
    const node = new NodeRun({ link: state.link, files: this.#files }, action, this.#options.apply, {
      started: () => this.#outbox.pushLazy({ kind: 'started', step, host }, 0),
      output: (stream, text) => {
        if (state.nodes.get(key) !== node) return undefined
        return this.#output.push(key, { kind: 'output', step, host, stream, text })
      },
    })
    state.nodes.set(key, node)
    void node.run().then(result => this.#finish(state, step, host, result))
  }

  #finish(state: HostState, step: number, host: number, result: NodeResult): void {
    state.nodes.delete(keyOf({ step, host }))
    this.#output.end(keyOf({ step, host }))
    this.#outbox.pushUrgent({ kind: 'finished', step, host, result })
  }

  #release(host: number): void {
    const closed = this.#hosts.get(host)?.link.close()
    this.#hosts.delete(host)
    if (closed === undefined) return
    this.#releasing.add(closed)
    void closed.finally(() => this.#releasing.delete(closed))
  }

  #ask(about: HostKeyQuestion): Promise<boolean> {
    const question = this.#asked
    this.#asked += 1
    this.#outbox.pushUrgent({ kind: 'question', question, about })
    return new Promise(resolve => this.#questions.set(question, resolve))
  }

  #answer(question: number, accepted: boolean): void {
    this.#questions.get(question)?.(accepted)
    this.#questions.delete(question)
  }

  /**
   * The controller is gone: ends what runs, as it would have, and gives every host back. Resolves within the grace time
   * and what a release may take.
   */
  async abandon(): Promise<void> {
    const nodes = [...this.#hosts.values()].flatMap(({ nodes }) => [...nodes.values()])
    for (const node of nodes) node.stop('cancel')
    const { promise: late, resolve } = Promise.withResolvers<void>()
    setTimeout(resolve, LIMITS.graceMs)
    await Promise.race([Promise.all(nodes.map(node => node.ended)), late])
    await this.#releaseAll()
  }

  async #close(): Promise<void> {
    await this.#releaseAll()
    this.#outbox.flush()
    this.#options.closed()
  }

  async #releaseAll(): Promise<void> {
    for (const host of [...this.#hosts.keys()]) this.#release(host)
    await Promise.all(this.#releasing)
  }
}

function keyOf({ step, host }: { readonly step: number; readonly host: number }): string {
  return `${step}@${host}`
}

/** Only the kind: a message may hold secrets. */
function kindOf(message: never): string {
  return String((message as { readonly kind?: unknown }).kind)
}
