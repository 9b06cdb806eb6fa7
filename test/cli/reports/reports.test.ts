import { execFileSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { expect, onTestFinished, test } from 'vitest'
import type { CliContext } from '../../../src/cli/context.ts'
import { checkReports, openReports, type ReportOptions } from '../../../src/cli/reports/reports.ts'
import { PauseSwitch } from '../../../src/render/pause-switch.ts'
import { SampleRun, samplePlan } from '../../render/sample-run.ts'

function surroundings() {
  const cwd = mkdtempSync(join(tmpdir(), 'drover-reports-'))
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }))
  const stderr = new PassThrough()
  let told = ''
  stderr.on('data', chunk => (told += String(chunk)))
  const context = {
    ...{ program: 'drover', cwd, env: {}, stdin: process.stdin, stdout: stderr, stderr, exit: () => {} },
  } as unknown as CliContext
  return { cwd, context, told: () => told }
}

const mask = (text: string) => text.replaceAll('hunter2', '***')

const sample = () =>
  new SampleRun(samplePlan(['web1'], { upload: ['web1'] })).finished('web1', 'upload', 'failed')

function open(context: CliContext, options: ReportOptions) {
  const shown = {
    shape: 'playbook',
    resume: undefined,
    clock: Date.now,
    pauses: new PauseSwitch(),
    mask,
  } as const
  return openReports(context, options, shown)
}

test('what cannot be written is told before anything runs', () => {
  const { cwd, context } = surroundings()
  mkdirSync(join(cwd, 'folder'))
  execFileSync('mkfifo', [join(cwd, 'pipe')])
  const why = (options: ReportOptions) => () => checkReports(context, options)
  expect(why({ junit: 'folder' })).toThrow('--junit folder cannot be written: it is a folder')
  expect(why({ log: 'pipe' })).toThrow('--log pipe cannot be written: it is not a regular file')
  expect(why({ log: '/dev/null' })).toThrow('it is not a regular file')
  expect(why({ junit: 'missing/r.xml' })).toThrow(
    '--junit missing/r.xml cannot be written: there is no such folder',
  )
  expect(why({ junit: 'x', log: './x' })).toThrow('name the same file')
  expect(why({ junit: 'r.xml', log: 'folder/run.log' })).not.toThrow()
  expect(readdirSync(cwd).toSorted()).toEqual(['folder', 'pipe'])
})

test('a new report is its owner’s, one that exists keeps its mode and its place', async () => {
  const { cwd, context } = surroundings()
  writeFileSync(join(cwd, 'real.xml'), 'old', { mode: 0o644 })
  symlinkSync('real.xml', join(cwd, 'link.xml'))
  for (const junit of ['new.xml', 'link.xml']) {
    const reports = await open(context, { junit })
    for (const event of sample().end()) for (const listener of reports.listeners) await listener(event)
    expect(reports.close()).toBe(0)
  }
  expect(statSync(join(cwd, 'new.xml')).mode & 0o777).toBe(0o600)
  expect(statSync(join(cwd, 'real.xml')).mode & 0o777).toBe(0o644)
  expect(readFileSync(join(cwd, 'real.xml'), 'utf8')).toContain(
    '<testsuites name="Deploy the web tier" tests="1"',
  )
  expect(readdirSync(cwd).toSorted()).toEqual(['link.xml', 'new.xml', 'real.xml'])
})

test('a run whose end was not told has a report of what there is', async () => {
  const { cwd, context } = surroundings()
  const reports = await open(context, { junit: 'r.xml' })
  for (const event of sample().events) for (const listener of reports.listeners) await listener(event)
  expect(readdirSync(cwd)).toEqual([])
  reports.close()
  expect(readFileSync(join(cwd, 'r.xml'), 'utf8')).toContain('the run was broken off')
})

test('a report that could not be written in the end is told, and fails the run', async () => {
  const { cwd, context, told } = surroundings()
  mkdirSync(join(cwd, 'out'))
  const reports = await open(context, { junit: 'out/r.xml' })
  rmSync(join(cwd, 'out'), { recursive: true })
  for (const event of sample().end()) for (const listener of reports.listeners) await listener(event)
  expect(reports.close()).toBe(1)
  expect(told()).toBe('drover: out/r.xml cannot be written (ENOENT)\n')
})

test('secrets are masked in both files, also where they come in two pieces', async () => {
  const { cwd, context } = surroundings()
  const reports = await open(context, { junit: 'r.xml', log: 'run.log' })
  const said = 'it is hunter2'
  const stdout = {
    head: `${'x'.repeat(4093)}${said}${'y'.repeat(20_000)}`,
    tail: '',
    bytes: 24_100,
    truncated: false,
  }
  const run = new SampleRun(samplePlan(['web1'], { upload: ['web1'] }))
    .output('web1', 'upload', 'it is hun')
    .output('web1', 'upload', 'ter2\n')
    .finished('web1', 'upload', 'failed', {
      stdout,
      failure: { code: 'connect_failed', message: said, hint: said },
    })
  for (const event of run.end()) for (const listener of reports.listeners) await listener(event)
  reports.close()
  const [log, xml] = ['run.log', 'r.xml'].map(file => readFileSync(join(cwd, file), 'utf8'))
  expect(log).toContain('web1 │ upload │ it is ***\n')
  expect(xml).toContain('failed: it is ***')
  for (const text of [log, xml]) expect(text).not.toMatch(/hunt/)
})
