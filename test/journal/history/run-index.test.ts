import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import { lastGoodRun, listRuns } from '../../../src/journal/history/run-index.ts'
import { readRun } from '../../../src/journal/read-run.ts'
import { openJournal } from '../../../src/journal/writer.ts'
import { samplePlan } from '../../render/sample-run.ts'
import { cloneRun, journalOf, makeRun, recordOf, sampleEvents, workingFolder } from '../made-run.ts'

const A = '20261121-014233-aaaa'
const B = '20261121-014234-bbbb'
const C = '20261122-014234-cccc'

const indexOf = (cwd: string) => join(cwd, '.drover', 'history.sqlite')
const idsIn = (cwd: string, playbook?: string) =>
  listRuns(cwd, { limit: 100, playbook }).runs.map(({ id }) => id)

/** The run goes on, with a plan that has step `one` only, and ends. */
async function goOnWithout(cwd: string, run: string, folder: string): Promise<void> {
  const plan = samplePlan(['h1', 'h2'], { one: ['h1', 'h2'] })
  const { lines } = readRun(cwd, run)
  const record = recordOf(cwd, plan, undefined, run)
  const journal = await openJournal({ folder, record, plan, run, bases: [cwd], mask: text => text, lines })
  for (const event of sampleEvents(run, Date.now(), {}, plan)) journal.append(event)
  await journal.close()
}

test('a run does not write into the journal of another one that has its id', async () => {
  const cwd = workingFolder()
  const folder = await makeRun(cwd, A)
  const before = readFileSync(join(folder, 'events.jsonl'))
  await expect(journalOf(cwd, A)).rejects.toMatchObject({ code: 'EEXIST' })
  expect(readFileSync(join(folder, 'events.jsonl'))).toEqual(before)
})

describe('runs', () => {
  test('are listed with the newest one last, of one playbook where that is asked for', async () => {
    const cwd = workingFolder()
    expect(listRuns(cwd, { limit: 5 })).toEqual({ runs: [], total: 0 })
    for (const id of [C, A]) await makeRun(cwd, id)
    await makeRun(cwd, B, { playbook: './db/../db.yml' })
    expect(idsIn(cwd)).toEqual([A, B, C])
    expect(listRuns(cwd, { limit: 1 })).toMatchObject({ runs: [{ id: C }], total: 3 })
    expect(idsIn(cwd, 'db.yml')).toEqual([B])
    expect(idsIn(cwd, join(cwd, 'deploy.yml'))).toEqual([A, C])
  })

  test('tell who did what, and what came of it', async () => {
    const cwd = workingFolder()
    await makeRun(cwd, A)
    await makeRun(cwd, B, { leave: ['h2 two'] })
    const [good, open] = listRuns(cwd, { limit: 2 }).runs
    expect(good).toMatchObject({
      startedAt: Date.UTC(2026, 10, 21, 1, 42, 33),
      facts: {
        ...{ playbook: 'deploy.yml', user: 'ann', hosts: 2, counts: { changed: 4 }, inFlight: 0 },
        ...{ workMs: 400, finished: true },
      },
    })
    expect(open?.facts).toMatchObject({ counts: { changed: 3 }, inFlight: 1, finished: false })
  })

  test('that went on without a step that was under way end with that step unknown', async () => {
    const cwd = workingFolder()
    const folder = await makeRun(cwd, A, { leave: ['h2 two'] })
    await goOnWithout(cwd, A, folder)
    const [run] = listRuns(cwd, { limit: 1 }).runs
    expect(run?.facts).toMatchObject({ counts: { changed: 3, unknown: 1 }, inFlight: 0, finished: true })
  })

  test('that are new, have gone on or are gone show at once; the others are not read again', async () => {
    const cwd = workingFolder()
    const folder = await makeRun(cwd, A)
    await makeRun(cwd, B, { leave: ['h1 one'] })
    expect(idsIn(cwd)).toEqual([A, B])
    // What the index says of one that did not change is believed.
    const index = new DatabaseSync(indexOf(cwd))
    index.exec(`UPDATE runs SET summary = json_set(summary, '$.facts.user', 'index')`)
    index.close()
    appendFileSync(join(cwd, '.drover/runs', B, 'events.jsonl'), '{"torn')
    const users = () => listRuns(cwd, { limit: 9 }).runs.map(({ facts }) => facts?.user)
    expect(users()).toEqual(['index', 'ann'])
    await makeRun(cwd, C)
    rmSync(folder, { recursive: true })
    expect(idsIn(cwd)).toEqual([B, C])
    expect(listRuns(cwd, { limit: 9, rebuild: true }).runs.map(({ facts }) => facts?.user)).toEqual([
      'ann',
      'ann',
    ])
  })

  test('whose journal is damaged, or empty, are listed as such', async () => {
    const cwd = workingFolder()
    const damaged = join(await makeRun(cwd, A), 'events.jsonl')
    const bytes = readFileSync(damaged)
    bytes[200] = (bytes[200] ?? 0) ^ 1
    writeFileSync(damaged, bytes)
    mkdirSync(join(cwd, '.drover/runs', B))
    const { runs } = listRuns(cwd, { limit: 9 })
    expect(runs[0]?.damage).toMatch(/^the journal of run \S+ is damaged: line 2 /)
    expect(runs[1]).toEqual({ id: B, startedAt: Date.UTC(2026, 10, 21, 1, 42, 34) })
  })
})

