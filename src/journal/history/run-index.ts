import { closeSync, openSync, rmSync, statSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import type { RunHistory } from '../../model/run-history.ts'
import type { RunSummary } from '../../model/run-summary.ts'
import { EVENTS_FILE, runFolder, runIds, runsFolder } from '../folder.ts'
import { openDatabase, sqliteCode } from './sqlite.ts'
import { summarize } from './summary.ts'
import { emptyTables, lastGoodIn, newestIn, prepareTables, type Stamp, stampsIn, store } from './tables.ts'

export interface HistoryQuery {
  readonly limit: number
  /** A playbook's file, as the user names it; absent: any. */
  readonly playbook?: string | undefined
  /** Reads all journals again. */
  readonly rebuild?: boolean | undefined
}

export interface FoundRuns {
  /** The newest one last. */
  readonly runs: readonly RunSummary[]
  /** How many there are, those beyond the limit too. */
  readonly total: number
}

/** The newest runs of a working folder, from an index of the journals that is brought up to date first. */
export function listRuns(cwd: string, { limit, playbook, rebuild }: HistoryQuery): FoundRuns {
  const path = playbook === undefined ? undefined : pathOf(cwd, playbook)
  return withIndex(cwd, database => {
    if (rebuild) emptyTables(database)
    refresh(database, cwd)
    return newestIn(database, limit, path)
  })
}

/** How long the last run of a playbook took, of those that did all of their work in one go. */
export function lastGoodRun(cwd: string, playbook: string): RunHistory | undefined {
  const found = withIndex(cwd, database => {
    refresh(database, cwd)
    return lastGoodIn(database, pathOf(cwd, playbook))
  })
  const { workMs, stepMs } = found?.facts ?? {}
  if (workMs === undefined || stepMs === undefined) return undefined
  return { wallMs: workMs, stepMs: new Map(Object.entries(stepMs)) }
}

function pathOf(cwd: string, playbook: string): string {
  return relative(cwd, resolve(cwd, playbook))
}

/** Reads the journals that are new or not as they were, and forgets the runs that are gone. */
function refresh(database: DatabaseSync, cwd: string): void {
  const known = stampsIn(database)
  const changed: (readonly [RunSummary, Stamp])[] = []
  const ids = runIds(cwd)
  for (const id of ids) {
    const stamp = stampOf(join(runFolder(cwd, id), EVENTS_FILE))
    const before = known.get(id)
    known.delete(id)
    if (before === undefined || before.size !== stamp.size || before.mtime !== stamp.mtime)
      changed.push([summarize(cwd, id), stamp])
  }
  store(database, changed, [...known.keys()])
}

/** Taken before the journal is read: what is written meanwhile is read the next time. */
function stampOf(path: string): Stamp {
  const stats = statSync(path, { throwIfNoEntry: false })
  return { size: stats?.size ?? 0, mtime: stats?.mtimeMs ?? 0 }
}

/**
 * Works with the index in `.drover`. One that is damaged, or no index at all, is made anew; where none can be written, or
 * another process does not let go of it, there is one in memory.
 */
function withIndex<T>(cwd: string, work: (database: DatabaseSync) => T): T {
  const path = join(runsFolder(cwd), '..', 'history.sqlite')
  for (let attempt = 1; attempt <= 2; attempt++) {
    try {
      // For its owner only. Without runs there is no folder, and none is made.
      closeSync(openSync(path, 'a', 0o600))
      const inode = statSync(path).ino
      try {
        return using(path, work)
      } catch (error) {
        if (!isUnusable(error)) throw error
        removeIndex(path, inode)
      }
    } catch (error) {
      if (!isUnavailable(error)) throw error
      break
    }
  }
  return using(':memory:', work)
}

function using<T>(path: string, work: (database: DatabaseSync) => T): T {
  const database = openDatabase(path)
  try {
    prepareTables(database)
    return work(database)
  } finally {
    database.close()
  }
}

/** PERM, BUSY, LOCKED, READONLY, IOERR, FULL, CANTOPEN: no fault of what is in the file. */
const ELSEWHERE = [3, 5, 6, 8, 10, 13, 14]

/** What is in the file makes no sense. */
function isUnusable(error: unknown): boolean {
  const code = sqliteCode(error)
  return code === undefined ? error instanceof SyntaxError : !ELSEWHERE.includes(code)
}

/** No index can be had there. */
function isUnavailable(error: unknown): boolean {
  return sqliteCode(error) !== undefined || (error as NodeJS.ErrnoException).syscall !== undefined
}

/** Unless another process has made a new one by now. */
function removeIndex(path: string, inode: number): void {
  if (statSync(path, { throwIfNoEntry: false })?.ino !== inode) return
  rmSync(path, { force: true })
  rmSync(`${path}-journal`, { force: true })
}
