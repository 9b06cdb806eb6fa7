import { setTimeout } from 'node:timers/promises'
import type { CliContext } from './cli/context.ts'
import { colorAsked } from './cli/options/color.ts'
import { runProgram } from './cli/program.ts'
import { reportBug, reportError, tellNodesWarning } from './cli/report.ts'
import { EXIT, type ExitStatus, worstStatus } from './model/errors.ts'
import { KnownSecrets } from './secrets/known-secrets.ts'

/** Runs one of the bins to its end and exits the process: the only place that does. */
export async function main(program: CliContext['program'], argv: readonly string[]): Promise<never> {
  let status: ExitStatus = EXIT.ok
  const context: CliContext = {
    program,
    cwd: workingFolder(program),
    env: process.env,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    secrets: new KnownSecrets(),
    exit: code => {
      status = code
    },
  }
  endWhenInterrupted()
  endAtBugs(context)
  tellNodesWarnings(context)
  const lost = new Set<string>()
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', ({ code }: NodeJS.ErrnoException) => lost.add(code ?? 'unknown error'))
  }
  try {
    await runProgram(context, argv)
  } catch (error) {
    status = await reportError(context, error, colorAsked(argv))
  }
  const written = Promise.all([process.stdout, process.stderr].map(flushed))
  // Whoever interrupts does not want to wait for a reader that has stopped.
  await (status === EXIT.interrupted ? Promise.race([written, setTimeout(500)]) : written)
  for (const reason of CLOSED) lost.delete(reason)
  if (lost.size > 0) process.stderr.write(`drover: output could not be written (${[...lost].join(', ')})\n`)
  process.exit(lost.size > 0 ? worstStatus([status, EXIT.failed]) : status)
}

/** Ctrl-C and its kin end with the status that says so, unless somebody else listens: a run ends in order. */
function endWhenInterrupted(): void {
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(name, () => process.listenerCount(name) === 1 && process.exit(EXIT.interrupted))
}

/** What nobody has caught is a bug, and may hold a secret as any error may. */
function endAtBugs(context: CliContext): void {
  // The rest of this process may be broken: nothing is waited for.
  process.on('uncaughtException', error => process.exit(reportBug(context, error)))
}

/** In place of Node's own listener, which would write them as they are. */
function tellNodesWarnings(context: CliContext): void {
  if (process.listenerCount('warning') === 0) return
  process.removeAllListeners('warning')
  process.on('warning', warning => tellNodesWarning(context, warning))
}

function workingFolder(program: string): string {
  try {
    return process.cwd()
  } catch {
    process.stderr.write(`${program}: the working folder is gone; change to one that exists\n`)
    process.exit(EXIT.invalid)
  }
}

/** `drover … | head` closes our output; a run goes on regardless, and nothing is wrong. */
const CLOSED = ['EPIPE', 'EIO', 'EBADF', 'ERR_STREAM_DESTROYED']

/** A pipe takes 64 KiB at a time, and process.exit drops what it has not taken. */
function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise(resolve => {
    if (stream.destroyed) return resolve()
    stream.once('close', resolve)
    stream.write('', () => resolve())
  })
}
