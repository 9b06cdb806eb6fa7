import type { Duplex } from 'node:stream'
import type { Client } from 'ssh2'
import { LIMITS } from '../../model/limits.ts'

/** What ssh2 holds for a server. */
interface Held {
  readonly _chanMgr?: { readonly _channels?: Readonly<Record<string, WithWindow | undefined>> }
  /** Questions to the server that it has not answered. */
  readonly _callbacks?: readonly unknown[]
  readonly _protocol?: {
    /** Packets that wait for new keys. */
    readonly _queue?: readonly unknown[]
  }
}

interface WithWindow {
  readonly incoming?: { readonly window?: number }
}

/** A socket knows; what leads through another host does not. */
type WithCount = Duplex & { readonly bytesWritten?: number }

/**
 * Ends a link, by an error of the client, whose server makes drover hold more and more: by sending more than a channel's
 * window lets it (RFC 4254, 5.2), by asking and not reading the answers, or by renewing keys without an end. ssh2 has no
 * bound for any of that. This reaches into ssh2, whose version is pinned, and tests with such servers ask for it.
 *
 * @param client one that has begun to connect over `stream`
 */
export function guardLink(client: Client, stream: Duplex): void {
  const since = performance.now()
  let received = 0
  let renewals = 0
  const refuse = (what: string) => {
    stream.off('data', look)
    client.emit('error', new Error(what))
    stream.destroy()
  }
  const look = (chunk: Buffer) => {
    received += chunk.length
    const what = excessOf(client as unknown as Held, stream)
    if (what !== undefined) refuse(what)
  }
  stream.on('data', look)
  client.on('handshake', () => {
    renewals += 1
    const moved = received + ((stream as WithCount).bytesWritten ?? 0)
    const seconds = (performance.now() - since) / 1000
    const most = LIMITS.keyRenewals * (1 + seconds / 10) + moved / LIMITS.keyRenewalBytes
    if (renewals > most) refuse('it renews keys without an end')
  })
  stream.once('close', () => stream.off('data', look))
}

/** Small packets take ten times the memory of their bytes. */
function waitingWrites(stream: Duplex): number {
  const { _writableState } = stream as unknown as { readonly _writableState?: { buffered?: unknown[] } }
  return _writableState?.buffered?.length ?? 0
}

function excessOf({ _chanMgr, _callbacks, _protocol }: Held, stream: Duplex): string | undefined {
  // With each piece that comes, so no list is made of them.
  for (const id in _chanMgr?._channels)
    if ((_chanMgr._channels[id]?.incoming?.window ?? 0) < 0) return 'it sends more than it may'
  if (stream.writableLength > LIMITS.unreadBytes || waitingWrites(stream) > LIMITS.unreadPackets)
    return 'it does not read what it is sent'
  if ((_callbacks?.length ?? 0) > LIMITS.unanswered) return 'it does not answer'
  if ((_protocol?._queue?.length ?? 0) > LIMITS.queuedPackets) return 'it does not come to new keys'
  return undefined
}
