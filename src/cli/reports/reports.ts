import { resolve } from 'node:path'
import { EXIT, type ExitStatus } from '../../model/errors.ts'
import type { RunListener } from '../../model/event.ts'
import type { PauseSwitch } from '../../render/pause-switch.ts'
import type { RunRendererOptions } from '../../render/run/renderer.ts'
import { timeOf } from '../../render/run/time.ts'
import type { CliContext } from '../context.ts'
import { ciOf } from '../execute/ci.ts'
import { putFile } from '../replace-file.ts'
import { UsageError } from '../usage.ts'
import { LogFile } from './log-file.ts'
import { reasonOf, whyUnwritable } from './writable.ts'

/** Files that a run writes for others, besides what it shows. */
export interface ReportOptions {
  readonly junit?: string | undefined
  readonly log?: string | undefined
}

/** What fills them while a run goes on. */
export interface Reports {
  readonly listeners: readonly RunListener[]
  /** Closes them; the status is `failed` where one could not be written. */
  readonly close: () => ExitStatus
}

/** @throws UsageError for a file that could not be written: before anything else is done */
export function checkReports({ cwd }: CliContext, { junit, log }: ReportOptions): void {
  for (const [name, file] of Object.entries({ junit, log })) {
    const why = file === undefined ? undefined : whyUnwritable(resolve(cwd, file))
    if (why !== undefined) throw new UsageError(`--${name} ${file} cannot be written: ${why}`)
  }
  if (junit !== undefined && log !== undefined && resolve(cwd, junit) === resolve(cwd, log))
    throw new UsageError(`--junit and --log name the same file`)
}

/** @throws UsageError where a file cannot be opened */
export async function openReports(
  context: CliContext,
  options: ReportOptions,
  shown: Pick<RunRendererOptions, 'shape' | 'resume'> & {
    readonly clock: () => number
    readonly pauses: PauseSwitch
    /** Takes secrets out of a text. */
    readonly mask: (text: string) => string
  },
): Promise<Reports> {
  const { junit, log } = options
  if (junit === undefined && log === undefined) return { listeners: [], close: () => EXIT.ok }
  checkReports(context, options)
  const tell = (words: string) =>
    void shown.pauses.during(async () => void context.stderr.write(`${context.program}: ${words}\n`))
  const logging = log === undefined ? undefined : await openLog(context, log, shown, tell)
  const report = junit === undefined ? undefined : await openJunit(context, junit, shown, tell)
  return {
    listeners: [logging?.listener, report?.listener].filter(listener => listener !== undefined),
    close: () => {
      report?.finish()
      logging?.file.close()
      return report?.hasFailed() ? EXIT.failed : EXIT.ok
    },
  }
}

async function openLog(
  context: CliContext,
  name: string,
  { shape, resume, clock, mask }: Parameters<typeof openReports>[2],
  tell: (words: string) => void,
) {
  const { createLogRenderer } = await import('../../render/log.ts')
  const ci = await ciOf(context)
  const cleaned = (text: string) => ci?.harmless(mask(text)) ?? mask(text)
  const file = opened(name, resolve(context.cwd, name), error =>
    tell(`the log ${name} cannot be written (${reasonOf(error)}); the run goes on`),
  )
  const append = (text: string) => file.append(text)
  return {
    file,
    listener: createLogRenderer({ append, cleaned, now: clock, shape, resume, time: timeOf(clock) }),
  }
}

function opened(name: string, path: string, tell: (error: NodeJS.ErrnoException) => void): LogFile {
  try {
    return new LogFile(path, tell)
  } catch (error) {
    throw new UsageError(`--log ${name} cannot be written: ${reasonOf(error as NodeJS.ErrnoException)}`)
  }
}

async function openJunit(
  { cwd }: CliContext,
  name: string,
  { clock, mask }: Parameters<typeof openReports>[2],
  tell: (words: string) => void,
) {
  const { JunitReport } = await import('../../render/junit/report.ts')
  let report: InstanceType<typeof JunitReport> | undefined
  let failed = false
  const write = (end: Parameters<InstanceType<typeof JunitReport>['xml']>[0]) => {
    if (report === undefined) return
    const problem = putFile(resolve(cwd, name), name, report.xml(end))
    report = undefined
    failed = problem !== undefined
    if (problem !== undefined) tell(problem.message)
  }
  const listener: RunListener = event => {
    if (event.kind === 'run_started') report = new JunitReport(event, mask)
    report?.add(event)
    if (event.kind === 'run_finished') write(event)
  }
  // After a second Ctrl-C the end may not have been told.
  const finish = () => write({ at: clock(), stopped: 'broken_off' })
  return { listener, finish, hasFailed: () => failed }
}
