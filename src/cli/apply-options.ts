import type { RunFacts } from '../expr/scope.ts'
import type { AskBecomePassOptions } from './become.ts'
import type { Duration } from './duration-option.ts'
import type { ExecuteOptions } from './execute.ts'
import type { InputOptions } from './inputs.ts'
import type { LookOptions } from './look.ts'
import type { HostKeyOptions } from './prepare-pool.ts'
import type { SecretOptions } from './secret-values.ts'

/** What `drover apply` takes. */
export interface ApplyOptions
  extends InputOptions,
    HostKeyOptions,
    AskBecomePassOptions,
    LookOptions,
    Omit<SecretOptions, 'color'>,
    Omit<ExecuteOptions, 'shape' | 'git' | 'record' | 'timeoutMs'> {
  /** False for `--no-journal`. */
  readonly journal: boolean
  readonly yes?: true | undefined
  /** A saved plan may have been applied before. */
  readonly again?: true | undefined
  /** Of the whole run. */
  readonly timeout?: Duration | undefined
  readonly dryRun?: true | undefined
  readonly requireClean?: true | undefined
  /** The run goes on in the background. */
  readonly detach?: true | undefined
  /** This is that background: what to do comes from the process that started this one. */
  readonly handedOver?: true | undefined
  /** Of a run that was handed over. */
  readonly run?: RunFacts | undefined
}
