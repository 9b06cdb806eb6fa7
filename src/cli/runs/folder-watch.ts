import { type FSWatcher, watch } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** So often one looks without being told: not every file system tells. */
const POLL_MS = 200

/** What changes many times a second is looked at so often at most. */
const REST_MS = 20

/** Waits for something to change in a folder. */
export class FolderWatch {
  readonly #watcher: FSWatcher | undefined
  #changed = Promise.withResolvers<void>()

  constructor(folder: string) {
    this.#watcher = watched(folder, () => this.#changed.resolve())
  }

  /** Resolves when there may be something new, or the signal aborts; at the latest after a fifth of a second. */
  async wait(signal: AbortSignal): Promise<void> {
    const over = new AbortController()
    const either = AbortSignal.any([signal, over.signal])
    await Promise.race([this.#changed.promise, sleep(POLL_MS, undefined, { signal: either }).catch(() => {})])
    over.abort()
    await sleep(REST_MS, undefined, { signal }).catch(() => {})
    this.#changed = Promise.withResolvers<void>()
  }

  close(): void {
    this.#watcher?.close()
  }
}

/** Where the system has no more watches to give, one looks now and then. */
function watched(folder: string, changed: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(folder, changed)
    return watcher.on('error', () => watcher.close())
  } catch {
    return undefined
  }
}
