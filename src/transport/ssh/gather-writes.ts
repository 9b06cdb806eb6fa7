import type { Socket } from 'node:net'

/**
 * Hands over to the system at once what is written in one turn of the event loop. ssh2 writes the length, the content and
 * the checksum of each packet by themselves, and without that each of them is a call and, with TCP_NODELAY, a segment.
 */
export function gatherWrites(socket: Socket): void {
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean
  let isGathering = false
  const send = () => {
    isGathering = false
    socket.uncork()
  }
  socket.write = (...args: unknown[]) => {
    if (!isGathering) {
      isGathering = true
      socket.cork()
      process.nextTick(send)
    }
    return write(...args)
  }
}
