import { lstatSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { OUTCOMES, satisfies } from '../model/outcome.ts'
import { EVENTS_FILE, runFolder, runIds, runsFolder } from './folder.ts'
import { lastLine } from './last-line.ts'
import { claimRun, ownerOf } from './owner.ts'
import { startOfId } from './run-id.ts'

/** Which runs are kept: the newest ones, so many; or those that are no older. */
export type Keep =
  | { readonly kind: 'newest'; readonly runs: number }
  | { readonly kind: 'younger'; readonly ms: number }

export interface PruneOptions {
  readonly keep: Keep
  /** Milliseconds since the epoch. */
  readonly now: number
  /** So many are removed at most. */
  readonly most: number
}

const DAY = 86_400_000

/** A run that did not come to its end, or not to a good one, can be resumed for so long. */
const RESUMABLE_MS = 30 * DAY

/** What was made or written so recently may be of a run that is just being started, or goes on on another machine. */
const YOUNG_MS = 3_600_000

/** Of those that are too old, so many are looked at for each that may be removed. */
const LOOKS = 4

/** What is taken out of the way first, and removed then. */
const PRUNED = '.pruned-'

/**
 * Removes the folders of old runs, the oldest ones first. Never that of a run that is going on, that is just being
 * started, or that can be resumed and is younger than 30 days. What cannot be removed stays.
 * @returns the ids of those that were removed
 */
export function pruneRuns(cwd: string, { keep, now, most }: PruneOptions): string[] {
  removeLeftovers(cwd, now)
  const old = candidates(runIds(cwd), keep, now).slice(0, most * LOOKS)
  const removed: string[] = []
  for (const id of old) {
    if (removed.length === most) break
    if (mayGo(runFolder(cwd, id), id, now) && remove(cwd, id)) removed.push(id)
  }
  return removed
}

function candidates(ids: readonly string[], keep: Keep, now: number): readonly string[] {
  switch (keep.kind) {
    case 'newest':
      return ids.slice(0, Math.max(0, ids.length - keep.runs))
    case 'younger':
      return ids.filter(id => startOfId(id) < now - keep.ms)
  }
}

function mayGo(folder: string, id: string, now: number): boolean {
  try {
    const stats = lstatSync(folder)
    // What a link leads to is not ours.
    if (!stats.isDirectory()) return false
    const events = join(folder, EVENTS_FILE)
    const written = statSync(events, { throwIfNoEntry: false })?.mtimeMs ?? 0
    if (now - Math.max(stats.mtimeMs, written) < YOUNG_MS) return false
    const isDone = isGoodEnd(lastLine(events))
    return isDone || now - startOfId(id) > RESUMABLE_MS
  } catch {
    return false
  }
}

/** Nothing is left to do in the run. */
function isGoodEnd(line: Readonly<Record<string, unknown>> | undefined): boolean {
  if (line?.event !== 'run_finished' || line.stopped !== undefined) return false
  const counts = line.counts as Readonly<Record<string, unknown>>
  return OUTCOMES.every(outcome => satisfies(outcome) || !counts[outcome])
}

/** Whoever wants to go on with the run, or does so, has it; then it stays. */
function remove(cwd: string, id: string): boolean {
  const folder = runFolder(cwd, id)
  try {
    // Of a run on another machine nobody can be the owner here; after so long it is over.
    if (ownerOf(folder)?.state !== 'elsewhere' && claimRun(folder) !== undefined) return false
    const away = join(runsFolder(cwd), `${PRUNED}${id}`)
    renameSync(folder, away)
    rmSync(away, { recursive: true, force: true })
    return true
  } catch {
    return false
  }
}

/** Of a process that was ended while it removed them. */
function removeLeftovers(cwd: string, now: number): void {
  try {
    for (const name of readdirSync(runsFolder(cwd))) {
      const path = join(runsFolder(cwd), name)
      if (name.startsWith(PRUNED) && now - lstatSync(path).ctimeMs > YOUNG_MS)
        rmSync(path, { recursive: true, force: true })
    }
  } catch {
    // They are in nobody's way.
  }
}
