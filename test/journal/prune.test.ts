import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runFolder, runIds } from '../../src/journal/folder.ts'
import { claimRun } from '../../src/journal/owner.ts'
import { type Keep, pruneRuns } from '../../src/journal/prune.ts'
import { makeRun, workingFolder, writePid } from './made-run.ts'

const DAY = 86_400_000
const NOW = Date.UTC(2026, 10, 28)
const OLD = ['20260901-000000-aaaa', '20261001-000000-bbbb', '20261101-000000-cccc', '20261127-000000-dddd']

const newest = (runs: number): Keep => ({ kind: 'newest', runs })
const younger = (days: number): Keep => ({ kind: 'younger', ms: days * DAY })

function prune(cwd: string, keep: Keep, most = 50): string[] {
  return pruneRuns(cwd, { keep, now: NOW, most })
}

/** As nothing had happened in it since it began. */
function age(folder: string): void {
  const then = new Date(NOW - 50 * DAY)
  for (const name of readdirSync(folder)) utimesSync(join(folder, name), then, then)
  utimesSync(folder, then, then)
}

test('the newest so many stay, or those that are young enough', async () => {
  const cwd = workingFolder()
  for (const id of OLD) await makeRun(cwd, id)
  expect(prune(cwd, newest(4))).toEqual([])
  expect(prune(cwd, newest(3))).toEqual(OLD.slice(0, 1))
  expect(prune(cwd, younger(30))).toEqual(OLD.slice(1, 2))
  expect(runIds(cwd)).toEqual(OLD.slice(2))
  expect(prune(cwd, newest(0))).toEqual(OLD.slice(2))
  expect(readdirSync(join(cwd, '.drover/runs'))).toEqual([])
  expect(prune(cwd, newest(0))).toEqual([])
})

test('without any runs there is nothing to do', () => {
  expect(prune(workingFolder(), newest(0))).toEqual([])
})

test('no more than so many go at once, the oldest ones first', async () => {
  const cwd = workingFolder()
  for (const id of OLD) await makeRun(cwd, id)
  expect(prune(cwd, newest(0), 2)).toEqual(OLD.slice(0, 2))
})

test('one that can be resumed stays for thirty days', async () => {
  const cwd = workingFolder()
  const [broken = '', failed = '', young = '', youngFailed = ''] = OLD
  await makeRun(cwd, broken, { leave: ['h1 one'] })
  await makeRun(cwd, failed, { fail: ['h1 one'] })
  await makeRun(cwd, young, { leave: ['h1 one'] })
  await makeRun(cwd, youngFailed, { fail: ['h1 one'] })
  expect(prune(cwd, newest(0))).toEqual([broken, failed])
})

test('one that is alive stays, however old it is', async () => {
  const cwd = workingFolder()
  for (const id of OLD.slice(0, 2)) {
    const folder = await makeRun(cwd, id, { leave: ['h1 one'] })
    expect(claimRun(folder)).toBeUndefined()
    age(folder)
  }
  expect(prune(cwd, newest(0))).toEqual([])
})

test('one that is just being started stays, and so does what a link leads to', async () => {
  const cwd = workingFolder()
  const [starting = '', linked = ''] = OLD
  mkdirSync(runFolder(cwd, starting), { recursive: true })
  const now = new Date(NOW)
  utimesSync(runFolder(cwd, starting), now, now)
  mkdirSync(join(cwd, 'precious'))
  writeFileSync(join(cwd, 'precious/file'), 'kept')
  symlinkSync(join(cwd, 'precious'), runFolder(cwd, linked))
  const inside = await makeRun(cwd, OLD[2] as string)
  symlinkSync(join(cwd, 'precious'), join(inside, 'link'))
  age(inside)
  expect(prune(cwd, newest(0))).toEqual([OLD[2]])
  expect(readFileSync(join(cwd, 'precious/file'), 'utf8')).toBe('kept')
  expect(existsSync(runFolder(cwd, starting))).toBe(true)
})

test('one of another machine goes when it has come to its end', async () => {
  const cwd = workingFolder()
  for (const id of OLD.slice(0, 2)) {
    const folder = await makeRun(cwd, id)
    writePid(folder, 1, `not-${hostname()}`)
    age(folder)
  }
  expect(prune(cwd, newest(0))).toEqual(OLD.slice(0, 2))
})

test('what a process left that was ended while it removed it goes, too', async () => {
  const cwd = workingFolder()
  await makeRun(cwd, OLD[0] as string)
  const left = join(cwd, '.drover/runs/.pruned-20260101-000000-aaaa')
  mkdirSync(left)
  pruneRuns(cwd, { keep: newest(5), now: Date.now(), most: 5 })
  expect(existsSync(left)).toBe(true)
  pruneRuns(cwd, { keep: newest(5), now: Date.now() + DAY, most: 5 })
  expect(existsSync(left)).toBe(false)
})
