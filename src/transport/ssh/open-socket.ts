import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Failure } from '../../model/errors.ts'
import type { Connection } from '../../model/host.ts'
import { aborted, connectLimit, connectTimeout, socketFailure } from './failures.ts'
import { gatherWrites } from './gather-writes.ts'
import { type LocalEnd, localEnd } from './local-end.ts'

/** How long to wait for another connection to end, where this process has as many files open as it may. */
const NO_FILES_MS = 100

/**
 * A TCP connection, within the connect limit (name lookup included). Without TCP_NODELAY each command would wait for
 * a delayed acknowledgement, some 40 ms.
 */
export async function openSocket(connection: Connection, signal: AbortSignal): Promise<Socket | Failure> {
  const limit = connectLimit(connection)
  const deadline = performance.now() + limit
  const end = await localEnd(connection, signal)
  if ('code' in end) return end
  for (let left: number = limit; ; left = Math.max(0, deadline - performance.now())) {
    const result = await tryToConnect(connection, end, signal, left)
    if (!(result instanceof Error)) return result
    if (!hasNoFiles(result) || performance.now() > deadline) return socketFailure(connection, result)
    await sleep(NO_FILES_MS)
  }
}

function hasNoFiles({ code }: NodeJS.ErrnoException): boolean {
  return code === 'EMFILE' || code === 'ENFILE'
}

function tryToConnect(
  connection: Connection,
  end: LocalEnd,
  signal: AbortSignal,
  ms: number,
): Promise<Socket | Failure | Error> {
  return new Promise(resolve => {
    const { address: host, port } = connection
    const socket = connect({ host, port, ...end, noDelay: true, keepAlive: true })
    const finish = (result: Socket | Failure | Error) => {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
      socket.removeListener('error', onError)
      // Errors may still come while a connection is torn down.
      socket.on('error', () => {})
      if (result !== socket) socket.destroy()
      resolve(result)
    }
    const onAbort = () => finish(aborted())
    const onError = (error: Error) => finish(error)
    const timer = setTimeout(() => finish(connectTimeout(connection)), ms)
    gatherWrites(socket)
    socket.once('connect', () => finish(socket))
    socket.on('error', onError)
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
  })
}
