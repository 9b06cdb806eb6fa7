import { copyFileSync, rmSync } from 'node:fs'
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
  while (server.processes().length > 0 || server.sessions().length > 0) {
    for (const pid of [...server.sessions(), ...server.processes()]) kill(pid)
    await sleep(20)
  }
}

/** Starts it again, on the same port: as after a boot, or as another machine at the same address, with another key. */
export async function startAgain(
  server: TestServer,
  as: 'itself' | 'another' = 'itself',
): Promise<TestServer> {
  const folder = dirname(server.knownHosts)
  if (as === 'another') {
    const other = join(folder, 'impostor_key')
    makeKey(other)
    copyFileSync(other, join(folder, 'host_ed25519'))
    rmSync(other)
  }
  const daemon = await startDaemon({
    program: findProgram('sshd') ?? 'sshd',
    args: ['-D', '-e', '-f', join(folder, 'sshd_config')],
    folder,
    listens: log => log.includes('Server listening on'),
  })
  if (daemon === undefined) throw new Error(`somebody else has taken port ${server.port}`)
  return { ...server, pid: daemon.pid, log: daemon.log, sessions: () => connectionsOf(daemon.pid) }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended by itself meanwhile.
  }
}
