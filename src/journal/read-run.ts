import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RunEvent } from '../model/event.ts'
import type { Plan } from '../model/plan.ts'
import { type Problem, ProblemsError } from '../model/problem.ts'
import { Malformed } from '../plan/codec/codec.ts'
import { EVENTS_FILE, RUN_ID, runFolder, runIds } from './folder.ts'
import { NodeLog } from './node-log.ts'
import { type Owner, ownerOf } from './owner.ts'
import { DamagedJournal, readLines } from './read-lines.ts'
import { Replay } from './replay.ts'
import type { RunRecord } from './run-record.ts'

/** All that a run's journal tells. */
export interface RunStory {
  readonly id: string
  readonly folder: string
  /** Of the last part of the run: a run that went on after a stop has several. */
  readonly record: RunRecord
  readonly plan: Plan
  /** Of all parts, in order; output stands in another file. */
  readonly events: readonly RunEvent[]
  readonly nodes: NodeLog
  /** The last part came to an end, and told so. */
  readonly finished: Extract<RunEvent, { kind: 'run_finished' }> | undefined
  readonly owner: Owner | undefined
  readonly lines: number
  readonly wholeBytes: number
  readonly torn: boolean
}

/**
 * Finds a run of a working folder: by its id, by the beginning of it where only one has that, or `last`.
 * @throws ProblemsError
 */
export function findRun(cwd: string, named: string): string {
  const ids = runIds(cwd)
  if (named === 'last' && ids.length > 0) return ids.at(-1) as string
  const found = ids.includes(named) ? [named] : ids.filter(id => named !== '' && id.startsWith(named))
  if (found.length === 1) return found[0] as string
  if (found.length > 1)
    refuse('run_unknown', `several runs begin with ${named}: ${listed(found)}`, 'give more of its id')
  if (ids.length === 0)
    refuse(
      'run_unknown',
      'there are no runs in this folder',
      'runs are kept in .drover/runs of the folder that drover was started in: go there',
    )
  return refuse('run_unknown', `there is no run ${named} in this folder`, 'drover history lists them')
}

/**
 * Reads a run's journal.
 * @param id as `findRun` gave it
 * @throws ProblemsError where there is none, or it is damaged
 */
export function readRun(cwd: string, id: string): RunStory {
  if (!RUN_ID.test(id)) refuse('run_unknown', `${id} is no id of a run`, 'drover history lists them')
  const folder = runFolder(cwd, id)
  const { records, wholeBytes, torn } = linesOf(id, join(folder, EVENTS_FILE))
  const replay = new Replay()
  const nodes = new NodeLog()
  const events: RunEvent[] = []
  let last: { readonly record: RunRecord; readonly plan: Plan } | undefined
  let line = 0
  try {
    for (const record of records) {
      line += 1
      const replayed = replay.take(record)
      if (replayed.kind === 'begun') last = replayed
      if (replayed.kind === 'begun' || replayed.kind === 'event') events.push(replayed.event)
      if (last !== undefined) nodes.add(replayed, line, last.plan)
    }
  } catch (error) {
    if (!(error instanceof Malformed)) throw error
    refuseDamaged(id, `line ${line} ${error.message}`)
  }
  if (last === undefined)
    return refuse(
      'run_unknown',
      `run ${id} ended before anything was recorded: nothing was done`,
      'start it again',
    )
  const { record, plan } = last
  const end = events.at(-1)
  const finished = end?.kind === 'run_finished' ? end : undefined
  const owner = ownerOf(folder)
  return { id, folder, record, plan, events, nodes, finished, owner, lines: records.length, wholeBytes, torn }
}

function linesOf(id: string, path: string) {
  try {
    return readLines(readFileSync(path))
  } catch (error) {
    if (error instanceof DamagedJournal) return refuseDamaged(id, error.message)
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return { records: [], wholeBytes: 0, torn: false }
    return refuse('run_damaged', `the journal of run ${id} cannot be read (${code ?? message})`)
  }
}

/** @param what is wrong, and in which line */
export function refuseDamaged(id: string, what: string): never {
  return refuse(
    'run_damaged',
    `the journal of run ${id} is damaged: ${what}`,
    'what it says after that place is lost; look at the hosts before you apply the playbook again',
  )
}

function refuse(code: Problem['code'], message: string, hint?: string): never {
  throw new ProblemsError([{ code, severity: 'error', message, ...(hint === undefined ? {} : { hint }) }])
}

const MOST = 5

function listed(ids: readonly string[]): string {
  return ids.length > MOST ? `${ids.slice(0, MOST).join(', ')} and ${ids.length - MOST} more` : ids.join(', ')
}
