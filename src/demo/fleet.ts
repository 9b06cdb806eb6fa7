import { fork } from 'node:child_process'
import { once } from 'node:events'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { DemoFiles } from './files.ts'
import type { FleetMessage } from './fleet-process.ts'

export interface Fleet {
  readonly files: DemoFiles
  /** Resolves when the fleet's process has ended. */
  readonly ended: Promise<void>
  /** Ends the servers and removes every file; resolves when that is done. */
  readonly stop: () => Promise<void>
}

/** Starts the demo's servers in a process of their own. Rejects when they can't be started. */
export async function startFleet(faults: boolean): Promise<Fleet> {
  // In a session of its own, so that Ctrl-C reaches the controller alone, which then ends the run and the fleet.
  const child = fork(entry(), faults ? ['--faults'] : [], {
    execArgv: [],
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const ended = once(child, 'exit').then(() => {})
  const message = await Promise.race([
    once(child, 'message').then(([first]) => first as FleetMessage),
    ended.then((): FleetMessage => ({ kind: 'failed', message: 'its process ended' })),
  ])
  if (message.kind === 'failed') throw new Error(`the demo's fleet does not start: ${message.message}`)
  return {
    files: message.files,
    ended,
    async stop() {
      if (child.connected) child.disconnect()
      await ended
    },
  }
}

/** The entry runs as TypeScript from src/ and as JavaScript from dist/. */
function entry(): string {
  return fileURLToPath(new URL(`./fleet-process${extname(import.meta.url)}`, import.meta.url))
}
