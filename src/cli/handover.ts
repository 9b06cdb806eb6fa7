import type { RunFacts } from '../expr/scope.ts'
import { Secret } from '../model/secret.ts'
import type { ApplyOptions } from './apply-options.ts'
import { UsageError } from './usage.ts'

/** What the foreground hands to the process that executes a run in the background. */
export interface Handover {
  /** A playbook, or a saved plan. */
  readonly file: string
  readonly options: ApplyOptions
  readonly run: RunFacts
  readonly becomePassword?: Secret | undefined
}

/** How it goes over the channel between the two, which nobody else can read. */
interface HandoverMessage {
  readonly file: string
  readonly options: object
  readonly run: RunFacts
  readonly becomePassword?: string
}

export function handoverMessage({ file, options, run, becomePassword }: Handover): HandoverMessage {
  const password = becomePassword === undefined ? {} : { becomePassword: becomePassword.reveal() }
  return { file, options, run, ...password }
}

const HANDS_OVER_MS = 10_000

/**
 * What the process that started this one hands over; the channel is closed then.
 * @throws UsageError where there is none, or it went away
 */
export async function takeHandover(): Promise<Handover> {
  if (process.send === undefined) throw new UsageError('--handed-over is for drover itself')
  const { promise, resolve, reject } = Promise.withResolvers<HandoverMessage>()
  const gone = () => reject(new UsageError('who started this run in the background has gone'))
  const timer = setTimeout(gone, HANDS_OVER_MS)
  process.once('message', message => resolve(message as HandoverMessage)).once('disconnect', gone)
  try {
    const { becomePassword, options, ...same } = await promise
    const password = becomePassword === undefined ? {} : { becomePassword: new Secret(becomePassword) }
    return { ...same, options: options as ApplyOptions, ...password }
  } finally {
    clearTimeout(timer)
    process.removeListener('disconnect', gone)
    if (process.connected) process.disconnect()
  }
}
