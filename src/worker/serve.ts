import { Child, type ChildOptions } from './child.ts'
import { ownFileBudget } from './file-limit.ts'
import { type FromWorker, HEARTBEAT_MS, type ToWorker } from './protocol.ts'

/** What a terminal or a service manager sends to the whole group: cancelling is the controller's business. */
const CONTROLLERS_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Makes this process a worker of the one that forked it.
 *
 * @param load brings what takes time to import; messages wait in the channel meanwhile
 * @param exit ends the process with a status: 0 when the controller closed the worker, or is gone and the hosts are given
 *   back, 70 for a bug, whose text stands on stderr
 */
export async function serve(
  load: () => Promise<Pick<ChildOptions, 'createTransports' | 'apply'>>,
  exit: (status: number) => void,
): Promise<void> {
  let closing = false
  for (const signal of CONTROLLERS_SIGNALS) process.on(signal, () => closing && exit(0))
  let child: Child | undefined
  // Not at once: connections that were just told to end get to say so.
  const leave = () => setImmediate(() => exit(0))
  process.on('disconnect', () =>
    closing || child === undefined ? leave() : void child.abandon().then(leave),
  )
  process.on('uncaughtException', error => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
    exit(70)
  })
  // The callback takes the error of a channel that has just closed; the process ends by `disconnect`.
  const send = (batch: FromWorker[]): void => void process.send?.(batch, undefined, {}, () => {})
  setInterval(() => send([{ kind: 'alive' }]), HEARTBEAT_MS).unref()
  child = new Child({
    ...(await load()),
    files: ownFileBudget(),
    withhold: variables => {
      for (const name of variables) delete process.env[name]
    },
    send,
    closed: () => {
      closing = true
      process.disconnect?.()
    },
  })
  process.on('message', batch => child?.receive(batch as readonly ToWorker[]))
}
