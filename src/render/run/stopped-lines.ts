import { OUTCOMES, satisfies } from '../../model/outcome.ts'
import { count } from '../../model/quantity.ts'
import { formatDuration } from '../duration.ts'
import { escapeText } from '../escape.ts'
import type { RunLabels } from './labels.ts'
import { shortId } from './short-id.ts'
import type { RunTally } from './tally.ts'

const STEP_WIDTH = 24

/** Why a run ended early, and what that means for its steps; nothing where it came to its end. */
export function stoppedLines(tally: RunTally, labels: RunLabels): string[] {
  const { stopped, notStarted, plan } = tally
  const what = notStarted.nodes === 0 ? 'Stopped' : notStartedWords(notStarted.nodes)
  switch (stopped) {
    case undefined:
      return []
    case 'interrupted':
      return [`Interrupted: ${endedWords(tally)}.`]
    case 'timeout':
      return [`Out of time after ${formatDuration(tally.durationMs)}: ${endedWords(tally)}.`]
    case 'journal':
      return [
        `Stopped: ${journalWhy(tally)}.`,
        `${endedWords(tally)}; what was not recorded is unknown to whoever goes on.`,
      ]
    case 'lock':
      return [
        `Another run has ${tally.notStarted.cause === undefined ? 'a host that this one needs' : labels.host(tally.notStarted.cause.host)}: ${endedWords(tally)}.`,
        'drover lock list says who; --lock-timeout waits for it.',
      ]
    case 'on_failure':
      return [`${what} because of on_failure: stop${causeOf(tally, labels)}.`]
    case 'max_failures': {
      const { maxFailures = 0 } = plan
      const hosts = maxFailures === 0 ? 'a host' : `more than ${count(maxFailures, 'host')}`
      const verb = tally.total('unknown') === 0 ? 'failed' : 'did not succeed'
      return [`${what}: ${hosts} ${verb} (max_failures).`]
    }
  }
}

/** How to go on with a run that has something left to do: `Go on with: drover resume RUN`. */
export function resumeLines(tally: RunTally, resume: string | undefined): string[] {
  if (resume === undefined) return []
  const left = OUTCOMES.filter(outcome => !satisfies(outcome) && tally.total(outcome) > 0)
  if (left.length === 0 && tally.stopped === undefined) return []
  const isDrift = tally.stopped === undefined && left.includes('refused')
  // The run goes on as what was approved, and would be refused again.
  if (isDrift && left.every(outcome => outcome === 'refused' || outcome === 'blocked'))
    return [`Make a new plan, or undo what changed and: ${resume}`]
  return [`Go on with: ${resume}`]
}

/** `3 steps that ran were ended, 25 were not started, 12 of 40 done`. */
function endedWords(tally: RunTally): string {
  const { ended, waiting } = tally.cancelled
  const unstarted = waiting + tally.notStarted.nodes
  const all = OUTCOMES.reduce((sum, outcome) => sum + tally.total(outcome), 0)
  const done = OUTCOMES.reduce((sum, outcome) => sum + (satisfies(outcome) ? tally.total(outcome) : 0), 0)
  return [
    ...(ended > 0 ? [`${count(ended, 'step')} that ran ${were(ended)} ended`] : []),
    ...(unstarted > 0
      ? [ended > 0 ? `${unstarted} ${were(unstarted)} not started` : notStartedWords(unstarted)]
      : []),
    `${done} of ${all} done`,
  ].join(', ')
}

function notStartedWords(nodes: number): string {
  return `${count(nodes, 'step')} ${were(nodes)} not started`
}

function were(n: number): string {
  return n === 1 ? 'was' : 'were'
}

function journalWhy({ journalFailure }: RunTally): string {
  return journalFailure === undefined ? 'what happens cannot be recorded' : escapeText(journalFailure.message)
}

function causeOf({ notStarted: { cause } }: RunTally, labels: RunLabels): string {
  if (cause === undefined) return ''
  return ` of ${shortId(labels.step(cause.step), STEP_WIDTH)} on ${labels.host(cause.host)}`
}
