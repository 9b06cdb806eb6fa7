import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ProblemsError } from '../../src/model/problem.ts'
import { recordApplied, timesApplied } from '../../src/plan/applied.ts'

const CHECKSUM = 'ab'.repeat(32)
const ANN = { time: '2026-11-21T01:42:33Z', user: 'ann', run: '20261121-014233-9f3c' }
const BOB = { ...ANN, time: '2026-11-22T08:00:00Z', user: 'bob' }

let cwd: string
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'drover-applied-'))
})
afterEach(() => rmSync(cwd, { recursive: true }))

function refusal(work: () => void): string | undefined {
  try {
    work()
    return undefined
  } catch (error) {
    if (!(error instanceof ProblemsError)) throw error
    return error.problems.map(({ code, message, hint }) => `${code}: ${message} (${hint})`).join('\n')
  }
}

test('a plan of which nothing could be sent may be applied again', () => {
  const takeBack = recordApplied(cwd, CHECKSUM, ANN, false)
  takeBack()
  expect(timesApplied(cwd, CHECKSUM)).toEqual([])
  recordApplied(cwd, CHECKSUM, BOB, false)
})

test('a plan is applied once; then it is told when and by whom', () => {
  expect(timesApplied(cwd, CHECKSUM)).toEqual([])
  recordApplied(cwd, CHECKSUM, ANN, false)
  expect(refusal(() => recordApplied(cwd, CHECKSUM, BOB, false))).toBe(
    'plan_applied: this plan was applied already on 2026-11-21T01:42:33Z by ann (run 20261121-014233-9f3c) ' +
      '(make a new plan, or apply this one with --again)',
  )
  recordApplied(cwd, 'cd'.repeat(32), BOB, false)
})

test('with --again it is applied again, and that is recorded', () => {
  recordApplied(cwd, CHECKSUM, ANN, true)
  recordApplied(cwd, CHECKSUM, BOB, true)
  expect(timesApplied(cwd, CHECKSUM)).toEqual([ANN, BOB])
  expect(refusal(() => recordApplied(cwd, CHECKSUM, ANN, false))).toContain('by bob')
})

test('the records are the user’s own, and no concern of git', () => {
  recordApplied(cwd, CHECKSUM, ANN, false)
  const mode = (path: string) => (statSync(join(cwd, path)).mode & 0o777).toString(8)
  expect([mode('.drover'), mode('.drover/plans'), mode(`.drover/plans/${CHECKSUM}.json`)]).toEqual([
    '700',
    '700',
    '600',
  ])
  expect(readFileSync(join(cwd, '.drover/.gitignore'), 'utf8')).toBe('*\n')
})

test('a record that was torn counts all the same', () => {
  mkdirSync(join(cwd, '.drover/plans'), { recursive: true })
  writeFileSync(join(cwd, `.drover/plans/${CHECKSUM}.json`), '{"time":"20')
  expect(timesApplied(cwd, CHECKSUM)).toEqual([undefined])
  expect(refusal(() => recordApplied(cwd, CHECKSUM, ANN, false))).toContain('was applied already (')
})

test('where nothing can be recorded, nothing is applied', () => {
  writeFileSync(join(cwd, '.drover'), '')
  expect(refusal(() => recordApplied(cwd, CHECKSUM, ANN, false))).toMatch(
    /^plan_file: that the plan is applied cannot be recorded in \.drover\/plans \(E/,
  )
})

test('of processes that apply it at the same time, one does', async () => {
  const users = ['ann', 'bob', 'eve']
  const children = users.map(user => {
    const script = join(import.meta.dirname, 'apply-once.ts')
    return spawn(process.execPath, [script, cwd, CHECKSUM, user], { stdio: ['pipe', 'pipe', 'inherit'] })
  })
  await Promise.all(children.map(child => once(child.stdout, 'readable')))
  for (const child of children) child.stdin.end('go')
  const answers = await Promise.all(children.map(answerOf))
  const winners = users.filter((_, at) => answers[at] === 'ready\nok')
  expect(winners).toHaveLength(1)
  expect(answers.filter(answer => answer.includes('this plan was applied already'))).toHaveLength(2)
  expect(timesApplied(cwd, CHECKSUM)).toMatchObject([{ user: winners[0] }])
  expect(readdirSync(join(cwd, '.drover/plans'))).toHaveLength(1)
})

async function answerOf(child: ChildProcess): Promise<string> {
  const [answer] = await Promise.all([text(child.stdout as NodeJS.ReadableStream), once(child, 'exit')])
  return answer
}
