import { resolve } from 'node:path'
import { PauseSwitch } from '../../render/pause-switch.ts'
import { type Pool, startPool } from '../../worker/pool.ts'
import type { CliContext } from '../context.ts'
import type { ConnectOptions } from '../options/connect-options.ts'
import { askAboutHostKey } from '../terminal/ask-host-key.ts'

/** The options that say which hosts to trust, and how patiently to connect to them. */
export interface HostKeyOptions extends ConnectOptions {
  readonly knownHosts?: string | undefined
  readonly hostKeyPolicy?: 'strict' | 'accept-new' | 'off' | undefined
  /** Nobody is asked about unknown keys, though there may be a terminal. */
  readonly unasked?: true
}

/** The workers of a run, and the way to keep the display still while a person is asked. */
export interface PreparedPool {
  readonly pool: Pool
  readonly pauses: PauseSwitch
}

/** Starts the workers that a run will need, and ends them after it, also when the run never starts. */
export async function withPool(
  context: CliContext,
  options: HostKeyOptions,
  run: (prepared: PreparedPool) => Promise<void>,
): Promise<void> {
  const prepared = preparePool(context, options)
  try {
    await run(prepared)
  } finally {
    await prepared.pool.close()
  }
}

function preparePool(context: CliContext, options: HostKeyOptions): PreparedPool {
  const { knownHosts, hostKeyPolicy, connectRetries, connectTimeout } = options
  const pauses = new PauseSwitch()
  const ask = askAboutHostKey(context)
  const pool = startPool({
    hostKeys: {
      policy: hostKeyPolicy ?? 'strict',
      ...(hostKeyPolicy === undefined ? { isDefault: true as const } : {}),
      ...(knownHosts === undefined ? {} : { knownHosts: resolve(context.cwd, knownHosts) }),
    },
    connecting: {
      ...(connectRetries === undefined ? {} : { connectRetries }),
      ...(connectTimeout === undefined ? {} : { connectTimeoutMs: connectTimeout }),
    },
    ...(hostKeyPolicy === undefined && options.unasked === undefined && canAsk(context)
      ? { ask: about => pauses.during(() => ask(about)) }
      : {}),
  })
  return { pool, pauses }
}

function canAsk({ stdin, stderr, env }: CliContext): boolean {
  return stdin.isTTY === true && stderr.isTTY === true && !env.CI
}
