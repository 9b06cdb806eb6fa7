import { availableParallelism } from 'node:os'
import { extname } from 'node:path'
import type { ExecutorEvents } from '../engine/executor.ts'
import type { Task } from '../model/action.ts'
import type { Connection } from '../model/host.ts'
import type { LockSettings } from '../model/lock.ts'
import type { Plan } from '../model/plan.ts'
import { PoolExecutor } from './pool-executor.ts'
import type { HostKeyQuestion, HostKeySettings } from './protocol.ts'
import { WorkerSlot } from './worker-slot.ts'

/**
 * A worker takes 60 MB and a tenth of a second of CPU before it does anything, and 5 ms of CPU to connect to a host:
 * below so many hosts one is best.
 */
const HOSTS_FOR_A_SECOND = 256
const HOSTS_OF_EACH_FURTHER = 1_000
/** Much longer than anything in a worker keeps its event loop busy. */
const SILENT_MS = 60_000
/** Workers that die are replaced so many times; after that something is wrong with all of them. */
const MOST_RESTARTS = 10

export interface PoolOptions {
  readonly hostKeys: Omit<HostKeySettings, 'canAsk'>
  /** Asks a person whether to trust a key; several questions may come at once. Absent: nobody can be asked. */
  readonly ask?: (about: HostKeyQuestion) => Promise<boolean>
  /** In place of what the connections of hosts say. */
  readonly connecting?: Pick<Connection, 'connectRetries' | 'connectTimeoutMs'>
  /** Worker processes at most; the cores where absent. */
  readonly workers?: number
  /** The module that workers run; tests have their own. */
  readonly entry?: URL
  /** A worker from which nothing is heard for so long is ended; a minute where absent. */
  readonly silentMs?: number
}

export interface AttachOptions {
  /** Absent: hosts are not locked. */
  readonly locks?: LockSettings | undefined
  /** Puts secrets into what is sent. Absent: there are none. */
  readonly reveal?: ((task: Task) => Task) | undefined
  /** Variables of the environment that hold secrets: what workers start does not have them. */
  readonly withheld?: readonly string[] | undefined
}

/** Starts the first worker and returns at once; it gets ready while the plan is being compiled. */
export function startPool(options: PoolOptions): Pool {
  return new Pool(options)
}

/** The worker processes of a run. */
export class Pool {
  readonly #options: PoolOptions
  readonly #most: number
  readonly #slots = new Set<WorkerSlot>()
  #wanted = 1
  #withheld: readonly string[] = []
  #restarts = 0
  #closed = false

  constructor(options: PoolOptions) {
    this.#options = options
    this.#most = Math.max(1, options.workers ?? availableParallelism())
    this.#spawn()
  }

  /** An executor of the plan's nodes; closing it closes the pool. With `locks`, it keeps other runs off the hosts. */
  attach(
    plan: Plan,
    events: ExecutorEvents,
    { locks, reveal, withheld = [] }: AttachOptions = {},
  ): PoolExecutor {
    this.#withhold(withheld)
    this.#wanted = Math.min(this.#most, worthwhileWorkers(plan.hosts.length))
    while (this.#slots.size < this.#wanted) this.#spawn()
    const access = {
      connecting: this.#options.connecting ?? {},
      leastLoaded: () => this.#leastLoaded(),
      close: () => this.close(),
      reveal: reveal ?? (task => task),
    }
    return new PoolExecutor(plan, events, access, locks)
  }

  #withhold(variables: readonly string[]): void {
    this.#withheld = [...new Set([...this.#withheld, ...variables])]
    if (variables.length > 0) for (const slot of this.#slots) slot.send({ kind: 'withhold', variables })
  }

  /** Process ids of the workers that run. */
  get pids(): number[] {
    return [...this.#slots].flatMap(slot => slot.pid ?? [])
  }

  /** Ends all workers, bounded; resolves when they are gone. */
  async close(): Promise<void> {
    this.#closed = true
    await Promise.all([...this.#slots].map(slot => slot.close()))
  }

  /** The worker for the next host; undefined when workers have died too often. */
  #leastLoaded(): WorkerSlot | undefined {
    const alive = [...this.#slots].filter(slot => slot.alive)
    while (alive.length < this.#wanted && this.#restarts < MOST_RESTARTS && !this.#closed) {
      this.#restarts += 1
      alive.push(this.#spawn())
    }
    return alive.reduce<WorkerSlot | undefined>(
      (least, slot) => (least === undefined || slot.load < least.load ? slot : least),
      undefined,
    )
  }

  #spawn(): WorkerSlot {
    const { hostKeys, ask, entry = ENTRY, silentMs = SILENT_MS } = this.#options
    const gone = () => void this.#slots.delete(slot)
    const slot = new WorkerSlot({ entry, silentMs, hostKeys, ask, gone })
    this.#slots.add(slot)
    if (this.#withheld.length > 0) slot.send({ kind: 'withhold', variables: this.#withheld })
    return slot
  }
}

function worthwhileWorkers(hosts: number): number {
  return hosts < HOSTS_FOR_A_SECOND ? 1 : Math.max(2, Math.ceil(hosts / HOSTS_OF_EACH_FURTHER))
}

/** Beside this file, in src/ as in dist/. */
const ENTRY = new URL(`./entry${extname(import.meta.url)}`, import.meta.url)
