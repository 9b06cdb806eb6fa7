import type { DatabaseSync } from 'node:sqlite'
import type { RunSummary } from '../../model/run-summary.ts'

/** Of the tables: an index of another version is made anew, from the journals. */
const VERSION = 1

/** How long a process waits for another one that is writing. */
const BUSY_MS = 3_000

const SCHEMA = `
  CREATE TABLE runs (
    id TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    mtime REAL NOT NULL,
    path TEXT,
    good INTEGER NOT NULL,
    summary TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX runs_by_path ON runs (path, id);
`

/** What a run's journal was like when it was read. */
export interface Stamp {
  readonly size: number
  /** In ms since the epoch, with fractions. */
  readonly mtime: number
}

/** Makes the tables where they are not those of this drover. Two processes may do so at once. */
export function prepareTables(database: DatabaseSync): void {
  database.exec(`PRAGMA busy_timeout = ${BUSY_MS}; PRAGMA synchronous = OFF`)
  if (versionOf(database) === VERSION) return
  inTransaction(database, () => {
    if (versionOf(database) === VERSION) return
    dropTables(database)
    database.exec(`${SCHEMA}; PRAGMA user_version = ${VERSION}`)
  })
}

/** Forgets all that was indexed. */
export function emptyTables(database: DatabaseSync): void {
  inTransaction(database, () => database.exec('DELETE FROM runs'))
}

export function stampsIn(database: DatabaseSync): Map<string, Stamp> {
  const rows = database.prepare('SELECT id, size, mtime FROM runs').all()
  return new Map(
    rows.map(({ id, size, mtime }) => [String(id), { size: Number(size), mtime: Number(mtime) }]),
  )
}

export function store(
  database: DatabaseSync,
  changed: readonly (readonly [RunSummary, Stamp])[],
  gone: readonly string[],
): void {
  if (changed.length === 0 && gone.length === 0) return
  inTransaction(database, () => {
    const put = database.prepare('INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ?, ?, ?)')
    for (const [summary, { size, mtime }] of changed) {
      const { id, facts } = summary
      const good = facts?.stepMs === undefined ? 0 : 1
      put.run(id, size, mtime, facts?.path ?? null, good, JSON.stringify(summary))
    }
    const remove = database.prepare('DELETE FROM runs WHERE id = ?')
    for (const id of gone) remove.run(id)
  })
}

/** The newest runs, the newest one last, and how many there are in all. @param path of the playbook; absent: of any */
export function newestIn(
  database: DatabaseSync,
  limit: number,
  path: string | undefined,
): { readonly runs: readonly RunSummary[]; readonly total: number } {
  const where = path === undefined ? '' : 'WHERE path = ?'
  const given = path === undefined ? [] : [path]
  const rows = database
    .prepare(`SELECT summary FROM runs ${where} ORDER BY id DESC LIMIT ?`)
    .all(...given, limit)
  const counted = database.prepare(`SELECT count(*) AS n FROM runs ${where}`).get(...given)
  return { runs: rows.map(summaryOf).reverse(), total: Number(counted?.n) }
}

/** The last run of a playbook that did all of its work in one go. */
export function lastGoodIn(database: DatabaseSync, path: string): RunSummary | undefined {
  const row = database
    .prepare('SELECT summary FROM runs WHERE path = ? AND good = 1 ORDER BY id DESC LIMIT 1')
    .get(path)
  return row === undefined ? undefined : summaryOf(row)
}

function summaryOf({ summary }: { readonly [column: string]: unknown }): RunSummary {
  return JSON.parse(String(summary)) as RunSummary
}

function versionOf(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.user_version)
}

/** Whatever is there: a file of another version, or of somebody else. */
function dropTables(database: DatabaseSync): void {
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all()
  for (const { name } of tables)
    if (!String(name).startsWith('sqlite_'))
      database.exec(`DROP TABLE "${String(name).replaceAll('"', '""')}"`)
}

/** It waits for its turn at the beginning, where nothing has been read that could be out of date later. */
function inTransaction(database: DatabaseSync, work: () => void): void {
  database.exec('BEGIN IMMEDIATE')
  try {
    work()
    database.exec('COMMIT')
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}
