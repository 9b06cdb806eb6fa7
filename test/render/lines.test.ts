import { expect, test } from 'vitest'
import { createLinesRenderer } from '../../src/render/lines.ts'
import { capture, play } from './capture.ts'
import { lateExpr, printed, richPlan, SampleRun, START, samplePlan } from './sample-run.ts'

const plan = samplePlan(['web1', 'web10'], { upload: ['web1', 'web10'], migrate: ['web1', 'web10'] })
const single = samplePlan(['web1', 'web2'], { run: ['web1', 'web2'] })

/** What came before the recap. */
const log = (text: string) => text.split('\n\n')[0]

const failure = { code: 'step_exit', message: 'exit status 2' } as const

test('a line tells what each step did on each host', async () => {
  const run = new SampleRun(plan)
    .finished('web1', 'upload', 'changed', { note: '1 file, 1.2 MB' })
    .finished('web10', 'upload', 'ok', { note: 'already up to date', durationMs: 12_400 })
    .finished('web1', 'migrate', 'skipped')
    .finished('web10', 'migrate', 'failed', { failure, stderr: printed('no such table\n') })
  expect(log((await play(createLinesRenderer, run.end())).stdout)).toBe(
    [
      'web1  │ upload  │ ✔ changed · 1 file, 1.2 MB · 0.4s',
      'web10 │ upload  │ ✔ ok · already up to date · 12s',
      'web10 │ migrate │ ✖ failed · exit status 2 · 0.4s',
      'web10 │ migrate │   no such table',
    ].join('\n'),
  )
})

test('-v shows output as it comes, whole lines only, and does not repeat it', async () => {
  const run = new SampleRun(plan)
    .output('web1', 'migrate', 'one\ntw')
    .output('web10', 'migrate', 'other\n')
    .output('web1', 'migrate', 'o\nthree')
    .finished('web1', 'migrate', 'failed', { failure, stdout: printed('one\ntwo\nthree') })
  expect(log((await play(createLinesRenderer, run.end(), { verbosity: 1 })).stdout)).toBe(
    [
      'web1  │ migrate │ one',
      'web10 │ migrate │ other',
      'web1  │ migrate │ two',
      'web1  │ migrate │ three',
      'web1  │ migrate │ ✖ failed · exit status 2 · 0.4s',
    ].join('\n'),
  )
})

test('the two streams of a command do not run into each other', async () => {
  const run = new SampleRun(plan)
    .output('web1', 'migrate', 'out')
    .output('web1', 'migrate', 'err\n', 'stderr')
    .output('web1', 'migrate', 'put\n')
    .finished('web1', 'migrate', 'ok')
  const { stdout } = await play(createLinesRenderer, run.end(), { verbosity: 1 })
  expect(stdout).toContain('web1  │ migrate │ err\nweb1  │ migrate │ output\n')
})

test('-q says nothing while all is well, and only failures otherwise', async () => {
  const well = new SampleRun(plan).finished('web1', 'upload', 'changed')
  expect(await play(createLinesRenderer, well.end(), { verbosity: -1 })).toEqual({ stdout: '', stderr: '' })
  const badly = new SampleRun(plan)
    .finished('web1', 'upload', 'changed')
    .finished('web10', 'upload', 'failed', { failure, stderr: printed('disk full\n') })
  const { stdout } = await play(createLinesRenderer, badly.end(), { verbosity: -1 })
  expect(stdout).toContain('upload failed on web10: exit status 2')
  expect(stdout).toContain('disk full')
})

test('an unreachable host is said once, with what to do', async () => {
  const run = new SampleRun(plan)
    .unreachable('web1', { code: 'connect_refused', message: 'port 22 is closed', hint: 'start sshd' })
    .dropped('web1', 'upload', 'unreachable')
    .dropped('web1', 'migrate', 'blocked', ['web1', 'upload'])
  expect(log((await play(createLinesRenderer, run.end())).stdout)).toBe(
    'web1  │ ✖ unreachable · port 22 is closed\nweb1  │   hint: start sshd',
  )
})

test('-vv tells of connections', async () => {
  const run = new SampleRun(plan).connected('web1', 310)
  const { stdout } = await play(createLinesRenderer, run.end(), { verbosity: 2 })
  expect(log(stdout)).toBe('web1  │ connected in 0.3s')
})

test('a single command prints what the hosts print, each stream to its own', async () => {
  const run = new SampleRun(single)
    .output('web1', 'run', '/dev/sda1 20G\n')
    .output('web2', 'run', 'df: cannot read\n', 'stderr')
    .finished('web1', 'run', 'changed')
    .finished('web2', 'run', 'failed', { failure })
    .wait(1200)
  expect(await play(createLinesRenderer, run.end(), { shape: 'command' })).toEqual({
    stdout: 'web1 │ /dev/sda1 20G\n',
    stderr: [
      'web2 │ df: cannot read',
      'web2 │ ✖ failed · exit status 2 · 0.4s',
      '✖ 1 ok, 1 failed of 2 hosts · 1.2s',
      '',
    ].join('\n'),
  })
})

