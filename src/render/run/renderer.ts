import type { RunHistory } from '../../model/run-history.ts'
import type { CiWords } from '../ci/ci-words.ts'
import type { OutputStream } from '../outlet.ts'
import type { PauseSwitch } from '../pause-switch.ts'
import type { FoldRequest } from './folded.ts'
import type { RenderTime } from './time.ts'

/** What every renderer of a run is built from. The plan comes with `run_started`. */
export interface RunRendererOptions {
  readonly stdout: OutputStream
  readonly stderr: OutputStream
  readonly color: { readonly stdout: boolean; readonly stderr: boolean }
  /** -1 only failures (`-q`), 0 results, 1 output too (`-v`), 2 connections too (`-vv`). */
  readonly verbosity: number
  /**
   * `playbook`: results are what is asked for, a recap ends them. `command`: what the hosts print is the answer, so
   * it shows as it comes, each stream to its own, and all else goes to stderr. `copy`: a line a host.
   */
  readonly shape: 'playbook' | 'command' | 'copy'
  /** Whoever asks the user something during the run does it through this, so that live rows make room. */
  readonly pauses?: PauseSwitch | undefined
  /** Absent where events are told again that are long past: nobody waits then. */
  readonly time?: RenderTime | undefined
  /** What is known of an earlier run; without it nothing is said of how long the rest may take. */
  readonly history?: RunHistory | undefined
  /** The command that goes on with this run, where it is recorded: `drover resume 20261128-2107-ab12`. */
  readonly resume?: string | undefined
  /** Absent: output shows as it comes, where it is wanted. */
  readonly fold?: FoldRequest | undefined
  /** The log of which CI system lines go to. */
  readonly ci?: CiWords | undefined
}
