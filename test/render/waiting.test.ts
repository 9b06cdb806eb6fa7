import { expect, test } from 'vitest'
import type { RunEvent } from '../../src/model/event.ts'
import type { RunHistory } from '../../src/model/run-history.ts'
import { createLinesRenderer } from '../../src/render/lines.ts'
import { PauseSwitch } from '../../src/render/pause-switch.ts'
import type { RunRendererOptions } from '../../src/render/run/renderer.ts'
import { capture } from './capture.ts'
import { richPlan, SampleRun, START, samplePlan } from './sample-run.ts'
import { TestTime } from './test-time.ts'

const plan = samplePlan(['db3', 'web1', 'web2'], {
  upload: ['db3', 'web1', 'web2'],
  migrate: ['db3', 'web1', 'web2'],
})

/** A lines renderer whose time the test moves; `play` gives what was written since the last time. */
function onTime(options: Partial<RunRendererOptions> = {}) {
  const time = new TestTime(START)
  const out = { stdout: capture(), stderr: capture() }
  const defaults = { color: { stdout: false, stderr: false }, verbosity: 0, shape: 'playbook' } as const
  const listener = createLinesRenderer({ ...defaults, time, ...options, ...out })
  const seen = { stdout: 0, stderr: 0 }
  let played = 0
  const since = (stream: 'stdout' | 'stderr') => {
    const text = out[stream].text().slice(seen[stream])
    seen[stream] += text.length
    return text
  }
  const play = async (events: readonly RunEvent[]) => {
    for (const event of events.slice(played)) await listener(event)
    played = events.length
    return since('stdout')
  }
  /** So long nothing happens. */
  const wait = (run: SampleRun, ms: number) => {
    time.pass(ms)
    run.wait(ms)
    return since('stdout')
  }
  return { time, play, wait, stderr: () => since('stderr') }
}

test('a host that runs and prints nothing is named, with growing pauses', async () => {
  const { play, wait } = onTime()
  const run = new SampleRun(plan).started('db3', 'migrate')
  await play(run.events)
  expect(wait(run, 29_000)).toBe('')
  expect(wait(run, 1000)).toBe('… waiting for db3 (migrate): 30 s without output\n')
  expect(wait(run, 20_000)).toBe('')
  expect(wait(run, 150_000)).toBe(
    '… waiting for db3 (migrate): 60 s without output\n… waiting for db3 (migrate): 2m00s without output\n',
  )
  expect(wait(run, 3_600_000).split('\n')).toHaveLength(5)
})

test('what it prints begins the waiting anew, shown or not', async () => {
  const { play, wait } = onTime()
  const run = new SampleRun(plan).started('db3', 'migrate')
  await play(run.events)
  wait(run, 25_000)
  await play(run.output('db3', 'migrate', 'a line\n').events)
  expect(wait(run, 29_000)).toBe('')
  expect(wait(run, 1000)).toBe('… waiting for db3 (migrate): 30 s without output\n')
  await play(run.finished('db3', 'migrate', 'ok').events)
  expect(wait(run, 600_000)).toBe('')
})

test('many at the same time are one line', async () => {
  const names = Array.from({ length: 120 }, (_, at) => `web${String(at + 1).padStart(3, '0')}`)
  const { play, wait } = onTime()
  const run = new SampleRun(samplePlan(names, { restart: names, check: names }))
  for (const name of names.slice(0, 119)) run.started(name, 'restart').wait(20)
  run.started('web120', 'check')
  await play(run.events)
  expect(wait(run, 32_000)).toBe(
    '… waiting for 120 hosts: web[001-119] (restart), web120 (check): up to 30 s without output\n',
  )
})

test('a copy prints nothing anyway, and a pause says itself how long it takes', async () => {
  const { play, wait } = onTime()
  const action = { kind: 'pause', ms: 600_000 } as const
  const hosts = ['web1', 'web2']
  const put = {
    ...{ kind: 'put', timeoutMs: 1000, parents: false, dest: ['/x'] },
    source: { kind: 'content', content: ['x'] },
  } as never
  const run = new SampleRun(
    richPlan(hosts, { rest: { on: ['web1'], action }, copy: { on: hosts, action: put } }),
  )
  await play(run.started('web1', 'rest').started('web2', 'copy').events)
  expect(wait(run, 31_000)).toBe('… waiting for web2 (copy): 30 s so far\n')
})

