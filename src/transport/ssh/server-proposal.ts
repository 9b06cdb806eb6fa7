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
  let found: Proposal | undefined
  const hear = (chunk: Buffer) => {
    received = Buffer.concat([received, chunk])
    const read = readProposal(received)
    if (read === 'more' && received.length <= MOST_BYTES) return
    found = read === 'more' ? undefined : read
    received = Buffer.alloc(0)
    stream.off('data', hear)
  }
  stream.on('data', hear)
  return () => found
}

function readProposal(bytes: Buffer): Proposal | undefined | 'more' {
  const line = /(?:^|\n)SSH-[^\n]*\n/.exec(bytes.toString('latin1'))
  const start = line === null ? bytes.length : line.index + line[0].length
  if (bytes.length < start + 6) return 'more'
  const length = bytes.readUInt32BE(start)
  if (bytes[start + 5] !== KEXINIT || length > MOST_BYTES) return undefined
  if (bytes.length < start + 4 + length) return 'more'
  try {
    const reader = new WireReader(bytes.subarray(start + 6 + COOKIE_BYTES, start + 4 + length))
    const [kex = [], hostKey = [], cipher = [], , mac = []] = Array.from({ length: 5 }, () =>
      reader.string().toString('latin1').split(','),
    )
    return { 'key exchange': kex, 'host key': hostKey, cipher, MAC: mac }
  } catch {
    return undefined
  }
}
