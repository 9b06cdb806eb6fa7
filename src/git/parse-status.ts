import type { GitFacts } from '../model/git.ts'
import { LIMITS } from '../model/limits.ts'

/** Fields before the path, by the kind of the record (git-status(1), "Porcelain Format Version 2"). */
const FIELDS: Readonly<Record<string, number>> = { '1': 8, '2': 9, u: 10, '?': 1 }

/**
 * What `git status --porcelain=v2 --branch -z` tells. Of an output that was cut off the last record is not whole, and
 * is left out.
 */
export function parseStatus(output: string): Omit<GitFacts, 'remote'> {
  const headers = new Map<string, string>()
  const dirty: string[] = []
  let dirtyCount = 0
  const records = output.split('\0').slice(0, -1)
  for (let at = 0; at < records.length; at++) {
    const record = records[at] ?? ''
    const header = /^# (\S+) (.*)$/s.exec(record)
    if (header !== null) headers.set(header[1] ?? '', header[2] ?? '')
    const fields = FIELDS[record[0] ?? '']
    if (fields === undefined) continue
    dirtyCount += 1
    if (dirty.length < LIMITS.gitDirty) dirty.push(record.split(' ').slice(fields).join(' '))
    // Of a renamed file the old name follows.
    if (record[0] === '2') at += 1
  }
  const commit = headers.get('branch.oid')
  const branch = headers.get('branch.head')
  return {
    ...(commit === undefined || commit === '(initial)' ? {} : { commit }),
    ...(branch === undefined || branch === '(detached)' ? {} : { branch }),
    dirty,
    dirtyCount,
  }
}