test('the pause before the next attempt is no silence', async () => {
  const { play, wait } = onTime()
  const run = new SampleRun(plan).started('db3', 'migrate').retried('db3', 'migrate', 1, 40_000)
  await play(run.events)
  expect(wait(run, 69_000)).toBe('')
  expect(wait(run, 1000)).toContain('waiting for db3 (migrate): 30 s')
})

test('a connection that does not come about is told of earlier', async () => {
  const { play, wait } = onTime()
  const run = new SampleRun(plan).sent('db3', 'upload').sent('web1', 'upload').connected('web1')
  await play(run.started('web1', 'upload').events)
  expect(wait(run, 8000)).toBe('… connecting to db3 for 8 s\n')
  await play(run.sent('web1', 'migrate').sent('web2', 'upload').events)
  expect(wait(run, 8000)).toBe('')
  expect(wait(run, 4000)).toBe('… connecting to 2 hosts for up to 18 s: db3,web2\n')
  await play(run.unreachable('db3', { code: 'connect_timeout', message: 'no answer' }).events)
})

test('nothing is said with -q, while a question is open, after the end, and of a run that is told again', async () => {
  const run = new SampleRun(plan).started('db3', 'migrate')
  const quiet = onTime({ verbosity: -1 })
  await quiet.play(run.events)
  expect(quiet.wait(run, 100_000)).toBe('')

  const pauses = new PauseSwitch()
  const asking = onTime({ pauses })
  await asking.play(run.events)
  const { promise, resolve } = Promise.withResolvers<void>()
  const asked = pauses.during(() => promise)
  expect(asking.wait(run, 100_000)).toBe('')
  resolve()
  await asked
  expect(asking.wait(run, 1000)).toContain('waiting for db3')
  await asking.play(run.end())
  expect(asking.time.timers).toBe(0)

  const past = onTime({ time: undefined })
  await past.play(run.events)
  expect(past.wait(run, 100_000)).toBe('')
})

test('of a single command it accompanies, and goes to stderr', async () => {
  const { play, wait, stderr } = onTime({ shape: 'command' })
  const run = new SampleRun(samplePlan(['db3'], { run: ['db3'] })).started('db3', 'run')
  await play(run.events)
  expect(wait(run, 30_000)).toBe('')
  expect(stderr()).toBe('… waiting for db3 (run): 30 s without output\n')
})

const history: RunHistory = {
  wallMs: 400_000,
  stepMs: new Map([
    ['upload', 100_000],
    ['migrate', 300_000],
  ]),
}

test('by an earlier run it is said, once a minute, how long the rest may take', async () => {
  const { play, wait } = onTime({ history })
  const run = new SampleRun(plan)
  for (const host of ['db3', 'web1', 'web2']) run.started(host, 'upload').output(host, 'upload', 'x\n')
  await play(run.events)
  const said = wait(run, 100_000)
    .split('\n')
    .filter(line => line.includes('left'))
  expect(said).toEqual(['… 15% done, about 6 min left'])
  for (const host of ['db3', 'web1', 'web2']) run.finished(host, 'upload', 'ok').started(host, 'migrate')
  await play(run.events)
  const later = wait(run, 240_000)
    .split('\n')
    .filter(line => line.includes('left'))
  expect(later).toEqual([
    '… 30% done, about 5 min left',
    '… 45% done, about 4 min left',
    '… 60% done, about 3 min left',
    '… 75% done, about 2 min left',
  ])
})

test('without an earlier run nothing is said of the rest', async () => {
  const { play, wait } = onTime({ history: { wallMs: 1000, stepMs: new Map([['other', 5]]) } })
  const run = new SampleRun(plan).started('db3', 'migrate').output('db3', 'migrate', 'x')
  await play(run.events)
  expect(wait(run, 400_000)).not.toContain('left')
})
