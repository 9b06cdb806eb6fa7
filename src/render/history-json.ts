import { safeJson } from '../events/safe-json.ts'
import type { HistoryRow } from './history.ts'
import { outcomeCounts } from './run-words.ts'

/** The version of the document. New fields do not change it. */
const VERSION = 1

/** `drover history --json`: one document, in the order of the table. Times are RFC 3339, UTC. */
export function historyJson(rows: readonly HistoryRow[], total: number): string {
  return `${safeJson({ v: VERSION, total, runs: rows.map(runFields) }, 2)}\n`
}

function runFields({ summary, status }: HistoryRow): object {
  const { id, startedAt, facts } = summary
  const own = {
    run: id,
    started: new Date(startedAt).toISOString(),
    status: status.kind,
    stopped: status.kind === 'stopped' ? status.why : undefined,
    pid: status.kind === 'running' ? status.pid : undefined,
    machine: status.kind === 'running' ? status.machine : undefined,
    damage: status.kind === 'damaged' ? status.what : undefined,
  }
  if (facts === undefined) return own
  const { playbook, user, commit, dirty, hosts, inFlight, workMs, endedAt } = facts
  const isRunning = status.kind === 'running'
  return {
    ...own,
    ended: facts.finished ? new Date(endedAt).toISOString() : undefined,
    playbook,
    user,
    commit,
    dirty_count: dirty,
    hosts,
    counts: outcomeCounts(facts, isRunning),
    at_work: isRunning ? inFlight : undefined,
    duration_ms: Math.round(workMs),
  }
}
