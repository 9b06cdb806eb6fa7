import type { Server, Socket } from 'node:net'

export interface Address {
  readonly host: string
  readonly port: number
}

/** Listens on a free port of 127.0.0.1. */
export function listenOnLoopback(server: Server): Promise<Address> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const bound = server.address()
      if (typeof bound === 'object' && bound !== null) resolve({ host: bound.address, port: bound.port })
    })
  })
}

/** Stops listening; resolves when the last connection is gone, which the given sockets are made to be. */
export function stopServer(server: Server, sockets: Iterable<Socket> = []): Promise<void> {
  for (const socket of sockets) socket.destroy()
  return new Promise(resolve => server.close(() => resolve()))
}
