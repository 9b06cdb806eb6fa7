import { type ChildProcess, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'

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

/** Starts a daemon in the foreground and waits until it listens; undefined when its port was taken meanwhile. */
export function startDaemon({ program, args, folder, listens }: DaemonCommand): Promise<Daemon | undefined> {
  const child: ChildProcess = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'], cwd: '/' })
  const pid = child.pid
  if (pid !== undefined) writeFileSync(join(folder, 'pid'), String(pid))
  child.unref()
  let log = ''
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => give('it does not listen'), START_MS)
    const give = (why: string): void => {
      clearTimeout(timer)
      child.kill('SIGKILL')
      if (/address already in use|error listening/i.test(log)) resolve(undefined)
      else reject(new Error(`${program} does not start: ${why}\n${log}`))
    }
    child.once('error', error => give(error.message))
    child.once('exit', code => give(`exit ${code}`))
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      log += text
      if (pid === undefined || !listens(log)) return
      clearTimeout(timer)
      resolve({ pid, log: () => log })
    })
  })
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
