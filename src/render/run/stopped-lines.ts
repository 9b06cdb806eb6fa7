import { count } from '../../model/quantity.ts'
import type { RunLabels } from './labels.ts'
import { shortId } from './short-id.ts'
import type { RunTally } from './tally.ts'

const STEP_WIDTH = 24

/** Why a run ended early, and how much it kept from starting; nothing where it came to its end. */
export function stoppedLines(tally: RunTally, labels: RunLabels): string[] {
  const { stopped, notStarted, plan } = tally
  const many = notStarted.nodes === 1 ? 'was' : 'were'
  const what = notStarted.nodes === 0 ? 'Stopped' : `${count(notStarted.nodes, 'step')} ${many} not started`
  switch (stopped) {
    case undefined:
      return []
    case 'interrupted':
      return ['Interrupted: what was running has been ended, nothing new was started.']
    case 'on_failure':
      return [`${what} because of on_failure: stop${causeOf(tally, labels)}.`]
    case 'journal':
      return [`${what}: the journal of the run could not be written.`]
    case 'lock':
      return [
        `${what}: another run has ${tally.notStarted.cause === undefined ? 'a host' : labels.host(tally.notStarted.cause.host)}.`,
      ]
    case 'timeout':
      return [`${what}: the run's time was over; what was running has been ended.`]
    case 'max_failures': {
      const { maxFailures = 0 } = plan
      const hosts = maxFailures === 0 ? 'a host' : `more than ${count(maxFailures, 'host')}`
      return [`${what}: ${hosts} failed (max_failures).`]
    }
  }
}

function causeOf({ notStarted: { cause } }: RunTally, labels: RunLabels): string {
  if (cause === undefined) return ''
  return ` of ${shortId(labels.step(cause.step), STEP_WIDTH)} on ${labels.host(cause.host)}`
}
