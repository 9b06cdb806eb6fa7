import type { ExitStatus } from '../model/errors.ts'
import type { KnownSecrets } from '../secrets/known-secrets.ts'

/** What a verb may use of the process; tests hand in their own. */
export interface CliContext {
  readonly program: 'drover' | 'batch_run' | 'batch_scp'
  readonly cwd: string
  readonly env: Readonly<NodeJS.ProcessEnv>
  readonly stdin: NodeJS.ReadStream
  /** What answers. */
  readonly stdout: NodeJS.WriteStream
  /** What accompanies. */
  readonly stderr: NodeJS.WriteStream
  /** What nothing that is written may hold. */
  readonly secrets: KnownSecrets
  /** Sets the status that the process ends with. */
  readonly exit: (status: ExitStatus) => void
}