describe('the index', () => {
  test.for<[string, (path: string) => void]>([
    ['is missing', path => rmSync(path)],
    [
      'is no database',
      path => writeFileSync(path, 'not a database, but long enough to be looked at as one\n'),
    ],
    ['is empty', path => writeFileSync(path, '')],
    [
      'has a page that is not as it was',
      path => {
        const bytes = readFileSync(path)
        bytes.fill(0xff, 4096)
        writeFileSync(path, bytes)
      },
    ],
    [
      'is of another version',
      path => {
        const database = new DatabaseSync(path)
        database.exec('DROP TABLE runs; CREATE TABLE runs (other TEXT); PRAGMA user_version = 77')
        database.close()
      },
    ],
    [
      'has tables that are not ours under our number',
      path => {
        const database = new DatabaseSync(path)
        database.exec('DROP TABLE runs; CREATE TABLE runs (other TEXT)')
        database.close()
      },
    ],
    [
      'says what is no JSON',
      path => {
        const database = new DatabaseSync(path)
        database.exec(`UPDATE runs SET summary = '{'`)
        database.close()
      },
    ],
  ])('that %s is made anew without a word', async ([, harm]) => {
    const cwd = workingFolder()
    await makeRun(cwd, A)
    await makeRun(cwd, B)
    const before = listRuns(cwd, { limit: 9 })
    harm(indexOf(cwd))
    expect(listRuns(cwd, { limit: 9 })).toEqual(before)
    const database = new DatabaseSync(indexOf(cwd), { readOnly: true })
    expect(database.prepare('SELECT id FROM runs ORDER BY id').all()).toMatchObject([{ id: A }, { id: B }])
    database.close()
    expect(statSync(indexOf(cwd)).mode & 0o777).toBe(0o600)
  })

  test('that cannot be written is not needed', async () => {
    const cwd = workingFolder()
    await makeRun(cwd, A)
    mkdirSync(indexOf(cwd))
    expect(idsIn(cwd)).toEqual([A])
    rmSync(indexOf(cwd), { recursive: true })
    symlinkSync('/nonexistent/x', indexOf(cwd))
    expect(idsIn(cwd)).toEqual([A])
  })

  test('that another process is writing is waited for, and then done without', async () => {
    const cwd = workingFolder()
    await makeRun(cwd, A)
    idsIn(cwd)
    const other = new DatabaseSync(indexOf(cwd))
    other.exec('BEGIN EXCLUSIVE')
    expect(idsIn(cwd)).toEqual([A])
    other.close()
  })

  test('answers for a thousand runs at once', async () => {
    const cwd = workingFolder()
    await makeRun(cwd, A)
    for (let n = 0; n < 1000; n++) cloneRun(cwd, A, `20261123-000000-${n.toString(16).padStart(4, '0')}`)
    expect(listRuns(cwd, { limit: 10 }).total).toBe(1001)
    const since = performance.now()
    expect(listRuns(cwd, { limit: 1000 }).runs).toHaveLength(1000)
    // It takes a few hundredths of a second; reading the journals takes many times as long.
    expect(performance.now() - since).toBeLessThan(1000)
  })
})

test('the last run that did all of its work tells how long that takes', async () => {
  const cwd = workingFolder()
  expect(lastGoodRun(cwd, 'deploy.yml')).toBeUndefined()
  await makeRun(cwd, A)
  await makeRun(cwd, B, { leave: ['h1 one'] })
  await makeRun(cwd, C, { fail: ['h1 one'] })
  expect(lastGoodRun(cwd, 'deploy.yml')).toEqual({
    wallMs: 400,
    stepMs: new Map([
      ['one', 125],
      ['two', 125],
    ]),
  })
  expect(lastGoodRun(cwd, 'other.yml')).toBeUndefined()
})
