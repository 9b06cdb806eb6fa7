import { randomBytes } from 'node:crypto'
import type { Client, ClientChannel } from 'ssh2'
import type { Failure } from '../../model/errors.ts'
import type { Connection } from '../../model/host.ts'
import { LIMITS } from '../../model/limits.ts'
import type { NotStarted } from '../attempt.ts'
import { Becoming } from '../become/becoming.ts'
import { becomeCommand } from '../become/command.ts'
import { killRequest, SILENT } from '../become/kill.ts'
import { notStarted, oneLine } from '../shell-failure.ts'
import type { Exec, ExecHandlers, ExecRequest, Session } from '../transport.ts'
import { type Carrier, WrappedExec } from '../wrapped-exec.ts'
import { type GroupMode, type Manner, unsendable, wrapperCommand } from '../wrapper.ts'
import { boundChannel, createLinkGate, type LinkGate, tooSmall } from './channel-bounds.ts'
import { channelRefused, NO_STATUS, type RefusedError } from './channel-failures.ts'
import { pipeOf } from './channel-pipe.ts'
import { ChannelSlots } from './channel-slots.ts'
import { linkLost } from './failures.ts'
import { watchLink } from './keepalive.ts'
import type { Link } from './link.ts'
import { answers } from './sign-of-life.ts'

/**
 * After a channel was refused though no other is open, since the server may not have finished closing the one before.
 * A channel that closes instead of taking a command is tried anew twice.
 */
const RETRY_MS = [20, 100, 500, 2000]

/** How to end the process group of a step whose input the watchdog cannot read; digits only, so for any shell. */
function killCommand(pid: number, now: boolean, mode: GroupMode): string {
  return `exec /bin/sh -c 'kill -s ${now ? 'KILL' : 'TERM'} -- ${mode === 'none' ? '' : '-'}${pid}'`
}

/** A logged-in client: its channels, and the steps that wait for one. */
export class SshSession implements Session {
  readonly closed: Promise<Failure>
  readonly #client: Client
  readonly #link: Link
  readonly #gate: LinkGate
  readonly #slots: ChannelSlots
  readonly #waiting: WrappedExec[] = []
  readonly #running = new Set<WrappedExec>()
  readonly #heartbeat: NodeJS.Timeout
  /** No step knows it before it starts, so nothing that a login shell writes can look like it. */
  readonly #mark = randomBytes(8).toString('hex')
  /** As found out by the first steps: a login shell does the same each time. */
  #manner: Manner = { group: 'own', stderrMarked: true }
  readonly #becoming: Becoming
  #lost: Failure | undefined

  /** @param link what the client runs over */
  constructor(client: Client, link: Link, connection: Connection) {
    const { promise, resolve } = Promise.withResolvers<Failure>()
    this.closed = promise
    this.#client = client
    this.#link = link
    this.#gate = createLinkGate(client, link.stream)
    this.#becoming = new Becoming(connection.user, connection.become?.password)
    this.#slots = new ChannelSlots(softwareOf(client))
    let last: Error | undefined
    const broken = (error: Error) => {
      last ??= error
      this.#cut()
    }
    client.on('error', broken)
    const stopWatching = watchLink(client, link.stream, broken)
    client.on('close', () => {
      stopWatching()
      clearInterval(this.#heartbeat)
      link.cut()
      const failure = linkLost(connection, last)
      this.#loseLink(failure)
      resolve(failure)
    })
    this.#heartbeat = setInterval(() => {
      for (const exec of this.#running) exec.beat()
    }, LIMITS.heartbeatMs)
  }

  exec(request: ExecRequest, handlers: ExecHandlers): Exec {
    const exec = new WrappedExec(request, handlers, this.#carrier)
    const reason = unsendable(request)
    if (reason !== undefined) exec.unsent({ code: 'step_render', message: reason })
    else this.#becoming.inTurn(request.become, exec.done, () => this.#begun(exec))
    return exec
  }

  end(): void {
    this.#client.end()
    // A host that does not close its side is not waited for.
    setTimeout(() => this.#cut(), LIMITS.drainMs).unref()
  }

  #cut(): void {
    this.#client.destroy()
    this.#link.cut()
  }

  readonly #carrier: Carrier = {
    retry: (exec, attempt) => this.#retry(exec, attempt),
    kill: (exec, pid, now) => this.#kill(exec, pid, now),
    answers: () => answers(this.#client),
    settled: (exec, stderrQuiet) => {
      this.#running.delete(exec)
      if (stderrQuiet) this.#manner = { ...this.#manner, stderrMarked: false }
    },
  }

  #begun(exec: WrappedExec): void {
    const refused = this.#becoming.unsendable(exec.become)
    if (refused === undefined) this.#enqueue(exec)
    else exec.unsent(refused)
  }

  #enqueue(exec: WrappedExec): void {
    if (this.#lost !== undefined) exec.unsent(this.#lost)
    else {
      this.#waiting.push(exec)
      this.#advance()
    }
  }

