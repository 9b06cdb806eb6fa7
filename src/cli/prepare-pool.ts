import { resolve } from 'node:path'
import { type Pool, startPool } from '../worker/pool.ts'
import { askAboutHostKey } from './ask-host-key.ts'
import type { CliContext } from './context.ts'

/** The options that say which hosts to trust. */
export interface HostKeyOptions {
  readonly knownHosts?: string | undefined
  readonly hostKeyPolicy?: 'strict' | 'accept-new' | 'off' | undefined
}

/** Starts the workers that a run will need; disposing it ends them, also when the run never starts. */
export function preparePool(context: CliContext, options: HostKeyOptions): Pool & AsyncDisposable {
  const pool = startPool({
    hostKeys: {
      policy: options.hostKeyPolicy ?? 'strict',
      ...(options.knownHosts === undefined ? {} : { knownHosts: resolve(context.cwd, options.knownHosts) }),
    },
    ...(options.hostKeyPolicy === undefined && canAsk(context) ? { ask: askAboutHostKey(context) } : {}),
  })
  return Object.assign(pool, { [Symbol.asyncDispose]: () => pool.close() })
}

function canAsk({ stdin, stderr, env }: CliContext): boolean {
  return stdin.isTTY === true && stderr.isTTY === true && !env.CI
}
