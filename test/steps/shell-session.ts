import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import type { Exec, ExecEnd, ExecHandlers, ExecRequest, Session } from '../../src/transport/transport.ts'

import type { Shell } from './shells.ts'

/** A session that runs scripts with a shell of this machine, so that steps can be tested with any shell. */
export function shellSession(shell: Shell = { command: ['/bin/sh'] }): Session {
  return {
    closed: new Promise(() => {}),
    exec: (request, handlers) => execHere(shell, request, handlers),
    end() {},
  }
}

function execHere({ command, path }: Shell, request: ExecRequest, handlers: ExecHandlers): Exec {
  const [program = '/bin/sh', ...args] = command
  const extra = path === undefined ? {} : { PATH: path }
  const env = { ...process.env, ...extra, ...Object.fromEntries(request.env) }
  const child = spawn(program, [...args, '-c', request.script], { detached: true, env, stdio: 'pipe' })
  child.stdin.on('error', () => {})
  if (request.stdin.kind === 'text') child.stdin.end(request.stdin.text)
  if (request.stdin.kind === 'empty') child.stdin.end()
  let reason: 'timeout' | 'cancel' | 'now' | undefined
  const streams = [read(child.stdout, handlers.onStdout), read(child.stderr, handlers.onStderr)]
  return {
    done: Promise.all([ended(child), ...streams]).then(([end]) =>
      reason === undefined ? end : { kind: 'stopped', reason, confirmed: true },
    ),
    write: chunk =>
      new Promise(resolve => {
        if (child.stdin.writable) child.stdin.write(chunk, () => resolve())
        else resolve()
      }),
    end: () => void child.stdin.end(),
    stop(why) {
      reason ??= why
      kill(child)
    },
  }
}

async function read(stream: Readable, take: (chunk: Buffer) => void | Promise<void>): Promise<void> {
  for await (const chunk of stream) await take(chunk)
}

function ended(child: ChildProcess): Promise<ExecEnd> {
  return new Promise(resolve => {
    child.on('close', (code, signal) =>
      resolve(code === null ? { kind: 'signal', signal: `${signal}`.slice(3) } : { kind: 'exit', code }),
    )
  })
}

function kill(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM')
  } catch {
    // It is gone already.
  }
}
