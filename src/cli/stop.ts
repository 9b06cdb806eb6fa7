import { setTimeout as sleep } from 'node:timers/promises'
import { Command } from '@commander-js/extra-typings'
import { runFolder } from '../journal/folder.ts'
import { type Owner, ownerOf } from '../journal/owner.ts'
import { findRun } from '../journal/read-run.ts'
import { EXIT } from '../model/errors.ts'
import { LIMITS } from '../model/limits.ts'
import { ProblemsError } from '../model/problem.ts'
import type { RunStatus } from '../model/run-summary.ts'
import { outcomeWords, statusWords } from '../render/run-words.ts'
import type { CliContext } from './context.ts'
import { readingRuns } from './runs/reading-runs.ts'
import { runRow } from './runs/run-rows.ts'

/** `drover stop RUN`: ends a run as Ctrl-C in its terminal would. */
export function command(context: CliContext) {
  return new Command('stop')
    .description('End a run that is going on, as Ctrl-C in its terminal would, and wait until it has ended.')
    .argument('<run>', 'its id, the beginning of it, or last')
    .option('--now', 'at once, without grace for what is running: as a second Ctrl-C')
    .addHelpText('after', EXAMPLES)
    .action(async (named, { now }) => {
      const id = readingRuns(() => findRun(context.cwd, named))
      const folder = runFolder(context.cwd, id)
      const owner = readingRuns(() => ownerOf(folder))
      if (owner?.state !== 'alive') throw notRunning(id, owner, runRow(context.cwd, id).status)
      signal(id, owner.pid, now === true)
      const hasEnded = await untilEnded(folder, owner, now ? ENDS_NOW_MS : ENDS_MS)
      tell(context, id, hasEnded)
    })
}

const EXAMPLES = `
Examples:
  drover stop last
  drover stop 20261128-2114 --now

Nothing new starts, and what is running on hosts gets its time to end; called a
second time, or with --now, it ends that at once. drover resume RUN goes on.
The exit status is 0 if the run has ended, 1 if it has not by the time that it
should have, 3 if there is no such run, and 4 if it is not running, or not on
this machine.
`

const POLL_MS = 50
const SLACK_MS = 2_000

/** A step that takes no TERM is killed after its grace time; a link that is dead then has its own. */
const ENDS_MS = 2 * LIMITS.graceMs + LIMITS.signOfLifeMs + SLACK_MS
const ENDS_NOW_MS = LIMITS.graceMs + SLACK_MS

function signal(id: string, pid: number, now: boolean): void {
  try {
    process.kill(pid, 'SIGINT')
    // Another one, lest both arrive as one.
    if (now) process.kill(pid, 'SIGTERM')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    // It has just ended.
    if (code === 'ESRCH') return
    throw refused(`run ${id} cannot be stopped: process ${pid} is another user's`)
  }
}

async function untilEnded(folder: string, { pid }: Owner, ms: number): Promise<boolean> {
  const until = performance.now() + ms
  for (;;) {
    const owner = ownerOf(folder)
    if (owner?.state !== 'alive' || owner.pid !== pid) return true
    if (performance.now() > until) return false
    await sleep(POLL_MS)
  }
}

function tell({ cwd, stdout, stderr, exit }: CliContext, id: string, hasEnded: boolean): void {
  const { summary, status } = runRow(cwd, id)
  const { facts } = summary
  const outcomes = facts === undefined ? '' : ` · ${outcomeWords(facts, status.kind === 'running')}`
  stdout.write(`Run ${id}: ${statusWords(status)}${outcomes}\n`)
  if (!hasEnded) stderr.write(`It has not ended yet: drover stop ${id} --now ends it at once.\n`)
  else if (status.kind !== 'finished') stderr.write(`drover resume ${id} goes on with it.\n`)
  exit(hasEnded ? EXIT.ok : EXIT.failed)
}

function notRunning(id: string, owner: Owner | undefined, status: RunStatus): ProblemsError {
  if (status.kind === 'running' && owner?.state === 'elsewhere')
    return refused(
      `run ${id} is that of process ${owner.pid} on ${owner.machine}, and can be stopped only there`,
    )
  return refused(`run ${id} is not running: ${statusWords(status)}`)
}

function refused(message: string): ProblemsError {
  return new ProblemsError([{ code: 'run_state', severity: 'error', message }])
}
