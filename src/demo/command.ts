import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { constants } from 'node:os'
import type { Readable, Writable } from 'node:stream'
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
  const output = forwardOutput(child, channel)
  child.once('exit', (code, signal) => {
    tellEnd(channel, code, signal)
    void output.then(() => channel.end())
  })
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

/**
 * Sends both outputs, one piece after the other, until both have ended. ssh2 1.17 forgets a piece of standard error
 * that waits for the client's window together with one of standard output, and one that waits when the channel ends.
 */
async function forwardOutput(child: ChildProcessWithoutNullStreams, channel: ServerChannel): Promise<void> {
  let sent: Promise<void> = Promise.resolve()
  const forward = async (from: Readable, to: Writable): Promise<void> => {
    for await (const piece of from) {
      sent = sent.then(() => new Promise(resolve => to.write(piece, () => resolve())))
      await sent
    }
  }
  // A stream that was broken off rejects; what matters is that nothing more comes from it.
  await Promise.allSettled([forward(child.stdout, channel), forward(child.stderr, channel.stderr)])
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
