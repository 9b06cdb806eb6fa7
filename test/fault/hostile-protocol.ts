import { randomBytes } from 'node:crypto'
import type { AuthContext, ServerChannel } from 'ssh2'
import { leave } from './hostile-answers.ts'
import type { HostileLink } from './hostile-host.ts'

/**
 * How a server breaks or strains the protocol.
 * - `mute`: takes the command and never starts it; `refuses`: neither; `no sessions`: no channel, with an odd reason
 * - `packets`: starts, and then sends random bytes
 * - `empty packets`, `no window`, `vast window`: takes packets of no bytes; nothing; everything, and reads none of it
 * - `ignores window`: sends more than it may
 * - `tiny pieces`: sends its output byte by byte
 * - `requests`, `host keys`, `opens channels`: asks without end, and reads no answer
 * - `renews keys`, `stalls keys`: exchanges keys again and again; begins to, and never ends
 * - `chatters`: messages that mean nothing, without end
 * - `odd signal`, `farewell`: ends the command, or the connection, with escape sequences
 * - `no status`, `half closed`, `talks on`: closes without a status; ends its output and no more; writes after the end
 * - `prompts`, `banners`, `login silent`, `odd methods`: never lets anybody in
 */
export type Breach =
  | 'mute'
  | 'refuses'
  | 'no sessions'
  | 'packets'
  | 'empty packets'
  | 'no window'
  | 'vast window'
  | 'ignores window'
  | 'tiny pieces'
  | 'requests'
  | 'host keys'
  | 'opens channels'
  | 'renews keys'
  | 'stalls keys'
  | 'chatters'
  | 'odd signal'
  | 'farewell'
  | 'no status'
  | 'half closed'
  | 'talks on'
  | 'prompts'
  | 'banners'
  | 'login silent'
  | 'odd methods'

export interface Malice {
  readonly connected?: (link: HostileLink) => void
  readonly login?: (context: AuthContext, link: HostileLink) => void
  /** Instead of taking the command and starting it. */
  readonly exec?: (accept: () => ServerChannel, reject: () => void) => void
  readonly started?: (channel: ServerChannel, link: HostileLink, mark: string) => void
}

const ESCAPES = '\x1b]0;title\x07\x1b[2J\u009b31m\r'