test('a copy tells a result a host', async () => {
  const run = new SampleRun(single)
    .finished('web1', 'run', 'changed', { note: '12 kB' })
    .finished('web2', 'run', 'ok', { note: 'already up to date' })
  expect((await play(createLinesRenderer, run.end(), { shape: 'copy' })).stdout).toBe(
    'web1 │ ✔ changed · 12 kB · 0.4s\nweb2 │ ✔ ok · already up to date · 0.4s\n',
  )
})

test('what hosts send cannot steer the terminal', async () => {
  const run = new SampleRun(plan)
    .output('web1', 'upload', '\x1b[2Jgone\u202e\n')
    .finished('web1', 'upload', 'failed', {
      failure: { code: 'step_exit', message: '\x1b]0;x\x07', hint: '\x9bm' },
      stderr: printed('\x1b[31mred\n'),
    })
    .unreachable('web10', { code: 'connect_protocol', message: 'banner \x1b[5m', hint: '\u2066' })
  for (const verbosity of [-1, 0, 1, 2]) {
    const { stdout, stderr } = await play(createLinesRenderer, run.end(), { verbosity })
    expect(stdout + stderr).not.toMatch(/[\p{Cf}]|[^\P{Cc}\n\t]/u)
  }
})

test('a line that never ends is cut instead of kept', async () => {
  const run = new SampleRun(single)
  for (let sent = 0; sent < 40; sent++) run.output('web1', 'run', 'x'.repeat(1000))
  const { stdout } = await play(createLinesRenderer, run.end().slice(0, -1), { shape: 'command' })
  const lines = stdout.split('\n').slice(0, -1)
  expect(lines).toHaveLength(4)
  expect(lines.every(line => line === `web1 │ ${'x'.repeat(8192)}`)).toBe(true)
})

test('a reader that goes away does not disturb the run', async () => {
  const stdout = capture()
  const options = { stdout, stderr: capture(), color: { stdout: false, stderr: false } } as const
  const listener = createLinesRenderer({ ...options, verbosity: 1, shape: 'playbook' })
  stdout.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
  await new Promise(setImmediate)
  const events = new SampleRun(plan).output('web1', 'upload', 'x\n').finished('web1', 'upload', 'ok').end()
  for (const event of events) await listener(event)
})

test('a slow reader holds the run back until it has caught up', async () => {
  const stdout = capture()
  stdout.pause()
  const options = { stdout, stderr: capture(), color: { stdout: false, stderr: false } } as const
  const listener = createLinesRenderer({ ...options, verbosity: 0, shape: 'command' })
  const events = new SampleRun(single).output('web1', 'run', `${'x'.repeat(5000)}\n`.repeat(20)).end()
  await listener(events[0] as (typeof events)[0])
  let ready = false
  const waiting = Promise.resolve(listener(events[1] as (typeof events)[0])).then(() => {
    ready = true
  })
  await new Promise(setImmediate)
  expect(ready).toBe(false)
  stdout.resume()
  await waiting
})

const failing = { exitCode: 7, failure: { code: 'step_exit', message: 'exit status 7' } } as const

test('a node that is tried again says so the first time, with -v each time, and how often in the end', async () => {
  const retry = { attempts: 10, delayMs: 2000, backoff: 1 }
  const plan = richPlan(['web1'], { healthy: { on: ['web1'], retry } })
  const run = new SampleRun(plan)
    .retried('web1', 'healthy', 1, 2000, failing)
    .output('web1', 'healthy', 'not yet')
    .retried('web1', 'healthy', 2, 90_000, failing)
    .finished('web1', 'healthy', 'ok')
  const events = run.end()
  expect(log((await play(createLinesRenderer, events)).stdout)).toBe(
    [
      'web1 │ healthy │ ↻ retry 2 of 10 in 2 s: exit status 7',
      'web1 │ healthy │ ✔ ok · 3 attempts · 0.4s',
    ].join('\n'),
  )
  expect(log((await play(createLinesRenderer, events, { verbosity: 1 })).stdout)).toBe(
    [
      'web1 │ healthy │ ↻ retry 2 of 10 in 2 s: exit status 7',
      'web1 │ healthy │ not yet',
      'web1 │ healthy │ ↻ retry 3 of 10 in 1m30s: exit status 7',
      'web1 │ healthy │ ✔ ok · 3 attempts · 0.4s',
    ].join('\n'),
  )
  expect((await play(createLinesRenderer, events, { verbosity: -1 })).stdout).toBe('')
})

