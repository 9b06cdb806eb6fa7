import { join, resolve } from 'node:path'
import type { Past } from '../../journal/past.ts'
import type { RunStory } from '../../journal/read-run.ts'
import type { Action } from '../../model/action.ts'
import { LIMITS } from '../../model/limits.ts'
import { type Problem, ProblemsError } from '../../model/problem.ts'
import { OF_RUN } from '../../plan/change-words.ts'
import { inputChanges, problemOf } from '../../plan/changed-inputs.ts'
import { actionDigest } from '../../plan/digest.ts'
import { planDrift, sketchDrift } from '../../plan/plan-drift.ts'
import { expandGlob } from '../../steps/put/local-glob.ts'
import type { CliContext } from '../context.ts'
import { maskingOf } from '../execute/masking.ts'
import type { Inputs } from '../inputs/inputs.ts'
import { basesOf } from '../preview/save-preview.ts'

/** What is no longer as it was when a run was started. */
export interface Changes {
  readonly problems: readonly Problem[]
  /** Files, folders and links with another content, absolute. */
  readonly paths: readonly string[]
  /** Only what is masked is compared, so the problems may come of secrets that are not known yet. */
  readonly mayBeSecret?: true
}

/** @throws ProblemsError where a file cannot be read, or the command line was not kept */
export async function changesSince(
  context: CliContext,
  { id, record }: RunStory,
  inputs: Inputs,
): Promise<Changes> {
  const { cwd } = context
  if (record.masked) throw new ProblemsError([unkept(id)])
  const files = await inputChanges(record.inputs, cwd, expandGlob, LIMITS.recordedFileBytes)
  const ofFiles = files.map(({ path, change }) =>
    problemOf(`${path.replace(/^\.\//, '')} ${change(OF_RUN)}`, OF_RUN),
  )
  const paths = files.map(({ path }) => resolve(cwd, path))
  if (ofFiles.length > 0) return { problems: ofFiles, paths }
  const drift = planDrift(record, inputs.plan, maskingOf(context, inputs.plan.hosts), OF_RUN)
  if (drift.length > 0) return { problems: drift, paths, mayBeSecret: true }
  if (record.sketches === '') return { problems: [], paths }
  return { problems: sketchDrift(record, inputs.plan, inputs.sketch, basesOf(cwd, inputs), OF_RUN), paths }
}

/** @throws ProblemsError if there are some */
export function refuseChanges({ problems }: Changes): void {
  if (problems.length > 0) throw new ProblemsError(problems)
}

/** Whether a node that is done did what it would do now: the same action, with the same local files. */
export function didSameIn(
  past: Past,
  { paths }: Changes,
  bases: readonly string[],
  mask: (text: string) => string,
): (step: number, host: number, action: Action) => boolean {
  return (step, host, action) => {
    if (past.of(step, host)?.action !== actionDigest(action, bases, mask)) return false
    if (action.kind !== 'put' || action.source.kind !== 'src') return true
    const source = beforePattern(action.source.text)
    return !paths.some(
      path => path === source || path.startsWith(source.endsWith('/') ? source : `${source}/`),
    )
  }
}

/** The folder that all matches of a pattern lie in, or the path itself. */
function beforePattern(path: string): string {
  const whole = path.replace(/(?<=.)\/+$/, '')
  const at = whole.search(/[*?[]/)
  return at < 0 ? whole : join(whole.slice(0, whole.lastIndexOf('/', at) + 1))
}

function unkept(id: string): Problem {
  return {
    code: 'run_state',
    severity: 'error',
    message: `run ${id} cannot go on: its command line held a password, which was not kept`,
    hint: 'apply the playbook again',
  }
}
