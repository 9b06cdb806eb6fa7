import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import ssh2, { type ServerChannel } from 'ssh2'
import { makeKey } from '../sshd/keys.ts'
import { type Address, listenOnLoopback, stopServer } from './listen.ts'

/**
 * What a host does once somebody has logged in and runs a command.
 * - `outside`: answers a get with names that lead elsewhere, absolute ones, NUL, bad UTF-8, control characters
 * - `endless names`, `endless folders`, `endless files`: a listing that has no end
 * - `lying sizes`: more than there is, less than there is, more than any disk has
 * - `flood`: output without an end, and without a line end
 * - `both streams`: the same, on stdout and stderr at once
 * - `silent`: starts, and never says anything again
 * - `deaf`: starts, and never reads what it is sent
 * - `mute`: takes the command and never starts it
 * - `packets`: starts, and then breaks the protocol
 * - `exits`: as if all had gone well, without having done anything
 */
export type Hostility =
  | 'outside'
  | 'endless names'
  | 'endless folders'
  | 'endless files'
  | 'lying sizes'
  | 'flood'
  | 'both streams'
  | 'silent'
  | 'deaf'
  | 'mute'
  | 'packets'
  | 'exits'

export interface HostileHost extends Address {
  /** Its line for known_hosts. */
  readonly knownHosts: string
  stop(): Promise<void>
}

/**
 * An SSH server that lets everybody in, understands what drover sends well enough to deceive it, and means harm.
 * @param folder for its key
 */
export async function startHostileHost(folder: string, hostility: Hostility): Promise<HostileHost> {
  const key = makeKey(`${folder}/key-${randomBytes(4).toString('hex')}`)
  const sockets = new Set<Socket>()
  const ssh = new ssh2.Server({ hostKeys: [readFileSync(key.path)] }, client => {
    client.on('error', () => {})
    client.on('authentication', context => context.accept())
    client.on('session', accept => {
      const session = accept()
      session.on('exec', (acceptExec, _reject) => {
        const channel = acceptExec()
        channel.on('error', () => {})
        misbehave(channel, hostility, () => [...sockets])
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

function misbehave(channel: ServerChannel, hostility: Hostility, sockets: () => readonly Socket[]): void {
  if (hostility === 'mute') return
  let text = ''
  const hear = (chunk: Buffer): void => {
    text += chunk.toString('latin1')
    const start = /drover_start (\w+)/.exec(text)?.[1]
    const own = /M=(\w{8,}) t=/.exec(text)?.[1]
    if (start === undefined || !text.includes('\n')) return
    channel.off('data', hear)
    if (hostility === 'deaf') channel.pause()
    else channel.resume()
    channel.write(`${start}${process.pid}.`)
    const tell = HARM[hostility]
    if (tell !== undefined) tell(channel, own ?? 'x', sockets)
  }
  channel.on('data', hear)
}

type Harm = (channel: ServerChannel, mark: string, sockets: () => readonly Socket[]) => void

const HARM: Readonly<Partial<Record<Hostility, Harm>>> = {
  outside: (channel, mark) => {
    const names = ['../evil', '/tmp/drover-evil', '..', 'a/../../evil', 'x\x1b[2J', Buffer.from([0x66, 0xff])]
    for (const name of names) {
      channel.write(`${mark} file 4 ${'0'.repeat(64)}\n`)
      channel.write(name)
      channel.write('\0evil\n')
    }
    channel.write(`${mark} folder\napp\0${mark} folders\n.\0./../../evil\0/tmp/drover-evil\0\0`)
    leave(channel, `${mark} done end\n`)
  },
  'endless names': (channel, mark) =>
    flood(channel, `${mark} folder\na\0${mark} folders\n`, './x\0'.repeat(8_000)),
  'endless folders': (channel, mark) => flood(channel, '', `${mark} folder\na\0`.repeat(1_000)),
  'endless files': (channel, mark) =>
    flood(channel, '', `${mark} file 0 ${'0'.repeat(64)}\nf\0\n`.repeat(500)),
  'lying sizes': (channel, mark) => {
    channel.write(`${mark} file 99999999999999 ${'0'.repeat(64)}\nf\0short`)
    leave(channel, `${mark} done end\n`)
  },
  flood: channel => flood(channel, '', 'x'.repeat(32 << 10)),
  'both streams': channel => {
    flood(channel, '', 'x'.repeat(32 << 10))
    flood(channel.stderr as unknown as ServerChannel, '', 'y'.repeat(32 << 10))
  },
  packets: (_channel, _mark, sockets) => {
    for (const socket of sockets()) socket.write(randomBytes(64 << 10))
  },
  exits: channel => leave(channel, ''),
}

function leave(channel: ServerChannel, last: string): void {
  channel.write(last)
  channel.exit(0)
  channel.end()
}

/** Sends again and again, as fast as the client takes it. */
function flood(
  channel: Pick<ServerChannel, 'write' | 'once' | 'destroyed'>,
  first: string,
  chunk: string,
): void {
  if (first !== '') channel.write(first)
  const more = (): void => {
    while (!channel.destroyed && channel.write(chunk)) {
      // Until its window is full.
    }
    if (!channel.destroyed) channel.once('drain', () => setImmediate(more))
  }
  more()
}
