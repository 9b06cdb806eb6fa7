import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { EVENTS_FILE, LOG_FILE, makeRunFolder } from '../../journal/folder.ts'
import { EXIT, type ExitStatus } from '../../model/errors.ts'
import { escapeText } from '../../render/escape.ts'
import type { CliContext } from '../context.ts'
import { watchSignals } from '../execute/signals.ts'
import { unrecorded } from '../runs/recording.ts'
import { type Handover, handoverMessage } from './handover.ts'

const BIN = fileURLToPath(new URL('../../../bin/drover.js', import.meta.url))

/** Until then a run has begun, or has said why it does not: inventories and their scripts may take a while. */
const BEGINS_MS = 180_000
const POLL_MS = 25
/** So long it has to end when it was not wanted after all. */
const ENDS_MS = 5_000

/**
 * Has a process of its own execute a run, one that outlives this one and its terminal, and waits until the run has begun.
 * @param warned what is no error has been told before
 * @returns 0 then; else the status of that process, which has said why
 * @throws ProblemsError where the run's folder cannot be made
 */
export async function runInBackground(
  context: CliContext,
  handover: Handover,
  warned = false,
): Promise<ExitStatus> {
  const { cwd } = context
  const { id } = handover.run
  const folder = madeFolder(cwd, id)
  const child = spawnDaemon(context, folder, handover)
  const begun = await untilBegun(folder, child)
  const said = logOf(folder)
  if (begun.kind === 'ended' || !warned) context.stderr.write(said)
  if (begun.kind === 'begun') {
    if (child.connected) child.disconnect()
    child.unref()
    context.stdout.write(`${id}\n`)
    if (!handover.options.quiet)
      context.stderr.write(
        `Running in the background: drover attach ${id} follows it, drover stop ${id} ends it.\n`,
      )
    return EXIT.ok
  }
  if (hasBegun(folder)) {
    context.stderr.write(`Run ${id} had just begun: drover show ${id} tells how far it came.\n`)
    return begun.status
  }
  rmSync(folder, { recursive: true, force: true })
  if (said === '') context.stderr.write(`The run did not begin: ${begun.why}.\n`)
  return begun.status
}

function madeFolder(cwd: string, id: string): string {
  try {
    return makeRunFolder(cwd, id)
  } catch (error) {
    throw unrecorded(error as NodeJS.ErrnoException)
  }
}

/** In a session of its own, without a terminal: closing this one sends it nothing. */
function spawnDaemon({ cwd, env }: CliContext, folder: string, handover: Handover): ChildProcess {
  const log = openSync(join(folder, LOG_FILE), 'a', 0o600)
  try {
    const args = [BIN, 'apply', '--handed-over', '--', handover.file]
    const child = spawn(process.execPath, args, {
      ...{ cwd, env, detached: true },
      stdio: ['ignore', 'ignore', log, 'ipc'],
    })
    // That it ends early, or never starts, shows as its end.
    child.on('error', () => {})
    child.send(handoverMessage(handover), () => {})
    return child
  } finally {
    closeSync(log)
  }
}

type Begun =
  | { readonly kind: 'begun' }
  | { readonly kind: 'ended'; readonly status: ExitStatus; readonly why: string }

async function untilBegun(folder: string, child: ChildProcess): Promise<Begun> {
  const signals = watchSignals()
  const until = performance.now() + BEGINS_MS
  try {
    for (;;) {
      const ended = endOf(child)
      if (hasBegun(folder)) return { kind: 'begun' }
      if (ended !== undefined) return ended
      if (signals.first.aborted) return await unwanted(child, EXIT.interrupted, 'it was interrupted')
      if (performance.now() > until) return await unwanted(child, EXIT.failed, 'it took too long')
      await sleep(POLL_MS)
    }
  } finally {
    signals.release()
  }
}

function endOf({ exitCode, signalCode, pid }: ChildProcess): Begun | undefined {
  if (pid === undefined) return { kind: 'ended', status: EXIT.failed, why: 'its process cannot be started' }
  if (exitCode === null && signalCode === null) return undefined
  const status = Object.values(EXIT).find(known => known === exitCode) ?? EXIT.failed
  const why = signalCode === null ? `status ${exitCode}` : `it was ended by ${signalCode}`
  return { kind: 'ended', status: status === EXIT.ok ? EXIT.failed : status, why }
}

/** Nothing goes on of which nobody was told. */
async function unwanted(child: ChildProcess, status: ExitStatus, why: string): Promise<Begun> {
  const until = performance.now() + ENDS_MS
  child.kill('SIGINT')
  while (endOf(child) === undefined && performance.now() < until) await sleep(POLL_MS)
  if (endOf(child) === undefined) child.kill('SIGKILL')
  return { kind: 'ended', status, why }
}

/** Its first lines are on the disk, all in one go. */
function hasBegun(folder: string): boolean {
  return (statSync(join(folder, EVENTS_FILE), { throwIfNoEntry: false })?.size ?? 0) > 0
}

function logOf(folder: string): string {
  try {
    return escapeText(readFileSync(join(folder, LOG_FILE), 'utf8'), 'lines')
  } catch {
    return ''
  }
}
