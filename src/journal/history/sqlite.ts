import type { DatabaseSync } from 'node:sqlite'

/** What SQLite said no with (https://sqlite.org/rescode.html), the primary code. */
export function sqliteCode(error: unknown): number | undefined {
  const { errcode } = error as { readonly errcode?: unknown }
  return typeof errcode === 'number' ? errcode & 0xff : undefined
}

/** Opens a database. Node 22 warns that SQLite is new to it, which is of no use to whoever looks at a history. */
export function openDatabase(path: string): DatabaseSync {
  const { emitWarning } = process
  process.emitWarning = () => {}
  try {
    // Nothing else gets to run, and to warn, in between.
    const { DatabaseSync } = process.getBuiltinModule('node:sqlite')
    return new DatabaseSync(path)
  } finally {
    process.emitWarning = emitWarning
  }
}
