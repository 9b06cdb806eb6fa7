import type { Socket } from 'node:net'
import type { Client } from 'ssh2'
import { LIMITS } from '../../model/limits.ts'
import { ask } from './sign-of-life.ts'

/**
 * Calls `dead`, once, when nothing has come over a link for `keepaliveMs × keepaliveMisses`, though the host was asked
 * to answer meanwhile. Any byte is a sign of life: an answer may have to queue behind a transfer over a slow link.
 * Counts checks, not time: a machine that was suspended has one late check, and no dead link. The returned function
 * ends it.
 */
export function watchLink(
  client: Pick<Client, 'unforwardIn'>,
  socket: Pick<Socket, 'on' | 'off'>,
  dead: (error: Error) => void,
): () => void {
  let misses = 0
  const timer = setInterval(() => {
    misses += 1
    if (misses < LIMITS.keepaliveMisses) return ask(client, () => {})
    end()
    dead(new Error('keepalive: nothing was heard'))
  }, LIMITS.keepaliveMs)
  const heard = () => {
    misses = 0
    timer.refresh()
  }
  const end = () => {
    clearInterval(timer)
    socket.off('data', heard)
  }
  socket.on('data', heard)
  return end
}
