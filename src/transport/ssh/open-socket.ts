import { connect, type Socket } from 'node:net'
import type { Failure } from '../../model/errors.ts'
import type { Connection } from '../../model/host.ts'
import { LIMITS } from '../../model/limits.ts'
import { aborted, connectTimeout, socketFailure } from './failures.ts'

/**
 * A TCP connection, within the connect limit (name lookup included). Without TCP_NODELAY each command would wait for
 * a delayed acknowledgement, some 40 ms.
 */
export function openSocket(connection: Connection, signal: AbortSignal): Promise<Socket | Failure> {
  return new Promise(resolve => {
    const { address: host, port } = connection
    const socket = connect({ host, port, noDelay: true, keepAlive: true })
    const finish = (result: Socket | Failure) => {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
      socket.removeListener('error', onError)
      // Errors may still come while a connection is torn down.
      socket.on('error', () => {})
      if (result !== socket) socket.destroy()
      resolve(result)
    }
    const onAbort = () => finish(aborted())
    const onError = (error: Error) => finish(socketFailure(connection, error))
    const timer = setTimeout(() => finish(connectTimeout(connection)), LIMITS.connectMs)
    socket.once('connect', () => finish(socket))
    socket.on('error', onError)
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
  })
}
