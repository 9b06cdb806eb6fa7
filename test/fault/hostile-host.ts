import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import ssh2, { type ServerChannel } from 'ssh2'
import { makeKey } from '../sshd/keys.ts'
import { ANSWERS, type Answer } from './hostile-answers.ts'
import { BREACHES, type Breach, type Malice } from './hostile-protocol.ts'
import { type Address, listenOnLoopback, stopServer } from './listen.ts'

export type Hostility = Answer | Breach

export const HOSTILITIES = [...Object.keys(ANSWERS), ...Object.keys(BREACHES)] as readonly Hostility[]

/** One connection of somebody to a hostile host. */
export interface HostileLink {
  readonly socket: Socket
  readonly client: HostileClient
  readonly protocol: Protocol
  /** As SSH sends it. */
  readonly hostKey: Buffer
}

interface HostileClient {
  on(event: 'session' | 'rekey', listener: (...given: unknown[]) => void): unknown
  rekey(): void
}

/** Parts of ssh2, whose version is pinned. */
interface ClientInside {
  readonly _protocol: Protocol
  readonly _sock: Socket
}

interface Protocol {
  channelOpenConfirm: (remote: number, local: number, window: number, packet: number) => void
  channelOpenFail: (remote: number, reason: number, description: string, language: string) => void
  readonly _cipher: { encrypt(packet: Buffer): void }
  readonly _packetRW: {
    readonly write: {
      readonly allocStart: number
      alloc(length: number): Buffer
      finalize(packet: Buffer): Buffer
    }
  }
}

export interface HostileHost extends Address {
  /** Its line for known_hosts. */
  readonly knownHosts: string
  stop(): Promise<void>
}

/**
 * An SSH server that understands what drover sends well enough to deceive it, and means harm. Most kinds let everybody
 * in first.
 * @param folder for its key
 */
export async function startHostileHost(folder: string, hostility: Hostility): Promise<HostileHost> {
  const key = makeKey(`${folder}/key-${randomBytes(4).toString('hex')}`)
  const hostKey = Buffer.from(key.publicKey.split(' ')[1] ?? '', 'base64')
  const malice: Malice = hostility in BREACHES ? BREACHES[hostility as Breach] : {}
  const sockets = new Set<Socket>()
  // ssh2 tells its clients of host keys only where they know the software.
  const ssh = new ssh2.Server({ hostKeys: [readFileSync(key.path)], ident: 'OpenSSH_9.2p1' }, client => {
    const { _protocol: protocol, _sock: socket } = client as unknown as ClientInside
    const link: HostileLink = {
      socket,
      client: client as unknown as HostileClient,
      protocol,
      hostKey,
    }
    client.on('error', () => {})
    malice.connected?.(link)
    client.on('authentication', context => {
      if (malice.login === undefined) context.accept()
      else malice.login(context, link)
    })
    client.on('tcpip', accept => void accept().on('error', () => {}))
    client.on('session', accept => {
      const session = accept()
      // Else ssh2 refuses it.
      session.on('signal', () => {})
      session.on('exec', (take, reject) => {
        if (malice.exec !== undefined) malice.exec(take, reject)
        else misbehave(take(), hostility, malice, link)
      })
    })
  })
  const server = createServer(socket => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.once('close', () => sockets.delete(socket))
    ssh.injectSocket(socket)
  })
  const address = await listenOnLoopback(server)
  const knownHosts = `[${address.host}]:${address.port} ${key.publicKey}\n`
  return { ...address, knownHosts, stop: () => stopServer(server, sockets) }
}

function misbehave(channel: ServerChannel, hostility: Hostility, malice: Malice, link: HostileLink): void {
  channel.on('error', () => {})
  let heard = ''
  const hear = (chunk: Buffer): void => {
    heard += chunk.toString('latin1')
    const start = /drover_start (\w+)/.exec(heard)?.[1]
    const own = /M=(\w{8,}) t=/.exec(heard)?.[1]
    if (start === undefined || !heard.includes('\n')) return
    channel.off('data', hear)
    channel.resume()
    channel.write(`${start}${process.pid}.`)
    if (malice.started !== undefined) malice.started(channel, link, own ?? 'x')
    else if (hostility in ANSWERS) ANSWERS[hostility as Answer](channel, own ?? 'x', link)
  }
  channel.on('data', hear)
}
