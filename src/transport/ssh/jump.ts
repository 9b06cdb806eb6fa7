import type { Client } from 'ssh2'
import type { Failure } from '../../model/errors.ts'
import type { Connection } from '../../model/host.ts'
import { oneLine } from '../shell-failure.ts'
import { boundChannel, createLinkGate, tooSmall } from './channel-bounds.ts'
import { aborted, connectLimit, connectTimeout, placeOf } from './failures.ts'
import type { Link } from './link.ts'

/**
 * A connection from a machine that one is logged in at to the next one, within the connect limit. With it ends the
 * login it runs over.
 */
export function openThrough(
  client: Client,
  before: Link,
  hop: Connection,
  next: Connection,
  signal: AbortSignal,
): Promise<Link | Failure> {
  const cut = () => {
    client.destroy()
    before.cut()
  }
  return new Promise(resolve => {
    const finish = (result: Link | Failure) => {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
      if ('code' in result) cut()
      resolve(result)
    }
    const onAbort = () => finish(aborted())
    const onClose = () => finish(unreached(hop, next, 'the connection to it was lost'))
    const timer = setTimeout(() => finish(connectTimeout(next)), connectLimit(next))
    client.once('close', onClose)
    // What breaks is told by the connection that runs over it.
    client.on('error', () => cut())
    if (signal.aborted) return onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    client.forwardOut('127.0.0.1', 0, next.address, next.port, (error, channel) => {
      client.off('close', onClose)
      const unfit = error ?? tooSmall(channel)
      if (unfit) return finish(unreached(hop, next, refusalIn(unfit)))
      channel.on('error', () => {})
      boundChannel(channel, createLinkGate(client, before.stream))
      finish({ stream: channel, cut })
    })
  })
}

/** What the server says of a way that it does not open; many say nothing when forwarding is forbidden. */
function refusalIn({ message }: Error): string {
  return (
    oneLine(message.replace(/^\(SSH\) Channel open failure:/, '').trim()) ||
    'it opens no way, and gives no reason'
  )
}

function unreached(hop: Connection, next: Connection, why: string): Failure {
  return {
    code: 'connect_failed',
    message: `the jump host ${placeOf(hop)} does not reach ${placeOf(next)}: ${why}`,
    hint: 'check the address as the jump host sees it, and that it allows forwarding (AllowTcpForwarding)',
  }
}

/** A failure of a machine on the way says so. */
export function onTheWay(failure: Failure, target: Connection): Failure {
  const message = `on the way to ${placeOf(target)}: ${failure.message}`
  if (failure.code !== 'login_refused') return { ...failure, message }
  const hint =
    'a jump host has the User and IdentityFile of the SSH configuration, not those of the inventory'
  return { ...failure, message, hint }
}
