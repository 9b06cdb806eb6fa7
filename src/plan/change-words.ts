import type { ErrorCode } from '../model/errors.ts'

/** How it is told that something is no longer as it was. */
export interface ChangeWords {
  /** As `the plan`: what was made of it. */
  readonly made: string
  /** As `the plan was made`. */
  readonly when: string
  /** As `than was planned`. */
  readonly than: string
  readonly hint: string
  readonly inputCode: ErrorCode
  readonly driftCode: ErrorCode
}

export const OF_PLAN: ChangeWords = {
  made: 'the plan',
  when: 'the plan was made',
  than: 'than was planned',
  hint: 'make the plan again',
  inputCode: 'plan_input',
  driftCode: 'drift',
}

export const OF_RUN: ChangeWords = {
  made: 'the run',
  when: 'the run was started',
  than: 'than when it was started',
  hint: '--accept-changes goes on with what there is now: steps that would do something else run again',
  inputCode: 'run_changed',
  driftCode: 'run_changed',
}
