import { EXIT, type ExitStatus, worstStatus } from '../../model/errors.ts'
import type { RunEvent } from '../../model/event.ts'

/** The status that a run ended with, as far as its end tells. */
export function runExit({ stopped, counts }: Extract<RunEvent, { kind: 'run_finished' }>): ExitStatus {
  const { failed, unreachable, unknown, refused, blocked, cancelled } = counts
  return worstStatus([
    stopped === 'interrupted' ? EXIT.interrupted : EXIT.ok,
    refused > 0 || stopped === 'lock' ? EXIT.refused : EXIT.ok,
    failed + unreachable + unknown + blocked + cancelled > 0 || stopped !== undefined ? EXIT.failed : EXIT.ok,
  ])
}