  #advance(): void {
    while (this.#waiting.length > 0 && this.#slots.take()) {
      const exec = this.#waiting.shift()
      if (exec === undefined || exec.settled) this.#slots.release()
      else this.#open(exec, error => this.#refused(exec, 0, error))
    }
  }

  #open(exec: WrappedExec, refused: (error: RefusedError | undefined) => void): void {
    const become = this.#becoming.opening(exec.become)
    const manner: Manner = become === undefined ? this.#manner : { stderrMarked: true, ...become }
    const command = become === undefined ? wrapperCommand(manner.group) : becomeCommand(become.opening)
    this.#request(command, (error, channel) => {
      if (channel === undefined) refused(error)
      else this.#begin(exec, channel, manner)
    })
  }

  /** ssh2 throws where there is no connection any more, and calls back with an error where it breaks meanwhile. */
  #request(command: string, then: (error: RefusedError | undefined, channel?: ClientChannel) => void): void {
    try {
      this.#client.exec(command, (error, channel) => {
        const unfit = error ?? tooSmall(channel)
        if (unfit === undefined) boundChannel(channel, this.#gate)
        else channel?.close()
        then(unfit, unfit === undefined ? channel : undefined)
      })
    } catch (error) {
      then(error as Error)
    }
  }

  #begin(exec: WrappedExec, channel: ClientChannel, manner: Manner): void {
    channel.on('error', () => {})
    const free = () => {
      this.#slots.release()
      this.#advance()
    }
    if (exec.settled) {
      channel.once('close', free).resume()
      channel.close()
      return
    }
    this.#running.add(exec)
    const events = exec.attach(pipeOf(channel), this.#mark, manner)
    setTimeout(() => exec.beat(), LIMITS.firstBeatMs).unref()
    channel.once('exit', (code: number | null, signal?: string) =>
      events.exited(
        code === null ? { kind: 'signal', signal: oneLine(signal ?? 'unknown') } : { kind: 'exit', code },
      ),
    )
    channel.once('close', () => {
      events.closed(this.#lost ?? NO_STATUS)
      free()
    })
  }

  /** Nothing was sent yet, so nothing has run, and another attempt does no harm. */
  #refused(exec: WrappedExec, refusals: number, error: RefusedError | undefined): void {
    const byLimit = typeof error?.reason === 'number'
    const wait = byLimit ? RETRY_MS[refusals] : RETRY_MS.slice(0, 2)[refusals]
    const alone = !this.#slots.refused(byLimit)
    if (this.#lost !== undefined) exec.unsent(this.#lost)
    else if (byLimit && !alone) this.#waiting.unshift(exec)
    else if (wait !== undefined) setTimeout(() => this.#reopen(exec, refusals + 1), wait)
    else exec.unsent(channelRefused(error))
    this.#advance()
  }

  #reopen(exec: WrappedExec, refusals: number): void {
    if (this.#lost !== undefined) exec.unsent(this.#lost)
    else if (this.#slots.take()) this.#open(exec, error => this.#refused(exec, refusals, error))
    else this.#waiting.unshift(exec)
  }

  /** The wrapper did not come up. Without a process group of its own, it is tried with one, then with none. */
  #retry(exec: WrappedExec, attempt: NotStarted): Failure | 'again' {
    this.#running.delete(exec)
    if (attempt.opening !== undefined) {
      const failure = this.#becoming.retry(attempt.opening, attempt)
      if (failure !== 'again') return failure
    } else if (attempt.ungrouped) {
      if (this.#manner.group === 'own') this.#manner = { ...this.#manner, group: 'setsid' }
    } else if (attempt.group === 'setsid') {
      this.#manner = { ...this.#manner, group: 'none' }
    } else return notStarted(attempt)
    this.#enqueue(exec)
    return 'again'
  }

  /** Through a second channel; where there is none to be had, the step at least loses its own. */
  #kill(exec: WrappedExec, pid: number, now: boolean): void {
    if (this.#becoming.needed(exec.become)) this.#killAs(exec, pid, now)
    else this.#killAsLogin(exec, pid, now)
  }

  #killAsLogin(exec: WrappedExec, pid: number, now: boolean): void {
    this.#request(killCommand(pid, now, this.#manner.group), (_error, channel) => {
      if (channel === undefined) return exec.abandon()
      channel.on('error', () => {})
      channel.resume()
      channel.stderr.resume()
    })
  }

  /** Only the user that the step became may end its processes. */
  #killAs(exec: WrappedExec, pid: number, now: boolean): void {
    const killer = new WrappedExec(killRequest(pid, now, exec.become), SILENT, this.#carrier)
    void killer.done.then(end => end.kind !== 'exit' && exec.abandon())
    void exec.done.then(() => killer.stop('now'))
    this.#slots.takeExtra()
    this.#open(killer, error => {
      this.#slots.release()
      killer.unsent(channelRefused(error))
    })
  }

  #loseLink(failure: Failure): void {
    this.#lost = failure
    for (const exec of this.#waiting.splice(0)) exec.unsent(failure)
  }
}

/** What the server calls itself; ssh2 keeps it to itself, where its version is pinned and a test asks for it. */
function softwareOf(client: Client): string {
  return (client as unknown as { readonly _remoteVer?: string })._remoteVer ?? ''
}
