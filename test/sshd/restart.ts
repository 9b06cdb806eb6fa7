import { renameSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startDaemon } from './daemon.ts'
import { makeKey } from './keys.ts'
import { connectionsOf } from './processes.ts'
import { findProgram } from './programs.ts'
import type { TestServer } from './server.ts'

/** Ends an OpenSSH server with all its connections and what they started, at one moment, as when its machine loses power. */
export async function cutPower(server: TestServer): Promise<void> {
  const all = new Set([server.pid, ...server.sessions(), ...server.processes()])
  for (const pid of all) kill(pid)
  // What was being started at that moment.
  const deadline = Date.now() + 10_000
  while (server.processes().length > 0 || server.sessions().length > 0) {
    for (const pid of [...server.sessions(), ...server.processes()]) kill(pid)
    await sleep(20)
    if (Date.now() > deadline) throw new Error(`still there: ${server.processes().join(' ')}`)
  }
}

/** Starts it again, on the same port, as after a boot. */
export async function startAgain(server: TestServer): Promise<TestServer> {
  const folder = dirname(server.knownHosts)
  const daemon = await startDaemon({
    program: findProgram('sshd') ?? 'sshd',
    args: ['-D', '-e', '-f', join(folder, 'sshd_config')],
    folder,
    listens: log => log.includes('Server listening on'),
  })
  if (daemon === undefined) throw new Error(`somebody else has taken port ${server.port}`)
  return { ...server, pid: daemon.pid, log: daemon.log, sessions: () => connectionsOf(daemon.pid) }
}

/** Another machine, with another host key, takes over the address; then the connections to the first one break. */
export async function startImpostor(server: TestServer): Promise<TestServer> {
  const folder = dirname(server.knownHosts)
  const sessions = server.sessions()
  kill(server.pid)
  makeKey(join(folder, 'impostor'))
  for (const end of ['', '.pub'])
    renameSync(join(folder, `impostor${end}`), join(folder, `host_ed25519${end}`))
  const impostor = await startAgain(server)
  sessions.forEach(kill)
  return impostor
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended by itself meanwhile.
  }
}
