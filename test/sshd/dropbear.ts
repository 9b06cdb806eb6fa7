import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeAccount } from './account.ts'
import { startOnFreePort } from './daemon.ts'
import { startKeeper } from './keeper.ts'
import { makeKey } from './keys.ts'
import { connectionsOf, processesOf } from './processes.ts'
import { findProgram } from './programs.ts'
import { removeRootsLock } from './roots-lock.ts'
import type { TestServer } from './server.ts'

export interface DropbearOptions {
  readonly shell?: string
  readonly password?: string
}

/**
 * Starts a dropbear server on loopback. It knows no authorized_keys but the one in the user's home, so a temporary
 * account logs in: it needs root. Without a password only the key is accepted.
 */
export async function startDropbear(options: DropbearOptions = {}): Promise<TestServer> {
  const program = findProgram('dropbear')
  if (program === undefined) throw new Error('dropbear is not installed')
  const folder = mkdtempSync(join(tmpdir(), 'drover-dropbear-'))
  const name = `drv${process.pid}${folder.slice(-6).toLowerCase()}`
  const keeper = startKeeper({ folder, mark: folder.slice(-6), account: name })
  try {
    chmodSync(folder, 0o711)
    const home = join(folder, 'home')
    const userKey = makeKey(join(folder, 'user_key'))
    mkdirSync(join(home, '.ssh'), { recursive: true, mode: 0o700 })
    writeFileSync(join(home, '.ssh/authorized_keys'), `${userKey.publicKey}\n`, { mode: 0o600 })
    await makeAccount({ name, home, shell: '/bin/sh', ...options })
    const hostKey = makeHostKey(join(folder, 'host_key'))
    const { port, daemon } = await startOnFreePort('127.0.0.1', port => ({
      program,
      folder,
      args: [
        ...['-F', '-E', '-r', join(folder, 'host_key'), '-p', `127.0.0.1:${port}`],
        ...['-P', join(folder, 'dropbear.pid')],
        ...(options.password === undefined ? ['-s'] : []),
      ],
      listens: log => log.includes('Not backgrounding'),
    }))
    writeFileSync(join(folder, 'known_hosts'), `[127.0.0.1]:${port} ${hostKey}\n`)
    return {
      host: '127.0.0.1',
      port,
      user: name,
      ...(options.password !== undefined && { password: options.password }),
      privateKey: userKey.path,
      knownHosts: join(folder, 'known_hosts'),
      hostKeyFingerprint: fingerprintOf(join(folder, 'known_hosts')),
      home,
      pid: daemon.pid,
      log: daemon.log,
      sessions: () => connectionsOf(daemon.pid),
      processes: () => processesOf(statSync(home).uid),
      stop: () => {
        removeRootsLock(port)
        return keeper.finish()
      },
    }
  } catch (error) {
    await keeper.finish()
    throw error
  }
}

/** dropbear has a key format of its own; returns the public key as known_hosts wants it. */
function makeHostKey(path: string): string {
  const made = execFileSync('dropbearkey', ['-t', 'ed25519', '-f', path], { encoding: 'utf8', stdio: 'pipe' })
  return /^(ssh-ed25519 \S+)/m.exec(made)?.[1] ?? ''
}

function fingerprintOf(knownHosts: string): string {
  const shown = execFileSync('ssh-keygen', ['-l', '-f', knownHosts], { encoding: 'utf8' })
  return /SHA256:\S+/.exec(shown)?.[0] ?? ''
}