test('an attempt that went well but not far enough names what is waited for', async () => {
  const retry = { attempts: 5, delayMs: 500, backoff: 1, until: lateExpr('result.stdout == "up"') }
  const run = new SampleRun(richPlan(['web1'], { a: { on: ['web1'], retry } }))
  const { stdout } = await play(
    createLinesRenderer,
    run.retried('web1', 'a', 1, 500, { outcome: 'ok' }).end(),
  )
  expect(stdout).toContain('web1 │ a │ ↻ retry 2 of 5 in 500 ms: not yet result.stdout == "up"\n')
})

test('skipped steps are quiet, and say why with -v', async () => {
  const run = new SampleRun(plan).finished('web1', 'upload', 'skipped', {
    note: 'not vars.primary',
    durationMs: 0,
  })
  const events = run.end()
  expect((await play(createLinesRenderer, events)).stdout).not.toContain('not vars.primary')
  expect((await play(createLinesRenderer, events, { verbosity: 1 })).stdout).toContain(
    'web1  │ upload  │ – skipped · not vars.primary\n',
  )
})

test('the gathering of facts is no step of its own, unless it fails', async () => {
  const plan = richPlan(['web1', 'web2'], {
    facts: { on: ['web1', 'web2'], hidden: true },
    a: { on: ['web1', 'web2'] },
  })
  const run = new SampleRun(plan)
    .output('web1', 'facts', 'os=debian\n')
    .finished('web1', 'facts', 'ok')
    .finished('web1', 'a', 'changed')
    .finished('web2', 'facts', 'failed', { ...failing, stderr: printed('no uname\n') })
    .dropped('web2', 'a', 'blocked', ['web2', 'facts'])
  const { stdout } = await play(createLinesRenderer, run.end(), { verbosity: 1 })
  expect(stdout).not.toContain('os=debian')
  expect(stdout).not.toContain('web1 │ facts')
  expect(stdout).toContain('web2 │ facts │ ✖ failed · exit status 7 · 0.4s\nweb2 │ facts │   no uname\n')
  expect(stdout).toContain('✖ 1 step on 2 hosts: 1 changed, 1 failed, 1 blocked')
  expect(stdout).toContain('1 step blocked because web2/facts failed')
})

test('pauses and assertions that hold are quiet', async () => {
  const plan = richPlan(['web1'], {
    wait: { on: ['web1'], action: { kind: 'pause', ms: 5000 } },
    check: { on: ['web1'], action: { kind: 'assert', that: [lateExpr('x')] } },
  })
  const run = new SampleRun(plan)
    .finished('web1', 'wait', 'ok')
    .finished('web1', 'check', 'failed', { failure: { code: 'step_exit', message: 'x does not hold' } })
  const { stdout } = await play(createLinesRenderer, run.end())
  expect(stdout).toMatch(/^web1 │ check │ ✖ failed · x does not hold · 0.4s\n\n/)
})

test('each batch of a rolling group is announced', async () => {
  const hosts = ['web1', 'web2', 'web3', 'web4']
  const plan = richPlan(
    hosts,
    { restart: { on: hosts, in: 'roll', rolling: 0 }, check: { on: hosts, in: 'roll', rolling: 0 } },
    {
      groups: [{ kind: 'group', id: 'roll' }],
      rollings: [
        { batchOf: Uint32Array.of(0, 1, 1, 2), batches: 3, steps: [0, 1], tolerated: 0, pauseMs: 0 },
      ],
    },
  )
  const run = new SampleRun(plan)
    .started('web1', 'restart')
    .finished('web1', 'restart', 'changed')
    .finished('web1', 'check', 'skipped')
    .started('web3', 'restart')
    .finished('web3', 'restart', 'failed', failing)
    .dropped('web4', 'restart', 'blocked', ['web3', 'restart'])
  const { stdout } = await play(createLinesRenderer, run.end())
  expect(log(stdout)).toBe(
    [
      '── roll, batch 1 of 3: web1 ──',
      'web1 │ restart │ ✔ changed · 0.4s',
      '── roll, batch 2 of 3: web[2-3] ──',
      'web3 │ restart │ ✖ failed · exit status 7 · 0.4s',
    ].join('\n'),
  )
})

test('a journal that cannot be written is said at once, with -q too', async () => {
  const failure = { code: 'journal', message: 'the disk is full', hint: 'make room' } as const
  const run = new SampleRun(plan).started('web1', 'upload')
  run.events.push({ kind: 'journal_failed', at: START, failure })
  for (const verbosity of [0, -1])
    expect((await play(createLinesRenderer, run.events, { verbosity })).stdout).toBe(
      '✖ the disk is full\n  hint: make room\n',
    )
})
