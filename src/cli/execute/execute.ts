import { runPlan } from '../../engine/run.ts'
import type { Task } from '../../model/action.ts'
import { type ExitStatus, worstStatus } from '../../model/errors.ts'
import type { RunListener } from '../../model/event.ts'
import type { GitLook } from '../../model/git.ts'
import type { Journal } from '../../model/journal.ts'
import type { Plan } from '../../model/plan.ts'
import type { RunHistory } from '../../model/run-history.ts'
import type { PauseSwitch } from '../../render/pause-switch.ts'
import type { RunRendererOptions } from '../../render/run/renderer.ts'
import { timeOf } from '../../render/run/time.ts'
import { maskedEvents } from '../../secrets/masked-events.ts'
import { revealed } from '../../secrets/reveal.ts'
import { variablesOf } from '../../secrets/variables.ts'
import type { CliContext } from '../context.ts'
import type { Inputs } from '../inputs/inputs.ts'
import { type ColorOption, wantsColor } from '../options/color.ts'
import { type FoldOptions, foldOf } from '../options/fold.ts'
import { type LockOptions, lockSettings } from '../options/lock-options.ts'
import { openReports, type ReportOptions } from '../reports/reports.ts'
import { ciOf } from './ci.ts'
import { maskingOf } from './masking.ts'
import type { PreparedPool } from './prepare-pool.ts'
import { startClock } from './run-clock.ts'
import { watchSignals } from './signals.ts'

/** What a verb that runs something was asked to show, and how fast to go. */
export interface ExecuteOptions extends LockOptions, ReportOptions, FoldOptions {
  readonly forks: number
  /** -v counted. */
  readonly verbose: number
  readonly quiet?: true | undefined
  readonly color: ColorOption
  readonly format?: RunFormat | undefined
  /** Of the whole run; none where absent. */
  readonly timeoutMs?: number | undefined
  readonly shape: RunRendererOptions['shape']
  /** A look that goes on beside what comes before the run. */
  readonly git?: Promise<GitLook>
  /** Looks for an earlier run of the same, where somebody wants to know how long this one may take. */
  readonly history?: (() => Promise<RunHistory | undefined>) | undefined
  /** Begins the journal of the run; absent: it is not recorded. */
  readonly record?: (() => Promise<Journal>) | undefined
}

export type RunFormat = 'tty' | 'lines' | 'json'

/** Executes a compiled plan on the pool, shows it, and obeys Ctrl-C: the first ends it in order, the second at once. */
export async function executePlan(
  context: CliContext,
  inputs: Pick<Inputs, 'plan' | 'program' | 'run' | 'checkout' | 'secretValues'> &
    Partial<Pick<Inputs, 'secrets'>>,
  { pool, pauses }: PreparedPool,
  options: ExecuteOptions,
): Promise<ExitStatus> {
  const { plan } = inputs
  const git = await options.git
  const clock = startClock()
  const resume = options.record && `${context.program} resume ${inputs.run.id}`
  const { shape } = options
  const reports = await openReports(context, options, {
    ...{ shape, resume, clock, pauses },
    mask: maskingOf(context, plan.hosts),
  })
  const journal = await options.record?.()
  const locks = lockSettings(inputs.run, plan, options)
  const { secretValues = new Map() } = inputs
  const reveal = (task: Task) => revealed(task, secretValues)
  const signals = watchSignals()
  try {
    const summary = await runPlan({
      journal,
      plan,
      program: inputs.program,
      runId: inputs.run.id,
      git: inputs.checkout?.facts ?? (git?.kind === 'facts' ? git.facts : undefined),
      sieve: sieveOf(context, plan),
      executor: events =>
        pool.attach(plan, events, { locks, reveal, withheld: variablesOf(inputs.secrets ?? []) }),
      listeners: [await createRenderer(context, options, pauses, clock, resume), ...reports.listeners],
      onBrokenListener: error => void context.stderr.write(`drover: the display broke: ${String(error)}\n`),
      clock,
      schedule: startTimer,
      forks: options.forks,
      timeoutMs: options.timeoutMs,
      signal: signals.first,
      nowSignal: signals.second,
    })
    return worstStatus([summary.status, reports.close()])
  } finally {
    reports.close()
    await journal?.close()
    signals.release()
  }
}

/** Takes the secrets out of what is told; absent where there are none. */
function sieveOf(context: CliContext, { hosts }: Plan) {
  maskingOf(context, hosts)
  const { finder } = context.secrets
  return finder.isEmpty ? undefined : maskedEvents(finder)
}

function startTimer(ms: number, then: () => void): () => void {
  const timer = setTimeout(then, ms)
  return () => clearTimeout(timer)
}

/** What shows a run to whoever looks on. */
export async function createRenderer(
  context: CliContext,
  options: Pick<ExecuteOptions, 'verbose' | 'quiet' | 'color' | 'format' | 'shape' | 'history'> & FoldOptions,
  pauses: PauseSwitch,
  clock: () => number,
  resume: string | undefined,
): Promise<RunListener> {
  const { stdout, stderr } = context
  const settings: RunRendererOptions = {
    stdout,
    stderr,
    color: {
      stdout: wantsColor(context, stdout, options.color),
      stderr: wantsColor(context, stderr, options.color),
    },
    verbosity: options.quiet ? -1 : options.verbose,
    shape: options.shape,
    pauses,
    time: timeOf(clock),
    resume,
    fold: await foldOf(options),
  }
  switch (options.format ?? defaultFormat(context)) {
    case 'tty':
      return (await import('../../render/tty.ts')).createTtyRenderer({
        ...settings,
        history: await options.history?.(),
      })
    case 'lines':
      return (await import('../../render/lines.ts')).createLinesRenderer({
        ...settings,
        ci: await ciOf(context),
      })
    case 'json':
      return (await import('../../render/json.ts')).createJsonRenderer(settings)
  }
}

/** Live rows need a terminal that somebody looks at. */
function defaultFormat({ stdout, env }: CliContext): RunFormat {
  const watched = stdout.isTTY === true && env.TERM !== 'dumb' && (env.CI === undefined || env.CI === '')
  return watched ? 'tty' : 'lines'
}
