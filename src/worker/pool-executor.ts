import type { Executor, ExecutorEvents } from '../engine/executor.ts'
import type { Task } from '../model/action.ts'
import type { Connection, Host } from '../model/host.ts'
import type { LockSettings } from '../model/lock.ts'
import type { Plan } from '../model/plan.ts'
import { unapplied } from './node-run.ts'
import { toWire } from './protocol.ts'
import type { WorkerSlot } from './worker-slot.ts'

export interface PoolAccess {
  /** In place of what the connections of hosts say. */
  readonly connecting: Partial<Connection>
  readonly leastLoaded: () => WorkerSlot | undefined
  readonly close: () => Promise<void>
  /** Puts secrets into what is sent. */
  readonly reveal: (task: Task) => Task
}

/** Gives each host to a worker when its first node comes; it stays there as long as the worker lives. */
export class PoolExecutor implements Executor {
  readonly #hosts: readonly Host[]
  /** Hosts of which some step is a target's own, not only carried out there for others. */
  readonly #targets: ReadonlySet<number>
  readonly #events: ExecutorEvents
  readonly #pool: PoolAccess
  readonly #locks: LockSettings | undefined
  readonly #slotOf = new Map<number, WorkerSlot>()

  constructor({ hosts, steps }: Plan, events: ExecutorEvents, pool: PoolAccess, locks?: LockSettings) {
    this.#hosts = hosts
    this.#targets = new Set(steps.flatMap(({ targets }) => [...targets]))
    this.#events = events
    this.#pool = pool
    this.#locks = locks
  }

  start(step: number, host: number, action: Task, via: number): void {
    const slot = this.#slot(via)
    if (slot !== undefined) {
      slot.start({ kind: 'start', step, host, via, action: this.#pool.reveal(action) }, this.#events)
      return
    }
    const message = 'worker processes end again and again; this node was not sent'
    this.#events.finished(step, host, unapplied('failed', { code: 'worker_died', message }))
  }

  stop(step: number, host: number, reason: 'cancel' | 'now', via: number): void {
    this.#slotOf.get(via)?.stop({ kind: 'stop', step, host, via, reason })
  }

  release(host: number): void {
    const slot = this.#slotOf.get(host)
    slot?.send({ kind: 'release', host })
    slot?.hosts.delete(host)
    this.#slotOf.delete(host)
  }

  close(): Promise<void> {
    return this.#pool.close()
  }

  #slot(host: number): WorkerSlot | undefined {
    const known = this.#slotOf.get(host)
    if (known?.alive) return known
    const slot = this.#pool.leastLoaded()
    const { name, connection } = this.#hosts[host] as Host
    if (slot === undefined) return undefined
    slot.hosts.add(host)
    this.#slotOf.set(host, slot)
    const locks = this.#locksFor(host)
    const reached = toWire(patiently(connection, this.#pool.connecting))
    slot.send({ kind: 'host', host, name, connection: reached, ...(locks && { locks }) })
    return slot
  }

  /** Runs that only have something done for their hosts on this machine, as telling a load balancer, do not meet here. */
  #locksFor(host: number): LockSettings | undefined {
    const isApart = !this.#targets.has(host) && this.#hosts[host]?.connection.transport === 'local'
    return isApart ? undefined : this.#locks
  }
}

/** What the command line says of patience holds for every machine on the way. */
function patiently(connection: Connection, connecting: Partial<Connection>): Connection {
  const { ssh } = connection
  const jumps = ssh?.jumps?.map(hop => ({ ...hop, ...connecting }))
  return { ...connection, ...connecting, ...(jumps === undefined ? {} : { ssh: { ...ssh, jumps } }) }
}
