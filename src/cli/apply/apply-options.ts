import type { RunFacts } from '../../expr/scope.ts'
import type { AskBecomePassOptions } from '../execute/become.ts'
import type { ExecuteOptions } from '../execute/execute.ts'
import type { HostKeyOptions } from '../execute/prepare-pool.ts'
import type { InputOptions } from '../inputs/inputs.ts'
import type { SecretOptions } from '../inputs/secret-values.ts'
import type { Duration } from '../options/duration-option.ts'
import type { LookOptions } from '../preview/look.ts'

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
