import type { Preview } from '../../model/preview.ts'
import { preview } from '../../preview/preview.ts'
import { revealed } from '../../secrets/reveal.ts'
import { variablesOf } from '../../secrets/variables.ts'
import type { CliContext } from '../context.ts'
import type { PreparedPool } from '../execute/prepare-pool.ts'
import { watchSignals } from '../execute/signals.ts'
import type { Inputs } from '../inputs/inputs.ts'
import { previewProgress } from './preview-progress.ts'

export interface LookOptions {
  readonly forks: number
  /** False for `--no-diff`. */
  readonly diff: boolean
}

/** Asks the hosts what a plan would do; undefined after Ctrl-C. */
export async function lookAtHosts(
  context: CliContext,
  inputs: Pick<Inputs, 'plan' | 'sketch' | 'foresee' | 'secrets' | 'secretValues'>,
  { pool, pauses }: PreparedPool,
  options: LookOptions,
): Promise<Preview | undefined> {
  const { plan, secrets, secretValues = new Map() } = inputs
  const signals = watchSignals()
  const progress = previewProgress(context, plan, pauses)
  try {
    return await preview({
      plan,
      sketch: inputs.sketch,
      foresight: inputs.foresee(),
      asker: events =>
        pool.attach(plan, events, {
          reveal: task => revealed(task, secretValues),
          withheld: variablesOf(secrets),
        }),
      forks: options.forks,
      diffs: options.diff,
      progress: progress.found,
      signal: signals.first,
      nowSignal: signals.second,
    })
  } finally {
    progress.end()
    signals.release()
  }
}
