import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import type { Failure } from '../../model/errors.ts'
import type { Connection } from '../../model/host.ts'
import { aborted, connectLimit } from './failures.ts'

/** What a socket is made with. */
export interface LocalEnd {
  /** The only kind of addresses to connect to. */
  readonly family?: 4 | 6
  readonly localAddress?: string
}

/** Where to connect from, and to which kind of addresses (ssh_config(5), AddressFamily, BindAddress, BindInterface). */
export async function localEnd(connection: Connection, signal: AbortSignal): Promise<LocalEnd | Failure> {
  const { addressFamily: family, bindAddress, bindInterface } = connection.ssh ?? {}
  if (bindAddress === undefined && bindInterface === undefined) return family === undefined ? {} : { family }
  const own =
    bindAddress === undefined
      ? addressOfInterface(bindInterface ?? '', family)
      : await addressOf(
          bindAddress,
          family,
          AbortSignal.any([signal, AbortSignal.timeout(connectLimit(connection))]),
        )
  if (signal.aborted) return aborted()
  const version = isIP(own ?? '')
  if (own === undefined || version === 0) {
    const what = bindAddress === undefined ? `the interface ${bindInterface}` : bindAddress
    return {
      code: 'connect_failed',
      message: `${what} has no address of this machine to connect from`,
      hint: 'check BindAddress and BindInterface in the SSH configuration',
    }
  }
  return { family: family ?? (version === 4 ? 4 : 6), localAddress: own }
}

function addressOfInterface(name: string, family: 4 | 6 | undefined): string | undefined {
  const all = networkInterfaces()[name] ?? []
  return all.find(found => family === undefined || found.family === `IPv${family}`)?.address
}

async function addressOf(
  name: string,
  family: 4 | 6 | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (isIP(name) !== 0) return name
  const ended = new Promise<undefined>(resolve => {
    if (signal.aborted) resolve(undefined)
    signal.addEventListener('abort', () => resolve(undefined), { once: true })
  })
  const found = lookup(name, { family: family ?? 0 }).then(
    ({ address }) => address,
    () => undefined,
  )
  return Promise.race([found, ended])
}
