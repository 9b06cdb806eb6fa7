import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLocalTransport } from '../../src/transport/local.ts'
import { createSshTransport } from '../../src/transport/ssh/ssh-transport.ts'
import type { Session } from '../../src/transport/transport.ts'
import { startDropbear } from '../sshd/dropbear.ts'
import type { Requirement } from '../sshd/requirements.ts'
import type { TestServer } from '../sshd/server.ts'
import { startSshd } from '../sshd/sshd.ts'

export interface Host {
  readonly session: Session
  readonly server?: TestServer
  /** A folder on the host that the login may write in. */
  readonly folder: string
  end(): Promise<void>
}

export async function overLocal(): Promise<Host> {
  const folder = mkdtempSync(join(tmpdir(), 'drover-local-'))
  const connection = { transport: 'local', address: 'here', port: 22, user: 'me', keys: [] } as const
  const session = await createLocalTransport().connect(
    { host: 'here', connection },
    new AbortController().signal,
  )
  if ('code' in session) throw new Error(session.message)
  const end = async () => {
    session.end()
    rmSync(folder, { recursive: true, force: true })
  }
  return { session, folder, end }
}

export async function overSsh(starting: Promise<TestServer>): Promise<Host> {
  const server = await starting
  const { host: address, port, user, home } = server
  const transport = createSshTransport({ policy: 'strict', knownHosts: server.knownHosts, home })
  const connection = { transport: 'ssh', address, port, user, keys: [server.privateKey] } as const
  const session = await transport.connect({ host: 'web1', connection }, new AbortController().signal)
  if ('code' in session) throw new Error(`${session.message}\n${server.log()}`)
  const folder = mkdtempSync(join(server.home, 'drover-test-'))
  if (user !== 'root') execFileSync('chown', [user, folder])
  const end = async () => {
    session.end()
    rmSync(folder, { recursive: true, force: true })
    await server.stop()
  }
  return { session, server, folder, end }
}

const account = (shell: string) => startSshd({ account: { shell }, sftp: false, banner: 'Welcome!\n' })

/** The ways to a host, and what the machine must have for them. */
export const HOSTS: readonly (readonly [string, readonly Requirement[], () => Promise<Host>])[] = [
  ['this machine', [], overLocal],
  ['sshd', ['sshd'], () => overSsh(startSshd({ maxSessions: 1 }))],
  ['sshd and fish', ['sshd', 'root', 'fish'], () => overSsh(account('/usr/bin/fish'))],
  ['sshd and csh', ['sshd', 'root', 'csh'], () => overSsh(account('/bin/csh'))],
  ['dropbear', ['root', 'dropbear'], () => overSsh(startDropbear())],
]
