import { createServer, type Socket } from 'node:net'
import { type Address, listenOnLoopback, stopServer } from './listen.ts'

/**
 * What a server does instead of SSH: `silent` says nothing, `closes` hangs up at once, `resets` too but with RST,
 * `garbage` sends random bytes, `http` answers like a web server, `endless_line` never ends its first line,
 * `endless_banner` sends lines before the version without an end (RFC 4253 4.2 allows such lines), `old_version`
 * speaks SSH 1.5, `stops_after_version` says nothing more after a proper version line, `bad_packet` sends a packet
 * length of 4 GB after it.
 */
export type Fault =
  | 'silent'
  | 'closes'
  | 'resets'
  | 'garbage'
  | 'http'
  | 'endless_line'
  | 'endless_banner'
  | 'old_version'
  | 'stops_after_version'
  | 'bad_packet'

export interface FaultyServer extends Address {
  /** Connections that clients have opened so far. */
  readonly opened: () => number
  /** Bytes sent so far: what a client that does not give up had to take. */
  readonly sent: () => number
  stop(): Promise<void>
}

const VERSION = 'SSH-2.0-faulty\r\n'

/** Starts a server on loopback that misbehaves on every connection. */
export async function startFaultyServer(fault: Fault): Promise<FaultyServer> {
  const sockets = new Set<Socket>()
  let opened = 0
  let closedBytes = 0
  const server = createServer(socket => {
    opened++
    sockets.add(socket)
    // The client hanging up in the middle is what a test hopes for.
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      closedBytes += socket.bytesWritten
      sockets.delete(socket)
    })
    socket.resume()
    MISBEHAVE[fault](socket)
  })
  const address = await listenOnLoopback(server)
  return {
    ...address,
    opened: () => opened,
    sent: () => [...sockets].reduce((sum, socket) => sum + socket.bytesWritten, closedBytes),
    stop: () => stopServer(server, sockets),
  }
}

const MISBEHAVE: Readonly<Record<Fault, (socket: Socket) => void>> = {
  silent: () => {},
  closes: socket => void socket.end(),
  resets: socket => void socket.resetAndDestroy(),
  garbage: socket => void socket.write(pseudoRandomBytes(64 << 10)),
  http: socket => void socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n'),
  endless_line: socket => flood(socket, Buffer.alloc(64 << 10, 'x')),
  endless_banner: socket => flood(socket, Buffer.from('Welcome to the server of the day\r\n'.repeat(1000))),
  old_version: socket => void socket.write('SSH-1.5-faulty\r\n'),
  stops_after_version: socket => void socket.write(VERSION),
  bad_packet: socket => void socket.write(Buffer.concat([Buffer.from(VERSION), Buffer.alloc(64, 0xff)])),
}

/** Sends the chunk again and again, as fast as the client takes it. */
function flood(socket: Socket, chunk: Buffer): void {
  const more = (): void => {
    if (!socket.destroyed) socket.write(chunk, error => error ?? setImmediate(more))
  }
  more()
}

/** The same bytes in every run, and no line end among the first of them that could look like a version line. */
function pseudoRandomBytes(length: number): Buffer {
  const bytes = Buffer.alloc(length)
  let state = 12345
  for (let index = 0; index < length; index++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    bytes[index] = 0x80 | (state >>> 16)
  }
  return bytes
}
