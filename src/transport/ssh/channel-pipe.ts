import type { ClientChannel } from 'ssh2'
import type { Pipe } from '../pipe.ts'

/** A channel on which a command was asked for. */
export function pipeOf(channel: ClientChannel): Pipe {
  return {
    stdin: channel,
    stdout: channel,
    stderr: channel.stderr,
    kill: () => channel.signal('KILL'),
    close: () => channel.close(),
  }
}
