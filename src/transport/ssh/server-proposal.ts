import type { Duplex } from 'node:stream'
import { WireReader } from './wire-reader.ts'

/** What a server offers to agree on, in its own words. */
export interface Proposal {
  readonly 'key exchange': readonly string[]
  readonly 'host key': readonly string[]
  readonly cipher: readonly string[]
  readonly MAC: readonly string[]
}

/** The longest packet that everybody must take (RFC 4253, 6.1), and what may stand before it. */
const MOST_BYTES = 35_000 + 16_384

const NEWLINE = 0x0a
const KEXINIT = 20
const COOKIE_BYTES = 16

/**
 * Listens to the beginning of a connection for the first message of the server (RFC 4253, 7.1): where nothing can be
 * agreed on, ssh2 says of what kind it is, and not what there would be.
 *
 * @param stream whose data somebody else reads too, from the same moment on
 */
export function hearProposal(stream: Pick<Duplex, 'on' | 'off'>): () => Proposal | undefined {
  let received = Buffer.alloc(0)
  let start: number | undefined
  let found: Proposal | undefined
  const hear = (chunk: Buffer) => {
    received = Buffer.concat([received, chunk])
    if (chunk.includes(NEWLINE)) start ??= packetStart(received)
    const read = start === undefined ? 'more' : readProposal(received.subarray(start))
    if (read === 'more' && received.length <= MOST_BYTES) return
    found = read === 'more' ? undefined : read
    received = Buffer.alloc(0)
    stream.off('data', hear)
  }
  stream.on('data', hear)
  return () => found
}

/** Where packets begin: behind the line with the version, before which there may be others (RFC 4253, 4.2). */
function packetStart(bytes: Buffer): number | undefined {
  const line = /(?:^|\n)SSH-[^\n]*\n/.exec(bytes.toString('latin1'))
  return line === null ? undefined : line.index + line[0].length
}

function readProposal(packet: Buffer): Proposal | undefined | 'more' {
  if (packet.length < 6) return 'more'
  const length = packet.readUInt32BE(0)
  if (packet[5] !== KEXINIT || length > MOST_BYTES) return undefined
  if (packet.length < 4 + length) return 'more'
  try {
    const reader = new WireReader(packet.subarray(6 + COOKIE_BYTES, 4 + length))
    const [kex = [], hostKey = [], cipher = [], , mac = []] = Array.from({ length: 5 }, () =>
      reader.string().toString('latin1').split(','),
    )
    return { 'key exchange': kex, 'host key': hostKey, cipher, MAC: mac }
  } catch {
    return undefined
  }
}
