import type { RunFacts } from '../../expr/scope.ts'
import { Secret } from '../../model/secret.ts'
import type { SecretValues } from '../../secrets/reveal.ts'
import type { ApplyOptions } from '../apply/apply-options.ts'
import { UsageError } from '../usage.ts'

/** What the foreground hands to the process that executes a run in the background. */
export interface Handover {
  /** A playbook, or a saved plan. */
  readonly file: string
  readonly options: ApplyOptions
  readonly run: RunFacts
  readonly becomePassword?: Secret | undefined
  readonly secretValues?: SecretValues | undefined
}

/** How it goes over the channel between the two, which nobody else can read. */
interface HandoverMessage {
  readonly file: string
  readonly options: object
  readonly run: RunFacts
  readonly becomePassword?: string
  readonly secretValues?: readonly (readonly [name: string, value: string])[]
}

export function handoverMessage(handover: Handover): HandoverMessage {
  const { file, options, run, becomePassword, secretValues } = handover
  const password = becomePassword === undefined ? {} : { becomePassword: becomePassword.reveal() }
  if (secretValues === undefined) return { file, options, run, ...password }
  const values = Array.from(secretValues, ([name, secret]) => [name, secret.reveal()] as const)
  return { file, options, run, ...password, secretValues: values }
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
    const { becomePassword, secretValues, options, ...same } = await promise
    const password = becomePassword === undefined ? {} : { becomePassword: new Secret(becomePassword) }
    const secrets =
      secretValues === undefined
        ? {}
        : { secretValues: new Map(secretValues.map(([name, value]) => [name, new Secret(value)])) }
    return { ...same, options: options as ApplyOptions, ...password, ...secrets }
  } finally {
    clearTimeout(timer)
    process.removeListener('disconnect', gone)
    if (process.connected) process.disconnect()
  }
}