export const BREACHES: Readonly<Record<Breach, Malice>> = {
  mute: { exec: accept => void accept() },
  refuses: { exec: (_accept, reject) => reject() },
  'no sessions': {
    connected: ({ client, protocol }) => {
      client.on('session', (_accept, _reject) => {})
      protocol.channelOpenConfirm = remote => protocol.channelOpenFail(remote, 1, ESCAPES.repeat(1000), '')
    },
  },
  packets: { started: (_channel, { socket }) => void socket.write(randomBytes(64 << 10)) },
  'empty packets': { connected: link => confirmWith(link, { packet: 0 }) },
  'no window': { connected: link => confirmWith(link, { window: 0 }) },
  'vast window': {
    connected: link => confirmWith(link, { window: 0xffffffff }),
    started: (channel, { socket }, mark) => {
      channel.write(`${mark} need\n`)
      socket.pause()
    },
  },
  'ignores window': {
    started: (channel, link) => {
      const id = idOf(channel)
      floodPackets(link, [channelData(id, Buffer.alloc(32 << 10, 'x'))])
    },
  },
  'tiny pieces': {
    started: (channel, link) => {
      const { outgoing } = channel as unknown as { readonly outgoing: { window: number } }
      const piece = channelData(idOf(channel), Buffer.from('x'))
      floodPackets(link, Array(100).fill(piece), () => {
        outgoing.window -= 100
        return outgoing.window > 100
      })
    },
  },
  requests: {
    started: (_channel, link) => {
      link.socket.pause()
      floodPackets(link, Array(500).fill(Buffer.concat([Buffer.of(80), text('keepalive@x'), Buffer.of(1)])))
    },
  },
  'host keys': {
    started: (_channel, link) => {
      const keys = Buffer.concat(Array.from({ length: 100 }, () => block(link.hostKey)))
      const request = [Buffer.of(80), text('hostkeys-00@openssh.com'), Buffer.of(0), keys]
      floodPackets(link, [Buffer.concat(request)])
    },
  },
  'opens channels': {
    started: (_channel, link) => {
      link.socket.pause()
      const numbers = Buffer.from('000000070020000000008000', 'hex')
      const x11 = [Buffer.of(90), text('x11'), numbers, text('127.0.0.1'), Buffer.from('00000001', 'hex')]
      const agent = [Buffer.of(90), text('auth-agent@openssh.com'), numbers]
      const odd = [Buffer.of(90), text(ESCAPES), numbers]
      floodPackets(
        link,
        Array(200)
          .fill([x11, agent, odd].map(parts => Buffer.concat(parts)))
          .flat(),
      )
    },
  },
  'renews keys': {
    started: (_channel, { client }) => {
      client.on('rekey', () => client.rekey())
      client.rekey()
    },
  },
  'stalls keys': {
    started: (_channel, { client, socket }) => {
      client.rekey()
      setTimeout(() => socket.pause(), 1)
    },
  },
  chatters: {
    started: (_channel, link) => {
      const ignore = Buffer.concat([Buffer.of(2), text('x'.repeat(1000))])
      const debug = Buffer.concat([Buffer.of(4), Buffer.of(1), text(ESCAPES), text('')])
      floodPackets(link, Array(20).fill([ignore, debug]).flat())
    },
  },
  'odd signal': {
    started: (channel, link) => {
      const [name, rest] = [text(ESCAPES.repeat(1000)), [Buffer.of(0), text(ESCAPES), text('')]]
      send(
        link,
        Buffer.concat([
          Buffer.of(98),
          numberOf(idOf(channel)),
          text('exit-signal'),
          Buffer.of(0),
          name,
          ...rest,
        ]),
      )
      channel.end()
    },
  },
  farewell: {
    started: (_channel, link) => {
      const reason = Buffer.from('00000002', 'hex')
      send(link, Buffer.concat([Buffer.of(1), reason, text(ESCAPES.repeat(1000)), text('')]))
    },
  },
  'no status': { started: channel => void channel.close() },
  'half closed': { started: channel => void channel.eof() },
  'talks on': {
    started: (channel, link) => {
      const id = idOf(channel)
      leave(channel, '')
      setTimeout(() => {
        for (const number of [id, id + 1, 1000]) send(link, channelData(number, Buffer.from('late\n')))
      }, 50)
    },
  },
  prompts: {
    login: context => {
      if (context.method !== 'keyboard-interactive') return context.reject(['keyboard-interactive'])
      const ask = () =>
        context.prompt(Array(500).fill({ prompt: ESCAPES, echo: false }), ESCAPES, ESCAPES, ask)
      ask()
    },
  },
  banners: {
    login: (_context, link) =>
      floodPackets(link, [Buffer.concat([Buffer.of(53), text(ESCAPES.repeat(1000)), text('')])]),
  },
  'login silent': { login: () => {} },
  'odd methods': { login: context => context.reject(Array(1000).fill(ESCAPES) as never[]) },
}

function confirmWith(
  { protocol }: HostileLink,
  limits: { readonly window?: number; readonly packet?: number },
) {
  const confirm = protocol.channelOpenConfirm.bind(protocol)
  protocol.channelOpenConfirm = (remote, local, window, packet) =>
    confirm(remote, local, limits.window ?? window, limits.packet ?? packet)
}

function idOf(channel: ServerChannel): number {
  return (channel as unknown as { readonly outgoing: { readonly id: number } }).outgoing.id
}

const numberOf = (value: number) => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
const block = (bytes: Buffer) => Buffer.concat([numberOf(bytes.length), bytes])
const text = (string: string) => block(Buffer.from(string))

function channelData(recipient: number, data: Buffer): Buffer {
  return Buffer.concat([Buffer.of(94), numberOf(recipient), block(data)])
}

/** Sends a packet as it is, past all that ssh2 knows of channels. */
function send({ protocol }: HostileLink, payload: Buffer): void {
  const { write } = protocol._packetRW
  const packet = write.alloc(payload.length)
  packet.set(payload, write.allocStart)
  protocol._cipher.encrypt(write.finalize(packet))
}

/** After so many bytes a flood becomes a stream without an end: enough to fill any memory that is not bounded. */
const FLOOD_BYTES = 96 << 20

/** Again and again, as fast as the network takes them, while they may be sent. */
function floodPackets(link: HostileLink, payloads: readonly Buffer[], mayGoOn = () => true): void {
  const { socket } = link
  const before = socket.bytesWritten
  const sendSome = (rounds: number): boolean => {
    if (rounds === 0 || socket.writableNeedDrain || !socket.writable) return true
    if (!mayGoOn()) return false
    for (const payload of payloads) send(link, payload)
    return sendSome(rounds - 1)
  }
  const more = () => {
    const slow = socket.bytesWritten - before > FLOOD_BYTES
    const goes = sendSome(slow ? 1 : 20)
    if (!socket.writable) return
    if (socket.writableNeedDrain) socket.once('drain', more)
    else setTimeout(more, slow || !goes ? 50 : 0)
  }
  more()
}
