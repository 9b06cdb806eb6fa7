import { connect, createServer, type Server, type Socket } from 'node:net'
import { listenOnLoopback, stopServer } from './listen.ts'

/** A TCP proxy on loopback that stands between drover and a server, and lets a test break the link. */
export interface FaultProxy {
  readonly host: string
  readonly port: number
  /** Connections that clients have opened so far. */
  readonly opened: () => number
  /** Bytes that went from the server to clients so far. */
  readonly delivered: () => number
  /** Ends all connections in the orderly way (FIN), as a server that shuts down does. */
  cut(): void
  /** Ends all connections with RST, as a firewall or a rebooted host does. */
  reset(): void
  /** Forwards nothing in either direction any more, connections stay open: a cable pulled out. */
  stall(): void
  /** Forwards again, and what came in meanwhile too. */
  resume(): void
  stop(): Promise<void>
}

/** Breaks each connection once the server has sent so many bytes on it. */
export interface Breakage {
  readonly bytes: number
  readonly how: 'cut' | 'reset' | 'stall'
}

interface Link {
  readonly client: Socket
  readonly server: Socket
  stalled: boolean
}

/** Starts a proxy to a server; it forwards faithfully until it is told, or `afterBytes` tells it, not to. */
export async function startFaultProxy(
  to: { readonly host: string; readonly port: number },
  afterBytes?: Breakage,
): Promise<FaultProxy> {
  const links = new Set<Link>()
  const counters = { opened: 0, delivered: 0, stalled: false }
  const server: Server = createServer(client => {
    counters.opened++
    const link: Link = {
      client,
      server: connect({ host: to.host, port: to.port, noDelay: true }),
      stalled: false,
    }
    client.setNoDelay(true)
    links.add(link)
    wire(link, () => links.delete(link))
    if (counters.stalled) stallLink(link)
    let sent = 0
    link.server.on('data', (chunk: Buffer) => {
      sent += chunk.length
      counters.delivered += chunk.length
      if (afterBytes !== undefined && sent >= afterBytes.bytes) BREAK[afterBytes.how](link)
    })
  })
  const { host, port } = await listenOnLoopback(server)
  const each = (act: (link: Link) => void) => () => [...links].forEach(act)
  return {
    host,
    port,
    opened: () => counters.opened,
    delivered: () => counters.delivered,
    cut: each(BREAK.cut),
    reset: each(BREAK.reset),
    stall() {
      counters.stalled = true
      each(stallLink)()
    },
    resume() {
      counters.stalled = false
      each(resumeLink)()
    },
    async stop() {
      each(BREAK.reset)()
      await stopServer(server)
    },
  }
}

const BREAK: Readonly<Record<Breakage['how'], (link: Link) => void>> = {
  cut: ({ client, server }) => [client, server].forEach(socket => void socket.end().destroySoon()),
  reset: ({ client, server }) => [client, server].forEach(socket => void socket.resetAndDestroy()),
  stall: stallLink,
}

function stallLink(link: Link): void {
  link.stalled = true
  link.client.pause()
  link.server.pause()
}

function resumeLink(link: Link): void {
  link.stalled = false
  link.client.resume()
  link.server.resume()
}

function wire(link: Link, ended: () => void): void {
  const { client, server } = link
  for (const [from, to] of [
    [client, server],
    [server, client],
  ] as const) {
    from.on('data', (chunk: Buffer) => {
      if (!to.destroyed && !to.write(chunk)) {
        from.pause()
        to.once('drain', () => link.stalled || from.resume())
      }
    })
    from.on('end', () => to.end())
    // A broken end is what this proxy is for; the other end learns of it by losing its link too.
    from.on('error', () => to.resetAndDestroy())
    from.on('close', ended)
  }
}
