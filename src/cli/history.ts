import { Command, InvalidArgumentError, Option } from '@commander-js/extra-typings'
import { pruneRuns } from '../journal/prune.ts'
import { EXIT } from '../model/errors.ts'
import { count } from '../model/quantity.ts'
import { type HistoryRow, renderHistory } from '../render/history.ts'
import { historyJson } from '../render/history-json.ts'
import { createPaint } from '../render/paint.ts'
import type { CliContext } from './context.ts'
import { wantsColor } from './options/color.ts'
import { colorOption } from './options/options.ts'
import { keepRuns } from './runs/keep-runs.ts'
import { readingRuns } from './runs/reading-runs.ts'
import { historyRows } from './runs/run-rows.ts'

/** `drover history`: the runs of the working folder. */
export function command(context: CliContext) {
  return new Command('history')
    .description('List the runs of this folder: when, what, by whom, and what came of it.')
    .addOption(new Option('-n, --limit <n>', 'so many of the last ones').argParser(positive).default(20))
    .option('--playbook <file>', 'only runs of this playbook')
    .option('--json', 'one JSON document')
    .option('--rebuild', 'read all journals again, not only those that changed')
    .option('--prune', 'remove old runs now, as far as DROVER_KEEP_RUNS says')
    .addOption(colorOption())
    .addHelpText('after', EXAMPLES)
    .action(options => {
      const { cwd, stdout } = context
      if (options.prune) return prune(context)
      const { rows, total } = historyRows(cwd, options)
      context.exit(EXIT.ok)
      if (options.json) return void stdout.write(historyJson(rows, total))
      const paint = createPaint(wantsColor(context, stdout, options.color))
      const columns = stdout.columns ?? Number.POSITIVE_INFINITY
      stdout.write(renderHistory(rows, { paint, columns, now: Date.now() }))
      accompany(context, rows, total)
    })
}

const EXAMPLES = `
Examples:
  drover history                          the last 20 runs, the newest one last
  drover history -n 200 --playbook db.yml
  drover history --json                   for programs
  DROVER_KEEP_RUNS=90d drover history --prune

A commit with * was applied with files that were not committed. "broken off"
means that drover was killed or its machine went down: drover resume RUN goes
on. drover show RUN tells what happened in a run, drover attach RUN follows one
that is running, drover stop RUN ends it.

What is known of runs lies in .drover/runs. A new run removes old ones: of more
than 1000, or as the environment variable DROVER_KEEP_RUNS says: a number of
runs, or an age as 90d. A run that can be resumed stays for 30 days.
The exit status is 0, also when there are no runs.
`

function positive(value: string): number {
  const n = Number(value)
  if (!Number.isSafeInteger(n) || n < 1) throw new InvalidArgumentError('It must be a whole number above 0.')
  return n
}

/** What to do about it goes to stderr. */
function accompany({ stderr }: CliContext, rows: readonly HistoryRow[], total: number): void {
  if (total === 0) stderr.write('There are no runs in this folder.\n')
  if (total > rows.length)
    stderr.write(`${count(total - rows.length, 'earlier run')}: --limit ${total} shows all.\n`)
  const last = (kind: HistoryRow['status']['kind']) => rows.findLast(({ status }) => status.kind === kind)
  const broken = last('broken_off')
  if (broken) stderr.write(`Broken off: drover resume ${broken.summary.id} goes on with it.\n`)
  const running = last('running')
  if (running) stderr.write(`Running: drover attach ${running.summary.id} follows it.\n`)
  const damaged = last('damaged')
  if (damaged) stderr.write(`Damaged: drover show ${damaged.summary.id} tells where.\n`)
}

function prune({ cwd, env, stdout, exit }: CliContext): void {
  const most = Number.POSITIVE_INFINITY
  const keep = keepRuns(env)
  const removed = readingRuns(() => pruneRuns(cwd, { keep, now: Date.now(), most }))
  for (const id of removed) stdout.write(`removed ${id}\n`)
  stdout.write(
    removed.length === 0 ? 'There was nothing to remove.\n' : `Removed ${count(removed.length, 'run')}.\n`,
  )
  exit(EXIT.ok)
}
