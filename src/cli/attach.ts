import { Command } from '@commander-js/extra-typings'
import { runFolder } from '../journal/folder.ts'
import { KeptOutput } from '../journal/kept-output.ts'
import { ownerOf } from '../journal/owner.ts'
import { findRun } from '../journal/read-run.ts'
import { RunTail } from '../journal/run-tail.ts'
import { EXIT } from '../model/errors.ts'
import type { RunListener } from '../model/event.ts'
import { PauseSwitch } from '../render/pause-switch.ts'
import type { CliContext } from './context.ts'
import { createRenderer } from './execute/execute.ts'
import { startClock } from './execute/run-clock.ts'
import { watchSignals } from './execute/signals.ts'
import { colorOption, quietOption, runFormatOption, verboseOption } from './options/options.ts'
import { FolderWatch } from './runs/folder-watch.ts'
import { followingRuns, readingRuns } from './runs/reading-runs.ts'
import { runExit } from './runs/run-exit.ts'
import { tellNews } from './runs/tell-news.ts'

/** `drover attach RUN`: follows a run from any terminal. */
export function command(context: CliContext) {
  return new Command('attach')
    .description('Follow a run that is going on: what has happened so far, then what happens.')
    .argument('<run>', 'its id, the beginning of it, or last')
    .addOption(runFormatOption())
    .addOption(verboseOption())
    .addOption(quietOption())
    .addOption(colorOption())
    .addHelpText('after', EXAMPLES)
    .action(async (named, options) => {
      const id = readingRuns(() => findRun(context.cwd, named))
      const pauses = new PauseSwitch()
      const shown = { ...options, shape: 'playbook' as const }
      const resume = `${context.program} resume ${id}`
      const listener = await createRenderer(context, shown, pauses, startClock(), resume)
      const end = await followingRuns(() => follow(context, id, listener)).finally(() => pauses.end())
      tellEnd(context, id, end)
    })
}

const EXAMPLES = `
Examples:
  drover attach last                   the run that began last
  drover attach 20261128-2114 -v       with what the hosts print
  drover attach last --format json     an event a line, for programs

Ctrl-C leaves, and the run goes on: drover stop RUN ends it. Any number of
terminals can follow a run, in the foreground or the background, from the folder
that it was started in. Of one that has ended it tells all and ends.
The exit status is that of the run; 0 after Ctrl-C, 1 if the run was broken off,
3 if there is no such run or its journal is damaged.
`

type End =
  | { readonly kind: 'finished'; readonly status: ReturnType<typeof runExit> }
  | { readonly kind: 'left' }
  | { readonly kind: 'broken_off' }

/** @throws ProblemsError where the journal is damaged */
async function follow({ cwd, stdout }: CliContext, id: string, listener: RunListener): Promise<End> {
  const folder = runFolder(cwd, id)
  const signals = watchSignals()
  const changes = new FolderWatch(folder)
  const tail = new RunTail(id, folder)
  const kept = new KeptOutput()
  const { first: signal } = signals
  try {
    for (;;) {
      // Looked at first: what it has written before it went is read below.
      const isOver = isGone(folder)
      await tellNews(tail, kept, listener, { signal })
      if (tail.finished !== undefined) return { kind: 'finished', status: runExit(tail.finished) }
      // Where nobody reads any more, there is nobody to tell.
      if (signal.aborted || stdout.destroyed) return { kind: 'left' }
      if (isOver) return { kind: 'broken_off' }
      await changes.wait(signal)
    }
  } finally {
    tail.close()
    changes.close()
    signals.release()
  }
}

/** Whoever executes it is, or the folder itself, which is removed when it is old. */
function isGone(folder: string): boolean {
  try {
    const owner = ownerOf(folder)
    return owner === undefined || owner.state === 'gone'
  } catch {
    return true
  }
}

function tellEnd(context: CliContext, id: string, end: End): void {
  const said = wordsOf(id, end)
  if (said !== '') context.stderr.write(`${said}\n`)
  context.exit(end.kind === 'finished' ? end.status : end.kind === 'left' ? EXIT.ok : EXIT.failed)
}

function wordsOf(id: string, { kind }: End): string {
  switch (kind) {
    case 'finished':
      return ''
    case 'left':
      return `Run ${id} goes on: drover attach ${id} follows it, drover stop ${id} ends it.`
    case 'broken_off':
      return `Run ${id} was broken off: its process has ended without a word.
drover resume ${id} goes on with it, drover show ${id} tells how far it came.`
  }
}
