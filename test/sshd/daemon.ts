import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Daemon {
  readonly pid: number
  readonly log: () => string
}

export interface DaemonCommand {
  readonly program: string
  readonly args: readonly string[]
  readonly folder: string
  /** Tells from the log so far whether the daemon listens. */
  readonly listens: (log: string) => boolean
}

const START_MS = 10_000

/**
 * Starts a daemon in the foreground and waits until it listens; undefined when its port was taken meanwhile. It logs to
 * a file: into a pipe it could write only as long as this process reads, and a test may well block (`spawnSync`).
 */
export async function startDaemon(command: DaemonCommand): Promise<Daemon | undefined> {
  const { program, args, folder, listens } = command
  const file = join(folder, 'log')
  const output = openSync(file, 'w')
  const child: ChildProcess = spawn(program, args, { stdio: ['ignore', output, output], cwd: '/' })
  closeSync(output)
  child.unref()
  let problem: string | undefined
  child.once('error', error => {
    problem = error.message
  })
  child.once('exit', code => {
    problem = `exit ${code}`
  })
  const { pid } = child
  if (pid !== undefined) writeFileSync(join(folder, 'pid'), String(pid))
  const deadline = Date.now() + START_MS
  while (problem === undefined && Date.now() < deadline) {
    if (pid !== undefined && listens(readFileSync(file, 'utf8'))) return { pid, log: logReader(file) }
    await sleep(5)
  }
  child.kill('SIGKILL')
  const log = readFileSync(file, 'utf8')
  if (/address already in use|error listening/i.test(log)) return undefined
  throw new Error(`${program} does not start: ${problem ?? 'it does not listen'}\n${log}`)
}

/** The log so far; when the file is gone with the server, what was last read of it. */
function logReader(file: string): () => string {
  let last = ''
  return () => {
    if (existsSync(file)) last = readFileSync(file, 'utf8')
    return last
  }
}

/** A port that is free on the address just now; another process may still take it first. */
export function freePort(address = '127.0.0.1'): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, address, () => {
      const bound = server.address()
      const port = typeof bound === 'object' && bound !== null ? bound.port : 0
      server.close(() => resolve(port))
    })
  })
}

/** Starts a daemon on a free port, on another one when somebody is faster. */
export async function startOnFreePort(
  address: string,
  commandFor: (port: number) => DaemonCommand,
): Promise<{ readonly port: number; readonly daemon: Daemon }> {
  for (let attempt = 0; attempt < 10; attempt++) {
    const port = await freePort(address)
    const daemon = await startDaemon(commandFor(port))
    if (daemon !== undefined) return { port, daemon }
  }
  throw new Error(`no free port on ${address} in ten attempts`)
}
