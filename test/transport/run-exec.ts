import type { Exec, ExecEnd, ExecRequest, Session, Target } from '../../src/transport/transport.ts'
import type { TestServer } from '../sshd/server.ts'

/** What a command gave. */
export interface Ran {
  readonly end: ExecEnd
  readonly stdout: Buffer
  readonly stderr: Buffer
}

/** Runs a script and collects everything; `meanwhile` gets hold of the running command. */
export async function runExec(
  session: Session,
  script: string,
  request: Partial<ExecRequest> = {},
  meanwhile?: (exec: Exec) => void,
): Promise<Ran> {
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  const exec = session.exec(
    { script, env: [], stdin: { kind: 'empty' }, ...request },
    { onStdout: chunk => void stdout.push(chunk), onStderr: chunk => void stderr.push(chunk) },
  )
  meanwhile?.(exec)
  const end = await exec.done
  return { end, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr) }
}

/** Starts a script and resolves when it has written its first output. */
export async function startExec(
  session: Session,
  script: string,
  request: Partial<ExecRequest> = {},
): Promise<Exec> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const exec = session.exec(
    { script, env: [], stdin: { kind: 'empty' }, ...request },
    { onStdout: () => resolve(), onStderr: () => {} },
  )
  await Promise.race([promise, exec.done])
  return exec
}

export const OK: ExecEnd = { kind: 'exit', code: 0 }

/** How to reach a test server, by its key unless told otherwise. */
export function targetOf(server: TestServer, connection: Partial<Target['connection']> = {}): Target {
  return {
    host: 'web1',
    connection: {
      transport: 'ssh',
      address: server.host,
      port: server.port,
      user: server.user,
      keys: [server.privateKey],
      ...connection,
    },
  }
}

export function sessionOf(either: Session | { readonly code: string; readonly message: string }): Session {
  if ('code' in either) throw new Error(`${either.code}: ${either.message}`)
  return either
}
