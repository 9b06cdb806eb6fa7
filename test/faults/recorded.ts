import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { EVENTS_FILE, runFolder, runIds } from '../../src/journal/folder.ts'
import { endsOf, type Finished, type JsonEvent } from '../e2e/drover.ts'

/** How each node ended by the journal of the folder's only run, as `{ 'h1 step': event }`: for runs that told it in words. */
export function recordedEnds(cwd: string): Readonly<Record<string, JsonEvent>> {
  const [id = ''] = runIds(cwd)
  const text = readFileSync(join(runFolder(cwd, id), EVENTS_FILE), 'utf8')
  return endsOf({ stdout: text.slice(0, text.lastIndexOf('\n') + 1) })
}

/** The same, as `{ 'h1 step': 'outcome code' }`. */
export function recordedCodes(cwd: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(recordedEnds(cwd)).map(([node, { outcome, failure }]) => [
      node,
      failure === undefined ? `${outcome}` : `${outcome} ${failure.code}`,
    ]),
  )
}

/**
 * Nobody knows whether it has run: no word may say that it has failed, or that it could not be reached. With a step, the
 * lines that name it: that its host cannot be reached later is another matter.
 */
export function expectUnknownInWords(
  { stdout, stderr }: Pick<Finished, 'stdout' | 'stderr'>,
  step = '',
): void {
  const lines = (stdout + stderr).split('\n').filter(line => line.includes(step))
  expect(lines.join('\n')).toMatch(/unknown/)
  expect(lines.join('\n')).not.toMatch(/unreachable|failed|failure/i)
}
