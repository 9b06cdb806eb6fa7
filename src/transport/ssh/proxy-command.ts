import { type ChildProcess, spawn } from 'node:child_process'
import { Duplex } from 'node:stream'
import type { Failure } from '../../model/errors.ts'
import { LIMITS } from '../../model/limits.ts'
import { LastWords } from './last-words.ts'
import type { Link } from './link.ts'

/** A connection that a command makes: what it reads and writes is what goes over it (ssh_config(5), ProxyCommand). */
export function openByCommand(command: string): Promise<Link | Failure> {
  const child = spawn('/bin/sh', ['-c', `exec ${command}`], {
    stdio: 'pipe',
    // Its own group, so that all it starts can be ended.
    detached: true,
  })
  return new Promise(resolve => {
    child.on('error', error => resolve(notStarted(command, error.message)))
    child.once('spawn', () => resolve(linkTo(child)))
  })
}

function linkTo(child: ChildProcess): Link {
  const words = new LastWords(child)
  const { stdin, stdout } = child as ChildProcess & {
    stdin: NodeJS.WritableStream
    stdout: NodeJS.ReadableStream
  }
  const stream = Duplex.from({ readable: stdout, writable: stdin })
  stream.on('error', () => {})
  let isCut = false
  const cut = () => {
    if (isCut) return
    isCut = true
    stream.destroy()
    endGroup(child)
  }
  return { stream, cut, told: () => words.told() }
}

function endGroup({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid === undefined || exitCode !== null || signalCode !== null) return
  signalGroup(pid, 'SIGTERM')
  setTimeout(() => signalGroup(pid, 'SIGKILL'), LIMITS.graceMs).unref()
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal)
  } catch {
    // It has ended by itself.
  }
}

/** A failure of a connection that a command makes says what became of the command. */
export async function withCommand(failure: Failure, { told }: Link): Promise<Failure> {
  const said = failure.code === 'interrupted' ? undefined : await told?.()
  if (said === undefined) return failure
  const message = `${failure.message}; the ProxyCommand ${said.words}`
  // No busy server, which would be asked again.
  if (said.isNoCommand) return { code: 'connect_failed', message, hint: 'run the ProxyCommand by hand' }
  const isItsFault = failure.code === 'connect_closed' || failure.code === 'connect_protocol'
  return { ...failure, message, ...(isItsFault ? { hint: 'run the ProxyCommand by hand' } : {}) }
}

function notStarted(command: string, why: string): Failure {
  return { code: 'connect_failed', message: `the ProxyCommand ${command} cannot be started: ${why}` }
}
