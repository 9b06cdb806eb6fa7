import { closeSync, fsyncSync, openSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { makeOwnFolder } from '../plan/own-folder.ts'

/** The files in a run's folder. */
export const EVENTS_FILE = 'events.jsonl'
export const OUTPUT_FILE = 'output.jsonl'
/** What each node was approved to do, where somebody has looked at it before. */
export const PLAN_FILE = 'plan.json'
/** What a run in the background has to say besides. */
export const LOG_FILE = 'log'

export const RUN_ID = /^\d{8}-\d{6}-[0-9a-f]{4,16}$/

export function runsFolder(cwd: string): string {
  return join(cwd, '.drover', 'runs')
}

export function runFolder(cwd: string, id: string): string {
  return join(runsFolder(cwd), id)
}

/**
 * Makes the folder of a run, which git ignores, for its owner only.
 * @throws NodeJS.ErrnoException
 */
export function makeRunFolder(cwd: string, id: string): string {
  const folder = runFolder(cwd, id)
  const made = makeOwnFolder(cwd, 'runs', id)
  // The folder must outlast a crash as its files do.
  if (made !== undefined)
    for (let at = folder; at.startsWith(dirname(made)) && at !== '/'; at = dirname(at)) sync(at)
  return folder
}

/** Ids of the runs of a working folder, the oldest first. */
export function runIds(cwd: string): string[] {
  try {
    return readdirSync(runsFolder(cwd))
      .filter(name => RUN_ID.test(name))
      .sort()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

function sync(folder: string): void {
  const fd = openSync(folder, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}
