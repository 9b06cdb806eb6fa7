import type { Duplex, Readable } from 'node:stream'
import type { Client, ClientChannel } from 'ssh2'
import { LIMITS } from '../../model/limits.ts'

/** Parts of ssh2 that its types leave out. */
interface Inside {
  readonly outgoing?: { readonly packetSize?: number }
  _write?: (chunk: Buffer, encoding: BufferEncoding, done: Done) => void
}

interface Buffering {
  readonly _readableState?: { highWaterMark?: number }
}

interface Rekeying {
  /** There while keys are exchanged: what is sent meanwhile waits. */
  readonly _protocol?: { readonly _kexinit?: unknown }
}

type Done = (error?: Error | null) => void

/** Calls when what was written before has left. */
export type LinkGate = (then: () => void) => void

/** Why no command can run through a channel: ssh2 would send empty packets for ever to a server that takes no others. */
export function tooSmall(channel: ClientChannel): Error | undefined {
  const { packetSize = Number.POSITIVE_INFINITY } = (channel as unknown as Inside).outgoing ?? {}
  return packetSize < LIMITS.leastPacket ? new Error(`it takes packets of ${packetSize} bytes`) : undefined
}

/** @param stream what the client runs over */
export function createLinkGate(client: Client, stream: Duplex): LinkGate {
  let waiting: (() => void)[] = []
  const isBusy = () =>
    stream.writableNeedDrain || (client as unknown as Rekeying)._protocol?._kexinit !== undefined
  const go = () => {
    if (isBusy()) return
    const all = waiting
    waiting = []
    for (const then of all) then()
  }
  stream.on('drain', go)
  client.on('handshake', go)
  return then => {
    if (isBusy()) waiting.push(then)
    else then()
  }
}

/**
 * Bounds what a channel holds in memory, which ssh2 leaves to the server: what came and is not read yet, and what was
 * written and has not left. This reaches into ssh2, whose version is pinned, and tests with hostile servers ask for it.
 */
export function boundChannel(channel: ClientChannel, gate: LinkGate): void {
  joinPieces(channel)
  joinPieces(channel.stderr)
  passThrough(channel as unknown as Inside, gate)
}

/** Pieces that are larger are kept as they are, smaller ones are joined up to a few of it. In bytes. */
const SMALL = 4096
const JOINED = 4 * SMALL
/** More than this waiting, and the server gets no further window. In bytes. */
const ENOUGH = 64 << 10

/** A packet of one byte takes some hundred bytes of memory: of those that wait to be read, what came together is joined. */
function joinPieces(readable: Readable): void {
  const { _readableState: state } = readable as unknown as Buffering
  if (state !== undefined) state.highWaterMark = ENOUGH
  const push = readable.push.bind(readable)
  let waiting: Buffer[] = []
  let size = 0
  const flush = () => {
    if (size === 0) return true
    const joined = Buffer.concat(waiting)
    waiting = []
    size = 0
    return push(joined)
  }
  const flows = () => readable.readableFlowing === true && readable.readableLength === 0 && size === 0
  readable.push = (chunk: Buffer | null) => {
    if (chunk === null || chunk.length >= SMALL || flows()) {
      flush()
      return push(chunk)
    }
    if (size === 0) process.nextTick(flush)
    waiting.push(chunk)
    size += chunk.length
    return size < JOINED ? readable.readableLength + size < ENOUGH : flush()
  }
}

/** What is handed to ssh2 at once, which hands it to the socket, however much waits there. In bytes. */
const PART = 256 << 10

function passThrough(channel: Inside, gate: LinkGate): void {
  const write = channel._write?.bind(channel)
  if (write === undefined) return
  const writeFrom = (chunk: Buffer, start: number, encoding: BufferEncoding, done: Done) => {
    const end = start + PART
    write(chunk.subarray(start, end), encoding, error =>
      gate(() => {
        if (error || end >= chunk.length) done(error)
        else writeFrom(chunk, end, encoding, done)
      }),
    )
  }
  channel._write = (chunk, encoding, done) => writeFrom(chunk, 0, encoding, done)
}
