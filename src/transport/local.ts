import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import type { Failure } from '../model/errors.ts'
import type { Secret } from '../model/secret.ts'
import { accountName, loginFolder } from './account.ts'
import type { NotStarted } from './attempt.ts'
import { Becoming } from './become/becoming.ts'
import { becomeArgv } from './become/command.ts'
import { killRequest, SILENT } from './become/kill.ts'
import type { Pipe } from './pipe.ts'
import { notStarted } from './shell-failure.ts'
import type { Exec, ExecHandlers, ExecRequest, Session, Transport } from './transport.ts'
import { type Carrier, WrappedExec } from './wrapped-exec.ts'
import { type Manner, unsendable, WRAPPER_ARGV } from './wrapper.ts'

/** The controller's own machine as a host: the same wrapper, started in the home folder like a login is. */
export function createLocalTransport(): Transport {
  return { connect: ({ connection }) => Promise.resolve(new LocalSession(connection?.become?.password)) }
}

/** A detached process leads its own group, and without a login shell there is no noise. */
const DIRECT: Manner = { group: 'own', stderrMarked: false }

const ENDED: Failure = { code: 'link_lost', message: 'the session was ended' }

class LocalSession implements Session {
  readonly closed: Promise<Failure>
  readonly #close: (failure: Failure) => void
  readonly #running = new Map<WrappedExec, () => void>()
  readonly #becoming: Becoming
  #ended = false

  constructor(becomePassword: Secret | undefined) {
    const { promise, resolve } = Promise.withResolvers<Failure>()
    this.closed = promise
    this.#close = resolve
    this.#becoming = new Becoming(accountName(process.env), becomePassword)
  }

  exec(request: ExecRequest, handlers: ExecHandlers): Exec {
    const exec = new WrappedExec(request, handlers, this.#carrier)
    const reason = unsendable(request)
    if (this.#ended) exec.unsent(ENDED)
    else if (reason !== undefined) exec.unsent({ code: 'step_render', message: reason })
    else this.#becoming.inTurn(request.become, exec.done, () => this.#begin(exec))
    return exec
  }

  end(): void {
    this.#ended = true
    for (const end of this.#running.values()) end()
    this.#close(ENDED)
  }

  readonly #carrier: Carrier = {
    retry: (exec, attempt) => this.#retry(exec, attempt),
    kill: (exec, pid, now) => this.#kill(exec, pid, now),
    answers: () => Promise.resolve(true),
    settled: exec => this.#running.delete(exec),
  }

  #begin(exec: WrappedExec): void {
    const refused = this.#ended ? ENDED : this.#becoming.unsendable(exec.become)
    if (refused !== undefined) exec.unsent(refused)
    else if (!exec.settled) this.#start(exec)
  }

  #start(exec: WrappedExec): void {
    const become = this.#becoming.opening(exec.become)
    const [shell, ...args] = become === undefined ? WRAPPER_ARGV : becomeArgv(become.opening)
    const manner: Manner = become === undefined ? DIRECT : { stderrMarked: true, ...become }
    const child = spawn(shell, args, { cwd: loginFolder(), detached: true, stdio: 'pipe' })
    child.stdin.on('error', () => {})
    child.on('error', error =>
      exec.unsent({ code: 'remote_shell', message: `cannot start ${shell}: ${error.message}` }),
    )
    if (child.pid === undefined) return
    const events = exec.attach(pipeOf(child), randomBytes(8).toString('hex'), manner)
    child.on('exit', (code, signal) =>
      events.exited(code === null ? { kind: 'signal', signal: signal ?? 'unknown' } : { kind: 'exit', code }),
    )
    child.on('close', () => events.closed(ENDED))
    this.#running.set(exec, () => {
      events.closed(ENDED)
      child.stdin.destroy()
    })
  }

  #retry(exec: WrappedExec, attempt: NotStarted): Failure | 'again' {
    if (attempt.opening === undefined) return notStarted(attempt)
    const failure = this.#becoming.retry(attempt.opening, attempt)
    if (failure === 'again') this.#start(exec)
    return failure
  }

  #kill(exec: WrappedExec, pid: number, now: boolean): void {
    if (!this.#becoming.needed(exec.become)) {
      signalGroup(pid, now ? 'SIGKILL' : 'SIGTERM')
      return
    }
    const killer = new WrappedExec(killRequest(pid, now, exec.become), SILENT, this.#carrier)
    void exec.done.then(() => killer.stop('now'))
    this.#start(killer)
  }
}

function pipeOf(child: ChildProcessWithoutNullStreams): Pipe {
  const close = () => {
    child.stdin.destroy()
    child.stdout.destroy()
    child.stderr.destroy()
  }
  const kill = () => child.pid !== undefined && signalGroup(child.pid, 'SIGKILL')
  return { stdin: child.stdin, stdout: child.stdout, stderr: child.stderr, kill, close }
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal)
  } catch {
    // The group has ended by itself.
  }
}
