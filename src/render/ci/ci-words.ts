import type { RunTally } from '../run/tally.ts'

/** Lines that belong together and fold in the log of a CI system. */
export interface CiGroup {
  /** The run's id. */
  readonly run: string
  /** From 1, within the run. */
  readonly number: number
  /** One escaped line. */
  readonly title: string
  /** Escaped lines, each with its line end. */
  readonly text: string
  /** When it began and ended, in ms since the epoch. */
  readonly from: number
  readonly to: number
}

/** What plain lines do for the log of a CI system, which obeys commands that stand in it. */
export interface CiWords {
  /** Makes that nothing in a text of whole, escaped lines is a command. */
  readonly harmless: (text: string) => string
  /** Absent where a log has no groups. */
  readonly group?: (group: CiGroup) => string
  /** What is said of the failures of a run that is over. */
  readonly failures: (tally: RunTally) => string
}
