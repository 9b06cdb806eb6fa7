import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:os'
import type { ServerChannel } from 'ssh2'

/** A command that a login started. */
export interface RunningCommand {
  /** Sends a signal to the command's process group, as `SIGTERM`; nothing happens when it has ended. */
  readonly signal: (name: NodeJS.Signals) => void
}

/**
 * Runs a command for a channel as sshd does: by the login shell, in the home folder, in a session of its own. Its end
 * is told at once; the channel closes when nobody holds its output open any more. A channel that the client closes
 * ends the command's input and output, not the command.
 */
export function runCommand(
  command: string,
  home: string,
  user: string,
  channel: ServerChannel,
): RunningCommand {
  const child = spawn('/bin/sh', ['-c', command], {
    cwd: home,
    detached: true,
    stdio: 'pipe',
    env: {
      PATH: process.env.PATH ?? '/usr/bin:/bin',
      HOME: home,
      USER: user,
      LOGNAME: user,
      SHELL: '/bin/sh',
    },
  })
  // Either side may go away while the other still writes; that is an end of output, not an error.
  for (const stream of [child.stdin, child.stdout, child.stderr, channel]) stream.on('error', () => {})
  channel.pipe(child.stdin)
  child.stdout.pipe(channel, { end: false })
  child.stderr.pipe(channel.stderr)
  child.once('exit', (code, signal) => tellEnd(channel, code, signal))
  // ssh2 drops what still waits for the client's window on stderr when the channel ends, so that ends first.
  void Promise.allSettled([once(child, 'close'), once(channel.stderr, 'finish')]).then(() => channel.end())
  child.once('error', () => {
    tellEnd(channel, 127, null)
    channel.end()
  })
  channel.once('close', () => {
    child.stdin.destroy()
    child.stdout.destroy()
    child.stderr.destroy()
  })
  return { signal: name => signalGroup(child, name) }
}

function tellEnd(channel: ServerChannel, code: number | null, signal: NodeJS.Signals | null): void {
  if (signal === null) channel.exit(code ?? 255)
  // RFC 4254 6.10: signal names go without SIG.
  else channel.exit(signal.replace(/^SIG/, ''), false, '')
}

function signalGroup(child: ChildProcess, name: NodeJS.Signals): void {
  if (child.pid === undefined || constants.signals[name] === undefined) return
  try {
    process.kill(-child.pid, name)
  } catch {
    // The group has ended already.
  }
}
