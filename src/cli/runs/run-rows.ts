import { runFolder } from '../../journal/folder.ts'
import { type HistoryQuery, listRuns } from '../../journal/history/run-index.ts'
import { summarize } from '../../journal/history/summary.ts'
import { type Owner, ownerOf } from '../../journal/owner.ts'
import { runStatus } from '../../journal/run-status.ts'
import type { RunStatus, RunSummary } from '../../model/run-summary.ts'
import type { HistoryRow } from '../../render/history.ts'
import { readingRuns } from './reading-runs.ts'

/** The runs of a history and how it stands with them. */
export function historyRows(
  cwd: string,
  query: HistoryQuery,
): { readonly rows: readonly HistoryRow[]; readonly total: number } {
  const first = readingRuns(() => listRuns(cwd, query))
  const owners = new Map(first.runs.filter(isOpen).map(({ id }) => [id, ownerIn(cwd, id)]))
  // One that ended between the look at its journal and that at its process has told so by now.
  const hasGone = [...owners.values()].some(owner => owner?.state !== 'alive')
  const { runs, total } = hasGone ? listRuns(cwd, { ...query, rebuild: false }) : first
  return {
    rows: runs.map(summary => ({ summary, status: statusOf(summary, owners.get(summary.id)) })),
    total,
  }
}

/** One run, from its journal. */
export function runRow(cwd: string, id: string): HistoryRow {
  const owner = ownerIn(cwd, id)
  const summary = summarize(cwd, id)
  return { summary, status: statusOf(summary, owner) }
}

function isOpen({ facts, damage }: RunSummary): boolean {
  return damage === undefined && facts?.finished !== true
}

function statusOf({ facts, damage }: RunSummary, owner: Owner | undefined): RunStatus {
  if (damage !== undefined) return { kind: 'damaged', what: damage }
  const { finished = false, stopped } = facts ?? {}
  return runStatus({ begun: facts !== undefined, finished, stopped }, owner)
}

/** The folder may be gone by now. */
function ownerIn(cwd: string, id: string): Owner | undefined {
  try {
    return ownerOf(runFolder(cwd, id))
  } catch {
    return undefined
  }
}
